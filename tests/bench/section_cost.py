"""Bytes a sample, losses, the profiler's CPU and the target's slowdown, beside perf and samply."""

import programs
import runs
from figures import ratios

DWARF_8K = ("--call-graph", "dwarf,8192")
DWARF_64K = ("--call-graph", "dwarf,65528")


def targets(args):
    """Name: (command, µs a sample that aprof may take at 10 kHz)."""
    release, debug = programs.crate("tapp"), programs.crate("tapp", "debug")
    work = float(args.seconds)
    return {"tapp": ([release, str(int(2300 * work))], 5),
            "tapp-debug": ([debug, str(int(230 * work))], 7)}


def kinds_of(target, hz, with_64k):
    kinds = {
        "alone": lambda: runs.alone(target),
        "floor": lambda: runs.floor(target, hz),
        "aprof": lambda: runs.aprof(target, hz),
        "aprof-task": lambda: runs.aprof(target, hz, "--clock", "task"),
        "perf-8k": lambda: runs.perf(target, hz, *DWARF_8K),
        "perf-z": lambda: runs.perf(target, hz, "-z", *DWARF_8K),
        "samply": lambda: runs.samply(target, hz),
    }
    if with_64k:
        kinds["perf-64k"] = lambda: runs.perf(target, hz, *DWARF_64K)
    return kinds


def per_sample(results, value):
    return [value(r) / r.samples for r in results if r.samples]


def show(report, name, hz, results, most_us):
    at = f"{name} {hz} Hz"
    for who, done in results.items():
        slow = ratios([r.target_cpu for r in done], [r.target_cpu for r in results["alone"]])
        mine = who == "aprof"
        if who != "alone":
            report.add("slowdown", f"{at}: target under {who}", slow, "x alone")
        if who in ("alone", "floor"):
            continue
        report.add("cpu", f"{at}: {who}", per_sample(done, lambda r: r.profiler_cpu * 1e6),
                   "us/sample", most=most_us if mine and hz > 5000 else None)
        if done[0].size:
            bound = (3 if hz > 5000 else 4) if mine and name == "tapp" else None
            report.add("size", f"{at}: {who}", per_sample(done, lambda r: r.size), "B/sample",
                       most=bound)
        if done[0].lost is not None:
            report.add("lost", f"{at}: {who}", [100 * r.lost / (r.samples + r.lost) for r in done],
                       "%", most=0 if mine else None)
        report.add("memory", f"{at}: {who}", [r.rss / 1e6 for r in done], "MB")
    over = ratios([r.target_cpu for r in results["aprof"]], [r.target_cpu for r in results["floor"]])
    report.add("floor", f"{at}: target under aprof, over the floor", over, "x floor",
               most=1.04 if hz > 5000 else 1.02)
    for peer in {"samply", "perf-8k"} & set(results):
        all_cpu = ratios([r.total_cpu for r in results["aprof"]], [r.total_cpu for r in results[peer]])
        report.add("cpu", f"{at}: aprof and target, over {peer} and target", all_cpu, "x", most=1)


def cost(report, args):
    for name, (target, most_us) in targets(args).items():
        for hz in args.rates:
            kinds = kinds_of(target, hz, with_64k=args.big)
            only = args.only.split(",") if args.only else list(kinds)
            kinds = {k: v for k, v in kinds.items() if k in only or k in ("alone", "floor", "aprof")}
            runs.give(args.section_seconds / 2)
            results = runs.interleave(kinds, args.runs)
            if {"alone", "floor", "aprof"} <= set(results):
                show(report, name, hz, results, most_us)


def lost(report, args):
    """Forced copies of 64 KiB with every CPU busy, and 20 kHz."""
    deep = [programs.crate("tapp"), str(int(2300 * args.seconds)), "deep"]
    two = ["sh", "-c", f"{' '.join(deep)} & {' '.join(deep)}; wait"]
    for hz, most in ((9999, 0.1), (20000, 0.5)):
        kinds = {
            "aprof": lambda hz=hz: runs.aprof(two, hz, "--call-graph", "dwarf,65528"),
            "aprof, default copy": lambda hz=hz: runs.aprof(two, hz),
            "aprof --realtime": lambda hz=hz: runs.aprof(two, hz, "--realtime", "--call-graph",
                                                         "dwarf,65528"),
        }
        if args.big:
            kinds["perf"] = lambda hz=hz: runs.perf(two, hz, *DWARF_64K)
            kinds["perf -m 8M"] = lambda hz=hz: runs.perf(two, hz, "-m", "8M", *DWARF_64K)
        elif not args.only:
            kinds["perf, 8 KiB"] = lambda hz=hz: runs.perf(two, hz, *DWARF_8K)
        for who, done in runs.interleave(kinds, args.runs).items():
            report.add("lost", f"{hz} Hz, 64 KiB copies, two busy CPUs: {who}",
                       [100 * r.lost / (r.samples + r.lost) for r in done], "%",
                       most=most if who.startswith("aprof") and "realtime" not in who else None)


def copy(report, args):
    """What the kernel takes for a tick, for registers and 8 KiB of stack, and for all of it."""
    target = [programs.crate("tapp"), str(int(2300 * args.seconds)), "deep"]
    hz = 9999
    kinds = {"alone": lambda: runs.alone(target),
             "timer": lambda: runs.floor(target, hz, "-n", "-s", "0"),
             "no stack": lambda: runs.floor(target, hz, "-s", "0"),
             "8 KiB": lambda: runs.floor(target, hz, "-s", "8192"),
             "64 KiB": lambda: runs.floor(target, hz)}
    results = runs.interleave(kinds, args.runs)
    for who in (kind for kind in results if kind != "alone"):
        report.add("copy", f"{hz} Hz: target, {who}",
                   ratios([r.target_cpu for r in results[who]],
                          [r.target_cpu for r in results["alone"]]), "x alone")
