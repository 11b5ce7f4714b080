"""What the bench builds or finds: its own tools, the workloads, and the peers."""

import os
import shutil
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(TOP, "tests", "bench")
CACHE = os.environ.get("APROF_BENCH_DIR", os.path.join(TOP, "build", "bench"))


class Missing(Exception):
    """This machine cannot, for the reason given."""


def path(*names):
    return os.path.join(CACHE, *names)


def call(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)
    if done.returncode:
        raise Missing(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def aprof():
    given = os.environ.get("APROF")
    for candidate in filter(None, [given, os.path.join(TOP, "build", "aprof"),
                                   os.path.join(TOP, "aprof"), shutil.which("aprof")]):
        if os.access(candidate, os.X_OK):
            return os.path.abspath(candidate)
    raise Missing("no aprof: build it, or say where it is with APROF=PATH")


def tool(name, *flags):
    """A small C program of this folder."""
    source, binary = os.path.join(HERE, name + ".c"), path(name)
    os.makedirs(CACHE, exist_ok=True)
    if not os.path.exists(binary) or os.path.getmtime(binary) < os.path.getmtime(source):
        call([os.environ.get("CC", "cc"), "-O2", "-g", "-o", binary, source, *flags])
    return binary


def crate(name, profile="release"):
    """A Rust program of this folder; cargo knows whether it is up to date."""
    if not shutil.which("cargo"):
        raise Missing("no cargo")
    target = path("target")
    call(["cargo", "build", "--locked", "--target-dir", target,
          *(["--release"] if profile == "release" else [])], cwd=os.path.join(HERE, name))
    return os.path.join(target, profile, name)


def write(name, text):
    with open(name, "w", encoding="ascii") as out:
        out.write(text)


def workload(name, *options):
    """One of tests/workloads, by scripts/build-workload."""
    return call([os.path.join(TOP, "scripts", "build-workload"), name, *options]).splitlines()[-1]


def installed(name, version, profile, build=True):
    """A program of crates.io, as it is: real ones are larger than what is written for a test."""
    root = path(f"{name}-{profile}")
    binary = os.path.join(root, "bin", name)
    if not os.path.exists(binary):
        if not build or not shutil.which("cargo"):
            raise Missing(f"{name} is not built" if not build else "no cargo")
        print(f"# building {name} {version} (cargo install), once", flush=True)
        call(["nice", "cargo", "install", name, "--version", version, "--locked", "--profile", profile,
              "--root", root])
    return binary


def samply():
    for found in (shutil.which("samply"), os.path.expanduser("~/.cargo/bin/samply")):
        if found and os.access(found, os.X_OK):
            return found
    root = path("samply")
    binary = os.path.join(root, "bin", "samply")
    if not os.path.exists(binary):
        print("# building samply (cargo install), once", flush=True)
        call(["nice", "cargo", "install", "samply", "--locked", "--root", root])
    return binary


def perf():
    found = shutil.which("perf")
    if not found:
        raise Missing("no perf")
    return found


def rustc_job():
    """A rustc that compiles something of size: the command, to be run in an empty folder."""
    source = path("regex-syntax")
    if not os.path.isdir(source):
        call(["cargo", "new", "--lib", "--vcs", "none", "--name", "holder", path("holder")])
        call(["cargo", "add", "regex-syntax@0.8.5"], cwd=path("holder"))
        call(["cargo", "vendor", path("vendor")], cwd=path("holder"))
        os.rename(path("vendor", "regex-syntax"), source)
    rustc = call(["rustup", "which", "rustc"]).strip() if shutil.which("rustup") else "rustc"
    features = ["std", "unicode", "unicode-age", "unicode-bool", "unicode-case", "unicode-gencat",
                "unicode-perl", "unicode-script", "unicode-segment"]
    flags = [word for f in features for word in ("--cfg", f'feature="{f}"')]
    return [rustc, "--edition=2021", "--crate-type=rlib", "--crate-name=regex_syntax", "-Copt-level=2",
            "--cap-lints=allow", "-o", path("regex_syntax.rlib"), *flags,
            os.path.join(source, "src", "lib.rs")]
