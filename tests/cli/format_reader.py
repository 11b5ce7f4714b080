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
    """(type, epoch, payload) of every whole chunk; says on stderr what is not."""
    at, expect = 0, 0
    while at < len(data):
        header = data[at:at + 28]
        whole = (len(header) == 28 and header[:4] == MAGIC
                 and zlib.crc32(header[:24]) == struct.unpack_from('<I', header, 24)[0])
        payload = None
        if whole:
            kind, _, epoch, number, raw, packed = struct.unpack_from('<HHIIII', header, 4)
            payload = unpack(data[at + 28:at + 28 + packed], raw)
        if payload is None:
            at = data.find(MAGIC, at + 1)
            if at < 0:
                return
            continue
        if number != expect:
            print(f'{number - expect} chunks are lost', file=sys.stderr)
        expect = number + 1
        yield kind, epoch, payload
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
        self.weight = 0

    def new_epoch(self, epoch):
        self.epoch = epoch
        self.strings, self.modules, self.threads = {}, {}, {}
        self.frames, self.nodes = {}, {}

    def load(self, data):
        table = {2: self.meta_chunk, 3: self.strings_chunk, 4: self.modules_chunk,
                 5: self.threads_chunk, 6: self.frames_chunk, 7: self.stacks_chunk,
                 11: self.rows_chunk, 12: self.lost_chunk, 14: self.end_chunk}
        for kind, epoch, payload in chunks(data):
            if epoch != self.epoch:
                self.new_epoch(epoch)
            if kind in table:
                table[kind](Reader(payload))

    def meta_chunk(self, r):
        while r.more():
            key = r.text()
            self.meta[key] = r.text()

    def strings_chunk(self, r):
        first = r.varint()
        while r.more():
            self.strings[first] = r.text()
            first += 1

    def modules_chunk(self, r):
        while r.more():
            ident, kind, path, problem = r.varint(), r.u8(), r.optional(), r.optional()
            r.take(r.u8())
            self.modules[ident] = '' if path is None else self.strings.get(path, '[lost]')

    def threads_chunk(self, r):
        while r.more():
            ident, pid, tid, comm, process = (r.varint(), r.varint(), r.varint(), r.optional(),
                                              r.optional())
            self.threads[ident] = (pid, tid, self.strings.get(comm, ''))

    def frames_chunk(self, r):
        first, n = r.varint(), r.varint()
        kinds, modules, offsets = r.column(n), r.column(n), r.column(n)
        last = {}
        for i in range(n):
            slot = (modules[i] - 1) % 2**32 % 256
            last[slot] = (last.get(slot, 0) + zigzag(offsets[i])) & MASK
            path = self.modules.get(modules[i] - 1, '[lost]') if modules[i] else ''
            self.frames[first + i] = f'{path}+{last[slot]:x}/{kinds[i]:x}'

    def stacks_chunk(self, r):
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

    def rows_chunk(self, r):
        n = r.varint()
        threads = r.column(n)
        start, step = r.varint(), r.varint()
        times = r.column(n)
        last, seen = 0, []
        for code in r.column(r.varint()):
            last += zigzag(code)
            seen.append(last - 1 if last else None)
        stacks, events, weights = r.column(n), r.column(n), r.column(n)
        clock, weight = {}, collections.Counter()
        for i in range(n):
            clock[threads[i]] = (clock.get(threads[i], start) + zigzag(times[i]) + step) & MASK
            weight[events[i]] = (weight[events[i]] + zigzag(weights[i])) & MASK
            self.row(clock[threads[i]], self.threads.get(threads[i], '[lost]'), events[i],
                     weight[events[i]], seen[stacks[i]])

    def row(self, time, thread, event, weight, node):
        self.rows += 1
        self.weight = (self.weight + weight) & MASK
        self.first = time if self.first is None else min(self.first, time)
        self.last = time if self.last is None else max(self.last, time)
        self.samples[self.stack(node)] += 1

    def lost_chunk(self, r):
        while r.more():
            r.varint(), r.varint()
            self.lost += r.varint()

    def end_chunk(self, r):
        self.ended = r.varint() == self.rows


def main():
    profile = Profile()
    with open(sys.argv[1], 'rb') as f:
        profile.load(f.read())
    print(f'rows {profile.rows} weight {profile.weight} ended {int(profile.ended)} '
          f'lost {profile.lost} first {profile.first} last {profile.last}')
    for key in sorted(profile.meta):
        print(f'meta {key} {profile.meta[key]!r}')
    for stack in sorted(profile.samples):
        print(f'{stack} {profile.samples[stack]}')


if __name__ == '__main__':
    main()
