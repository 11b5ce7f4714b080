"""A hyper server that switches tasks thousands of times a second, attached to while it is loaded."""

import os
import shutil
import subprocess
import tempfile

import programs
import runs
from figures import ratios


class Served:
    def __init__(self, words):
        self.requests_s, self.cpu_us = words["requests_s"], words["cpu_us_request"]
        self.switches_s, self.cpu_ns = words["switches_s"], words["cpu_ns"]
        self.samples, self.errors = None, ""


def serve(requests, profiler=None, wrap=()):
    """`profiler(pid)`: the command that attaches. `wrap`: a prefix of the server's command."""
    binary = programs.crate("server")
    server = subprocess.Popen([*wrap, binary, "serve", str(requests)], stdout=subprocess.PIPE,
                              text=True)
    address = server.stdout.readline().strip()
    watcher = None
    if profiler:
        watcher = subprocess.Popen(profiler(server.pid), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        wait_until_attached(server.pid, watcher)
    try:
        subprocess.run([binary, "load", str(requests), address], check=False,
                       stderr=subprocess.DEVNULL, timeout=runs.LONGEST)
        output = server.communicate(timeout=runs.LONGEST)[0]
    except subprocess.TimeoutExpired:
        raise programs.Missing(f"the server did not answer in {runs.LONGEST} s") from None
    finally:
        server.kill()
        if watcher and server.poll() is None:
            watcher.terminate()
    words = dict(line.split() for line in output.splitlines())
    served = Served({key: float(value) for key, value in words.items()})
    if watcher:
        served.errors = watcher.communicate(timeout=runs.LONGEST)[1]
    return served


def wait_until_attached(pid, watcher):
    """Events that belong to a task or ring buffers of the watcher: there is no sign but time."""
    del pid
    try:
        watcher.wait(0.7)
    except subprocess.TimeoutExpired:
        return
    raise programs.Missing(watcher.communicate()[1])


def aprof(requests, hz, *options, wrap=(), folder=None):
    out = os.path.join(folder or programs.CACHE, "server.data")
    done = serve(requests, lambda pid: [*wrap, programs.aprof(), "record", "-F", str(hz), "-o", out,
                                        *options, "-p", str(pid)], wrap)
    done.samples = runs.first_int(r"recorded (\d+) samples", done.errors)
    return done


def perf(requests, hz, *options, wrap=(), folder=None):
    out = os.path.join(folder or programs.CACHE, "server.perf")
    done = serve(requests, lambda pid: [*wrap, programs.perf(), "record", "-B", "-N", "-e",
                                        "cpu-clock" + (":u" if wrap else ""), "-F", str(hz), "-o", out,
                                        *options, "-p", str(pid)], wrap)
    # -f: the file may be another user's.
    stats = programs.call([programs.perf(), "report", "-f", "--stats", "-i", out])
    done.samples = runs.first_int(r"SAMPLE events: +(\d+)", stats)
    os.unlink(out)
    return done


def samply(requests, hz):
    """It follows a process that it did not start by -p, too."""
    out = programs.path("server.json.gz")
    with runs.samply_allowed():
        return serve(requests, lambda pid: [programs.samply(), "record", "--save-only", "--no-open",
                                            "-r", str(hz), "-o", out, "-p", str(pid)])


def floor(requests, hz, *options):
    """The kernel's own cost: events of every CPU, with nobody who looks at the samples."""
    done = serve(requests, lambda pid: [programs.tool("floor"), "-F", str(hz), *options, "-p", str(pid),
                                        "tail", f"--pid={pid}", "-f", "/dev/null"])
    done.samples = runs.first_int(r"(\d+) of the process", done.errors) or None
    return done


NOBODY = 65534


def as_a_user(requests, hz, folder):
    """The server and its profiler run as somebody who may sample his own tasks only."""
    os.chown(folder, NOBODY, NOBODY)
    wrap = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return {"aprof as a user": lambda: aprof(requests, hz, wrap=wrap, folder=folder),
            "perf dwarf as a user": lambda: perf(requests, hz, "--call-graph", "dwarf", wrap=wrap,
                                                 folder=folder)}


def server(report, args):
    with tempfile.TemporaryDirectory() as folder:
        measure(report, args, folder)


def measure(report, args, folder):
    # So many that what is done once (unwind tables, names of the kernel) is little beside them.
    requests, hz = int(40000 * args.seconds), 999
    kinds = {
        "alone": lambda: serve(requests),
        "timer": lambda: floor(requests, hz, "-n", "-s", "0"),
        "floor": lambda: floor(requests, hz, "-s", "8192"), # what aprof copies of short stacks
        "aprof": lambda: aprof(requests, hz),
        "aprof --clock task": lambda: aprof(requests, hz, "--clock", "task"),
        "perf dwarf": lambda: perf(requests, hz, "--call-graph", "dwarf"),
        "perf -g": lambda: perf(requests, hz),
        "samply": lambda: samply(requests, hz),
    }
    if args.only == "floor":
        kinds = {who: kinds[who] for who in ("alone", "floor", "aprof")}
    elif os.geteuid() == 0 and shutil.which("setpriv"):
        kinds.update(as_a_user(requests, hz, folder))
    results = runs.interleave(kinds, args.runs)
    base = results["alone"]
    report.add("server", "requests a second, alone", [r.requests_s for r in base], "/s")
    report.add("server", "switches a second, alone", [r.switches_s for r in base], "/s")
    report.add("server", "CPU a request, alone", [r.cpu_us for r in base], "us")
    for who, done in results.items():
        if who == "alone":
            continue
        mine = who == "aprof"
        report.add("server", f"CPU a request: {who}",
                   ratios([r.cpu_us for r in done], [r.cpu_us for r in base]), "x alone",
                   most=1.03 if mine else None)
        report.add("server", f"requests a second: {who}",
                   ratios([r.requests_s for r in done], [r.requests_s for r in base]), "x alone",
                   least=0.97 if mine else None)
        if mine:
            report.add("server", "CPU a request: aprof over the floor",
                       ratios([r.cpu_us for r in done], [r.cpu_us for r in results["floor"]]), "x")
            report.add("server", "requests a second: aprof over the floor",
                       ratios([r.requests_s for r in done], [r.requests_s for r in results["floor"]]),
                       "x")
        if done[0].samples is None:
            continue
        expected = [r.samples / (r.cpu_ns * hz / 1e9) * 100 for r in done]
        report.add("server", f"samples of those its CPU calls for: {who}", expected, "%",
                   least=99 if mine else None)
