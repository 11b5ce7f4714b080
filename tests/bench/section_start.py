"""How long a recording of a program that does nothing takes."""

import time

import programs
import runs

# A program that runs for a millisecond has few samples, and mostly none in the kernel. So often it has;
# the rings are those of the defaults.
OFTEN = ("--all-kernel", "-F", "20000", "-m", "2048")


def wall(command):
    return runs.exact_wall(command, runs.LONGEST)[0]


def read_kallsyms():
    start = time.monotonic()
    with open("/proc/kallsyms", "rb", buffering=0) as names:
        while names.read(1 << 16):
            pass
    return (time.monotonic() - start) * 1000


def samply(out):
    with runs.samply_allowed():
        return wall([programs.samply(), "record", "--save-only", "-o", out, "--", "/bin/true"])


def start(report, args):
    out = programs.path("start.data")
    kinds = {
        "alone": lambda: wall(["/bin/true"]),
        "aprof": lambda: wall([programs.aprof(), "record", "-o", out, "--", "/bin/true"]),
        "aprof with kernel frames": lambda: wall([programs.aprof(), "record", *OFTEN, "-o", out, "--",
                                                  "/bin/true"]),
        "aprof --all-user": lambda: wall([programs.aprof(), "record", "--all-user", "-o", out, "--",
                                          "/bin/true"]),
        "kallsyms": read_kallsyms,
        "perf": lambda: wall([programs.perf(), "record", "-o", out, "--call-graph", "dwarf", "--",
                              "/bin/true"]),
        "samply": lambda: samply(out),
    }
    results = runs.interleave(kinds, max(args.runs, 7))
    for who, values in results.items():
        report.add("start", f"record -- /bin/true: {who}", values, "ms",
                   most=30 if who == "aprof --all-user" else None)
    if not {"aprof with kernel frames", "kallsyms"} <= set(results):
        return
    net = [a - k for a, k in zip(results["aprof with kernel frames"], results["kallsyms"])]
    report.add("start", "aprof beside one reading of kallsyms", net, "ms", most=30)
