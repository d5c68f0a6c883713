#!/usr/bin/env python3
"""Compares the run time of Compose linters on the same files. The programs take turns, and the fastest of several runs counts.

    compose.py --plimsoll target/release/plimsoll --dclint dclint --compose-lint compose-lint DIRECTORY

Each file in the directory becomes the `compose.yaml` of its own directory, and each program is started once with all of them.
`npm install dclint` and `pip install compose-lint` install the other linters. The times are not tested. The last line shows the ratios
to Plimsoll's time.
"""

import argparse
import pathlib
import shutil
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--plimsoll", required=True, metavar="BINARY")
    parser.add_argument("--dclint", metavar="PROGRAM")
    parser.add_argument("--compose-lint", metavar="PROGRAM")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for path in sorted(options.directory.iterdir()):
            if path.suffix in (".yaml", ".yml"):
                target = pathlib.Path(folder) / path.stem / "compose.yaml"
                target.parent.mkdir()
                shutil.copy(path, target)
                names.append(f"{path.stem}/compose.yaml")
        commands = {"plimsoll": [str(pathlib.Path(options.plimsoll).resolve()), "check", "--isolated", "--exit-zero"]}
        if options.dclint:
            commands["dclint"] = [options.dclint]
        if options.compose_lint:
            commands["compose-lint"] = [options.compose_lint, "check", "--allow-partial-coverage"]
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(options.runs):
            for name, command in commands.items():
                start = time.monotonic()
                subprocess.run([*command, *names], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
                best[name] = min(best[name], time.monotonic() - start)
    for name, seconds in best.items():
        print(f"{name:14} {seconds * 1000:9.0f} ms for {len(names)} files")
    own = best.pop("plimsoll")
    print(", ".join(f"{name} takes {seconds / own:.0f} times as long" for name, seconds in best.items()))


if __name__ == "__main__":
    main()
