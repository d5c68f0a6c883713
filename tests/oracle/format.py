#!/usr/bin/env python3
"""Formats real Dockerfiles and verifies with BuildKit's parser that their meaning does not change.

    pip install dockerfile==3.4.0
    npm install --prefix MODULES @reteps/dockerfmt @dprint/dockerfile @dprint/formatter      (for --peers)
    format.py --plimsoll target/release/plimsoll [--peers MODULES] PATH...

Only files that BuildKit's parser accepts are checked. For each formatter, prints how many files it rejects, how many no longer
parse, have a different number of instructions, have a different meaning, are changed by a second run, and have new Plimsoll
findings, and the CPU seconds of the first run. A RUN may differ in spaces outside words. Plimsoll's own check
determines which spaces these are, and `bash -n` must accept the script as before. Exits with 1 if a count
for Plimsoll is not 0.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

import dockerfile

from folder import files

HERE = pathlib.Path(__file__).parent


def reading(path):
    """Returns what BuildKit's parser reads, or `None` if it rejects the file."""
    try:
        commands = dockerfile.parse_file(str(path))
    except (dockerfile.GoParseError, dockerfile.GoIOError, UnicodeDecodeError):
        return None
    return [(c.cmd.lower(), (c.sub_cmd or "").lower(), c.json, tuple(c.flags), tuple(c.value)) for c in commands]


def squeezed(command):
    """Returns a command without what a formatter may change: the case of AS, and spaces in scripts."""
    name, sub, json, flags, value = command
    if name == "from":
        value = tuple(word.lower() if word.lower() == "as" else word for word in value)
    if "run" in (name, sub) and not json:
        value = tuple(re.sub(r"\s+", "", word) for word in value)
    return (name, sub, json, flags, value)


def is_taken(script):
    return subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True).returncode == 0


def scripts(commands):
    return [c[4][0] for c in commands if "run" in (c[0], c[1]) and not c[2] and c[4]]


def judge(before, folder):
    """Counts the files of a directory that are rejected, no longer parse, and so on."""
    counts = {"refused": 0, "no longer parse": 0, "instructions": 0, "different meaning": 0}
    shown = []
    for name, old in before.items():
        path = folder / name
        new = reading(path) if path.exists() else None
        if not path.exists():
            kind = "refused"
        elif new is None:
            kind = "no longer parse"
        elif len(new) != len(old):
            kind = "instructions"
        elif list(map(squeezed, new)) != list(map(squeezed, old)):
            kind = "different meaning"
        elif any(a != b and is_taken(a) and not is_taken(b) for a, b in zip(scripts(old), scripts(new))):
            kind = "different meaning"
        else:
            continue
        counts[kind] += 1
        shown.append(f"{kind}: {name}")
    return counts, shown


def findings(program, folder):
    """Returns the number of findings per file and rule in a directory."""
    command = [program, "check", "--isolated", "--no-ignore", "--exit-zero", "--format", "jsonl", str(folder)]
    out = subprocess.run(command, capture_output=True, text=True).stdout
    found = (json.loads(line) for line in out.splitlines())
    return collections.Counter((pathlib.Path(one["path"]).name, one["rule"]) for one in found if "rule" in one)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def plimsoll(program, source, target):
    shutil.copytree(source, target, dirs_exist_ok=True)
    start = cpu()
    subprocess.run([program, "format", "--isolated", "--no-ignore", str(target)], capture_output=True)
    return cpu() - start


def peer(name, modules, source, target):
    target.mkdir()
    out = subprocess.run(["node", str(HERE / "format_peers.mjs"), name, modules, str(source), str(target)], capture_output=True, text=True)
    seconds = re.findall(r"^seconds ([\d.]+)$", out.stdout, re.M)
    return float(seconds[0]) if seconds else float("nan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--peers")
    parser.add_argument("paths", nargs="+")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "source").mkdir()
        before = {}
        for number, path in enumerate(files(args.paths)):
            old = reading(path)
            if old is not None:
                name = f"{number}.Dockerfile"
                shutil.copy(path, folder / "source" / name)
                os.chmod(folder / "source" / name, 0o644)
                before[name] = old
        formatters = {"plimsoll": lambda a, b: plimsoll(args.plimsoll, a, b)}
        for name in ("dockerfmt", "dprint") if args.peers else ():
            formatters[name] = lambda a, b, name=name: peer(name, args.peers, a, b)
        wrong = 0
        own = findings(args.plimsoll, folder / "source")
        print(f"{len(before)} files")
        for name, formatter in formatters.items():
            once, twice = folder / f"{name}-1", folder / f"{name}-2"
            seconds = formatter(folder / "source", once)
            formatter(once, twice)
            counts, shown = judge(before, once)
            unsettled = [f.name for f in once.iterdir() if not (twice / f.name).exists() or f.read_bytes() != (twice / f.name).read_bytes()]
            counts["changed by a second run"] = len(unsettled)
            more = findings(args.plimsoll, once) - own
            counts["more findings"] = len({file for file, _ in more})
            print(f"{name}: " + ", ".join(f"{kind} {count}" for kind, count in counts.items()) + f"; {seconds:.2f} s of CPU")
            if name == "plimsoll":
                wrong = sum(counts.values())
                print("\n".join(shown + unsettled + [f"more findings: {file} {rule}" for file, rule in more]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
