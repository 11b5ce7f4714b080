#!/usr/bin/env python3
"""Writes the aprof profile that a text describes, for tests: make_profile.py OUT [VERSION] <TEXT.

Written from docs/format.md. One item a line; ids count from 0 in order of lines of the same kind:

    meta KEY VALUE
    module KIND PATH [BUILDID|- [PROBLEM]]     KIND: file vdso kernel jit guest
    thread PID TID COMM PROCESS
    symbol MODULE START SIZE NAME
    lost TIME_US CPU RECORDS
    quality N N N ...                          as in the QUALITY chunk
    row TIME_US THREAD[@CPU] EVENT WEIGHT FRAME...   leaf first; FRAME: MODULE+HEXOFFSET, truncated:REASON,
                                               failed:REASON; the first is an ip, the others return;
                                               !MODULE+HEXOFFSET: an ip that is not its stack's
    branch FROM TO FLAGS CYCLES                of the row above; FROM, TO: MODULE+HEXOFFSET
    epoch                                      definitions above are forgotten: ids start again
    killed                                     no END chunk
"""
import struct
import subprocess
import sys
import zlib

KINDS = ['file', 'vdso', 'kernel', 'jit', 'guest']
ENDS = {'truncated': 1, 'failed': 2}
TYPES = {'meta': 1, 'strings': 2, 'modules': 3, 'threads': 4, 'frames': 5, 'stacks': 6,
         'symbols': 7, 'rows': 10, 'lost': 11, 'quality': 12, 'end': 13,
         'branches': 14}


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def zigzag(value):
    return 2 * value if value >= 0 else -2 * value - 1


def column(values):
    large = [v - 255 for v in values if v >= 255]
    width = (max(large, default=0).bit_length() + 7) // 8
    planes = b''.join(bytes(v >> 8 * k & 255 for v in large) for k in range(width))
    return bytes(min(v, 255) for v in values) + bytes([width]) + planes


class Writer:
    def __init__(self, out, version):
        self.out, self.version = out, version
        self.sequence, self.epoch, self.rows, self.tables = 0, 0, 0, b''
        self.clear()

    def clear(self):
        self.strings, self.modules, self.threads, self.symbols = {}, [], [], b''
        self.frames, self.nodes, self.pending, self.edges = {}, {}, [], {}
        self.module_bytes, self.thread_bytes, self.last_start = b'', b'', 0

    def table(self, kind, data):
        self.tables += bytes([TYPES[kind]]) + varint(len(data)) + data

    def chunk(self):
        packed = subprocess.run(['zstd', '-cq', f'--stream-size={len(self.tables)}'],
                                input=self.tables, capture_output=True, check=True).stdout
        header = b'\x8fAPF' + struct.pack('<HHIIII', self.version, 0, self.epoch, self.sequence,
                                          len(self.tables), len(packed))
        self.out.write(header + struct.pack('<I', zlib.crc32(header)) + packed)
        self.sequence += 1
        self.tables = b''

    def string(self, text):
        return self.strings.setdefault(text, len(self.strings))

    def optional(self, text):
        return varint(self.string(text) + 1) if text is not None else b'\0'

    def module(self, kind, path, ident='-', *problem):
        ident = bytes.fromhex(ident) if ident != '-' else b''
        self.module_bytes += (varint(len(self.modules)) + bytes([KINDS.index(kind)])
                              + self.optional(path)
                              + self.optional(' '.join(problem) if problem else None)
                              + bytes([len(ident)]) + ident)
        self.modules.append(kind)

    def thread(self, pid, tid, comm, process):
        self.thread_bytes += (varint(len(self.threads)) + varint(int(pid)) + varint(int(tid))
                              + self.optional(comm) + self.optional(process))
        self.threads.append(tid)

    def symbol(self, module, start, size, *name):
        self.symbols += (varint(int(module)) + varint(self.string(' '.join(name)))
                         + varint(zigzag(int(start, 16) - self.last_start))
                         + varint(int(size, 16)))
        self.last_start = int(start, 16)

    def frame(self, text, leaf):
        """(optional module id, kind, offset)"""
        if text.startswith('!'):
            module, kind, offset = self.frame(text[1:], leaf)
            return module, kind | 3 << 4, offset
        if ':' in text:
            status, reason = text.split(':')
            return 0, ENDS[status] << 4, int(reason)
        module, offset = text.split('+')
        kernel = self.modules[int(module)] == 'kernel'
        return int(module) + 1, (0 if leaf else 1) | (4 | 4 << 8 if kernel else 0), int(offset, 16)

    def row(self, time, thread, event, weight, *frames):
        node = 0
        for i in range(len(frames) - 1, -1, -1):
            frame = self.frame(frames[i], i == 0)
            frame = self.frames.setdefault(frame, len(self.frames))
            node = self.nodes.setdefault((node, frame), len(self.nodes) + 1)
        thread, _, cpu = thread.partition('@')
        self.pending.append((int(time), int(thread), int(event), int(weight), node, int(cpu or 0)))

    def branch(self, source, target, flags, cycles):
        ends = [self.frames.setdefault(self.frame(end, True), len(self.frames))
                for end in (source, target)]
        self.edges.setdefault(len(self.pending) - 1, []).append((*ends, int(flags), int(cycles)))

    def flush(self):
        if self.strings:
            self.table('strings', varint(0) + b''.join(
                s.encode(errors='surrogateescape') + b'\0' for s in self.strings))
        if self.modules:
            self.table('modules', self.module_bytes)
        if self.threads:
            self.table('threads', self.thread_bytes)
        if self.frames:
            self.flush_stacks()
        if self.symbols:
            self.table('symbols', self.symbols)
        if self.edges:
            self.flush_branches()
        if self.pending:
            self.flush_rows()

    def flush_branches(self):
        rows, edges = list(self.edges), [e for row in self.edges.values() for e in row]
        pairs = sorted({e[:2] for e in edges})
        self.table('branches', varint(len(rows))
                   + column([b - a for a, b in zip([0] + rows, rows)])
                   + column([len(self.edges[row]) for row in rows]) + varint(len(pairs))
                   + column([zigzag(b[0] - a[0]) for a, b in zip([(0, 0)] + pairs, pairs)])
                   + column([zigzag(b - a) for a, b in pairs]) + varint(len(edges))
                   + column([pairs.index(e[:2]) + 1 for e in edges])
                   + column([e[2] for e in edges]) + column([e[3] for e in edges]))

    def flush_stacks(self):
        last, offsets = {}, []
        for module, _, offset in self.frames:
            slot = (module - 1) % 2**32 % 256
            offsets.append(zigzag(offset - last.get(slot, 0)))
            last[slot] = offset
        self.table('frames', varint(0) + varint(len(self.frames))
                   + column([f[1] for f in self.frames]) + column([f[0] for f in self.frames])
                   + column(offsets))
        new, last, parents, frames = 0, 0, [], []
        for i, (parent, frame) in enumerate(self.nodes):
            parents.append(i + 1 - parent if parent else 0)
            frames.append(0 if frame == new else 1 + zigzag(frame - last))
            new, last = max(new, frame + 1), frame
        self.table('stacks', varint(0) + varint(len(self.nodes)) + varint(0) + column(parents)
                   + column(frames))

    def flush_rows(self):
        rows, start = self.pending, self.pending[0][0]
        stacks = sorted({r[4] for r in rows})
        clock, times, weight, weights, at, cpus = {}, [], {}, [], {}, []
        for time, thread, event, period, _, cpu in rows:
            cpus.append(zigzag(cpu - at.get(thread, 0)))
            at[thread] = cpu
            times.append(zigzag(time - clock.get((cpu, event), start)))
            clock[cpu, event] = time
            weights.append(zigzag(period - weight.get(event, 0)))
            weight[event] = period
        self.table('rows', varint(len(rows)) + column([r[1] for r in rows])
                   + column([r[2] for r in rows]) + column(cpus)
                   + varint(start) + varint(0) + column([0] * len(rows)) + column(times)
                   + varint(len(stacks))
                   + column([zigzag(b - a) for a, b in zip([0] + stacks, stacks)])
                   + column([stacks.index(r[4]) for r in rows]) + column(weights))
        self.rows += len(rows)


def main():
    sys.stdin.reconfigure(encoding='utf-8', errors='surrogateescape')  # names may be any bytes
    with open(sys.argv[1], 'wb') as out:
        w = Writer(out, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        killed = False
        for line in sys.stdin:
            what, *words = line.split() or ['#']
            if what.startswith('#'):
                continue
            if what == 'meta':
                value = line.strip().split(' ', 2)[2] if len(words) > 1 else ''
                w.table('meta', words[0].encode() + b'\0'
                        + value.replace('\\n', '\n').encode(errors='surrogateescape') + b'\0')
            elif what in ('lost', 'quality'):
                w.table(what, b''.join(varint(int(n)) for n in words))
            elif what == 'epoch':
                w.flush()
                w.chunk()
                w.clear()
                w.epoch += 1
            elif what == 'killed':
                killed = True
            else:
                getattr(w, what)(*words)
        w.flush()
        if not killed:
            w.table('end', varint(w.rows))
        w.chunk()


main()
