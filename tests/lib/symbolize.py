#!/usr/bin/env python3
"""Compares test_dwarf with llvm-symbolizer, or with itself, on random addresses of a file.

symbolize.py peer TOOL FILE      the same chains as llvm-symbolizer: frames, names, files, lines
symbolize.py binutils TOOL FILE  the same as addr2line, which has no columns
symbolize.py same TOOL A B       file B answers as file A does (B is A, transformed), all at once and
                                 by few
symbolize.py find TOOL FILE      prints the paths of all functions
"""
import random
import re
import subprocess
import sys

COUNT = 1500


def run(command, lines):
    return subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True,
                          errors="replace", check=True).stdout


def functions(file):
    """Where functions start and end."""
    spans = []
    frames = subprocess.run(["readelf", "--debug-dump=frames", file], capture_output=True,
                            text=True, errors="replace").stdout
    for low, high in re.findall(r" FDE .* pc=([0-9a-f]+)\.\.([0-9a-f]+)", frames):
        spans.append((int(low, 16), int(high, 16)))
    return spans


def addresses(file):
    """Addresses in functions, the same on each run."""
    spans = functions(file)
    chosen = random.Random(1)
    room = [a for low, high in spans for a in range(low, min(high, low + 4096))]
    if len(room) < 50:
        sys.exit(f"{file}: only {len(room)} addresses")
    return sorted(chosen.sample(room, min(COUNT, len(room) * 2 // 3)))


def blocks(output):
    return [block.split("\n") for block in output.rstrip("\n").split("\n\n")]


def ours(tool, file, chosen):
    """address -> [(name, path, linkage, file:line:column, declared)]"""
    answers = {}
    for block in blocks(run([tool, file], [hex(a) for a in chosen])):
        answers[int(block[0], 16)] = [tuple(line.split("\t")) for line in block[1:] if line]
    return answers


# What LLVM and gcc add to the names of functions that they copy or split.
SUFFIX = re.compile(r"\.(llvm|isra|part|constprop|cold|lto_priv|localalias)(\.\d+)*")


def outermost_is_same(theirs, frame):
    """llvm-symbolizer takes the ELF symbol, which has suffixes, or is one of several aliases."""
    name = SUFFIX.sub("", theirs)
    return name in frame[:3] or name.startswith("_") or re.fullmatch(r".*\.\d+", theirs)


def differs(theirs, frames):
    if not frames:
        # Nothing of DWARF: llvm-symbolizer has the ELF symbol, and no line.
        return None if len(theirs) == 1 and theirs[0][1].endswith(":0:0") else "not found"
    if len(theirs) != len(frames):
        return f"{len(frames)} frames, not {len(theirs)}"
    for i, ((name, place), frame) in enumerate(zip(theirs, frames)):
        last = i == len(frames) - 1
        if not last and name not in (frame[0], frame[2]):
            return f"name {frame[0]} ({frame[2]}), not {name}"
        if last and frame[0] != "-" and not outermost_is_same(name, frame):
            return f"name {frame[0]} ({frame[2]}), not {name}"
        if place != frame[3]:
            return f"place {frame[3]}, not {place}"
    return None


def llvm_symbolizer(file, chosen):
    output = run(["llvm-symbolizer", "--inlines", "--no-demangle", "-e", file],
                 [hex(a) for a in chosen])
    return [list(zip(block[::2], block[1::2])) for block in blocks(output)]


def addr2line(file, chosen):
    output = run(["addr2line", "-a", "-i", "-f", "-e", file], [hex(a) for a in chosen])
    answers = []
    for line in output.splitlines():
        line = re.sub(r" \(discriminator \d+\)$", "", line)
        if line.startswith("0x"):
            answers.append([])
            name = None
        elif name is None:
            name = line
        else:
            # Without a line it prints "?", without anything "??:0", and no column ever.
            answers[-1].append((name, line.replace(":?", ":0") + ":0"))
            name = None
    return answers


def without_column(frames):
    return [(*f[:3], f[3].rsplit(":", 1)[0] + ":0", f[4]) for f in frames]


def compare(file, chosen, mine, theirs, who):
    wrong = 0
    found = sum(bool(mine[a]) for a in chosen)
    for address, their in zip(chosen, theirs):
        what = differs(their, mine[address])
        wrong += bool(what)
        if what and wrong <= 5:
            print(f"{file}: {address:#x}: {what}")
    if found < len(chosen) // 4:
        sys.exit(f"{file}: only {found} of {len(chosen)} addresses have functions")
    if wrong:
        sys.exit(f"{file}: {wrong} of {len(chosen)} addresses are not as {who} has them")
    print(f"{file}: {found} of {len(chosen)} addresses, as {who} has them")


def peer(tool, file):
    chosen = addresses(file)
    compare(file, chosen, ours(tool, file, chosen), llvm_symbolizer(file, chosen),
            "llvm-symbolizer")


def binutils(tool, file):
    chosen = addresses(file)
    mine = {a: without_column(f) for a, f in ours(tool, file, chosen).items()}
    compare(file, chosen, mine, addr2line(file, chosen), "addr2line")


def by_few(tool, file, chosen):
    """As ours(), but a few addresses at a time: of a compressed file little is read for each."""
    answers = {}
    few = [chosen[i::25] for i in range(25)] + [[address] for address in chosen[::50]]
    for some in few:
        answers.update(ours(tool, file, sorted(some)))
    return answers


def same(tool, a, b):
    chosen = addresses(a)
    first, second, third = ours(tool, a, chosen), ours(tool, b, chosen), by_few(tool, b, chosen)
    wrong = [x for x in chosen if first[x] != second[x]]
    wrong += [x for x in chosen if first[x] != third[x]]
    for x in wrong[:5]:
        print(f"{b}: {x:#x}: {second[x]}, of few {third[x]}, not {first[x]}")
    if wrong:
        sys.exit(f"{b}: {len(wrong)} of {len(chosen)} addresses are not as in {a}")
    print(f"{b}: {len(chosen)} addresses, as in {a}")


def find(tool, file):
    chosen = sorted({a for low, high in functions(file) for a in (low, (low + high) // 2)})
    paths = {f[1] for frames in ours(tool, file, chosen).values() for f in frames}
    print("\n".join(sorted(paths)))


if __name__ == "__main__":
    {"peer": peer, "binutils": binutils, "same": same, "find": find}[sys.argv[1]](*sys.argv[2:])
