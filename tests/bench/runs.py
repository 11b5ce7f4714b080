"""One run of a target, alone or under a profiler, and what it cost whom."""

import contextlib
import gzip
import json
import os
import re
import signal
import subprocess
import threading
import time

import programs

LONGEST = 120  # seconds of one run: what hangs is ended, and left out
_deadline = float("inf")


def give(seconds):
    """A section has so long; then its figures have as many runs as came."""
    global _deadline
    _deadline = time.monotonic() + seconds


def out_of_time():
    return time.monotonic() > _deadline


def call_bounded(command, timeout=LONGEST, **options):
    """The exit status; all of its process group is killed when the time is over."""
    with subprocess.Popen(command, start_new_session=True, **options) as child:
        try:
            return child.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            raise programs.Missing(f"{' '.join(command)[:200]} took more than {timeout} s") from None
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise


def exact_wall(command, seconds, **options):
    """Milliseconds, and the exit status. Python's waiting with a timeout looks in steps of up to 50 ms,
    which would be what is measured: here a timer ends what takes longer."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          **options) as child:
        guard = threading.Timer(seconds, child.kill)
        guard.start()
        status = child.wait()
        guard.cancel()
        return (time.monotonic() - start) * 1000, status


def repeat(rounds, once):
    """Results of up to so many runs; one at least."""
    results = [once()]
    while len(results) < rounds and not out_of_time():
        results.append(once())
    return results


class Run:
    """CPU in seconds; sizes in bytes. `samples` and `lost` are None where nobody counts them."""

    def __init__(self):
        self.wall = self.target_cpu = self.target_wall = self.profiler_cpu = self.rss = 0.0
        self.samples = self.lost = self.size = None
        self.output = self.errors = ""

    @property
    def total_cpu(self):
        return self.target_cpu + self.profiler_cpu


def numbers_of(path):
    with open(path, encoding="ascii") as line:
        return [int(word) for word in line.read().split()]


def run(prefix, target, stdout=subprocess.DEVNULL, cwd=None):
    """`prefix` is the profiler's command up to the target's; empty: the target alone."""
    cost, whole, errors = (programs.path(name) for name in ("cost", "whole", "stderr"))
    spent = programs.tool("spent")
    # The outer one: a child of this interpreter would count its memory as its own peak.
    command = [spent, whole, *prefix, spent, cost, *target]
    result = Run()
    with open(errors, "w+", encoding="utf-8", errors="replace") as log:
        start = time.monotonic()
        status = call_bounded(command, stdout=stdout, stderr=log, cwd=cwd)
        result.wall = time.monotonic() - start
        log.seek(0)
        result.errors = log.read()
    if status:
        raise programs.Missing(f"{' '.join(command)[:300]} ended with {status}:\n"
                               f"{result.errors[-300:]}")
    target_cpu, target_wall, _ = numbers_of(cost)
    all_cpu, _, rss = numbers_of(whole)
    result.target_cpu, result.target_wall = target_cpu / 1e6, target_wall / 1e6
    result.profiler_cpu = (all_cpu - target_cpu) / 1e6
    result.rss = rss * 1024.0
    return result


def first_int(pattern, text, default=0):
    found = re.search(pattern, text)
    return int(found.group(1)) if found else default


def alone(target, **options):
    return run([], target, **options)


def aprof(target, hz, *options, **more):
    out = programs.path("aprof.data")
    r = run([programs.aprof(), "record", "-F", str(hz), "-o", out, *options, "--"], target, **more)
    r.samples = first_int(r"recorded (\d+) samples", r.errors)
    r.lost = first_int(r"(\d+) records lost", r.errors)
    r.size = os.path.getsize(out)
    return r


def run_again(command, target, **more):
    """perf 6.1 and samply 0.13 die of a record's build id where another profiler asked for those
    (Linux 6.18 hands its flag on to everyone)."""
    for _ in range(2):
        try:
            return run(command, target, **more)
        except programs.Missing:
            time.sleep(0.5)
    return run(command, target, **more)


def perf(target, hz, *options, **more):
    """`options`: --call-graph and the like."""
    out = programs.path("perf.data")
    # Without its reading of build ids: perf 6.1 crashes in it on some kernels, and is faster so.
    command = [programs.perf(), "record", "-B", "-N", "-e", "cpu-clock", "-F", str(hz), "-o", out,
               *options, "--"]
    r = run_again(command, target, **more)
    r.size = os.path.getsize(out)
    stats = programs.call([programs.perf(), "report", "--stats", "-i", out])
    r.samples = first_int(r"SAMPLE events: +(\d+)", stats)
    r.lost = first_int(r"LOST_SAMPLES events: +(\d+)", stats)
    os.unlink(out)
    return r


@contextlib.contextmanager
def samply_allowed():
    """samply reads the setting even as root, who needs it not."""
    path = "/proc/sys/kernel/perf_event_paranoid"
    with open(path, encoding="ascii") as setting:
        before = setting.read()
    lower = int(before) > 1 and os.geteuid() == 0
    try:
        if lower:
            programs.write(path, "1")
        yield
    finally:
        if lower:
            programs.write(path, before)


def samply(target, hz, **more):
    out = programs.path("samply.json.gz")
    with samply_allowed():
        r = run_again([programs.samply(), "record", "--save-only", "--no-open", "-r", str(hz), "-o",
                       out, "--"], target, **more)
    with gzip.open(out) as profile:
        threads = json.load(profile)["threads"]
    r.samples = sum(t["samples"]["length"] for t in threads)
    r.size = os.path.getsize(out)
    return r


def floor(target, hz, *options, **more):
    r = run([programs.tool("floor"), "-F", str(hz), *options], target, **more)
    r.samples = first_int(r"floor: (\d+) samples", r.errors)
    r.lost = first_int(r"(\d+) lost", r.errors)
    return r


def interleave(kinds, rounds, settled=None):
    """Runs each of `kinds` (name to callable) in turn, so that what the machine does meanwhile hits
    all alike; stops early once `settled(results)` says that the figures are sharp enough."""
    results = {name: [] for name in kinds}
    names = list(kinds)
    for i in range(rounds):
        if i and out_of_time():
            break
        for name in names[i % len(names):] + names[:i % len(names)] if names else []:
            try:
                results[name].append(kinds[name]())
            except programs.Missing as missing:
                print(f"# {name}: left out: {missing}", flush=True)
                results.pop(name)
                names.remove(name)
        if i >= 2 and settled and settled(results):
            break
    # One that failed in the middle of a round has no run for another's.
    return {name: runs for name, runs in results.items() if runs}
