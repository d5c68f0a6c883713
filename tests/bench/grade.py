#!/usr/bin/env python3
"""Measures the grading of a class of invented submissions: first without evidence, then again with evidence and changed points.

    cargo build --release
    grade.py --plimsoll target/release/plimsoll [--students N] [--engine docker]

Prints wall time, CPU time and peak memory of each run, for a tenth of the class and for the whole class. Memory should
not grow with the class. Without `--engine`, submissions are only read; with it, all are built and run, which takes 1 to 4 s each. The engine
needs the image `busybox:1.37`.
"""

import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

RUBRIC = """\
title = "Benchmark"
plimsoll = "0.1.0"
[[criterion]]
id = "all"
title = "Course practices"
points = {points}
rules = ["pinned", "slim", "nonroot", "layers", "stages", "concern"]
each = 1
[[criterion]]
id = "start"
title = "Starts properly"
points = 10
partial = true
require = {{ exec-form = true, healthcheck = true, not-root = true }}
"""

BASES = ["python", "python:3.13", "python:3.13-slim", "node:22", "debian:13-slim", "golang:1.25"]


def write_class(root, students):
    for number in range(students):
        folder = root / f"student{number:04}"
        folder.mkdir(parents=True)
        lines = [f"FROM {BASES[number % len(BASES)]}", "WORKDIR /app"]
        lines += [f"RUN echo {step} > /app/{step}" for step in range(number % 7)]
        lines += ["COPY . .", "USER 1000" if number % 3 else "# root", 'CMD ["run"]' if number % 2 else "CMD run", ""]
        (folder / "Dockerfile").write_text("\n".join(lines))
        body = "".join(f"def step{at}(a):\n    return a * {at + number} + len(str(a))\n" for at in range(40))
        (folder / "app.py").write_text(body)


def timed(command, folder):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(errors)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", default="target/release/plimsoll")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--engine", help="build and run all submissions on this engine")
    args = parser.parse_args()
    program = str(pathlib.Path(args.plimsoll).resolve())
    write, rubric, mode = write_class, RUBRIC, ["--static-only"]
    if args.engine:
        import shards

        write, rubric, mode = shards.write_built_class, RUBRIC + shards.ENGINE, ["--engine", args.engine, "--jobs", "2"]
    for students in (max(args.students // 10, 1), args.students):
        with tempfile.TemporaryDirectory(prefix="plimsoll-grade-") as name:
            folder = pathlib.Path(name)
            write(folder / "class", students)
            command = [program, "grade", "rubric.toml", "class", "--out", "out", *mode]
            for what, points in (("first", 50), ("points changed", 40)):
                (folder / "rubric.toml").write_text(rubric.format(points=points))
                wall, cpu, memory = timed(command, folder)
                print(f"{students} submissions, {what}: {wall:.2f} s wall, {cpu:.2f} s CPU, {memory:.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
