"""From a recording to names: aprof, perf, samply's symbol server, llvm-symbolizer on one program."""

import collections
import contextlib
import gzip
import json
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.request

import programs
import runs

slow = 90  # seconds that a peer may take; then it is shown as taking so long


def timed(command, stdin=None):
    """Milliseconds; `slow` where it did not end before."""
    wall, status = runs.exact_wall(command, slow, stdin=stdin)
    if status and wall < slow * 1000:
        raise programs.Missing(f"{command[0]} ended with {status}")
    return wall


def forget_pages(*files):
    """Out of the page cache, for a cold start."""
    for name in files:
        fd = os.open(name, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def addresses_of(profile):
    """samply's file: library index to its distinct addresses, in the order of profile["libs"]."""
    found = collections.defaultdict(set)
    for thread in profile["threads"]:
        frames, funcs = thread["frameTable"], thread["funcTable"]
        libs = thread["resourceTable"]["lib"]
        for address, func in zip(frames["address"], frames["func"]):
            resource = funcs["resource"][func]
            if address >= 0 and resource >= 0 and libs[resource] is not None:
                found[libs[resource]].add(address)
    return {lib: sorted(all_of_it) for lib, all_of_it in found.items()}


def query(libs, found):
    """What the profiler's page would ask: every frame of the file."""
    order = sorted(found)
    return json.dumps({"jobs": [{
        "memoryMap": [[libs[lib]["debugName"], libs[lib]["breakpadId"]] for lib in order],
        "stacks": [[[index, address] for index, lib in enumerate(order) for address in found[lib]]],
    }]}).encode()


def samply_load(path, request):
    """Milliseconds from the start of `samply load` to the last name."""
    start = time.monotonic()
    with subprocess.Popen([programs.samply(), "load", "--no-open", path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as server:
        guard = threading.Timer(slow, server.kill)
        guard.start()
        try:
            for line in server.stdout:
                at = re.search(r"symbolServer=(http\S+)", line)
                if at:
                    base = urllib.request.unquote(at.group(1))
                    urllib.request.urlopen(base + "/symbolicate/v5", request, slow).read()
                    return (time.monotonic() - start) * 1000
        finally:
            guard.cancel()
            server.kill()
    raise programs.Missing("samply load did not say where it listens")


def llvm_symbolizer(libs, found):
    """Of every file the addresses that the others name, too."""
    tool = shutil.which("llvm-symbolizer")
    if not tool:
        raise programs.Missing("no llvm-symbolizer")
    questions = programs.path("addresses.txt")
    with open(questions, "w", encoding="ascii") as out:
        for lib, addresses in found.items():
            out.writelines(f'"{libs[lib]["path"]}" {address:#x}\n' for address in addresses)
    with open(questions, encoding="ascii") as stdin:
        return timed([tool, "--inlines"], stdin)


def recordings(target):
    """One of each profiler; the times below are of their reading."""
    runs.aprof(target, 999)
    perf = programs.path("symbols.perf")
    runs.call_bounded([programs.perf(), "record", "-q", "-e", "cpu-clock", "-F", "999", "-o", perf,
                       "--call-graph", "dwarf,8192", "--", *target], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL)
    runs.samply(target, 999)
    with gzip.open(programs.path("samply.json.gz")) as file:
        profile = json.load(file)
    return programs.path("aprof.data"), perf, profile


def kinds_of(target, data, perf, profile):
    found = addresses_of(profile)
    # The file that most of the addresses are in: the program, or the library that does its work.
    main = max(found, key=lambda lib: len(found[lib]), default=None)
    binary = profile["libs"][main]["path"] if main is not None else target[0]
    request = query(profile["libs"], found)
    aprof = [programs.aprof(), "report", "--folded", data]

    def cold(read):
        """With the program out of the page cache: what each is compared by."""
        def forgotten():
            forget_pages(data, perf, binary)
            return read()
        return forgotten

    kinds = {
        "aprof report, cold": cold(lambda: timed(aprof)),
        "aprof report, warm": lambda: timed(aprof),
        "perf script, no inlines": lambda: timed([programs.perf(), "script", "--no-inline", "-i", perf]),
        "perf report, no inlines": lambda: timed([programs.perf(), "report", "--stdio", "--no-inline",
                                                  "-i", perf]),
        "perf script": cold(lambda: timed([programs.perf(), "script", "-i", perf])),
        "perf report": cold(lambda: timed([programs.perf(), "report", "--stdio", "-i", perf])),
        "samply load": cold(lambda: samply_load(programs.path("samply.json.gz"), request)),
        "llvm-symbolizer": cold(lambda: llvm_symbolizer(profile["libs"], found)),
    }
    return kinds, binary, sum(map(len, found.values()))


@contextlib.contextmanager
def small(args):
    yield [programs.crate("tapp"), str(int(2300 * args.seconds))]


@contextlib.contextmanager
def large(_args):
    yield [programs.workload("tokio-shapes", "--compiler", "1.63", "--profile", "debug")]


@contextlib.contextmanager
def oha(args):
    """A load generator on tokio, hyper, rustls and ratatui: a debug build of 160 MB."""
    client = programs.installed("oha", "1.16.0", "dev", build=not args.quick)
    server = subprocess.Popen([programs.crate("server"), "serve", str(10**12)],
                              stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip()
        yield [client, "-z", f"{args.seconds + 1:.0f}s", "-c", "16", "--no-tui", f"http://{address}/"]
    finally:
        server.kill()
        server.wait()


@contextlib.contextmanager
def rustc(_args):
    yield programs.rustc_job()


# Programs, and at least so many times faster than each peer.
PROGRAMS = [
    (small, {"perf script": 10, "perf report": 10, "samply load": 3, "llvm-symbolizer": 3}),
    (large, {"perf script": 200, "samply load": 3, "llvm-symbolizer": 3}),
    (oha, {"perf script": 200, "samply load": 3, "llvm-symbolizer": 3}),
    # 350 MB of rustc and LLVM, of which the symbols alone are known.
    (rustc, {"samply load": 3, "llvm-symbolizer": 3}),
]


def symbols(report, args):
    global slow
    slow = 8 if args.quick else 90
    for program, factors in PROGRAMS:
        name = program.__name__
        try:
            with program(args) as target:
                kinds, binary, frames = kinds_of(target, *recordings(target))
        except programs.Missing as missing:
            report.say(f"symbols: {name} left out: {missing}")
            continue
        if args.only:
            asked = ["aprof", *args.only.split(",")]
            kinds = {who: read for who, read in kinds.items() if any(w in who for w in asked)}
        size = os.path.getsize(binary) / 1e6
        report.say(f"symbols: {name}: a binary of {size:.0f} MB, {frames} distinct addresses")
        results = runs.interleave(kinds, args.runs)
        for who, values in results.items():
            report.add("symbols", f"{name}: {who}", values, "ms",
                       most=40 if name == "small" and who == "aprof report, cold" else None,
                       note=f"cut off at {slow} s" if max(values) >= slow * 1000 else "")
        for who, least in factors.items():
            if who in results and "aprof report, cold" in results:
                report.add("symbols", f"{name}: {who} over aprof's cold report",
                           [b / a for a, b in zip(results["aprof report, cold"], results[who])], "x",
                           least=least)
