"""perfdata.py RECORDINGS READER: counts against pinfo.py, samples against perf script.

READER --counts FILE and READER --dump FILE are this project's reader. perf 6.1 does not read every
recording; normalize.py rewrites those for it. Where it still cannot, the row says so.
"""
import importlib.util
import os
import re
import subprocess
import sys

recordings, reader = sys.argv[1:3]
os.environ.update(LC_ALL="C", DEBUGINFOD_URLS="")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return done.stdout if done.returncode == 0 else None


def load_pinfo():
    spec = importlib.util.spec_from_file_location("pinfo", os.path.join(recordings, "pinfo.py"))
    module = importlib.util.module_from_spec(spec)
    sys.argv = ["pinfo.py"]
    spec.loader.exec_module(module)
    return module


TYPES = {name: number for number, name in load_pinfo().RT.items()}


def pinfo_counts(path):
    out = run(sys.executable, os.path.join(recordings, "pinfo.py"), path)
    line = re.search(r"^ +rec: (.*)$", out, re.M).group(1)
    # A type that it does not know is text behind a pipe's records: not counted by us either.
    return {TYPES[k]: int(v) for k, v in (w.rsplit(":", 1) for w in line.split()) if k in TYPES}


def our_counts(path):
    out = run(reader, "--counts", path).split()
    counts = dict(w.split(":") for w in out)
    malformed = int(counts.pop("malformed"))
    return {int(k): int(v) for k, v in counts.items()}, malformed


def our_samples(path):
    samples = []
    for line in run(reader, "--dump", path).splitlines():
        head, rest = line.split(" chain", 1)
        chain, rest = rest.split(" branches", 1)
        branches, rest = rest.split(" stack ")
        stack, lbr = rest.split(" lbr ")
        pid_tid, time, event, period, ip = re.match(r"(\S+) (\S+) (.*) (\d+) (\w+)$", head).groups()
        samples.append({"who": pid_tid, "time": time, "period": period, "ip": ip,
                        "chain": chain.split(), "branches": branches.split(), "stack": stack != "0", "lbr": lbr != "0"})
    return samples


HEAD = re.compile(r"\s*(-?\d+/-?\d+)\s+(\d+\.\d{9}):")


def perf_samples(path):
    out = run("perf", "script", "-i", path, "-G", "-F", "pid,tid,time,period,ip", "--ns", "-f")
    if out is None:
        return None
    samples = []
    for line in out.splitlines():
        match = HEAD.match(line)
        if match:
            rest = line[match.end():].split()
            samples.append((match.group(1), match.group(2), rest[0], rest[1]))
    return samples


def perf_lists(path, fields):
    """What perf prints behind or below each sample: branches, or a chain line by line."""
    out = run("perf", "script", "-i", path, "-F", "pid,tid,time," + fields, "--ns", "-f")
    lists = []
    for line in (out or "").splitlines():
        match = HEAD.match(line)
        if match:
            lists.append(line[match.end():].split())
        elif line.strip() and lists:
            lists[-1].append(line.split()[0])
    return lists


def compare_branches(path, ours):
    theirs = perf_lists(path, "brstack")
    theirs = [["/".join(b[2:] if b.startswith("0x") else b for b in e.split("/")[:2])
               for e in entries] for entries in theirs]
    if not any(theirs):
        return None
    return theirs == [s["branches"] for s in ours]


def branch_lists(lines):
    """Of each sample that has any, in some order: kernel addresses whole, user ones within a page."""
    lists = []
    for line in lines:
        entries = [e.split("/") for e in line.split() if e.startswith("0x") and "/" in e]
        entries = [e for e in entries if int(e[0], 16) or int(e[1], 16)]
        if entries:
            lists.append([[a if is_kernel(a) else int(a, 16) & 0xfff for a in e[:2]] + e[2:6]
                          for e in entries])
    return sorted(lists, key=str)


def compare_imported_branches(path, ours):
    """The profile of the file, printed by `aprof script`, against what perf prints of the file."""
    if not any(s["branches"] and not s["lbr"] for s in ours):
        return None
    profile = os.path.join(os.environ.get("TMPDIR", "/tmp"), "branches.aprof")
    run(os.environ["APROF"], "import", path, "-o", profile)
    mine = run(os.environ["APROF"], "script", "-F", "tid,brstack", profile)
    theirs = run("perf", "script", "-i", path, "-F", "tid,brstack", "-f")
    return branch_lists(mine.splitlines()) == branch_lists(theirs.splitlines())


def is_kernel(address):
    return int(address, 16) >= 1 << 63


def same_address(ours, theirs):
    """perf script prints user addresses as offsets of their file: the page is lost."""
    if is_kernel(ours):
        return ours == theirs
    return int(ours, 16) & 0xfff == int(theirs, 16) & 0xfff


def same_chain(ours, theirs):
    ours = ours[:127]
    return len(ours) == len(theirs) and all(map(same_address, ours, theirs))


def is_like_perf(s, theirs):
    kernel = [a for a in s["chain"] if is_kernel(a)]
    if s["stack"] or (s["lbr"] and not s["branches"]):
        # perf unwinds these, or reads behind the end of an empty branch stack.
        return same_chain(kernel, theirs[:len(kernel)])
    if s["lbr"]:  # the target of the newest branch as leaf: ours differs there (docs say why)
        pairs = [b.split("/") for b in s["branches"]]
        return same_chain(kernel + [pairs[0][1]] + [source for source, target in pairs], theirs)
    return same_chain(s["chain"], theirs)


def compare_chains(path, ours):
    if not any(s["chain"] for s in ours):
        return None
    return all(map(is_like_perf, ours, perf_lists(path, "ip")))


def row(path):
    name = os.path.relpath(path, recordings)
    counts, malformed = our_counts(path)
    problems = []
    if counts != pinfo_counts(path):
        problems.append("counts: %s, pinfo.py: %s" % (counts, pinfo_counts(path)))
    if malformed:
        problems.append("%d malformed" % malformed)
    ours = our_samples(path)
    normal = os.path.join(os.environ.get("TMPDIR", "/tmp"), "normal.data")
    run(sys.executable, os.path.join(recordings, "normalize.py"), path, normal)
    seen = "counts"
    theirs = perf_samples(normal)
    if theirs is not None:
        seen += " samples"
        mine = [(s["who"], s["time"], s["period"], s["ip"]) for s in ours]
        if sorted(mine) != sorted(theirs):
            problems.append("samples differ: %s" % sorted(set(mine) ^ set(theirs))[:4])
        else:
            for what, compare in (("branches", compare_branches), ("chains", compare_chains),
                                  ("imported-branches", compare_imported_branches)):
                same = compare(normal, ours)
                if same is not None:
                    seen += " " + what
                if same is False:
                    problems.append(what + " differ")
    else:
        seen += " (perf cannot read it)"
    print("%-60s %6d samples  %s%s" % (name, len(ours), "DIFFERENT " if problems else "equal: ",
                                       "; ".join(problems) if problems else seen))
    return not problems


with open(os.path.join(recordings, "MANIFEST.tsv")) as manifest:
    files = [line.split("\t")[0] for line in manifest.read().splitlines()[1:]]
good = [row(os.path.join(recordings, f)) for f in files if not f.endswith(".txt")]
sys.exit(0 if good and all(good) else 1)
