"""Growing and awkward work: threads, forks, modules, depth; what is recorded, lost and kept in memory."""

import functools
import os
import subprocess
import time

import programs
import runs

# kind, sizes, what its last frames must be; at least so many per cent of stacks complete
KINDS = (
    ("threads", (1, 10, 100, 2000), 99),
    ("forks", (1, 10, 100, 1000), 97),
    # A module that is gone before it could be read ends a stack, marked: churn of 1,000 has no bound.
    ("dlopen", (1, 10, 100), 95),
    ("dlopen", (1000,), None),
    ("recurse", (10, 100, 1000), 97),
    ("jit", (1,), 99),
    ("replaced", (0,), 97),
)


def program():
    module = os.path.join(programs.HERE, "wide_module.c")
    shared = programs.path("wide_module.so")
    if not os.path.exists(shared):
        programs.call([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC",
                       "-Wl,--build-id=none", "-o", shared, module])
    return programs.tool("wide", "-pthread", "-ldl")


def wide(report, args):
    binary = program()
    for kind, sizes, least in KINDS:
        for n in sizes:
            command = [binary, kind, str(n)]
            try:
                done = runs.repeat(args.runs, functools.partial(runs.aprof, command, 999))
            except programs.Missing as missing:
                report.say(f"wide: {kind} {n} left out: {missing}")
                continue
            at = f"{kind} {n}" if n else kind
            report.add("wide", f"{at}: samples of those its CPU calls for",
                       [100 * r.samples / (r.target_cpu * 999) for r in done], "%")
            whole = [100 * (1 - unfinished(r) / max(r.samples, 1)) for r in done]
            report.add("wide", f"{at}: stacks complete", whole, "%", least=least)
            report.add("wide", f"{at}: lost", [r.lost for r in done], "records", most=0)
            report.add("wide", f"{at}: aprof's memory", [r.rss / 1e6 for r in done], "MB", most=200)
            report.add("wide", f"{at}: aprof's CPU", [r.profiler_cpu * 1e3 for r in done], "ms")


def unfinished(r):
    return (runs.first_int(r"(\d+) stacks deeper", r.errors)
            + runs.first_int(r"(\d+) stacks that could not", r.errors))


def read_once():
    """The report of the recording that was made last, in ms."""
    start = time.monotonic()
    subprocess.run([programs.aprof(), "report", "--folded", programs.path("aprof.data")],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                   timeout=runs.LONGEST)
    return (time.monotonic() - start) * 1000


def rates(report, args):
    """Samples times ten: what a sample costs, and what it takes in the file, should not grow."""
    target = [programs.crate("tapp"), str(int(2300 * args.seconds))]
    for hz in (99, 999, 9999):
        done = runs.repeat(args.runs, functools.partial(runs.aprof, target, hz))
        reading = runs.repeat(args.runs, read_once)
        report.add("rates", f"{hz} Hz: samples", [r.samples for r in done], "")
        report.add("rates", f"{hz} Hz: CPU of aprof", [r.profiler_cpu * 1e3 for r in done], "ms")
        report.add("rates", f"{hz} Hz: file", [r.size for r in done], "bytes")
        report.add("rates", f"{hz} Hz: report", reading, "ms")
        report.add("rates", f"{hz} Hz: memory", [r.rss / 1e6 for r in done], "MB")
