"""Nanoseconds a frame on the same samples: aprof's tables, libunwind, libdw; and the tables' cost."""

import functools
import os
import re
import statistics
import subprocess

import programs
import runs


def oracle():
    """Built by `make tests` beside aprof."""
    binary = os.path.join(os.environ.get("BUILDDIR", os.path.dirname(programs.aprof())), "tests",
                          "oracle", "unwind-oracle")
    if not os.access(binary, os.X_OK):
        raise programs.Missing(f"no {binary}: `make tests` builds it where libunwind and libdw are")
    return binary


def compare(target, samples=2000, passes=5):
    done = subprocess.run([oracle(), "-F", "4999", "-n", str(samples), "-p", str(passes), "--",
                           *target], text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, timeout=runs.LONGEST)
    ns = {who: float(n) for who, n in re.findall(r"^(\w+): ([\d.]+) ns a frame", done.stdout, re.M)}
    same = {who: float(n) for who, n in re.findall(
        r"^(\w+): .* identical \(([\d.]+) %\)", done.stdout, re.M)}
    unexplained = {who: int(n) for who, n in re.findall(
        r"^(\w+): .* identical .*, (\d+) not explained$", done.stdout, re.M)}
    if "aprof" not in ns:
        raise programs.Missing("the oracle measured nothing:\n" + done.stdout[-500:])
    return ns, same, unexplained


def unwind(report, args):
    targets = {"tapp": [programs.crate("tapp"), "20000"],
               "tapp-debug": [programs.crate("tapp", "debug"), "3000"],
               "rustc": programs.rustc_job()}
    medians = {"libunwind": [], "libdw": []}
    for name, target in targets.items():
        try:
            done = runs.repeat(args.runs, functools.partial(compare, target))
        except programs.Missing as missing:
            report.say(f"unwind: {name} left out: {missing}")
            continue
        for who in ("aprof", "libunwind", "libdw"):
            report.add("unwind", f"{name}: {who}", [ns[who] for ns, _, _ in done], "ns/frame")
        for who, all_factors in medians.items():
            factors = [ns[who] / ns["aprof"] for ns, _, _ in done]
            all_factors.append(statistics.median(factors))
            report.add("unwind", f"{name}: {who} over aprof", factors, "x", least=5)
            report.add("unwind", f"{name}: identical to {who}", [same[who] for _, same, _ in done],
                       "%", least=99.9)
            report.add("unwind", f"{name}: differs from {who}, unexplained",
                       [left.get(who) for _, _, left in done], "stacks", most=0)
    for who, factors in medians.items():
        report.add("unwind", f"median of the workloads: {who} over aprof",
                   [statistics.median(factors)], "x", least=10)


def tables(report, args):
    """What -v says of each table, for programs with large ones."""
    rows_of = re.compile(r"aprof: (\S+): (\d+) unwind rows, (\d+) bytes, ([\d.]+) ms")
    found = {}
    job = programs.rustc_job()
    for done in runs.repeat(args.runs, lambda: runs.aprof(job, 999, "-v")):
        for name, rows, size, ms in rows_of.findall(done.errors):
            found.setdefault(os.path.basename(name), []).append((int(rows), int(size), float(ms)))
    for name, each in found.items():
        if each[0][0] < 5000:
            continue
        report.add("tables", f"{name}: rows", [rows for rows, _, _ in each], "")
        report.add("tables", f"{name}: bytes a row", [size / rows for rows, size, _ in each], "B",
                   most=10)
        report.add("tables", f"{name}: time a row (CPU)", [ms * 1e6 / rows for rows, _, ms in each],
                   "ns", most=60)
