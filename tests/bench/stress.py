#!/usr/bin/env python3
"""Times plimsoll on absurd files, each twice as long as the one before: time and memory have to grow with the file and no faster.

    cargo build --release
    stress.py --plimsoll target/release/plimsoll

    stress.py --plimsoll target/release/plimsoll --by-rule

The second form holds each rule alone against a file made of the bad examples of all rules' pages, again and again: what looks at the whole file at each step shows there.

Printed are wall time, CPU time and peak memory of `check` with every rule on, at a quarter, a half and the whole of each size. Exit code 1 if a whole file takes longer than
--most seconds.
"""

import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

FROM = b"FROM debian:12-slim\n"
MEBIBYTE = 1 << 20


def noise(size):
    return random.Random(1).randbytes(size).replace(b"\0", b"\n")


CASES = {
    "one RUN continued over 20,000 lines": lambda n: FROM + b"RUN true \\\n" + b" && apt-get install -y a \\\n" * (20_000 // n) + b" && true\n",
    "200 ENV and 200 RUN": lambda n: FROM + b"".join(b"ENV V%d=%d\n" % (i, i) for i in range(200 // n)) + b"RUN echo $V1 && apt-get update\n" * (200 // n),
    "3,200 ENV and a RUN": lambda n: FROM + b"".join(b"ENV V%d=$V%d\n" % (i, i - 1) for i in range(1, 3200 // n)) + b"RUN echo $V1\n",
    "one RUN of 800 commands": lambda n: FROM + b"RUN true" + b" && curl -fsSL https://example.com/x | sh" * (800 // n) + b"\n",
    "100,000 instructions": lambda n: FROM + b"RUN apt-get install -y a\n" * (100_000 // n),
    "100,000 COPY": lambda n: FROM + b"".join(b"COPY a%d /srv/\n" % i for i in range(100_000 // n)),
    "10,000 stages": lambda n: b"".join(b"FROM debian:12 AS s%d\nCOPY --from=s%d /a /a\n" % (i, max(0, i - 1)) for i in range(10_000 // n)),
    "a chain of 10,000 stages": lambda n: b"FROM debian:12 AS s0\n" + b"".join(b"FROM s%d AS s%d\nRUN a\n" % (i - 1, i) for i in range(1, 10_000 // n)),
    "10,000 stages that start a program": lambda n: b"FROM debian:12 AS s0\n" + b"".join(b"FROM s%d AS s%d\nUSER u\nRUN apt-get install -y gcc\nEXPOSE 80\nCMD node a.js\n" % (i - 1, i) for i in range(1, 10_000 // n)),
    "100,000 comments": lambda n: FROM + b"# plimsoll: ignore[root-user]: x\n" * (100_000 // n),
    "10 MB of one line": lambda n: FROM + b"RUN " + b"a" * (10 * MEBIBYTE // n) + b"\n",
    "10 MB of words": lambda n: FROM + b"RUN echo " + b"a " * (5 * MEBIBYTE // n) + b"\n",
    "10 MB of quotes": lambda n: FROM + b"RUN " + b"'\"" * (5 * MEBIBYTE // n) + b"\n",
    "10 MB of $(": lambda n: FROM + b"RUN " + b"$(" * (5 * MEBIBYTE // n) + b"\n",
    "10 MB of blank lines": lambda n: FROM + b"\n" * (10 * MEBIBYTE // n),
    "10 MB of noise": lambda n: noise(10 * MEBIBYTE // n),
    "10 MB in a heredoc": lambda n: FROM + b"RUN <<EOF\n" + b"echo a\n" * (10 * MEBIBYTE // 7 // n) + b"EOF\n",
    "50,000 heredocs": lambda n: FROM + b"RUN <<A cat\nx\nA\n" * (50_000 // n),
    "a case of 20,000 arms": lambda n: FROM + b"RUN case $1 in \\\n" + b"a) echo b ;; \\\n" * (20_000 // n) + b"esac\n",
    "5,000 nested ifs": lambda n: FROM + b"RUN " + b"if a; then " * (5_000 // n) + b"b" + b"; fi" * (5_000 // n) + b"\n",
    "100,000 labels": lambda n: FROM + b"LABEL" + b"".join(b" k%d=v" % i for i in range(100_000 // n)) + b"\n",
    "100,000 ports": lambda n: FROM + b"EXPOSE" + b" 80/TCP" * (100_000 // n) + b"\n",
}


def run(command, folder):
    start = time.monotonic()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BAD = re.compile(r"^```dockerfile bad[^\n]*\n(.*?)^```", re.M | re.S)
FROM_LINE = re.compile(r"^FROM .*\n", re.M)


def bad_examples():
    """The instructions behind the FROM of every bad example of a rule's page; those with a heredoc or a directive stay out."""
    texts = [match.group(1) for page in sorted(ROOT.glob("rules/*/*.md")) for match in BAD.finditer(page.read_text())]
    return [FROM_LINE.sub("", text) for text in texts if "<<" not in text and not text.startswith("# ") and "FROM" in text]


def by_rule(plimsoll, most):
    """Each rule alone; prints those that take longer than a linear rule would, and the slowest."""
    body = "".join(bad_examples())
    sizes = (4, 8)
    rules = [path.stem.replace("_", "-") for path in sorted(ROOT.glob("rules/*/*.rs"))]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        times = {}
        for rule in ["untagged-base", *rules]:
            for times_over in sizes:
                (pathlib.Path(folder) / "Dockerfile").write_text("FROM debian:12-slim\n" + body * times_over)
                command = [plimsoll, "check", "--isolated", "--exit-zero", "--shellcheck", "off", "--preview", "--statistics", "--select", rule, "Dockerfile"]
                times[rule, times_over] = run(command, folder)[2]
        base = [times["untagged-base", size] for size in sizes]
        for rule in rules:
            rows.append((times[rule, sizes[1]] - base[1], times[rule, sizes[0]] - base[0], rule))
    lines = len(("" + body * sizes[1]).splitlines())
    print(f"a file of {lines} lines, read and modelled in {base[1]:.2f} s of CPU; each rule's own part of the whole, and of half of it:")
    for whole, half, rule in sorted(rows, reverse=True)[:25]:
        print(f"{rule:38}{whole:9.2f}{half:9.2f}")
    return any(row[0] > most for row in rows)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--most", type=float, default=10, metavar="SECONDS")
    arguments.add_argument("--only", default="", metavar="TEXT", help="only the cases that have this in their name")
    arguments.add_argument("--by-rule", action="store_true")
    arguments.add_argument("rest", nargs="*", metavar="ARGUMENT", help="further arguments of `plimsoll check`")
    options = arguments.parse_args()
    plimsoll = str(pathlib.Path(options.plimsoll).resolve())
    if options.by_rule:
        sys.exit(1 if by_rule(plimsoll, options.most) else 0)
    command = [plimsoll, "check", "--isolated", "--exit-zero", "--select", "all", "--preview", "--statistics", *options.rest, "Dockerfile"]
    failed = False
    print(f"{'':38}{'size KiB':>10}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}   cpu s at a quarter, a half")
    for name, make in CASES.items():
        if options.only not in name:
            continue
        steps = []
        for part in (4, 2, 1):
            with tempfile.TemporaryDirectory() as folder:
                text = make(part)
                (pathlib.Path(folder) / "Dockerfile").write_bytes(text)
                steps.append((len(text) / 1024, *run(command, folder)))
        size, code, wall, cpu, peak = steps[-1]
        bad = wall > options.most or any(step[1] not in (0, 1) for step in steps)
        failed |= bad
        mark = f"   FAILED ({code})" if bad else ""
        print(f"{name:38}{size:10.0f}{wall:9.2f}{cpu:9.2f}{peak:10.0f}   {steps[0][3]:.2f}, {steps[1][3]:.2f}{mark}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
