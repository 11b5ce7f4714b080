#!/usr/bin/env python3
"""Are the stacks that a reader found those of `aprof report --folded`? stacks.py EXPECTED KIND FILE...

KIND says what the files are: pprof (profile.proto, decoded here), pprof-raw (what `pprof -raw`
prints), speedscope (its file format), firefox (processed profile), firefox-tree (what profiler-cli
prints of each thread), json (aprof's own).
"""
import collections
import functools
import gzip
import json
import math
import re
import sys


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def fields(data):
    """(number, value) of a protobuf message; packed numbers stay bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        elif key & 7 != 0:
            raise ValueError(f'wire type {key & 7}')
        yield key >> 3, value


def numbers(values):
    out = []
    for value in values:
        if isinstance(value, int):
            out.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = varint(value, at)
            out.append(number)
    return out


def message(data):
    out = collections.defaultdict(list)
    for number, value in fields(data):
        out[number].append(value)
    return out


def read_pprof(path):
    with gzip.open(path) as f:
        profile = message(f.read())
    strings = [s.decode() for s in profile[6]]
    assert strings[0] == ''
    functions = {f[1][0]: strings[f[2][0]] for f in map(message, profile[5])}
    locations = {loc[1][0]: [functions[message(line)[1][0]] for line in loc[4]]
                 for loc in map(message, profile[4])}
    types = [(strings[t[1][0]], strings[t[2][0]]) for t in map(message, profile[1])]
    assert ('samples', 'count') in types, types
    column = types.index(('samples', 'count'))
    for sample in map(message, profile[2]):
        names = [name for loc in numbers(sample[1]) for name in locations[loc]]
        yield names[::-1], numbers(sample[2])[column]


def read_pprof_raw(path):
    part, samples, locations = '', [], {}
    for line in open(path, encoding='utf-8'):
        if re.match(r'(Samples|Locations|Mappings)$|Samples:|Locations|Mappings', line):
            part = line.split(':')[0].strip()
        elif part == 'Samples':
            sample = re.match(r'\s+(\d+)\s+\d+: ([\d ]+)$', line)
            if sample:
                samples.append((sample[2].split(), int(sample[1])))
        elif part == 'Locations':
            # "   12: 0x0 M=1 name file.rs:12:0 s=10"; several names where functions are inlined.
            found = re.match(r'\s+(\d+): 0x[0-9a-f]+ (?:M=\d+ )?(.*) \S*:\d+:\d+ s=\d+', line)
            locations[found[1]] = found[2]
    for ids, count in samples:
        yield [locations[i] for i in ids][::-1], count


def read_speedscope(path):
    data = json.load(open(path, encoding='utf-8'))
    frames = [f['name'] for f in data['shared']['frames']]
    spent = []
    for profile in data['profiles']:
        if profile['type'] == 'evented':  # as speedscope writes them
            spent += [([frames[f] for f in stack], time) for stack, time in self_times(profile)]
            continue
        assert sum(profile['weights']) == profile['endValue'] - profile['startValue']
        for stack in profile['samples']:
            yield [frames[f] for f in stack], 1
    # Samples of a clock weigh the same, and those of one stack in a row were joined.
    period = functools.reduce(math.gcd, (time for _, time in spent), 0)
    for stack, time in spent:
        yield stack, time // period


def self_times(profile):
    stack, last = [], profile['startValue']
    for event in profile['events']:
        if event['at'] > last:
            yield list(stack), event['at'] - last
            last = event['at']
        if event['type'] == 'O':
            stack.append(event['frame'])
        else:
            assert stack.pop() == event['frame']
    assert not stack


def read_json(path):
    data = json.load(open(path, encoding='utf-8'))
    for stack in data['stacks']:
        yield [frame['name'] for frame in stack['frames']], stack['self']['samples']


def read_firefox(path):
    data = json.load(open(path, encoding='utf-8'))
    shared = data.get('shared', {})
    for thread in data['threads']:
        def table(name):
            return thread.get(name) or shared[name]
        strings = table('stringArray')
        stacks, frames, funcs = table('stackTable'), table('frameTable'), table('funcTable')
        for at in thread['samples']['stack']:
            names = []
            while at is not None:
                names.append(strings[funcs['name'][frames['func'][stacks['frame'][at]]]])
                at = stacks['prefix'][at]
            yield names[::-1], 1


def read_firefox_tree(path):
    def walk(node, names):
        assert not node.get('childrenTruncated'), node['childrenTruncated']
        if node['selfSamples']:
            yield names, node['selfSamples']
        for child in node.get('children', []):
            yield from walk(child, names + [child['name']])
    yield from walk(json.load(open(path, encoding='utf-8'))['regularCallTree'], [])


READERS = {'pprof': read_pprof, 'pprof-raw': read_pprof_raw, 'speedscope': read_speedscope,
           'json': read_json, 'firefox': read_firefox, 'firefox-tree': read_firefox_tree}


def main():
    expected = collections.Counter()
    for line in open(sys.argv[1], encoding='utf-8'):
        stack, count = line.rsplit(' ', 1)
        expected[stack] += int(count)
    found = collections.Counter()
    for path in sys.argv[3:]:
        for names, count in READERS[sys.argv[2]](path):
            found[';'.join(name.replace(';', ':') for name in names)] += count
    for stack in sorted(set(expected) | set(found)):
        if expected[stack] != found[stack]:
            print(f'aprof {expected[stack]}, {sys.argv[2]} {found[stack]}: {stack}')
    print(f'{sys.argv[2]}: {len(found)} stacks, {sum(found.values())} samples')
    sys.exit(expected != found)


main()
