#!/usr/bin/env python3
"""A reader of aprof profiles written from docs/format.md alone: prints samples by stack.

Python's library and the zstd program, nothing of aprof's. One line a distinct stack: frames from the
outermost, each MODULE+OFFSET/KIND, and the number of samples, sorted.
"""
import collections
import struct
import subprocess
import sys
import zlib

MAGIC = b'\x8fAPF'
MASK = 2**64 - 1


def chunks(data):
    """(epoch, payload) of every whole chunk; says on stderr what is not."""
    at, expect = 0, 0
    while at < len(data):
        header = data[at:at + 28]
        whole = (len(header) == 28 and header[:4] == MAGIC
                 and zlib.crc32(header[:24]) == struct.unpack_from('<I', header, 24)[0])
        payload = None
        if whole:
            version, _, epoch, number, raw, packed = struct.unpack_from('<HHIIII', header, 4)
            payload = unpack(data[at + 28:at + 28 + packed], raw)
        if payload is None:
            at = data.find(MAGIC, at + 1)
            if at < 0:
                return
            continue
        if number != expect:
            print(f'{number - expect} chunks are lost', file=sys.stderr)
        expect = number + 1
        yield epoch, payload
        at += 28 + packed


def unpack(packed, raw):
    done = subprocess.run(['zstd', '-dcq'], input=packed, capture_output=True)
    return done.stdout if done.returncode == 0 and len(done.stdout) == raw else None


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def more(self):
        return self.at < len(self.data)

    def u8(self):
        self.at += 1
        return self.data[self.at - 1]

    def take(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def text(self):
        end = self.data.index(0, self.at)
        return self.take(end + 1 - self.at)[:-1].decode(errors='replace')

    def optional(self):
        value = self.varint()
        return value - 1 if value else None

    def column(self, n):
        values = list(self.take(n))
        large = [i for i in range(n) if values[i] == 255]
        for plane in range(self.u8()):
            for i, byte in zip(large, self.take(len(large))):
                values[i] += byte << 8 * plane
        return values


def zigzag(value):
    return (value >> 1) ^ -(value & 1)


class Profile:
    def __init__(self):
        self.meta, self.rows, self.samples = {}, 0, collections.Counter()
        self.ended, self.epoch, self.lost = False, None, 0
        self.first = self.last = None
        self.weight, self.cpus = 0, collections.Counter()
        self.branches, self.edges = {}, collections.Counter()

    def new_epoch(self, epoch):
        self.epoch = epoch
        self.strings, self.modules, self.threads = {}, {}, {}
        self.frames, self.nodes = {}, {}

    def load(self, data):
        table = {1: self.meta_table, 2: self.strings_table, 3: self.modules_table,
                 4: self.threads_table, 5: self.frames_table, 6: self.stacks_table,
                 14: self.branches_table, 10: self.rows_table, 11: self.lost_table, 13: self.end_table}
        for epoch, payload in chunks(data):
            if epoch != self.epoch:
                self.new_epoch(epoch)
            self.branches = {}
            r = Reader(payload)
            while r.more():
                kind, size = r.u8(), r.varint()
                read = table.get(kind, lambda r: None)
                read(Reader(r.take(size)))

    def meta_table(self, r):
        while r.more():
            key = r.text()
            self.meta[key] = r.text()

    def strings_table(self, r):
        first = r.varint()
        while r.more():
            self.strings[first] = r.text()
            first += 1

    def modules_table(self, r):
        while r.more():
            ident, kind, path, problem = r.varint(), r.u8(), r.optional(), r.optional()
            r.take(r.u8())
            self.modules[ident] = '' if path is None else self.strings.get(path, '[lost]')

    def threads_table(self, r):
        while r.more():
            ident, pid, tid, comm, process = (r.varint(), r.varint(), r.varint(), r.optional(),
                                              r.optional())
            self.threads[ident] = (pid, tid, self.strings.get(comm, ''))

    def frames_table(self, r):
        first, n = r.varint(), r.varint()
        kinds, modules, offsets = r.column(n), r.column(n), r.column(n)
        last = {}
        for i in range(n):
            slot = (modules[i] - 1) % 2**32 % 256
            last[slot] = (last.get(slot, 0) + zigzag(offsets[i])) & MASK
            path = self.modules.get(modules[i] - 1, '[lost]') if modules[i] else ''
            self.frames[first + i] = f'{path}+{last[slot]:x}/{kinds[i]:x}'

    def stacks_table(self, r):
        first, n, new = r.varint(), r.varint(), r.varint()
        parents, frames = r.column(n), r.column(n)
        frame = 0
        for i in range(n):
            frame = frame + zigzag(frames[i] - 1) if frames[i] else new
            new = max(new, frame + 1)
            parent = first + i - parents[i] if parents[i] else None
            self.nodes[first + i] = (parent, frame)

    def stack(self, node):
        path = []
        while node is not None:
            if node not in self.nodes:
                path.append('[lost]')
                break
            node, frame = self.nodes[node]
            path.append(self.frames.get(frame, '[lost]'))
        return ';'.join(reversed(path))

    def branches_table(self, r):
        n = r.varint()
        rows, counts = r.column(n), r.column(n)
        d = r.varint()
        froms, tos, pairs, last = r.column(d), r.column(d), [], 0
        for i in range(d):
            last += zigzag(froms[i])
            pairs.append((last, last + zigzag(tos[i])))
        n = r.varint()
        codes, flags, cycles = r.column(n), r.column(n), r.column(n)
        row, at, following = 0, 0, {}
        for step, count in zip(rows, counts):
            row, before, found = row + step, None, []
            for i in range(at, at + count):
                index = codes[i] - 1 if codes[i] else following[before]
                following[before] = before = index
                found.append((pairs[index], flags[i], cycles[i]))
            at += count
            self.branches[row] = found

    def rows_table(self, r):
        n = r.varint()
        threads, events, cpus = r.column(n), r.column(n), r.column(n)
        start, step = r.varint(), r.varint()
        steps, rests = r.column(n), r.column(n)
        last, seen = 0, []
        for code in r.column(r.varint()):
            last += zigzag(code)
            seen.append(last - 1 if last else None)
        stacks, weights = r.column(n), r.column(n)
        cpu, clock, weight = collections.Counter(), {}, collections.Counter()
        for i in range(n):
            cpu[threads[i]] += zigzag(cpus[i])
            ticker = (cpu[threads[i]], events[i])
            clock[ticker] = (clock.get(ticker, start) + steps[i] * step + zigzag(rests[i])) & MASK
            weight[events[i]] = (weight[events[i]] + zigzag(weights[i])) & MASK
            self.cpus[cpu[threads[i]]] += 1
            self.row(clock[ticker], self.threads.get(threads[i], '[lost]'), events[i],
                     weight[events[i]], seen[stacks[i]])
            for pair, flags, cycles in self.branches.get(i, ()):
                ends = '/'.join(self.frames.get(frame, '[lost]') for frame in pair)
                self.edges[f'{ends} {flags} {cycles}'] += 1
        self.branches = {}

    def row(self, time, thread, event, weight, node):
        self.rows += 1
        self.weight = (self.weight + weight) & MASK
        self.first = time if self.first is None else min(self.first, time)
        self.last = time if self.last is None else max(self.last, time)
        self.samples[self.stack(node)] += 1

    def lost_table(self, r):
        while r.more():
            r.varint(), r.varint()
            self.lost += r.varint()

    def end_table(self, r):
        self.ended = r.varint() == self.rows


def main():
    profile = Profile()
    with open(sys.argv[1], 'rb') as f:
        profile.load(f.read())
    print(f'rows {profile.rows} weight {profile.weight} ended {int(profile.ended)} '
          f'lost {profile.lost} first {profile.first} last {profile.last}')
    for cpu in sorted(profile.cpus):
        print(f'cpu {cpu} {profile.cpus[cpu]}')
    for edge in sorted(profile.edges):
        print(f'branch {edge} {profile.edges[edge]}')
    for key in sorted(profile.meta):
        print(f'meta {key} {profile.meta[key]!r}')
    for stack in sorted(profile.samples):
        print(f'{stack} {profile.samples[stack]}')


if __name__ == '__main__':
    main()
