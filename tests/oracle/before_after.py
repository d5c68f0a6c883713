#!/usr/bin/env python3
"""Compares two builds of Plimsoll on the same files, to verify that a change does not affect findings or fixes.

    before_after.py BEFORE AFTER DIRECTORY [--show RULE] [--most N]

Searches DIRECTORY for Dockerfiles. Compares all findings with every rule enabled, as (file, rule, level, span), and each
file after `--fix` and after `--fix --unsafe-fixes`. Prints the number of new and removed findings per rule, and the
files whose fixes differ; with --show, also the findings of one rule. Exits with 1 if anything differs. Intended
differences are listed in verdicts/before_after.md.
"""

import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

CHECK = ["check", "--isolated", "--select", "all", "--exit-zero", "--quiet"]


def findings(binary, folder):
    command = [binary, *CHECK, "--format", "jsonl", "."]
    output = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
    found = collections.Counter()
    for line in output.split("\n"):
        finding = json.loads(line) if line else {}
        if "rule" in finding:
            span = finding["range"]["bytes"]
            found[finding["path"], finding["rule"], finding["level"], span["start"], span["end"]] += 1
    return found


def fixed(binary, folder, flags):
    """Returns the text of each file after the fixes."""
    with tempfile.TemporaryDirectory() as copy:
        copy = pathlib.Path(copy, "files")
        shutil.copytree(folder, copy)
        subprocess.run([binary, *CHECK, *flags, "."], cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*") if path.is_file()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("folder", metavar="DIRECTORY")
    parser.add_argument("--show", metavar="RULE")
    parser.add_argument("--most", type=int, default=20)
    options = parser.parse_args()
    before, after = (str(pathlib.Path(binary).resolve()) for binary in (options.before, options.after))

    old, new = findings(before, options.folder), findings(after, options.folder)
    gone, come = old - new, new - old
    print(f"{old.total()} findings before, {new.total()} after; {gone.total()} removed, {come.total()} new")
    for rule in sorted({key[1] for key in gone | come}):
        count = [sum(number for key, number in side.items() if key[1] == rule) for side in (gone, come)]
        print(f"  {rule}: {count[0]} removed, {count[1]} new")
    if options.show:
        for sign, side in (("-", gone), ("+", come)):
            for key in sorted(key for key in side if key[1] == options.show)[: options.most]:
                print(f"{sign} {key[0]} {key[2]} at {key[3]}..{key[4]}")

    differ = gone.total() + come.total()
    for flags in (["--fix"], ["--fix", "--unsafe-fixes"]):
        old, new = fixed(before, options.folder, flags), fixed(after, options.folder, flags)
        files = sorted(str(path) for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        differ += len(files)
        print(f"{' '.join(flags)}: {len(files)} files differ", *files[: options.most], sep="\n  ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
