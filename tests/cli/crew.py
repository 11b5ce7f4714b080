"""For crew.sh: a profile of a program's own functions, and whether a script of it names them.

    crew.py make PROGRAM MODULE     a text for make_profile.py: stacks in PROGRAM, called MODULE
    crew.py check PROGRAM <SCRIPT   exits with 1 where the outermost function is not nm's
"""
import bisect
import random
import re
import subprocess
import sys


def lines_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def functions(program):
    """(address, size, name) in order; of several at one address the names are joined."""
    found = {}
    for line in lines_of('nm', '-S', '--defined-only', program):
        words = line.split()
        if len(words) == 4 and words[2] in 'tTwW':
            address, size = int(words[0], 16), int(words[1], 16)
            found.setdefault((address, size), []).append(words[3])
    return [(*place, '/'.join(names)) for place, names in sorted(found.items())]


def offset_of(program):
    """What is to be taken from an address of code for its place in the file."""
    for line in lines_of('readelf', '-lW', program):
        words = line.split()
        if words and words[0] == 'LOAD' and 'E' in ''.join(words[6:-1]):
            return int(words[2], 16) - int(words[1], 16)
    sys.exit('no code')


def make(program, module):
    chosen, shift = random.Random(1), offset_of(program)
    code = [f for f in functions(program) if f[1] > 8]
    print('meta event.0.name cpu-clock\nmeta event.0.unit ns')
    print(f'module file {module}\nthread 1 1 main main')
    for i in range(400):
        frames = []
        for _ in range(8):
            address, size, _ = chosen.choice(code)
            frames.append(f'0+{address + chosen.randrange(1, size) - shift:x}')
        print('row', 1000 * i, 0, 0, 1000000, *frames)


def stem(name):
    """Compilers add to the names of functions that they split or copied."""
    return re.sub(r'\.(part|isra|constprop|cold|lto_priv)\b.*', '', name)


def check(program):
    code = functions(program)
    starts = [f[0] for f in code]
    wrong = seen = 0
    for line in sys.stdin:
        found = re.match(r'\s+([0-9a-f]+) (\S+?)(\+0x[0-9a-f]+)? \((.*)\)$', line)
        if not found or found[4] == 'inlined':
            continue
        address = int(found[1], 16)
        names = code[bisect.bisect_right(starts, address) - 1][2].split('/')
        seen += 1
        if stem(found[2]) not in map(stem, names):
            wrong += 1
            print(f'{address:x}: {found[2]}, nm has {names}')
    if wrong or seen < 2000:
        sys.exit(f'{wrong} of {seen} are wrong')


if sys.argv[1] == 'make':
    make(sys.argv[2], sys.argv[3])
else:
    check(sys.argv[2])
