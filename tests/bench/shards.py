#!/usr/bin/env python3
"""Grades a class on three shards that share one evidence directory, kills one of them halfway, resumes it, and merges the results, which
must be byte-for-byte identical to those of one machine.

    cargo build --release
    shards.py --plimsoll target/release/plimsoll [--students 1000] [--built 60 --engine docker]

Grades statically first, then with builds and runs. Prints the wall times. The engine needs the image `busybox:1.37`.
"""

import argparse
import filecmp
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from grade import RUBRIC, write_class

ENGINE = """
[engine]
base-images = ["busybox:1.37"]
pull = "never"
[[criterion]]
id = "builds"
points = 10
build = true
[[criterion]]
id = "greets"
points = 10
needs = "builds"
run = {{ env = {{ WHO = "{{word}}" }}, stdout = "Hello, {{word}}!" }}
"""


def write_built_class(root, students):
    for number in range(students):
        folder = root / f"student{number:04}"
        folder.mkdir(parents=True)
        greeting = ["Hello, $WHO!", "Hello, you!", "Hi, $WHO!"][number % 3]
        lines = ["FROM busybox:1.37", f"RUN echo {number} > /number"]
        lines += ["RUN false"] if number % 10 == 9 else []
        lines += ["USER 1000" if number % 2 else "# root", f'CMD ["sh", "-c", "echo \\"{greeting}\\""]', ""]
        (folder / "Dockerfile").write_text("\n".join(lines))


def evidence(folder):
    return sum(len(files) for _, _, files in os.walk(folder))


def same(one, other):
    """Returns whether two directories contain the same files with the same bytes."""
    found = filecmp.dircmp(one, other)
    if found.left_only or found.right_only:
        return False
    _, different, odd = filecmp.cmpfiles(one, other, found.common_files, shallow=False)
    return not different and not odd and all(same(one / name, other / name) for name in found.common_dirs)


def held(program, folder, engine):
    def command(*args):
        mode = ["--engine", engine] if engine else ["--static-only"]
        return [program, "grade", "rubric.toml", "class", "--exit-zero", "--quiet", *mode, *args]

    def run(*args):
        start = time.monotonic()
        done = subprocess.run(args, cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(args)}\n{done.stdout}{done.stderr}")
        return time.monotonic() - start

    def shard(part):
        return command("--shard", f"{part}/3", "--evidence", "evidence", "--out", f"part{part}", "--jobs", "2")

    whole = run(*command("--out", "one", "--jobs", "2"))
    first = run(*shard(1))
    # The second shard runs at the same time as the third, and is killed halfway.
    others = subprocess.Popen(shard(3), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = evidence(folder / "evidence")
    killed = subprocess.Popen(shard(2), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(first / 2)
    was_running = killed.poll() is None
    if was_running:
        os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    half = evidence(folder / "evidence") - before
    others.wait()
    resumed = run(*shard(2))
    run(program, "grade", "merge", "rubric.toml", "part1", "part2", "part3", "--evidence", "evidence", "--out", "merged", "--exit-zero", "--quiet")
    again = run(*command("--out", "one", "--jobs", "2"))
    print(f"  one machine {whole:.1f} s; a shard {first:.1f} s; one {'killed' if was_running else 'finished'} after {first / 2:.1f} s with {half} evidence files, resumed in {resumed:.1f} s")
    print(f"  graded again from evidence {again:.2f} s, {100 * again / whole:.1f} % of grading")
    if not was_running:
        print("  the shard finished before it could be killed")
    return same(folder / "merged", folder / "one")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", default="target/release/plimsoll")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--built", type=int, default=0)
    parser.add_argument("--engine", default="docker")
    args = parser.parse_args()
    program = str(pathlib.Path(args.plimsoll).resolve())
    good = True
    for students, engine in ((args.students, None), (args.built, args.engine)):
        if students == 0:
            continue
        with tempfile.TemporaryDirectory(prefix="plimsoll-shards-") as name:
            folder = pathlib.Path(name)
            (write_built_class if engine else write_class)(folder / "class", students)
            (folder / "rubric.toml").write_text(RUBRIC.format(points=50) + (ENGINE.format() if engine else ""))
            print(f"{students} submissions, {engine or 'no engine'}:")
            is_same = held(program, folder, engine)
            print("  merged: identical to one machine" if is_same else "  merged: DIFFERENT from one machine")
            good &= is_same
    sys.exit(not good)


if __name__ == "__main__":
    main()
