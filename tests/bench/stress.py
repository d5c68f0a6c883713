#!/usr/bin/env python3
"""Measures Plimsoll on pathological files of increasing size. Time and memory must grow at most linearly.

    cargo build --release
    stress.py --plimsoll target/release/plimsoll

    stress.py --plimsoll target/release/plimsoll --by-rule

The second form runs each rule alone on a file that repeats the bad examples of all rule pages. This exposes rules that read the whole file at each step.

    stress.py --plimsoll target/release/plimsoll --shapes --most 3

The third form uses files that contain many repetitions of one construct, 1 MiB each, and shell tokens repeated to 64 KiB, each with a limit on CPU time and memory.

    stress.py --plimsoll target/release/plimsoll --pages --most 1

The fourth form repeats each example of each rule page to 256 KiB and to half of that, and fails for those that take longer than --most, or more than
2.5 times as long as half of them.

Prints wall time, CPU time and peak memory of `check` with every rule enabled, at a quarter, a half and the whole of each size. Exits with 1 if a whole file takes longer than
--most seconds.
"""

import argparse
import os
import pathlib
import random
import re
import resource
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


def lines(one, before=FROM, after=b""):
    """Returns as many of the lines `one(0)`, `one(1)`, … as fit."""
    def make(size):
        parts, length, i = [before], len(before) + len(after), 0
        while length < size:
            part = one(i)
            parts.append(part)
            length += len(part)
            i += 1
        return b"".join(parts) + after
    return make


def repeated(token, before=FROM + b"RUN ", after=b"\n"):
    return lambda size: before + token * max(1, (size - len(before) - len(after)) // len(token)) + after


def blocks(count, inner):
    """Returns stages, each with as many of `inner(stage, i)` as there are stages."""
    def make(size):
        side = max(1, int((size / len(inner(99, 99))) ** 0.5)) if count is None else count
        return b"".join(b"FROM debian:12 AS s%d\n" % stage + b"".join(inner(stage, i) for i in range(side)) for stage in range(side))
    return make


def numbers(template):
    """Replaces every %d in the template with the number."""
    count = template.count(b"%d")
    return lambda i: template % ((i,) * count)


def both_halves(first, second):
    """Fills half of the file with lines like the first, and the other half with lines like the second."""
    return lambda size: lines(first)(size // 2) + lines(second, b"")(size // 2)


SHELL_TOKENS = [
    "time ", "! ", "${x@", "${x:-", "${x", "$'", '$"', "$(", "`", "\\`", "$((", "$[", "((", "( ", "{ ", "[[ ", "[ ", "if ", "while ", "case a in ", "case a in a) ",
    "for i in a; do ", "f() ", "f() { ", "coproc ", "a=(", "a[", "a[$", "<(", ">(", "<<E ", "<<-E ", "<<<", "<", ">", "2>&1 ", "{a,", "{1..", "+(", "!(", "*", "?", "~", "'", '"',
    "\\", "#", " #", "|", "|&", "&&", "& ", ";", ";;", "a;", "a|", "a&&", "a ", "a=b ", "A+=b ", "env A=b ", "sudo ", "exec ", "command ", "sh -c ", "sh -c '", "xargs ", "nohup ", "timeout 1 ",
    "export A=b ", "declare -A a ", "local a=", "read a ", "set -e; ", "set -- ", "cd a; ", "cd a && ", "trap a ", "eval ", ". a; ", "test a = b ", "-a ", "[ a ] && ", "echo $a ", "echo '$a' ",
    "${a}", "${#a}", "${!a}", "${a[@]}", "${a/b/", "${a//b}", "$a", "$1", "$@", "$?", "$$", "rm -rf a && ", "apt-get install -y a && ", "curl a | sh; ", "wget a; ", "é", "\u2028", "\u00a0", "\x00",
    "function f ", "until ", "select a in ", "elif ", "else ", "then ", "do ", "done ", "esac ", "fi ", "}", ")", "]]", "]", "ls | grep a; ", "cat a | ", "find . -exec a ", "a\\\n", "printf %s ",
]

# Each function takes the size of the file in bytes.
SHAPES = {
    "COPY --from that nearly matches": both_halves(lambda i: b"FROM debian:12 AS builder-%d\n" % i, lambda i: b"COPY --from=bulider-%d /a /a\n" % i),
    "COPY --from one unknown name": both_halves(lambda i: b"FROM debian:12 AS builder-%d\n" % i, lambda i: b"COPY --from=bulider /a /a\n"),
    "FROM that nearly matches": lines(lambda i: b"FROM debian:12 AS builder-%d\nFROM bulider-%d\n" % (i, i)),
    "the same stage name": lines(lambda i: b"FROM debian:12 AS a\nRUN a\n", b""),
    "the same stage name, copied from": lines(lambda i: b"FROM debian:12 AS a\nCOPY --from=a /a /a\n", b""),
    "the same package, RUN by RUN": lines(lambda i: b"RUN apt-get update && apt-get install -y curl\n"),
    "the same package in one RUN": repeated(b"curl ", FROM + b"RUN apt-get install -y "),
    "different packages": lines(numbers(b"RUN apt-get install -y a%d b%d\n")),
    "pip packages": lines(numbers(b"RUN pip install a%d==1.%d\n")),
    "ignore comments": lines(numbers(b"# plimsoll: ignore[untagged-base]: x%d\nRUN apt-get install -y a\n")),
    "ignore comments without effect": lines(lambda i: b"# plimsoll: ignore-file[DL3008]: x\n", FROM, b"RUN apt-get install a\n"),
    "ignore comments and findings": both_halves(lambda i: b"# plimsoll: ignore-file[untagged-base]: x\n", lambda i: b"RUN cd a\n"),
    "ignore-stage comments": lines(lambda i: b"# plimsoll: ignore-stage[all]: x\nFROM a\nRUN cd /a\n", b""),
    "one comment of many names": repeated(b"DL3008,", FROM + b"# plimsoll: ignore[", b"]: x\nRUN apt-get install a\n"),
    "shellcheck comments": lines(lambda i: b"# shellcheck disable=SC2086\nRUN echo $a\n"),
    "shellcheck comments in a heredoc": repeated(b"# shellcheck disable=SC2086\necho $a\n", FROM + b"RUN <<EOF\n", b"EOF\n"),
    "go build stages": lines(numbers(b"FROM golang:1.22 AS b%d\nWORKDIR /src\nCOPY . .\nRUN go build -o /app\nCMD [\"/app\"]\n"), b""),
    "go build stages, copied from": lines(numbers(b"FROM golang:1.22 AS b%d\nCOPY . .\nRUN go build -o /app\nFROM debian:12 AS r%d\nCOPY --from=b%d /app /app\nCMD [\"/app\"]\n"), b""),
    "go build in one stage": lines(lambda i: b"RUN go build -o /app ./cmd\n", b"FROM golang:1.22\n"),
    "npm stages": lines(numbers(b"FROM node:20 AS b%d\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"a.js\"]\n"), b""),
    "URLs": lines(numbers(b"RUN curl -fsSL https://example.com/%d -o /a%d\n")),
    "URLs in one RUN": repeated(b" && wget https://example.com/a.tgz", FROM + b"RUN true"),
    "URLs as arguments": repeated(b" https://example.com/a.tgz", FROM + b"RUN curl -O"),
    "ADD": lines(numbers(b"ADD a%d b\n")),
    "ADD and RUN": lines(numbers(b"ADD a%d b\nRUN c\n")),
    "stage names with capitals": lines(numbers(b"FROM debian:12 AS S%d\nCOPY --from=S%d /a /a\n"), b""),
    "images from a variable": lines(numbers(b"FROM node:$V AS s%d\n"), b"ARG V=12\n"),
    "images that moved": lines(numbers(b"FROM openjdk:8 AS s%d\nRUN a\n"), b""),
    "unknown users, stage by stage": lines(numbers(b"FROM debian:12 AS s%d\nUSER u%d\nRUN a\n"), b""),
    "ADD of URLs": lines(numbers(b"ADD https://example.com/%d.tar.gz /a%d\n")),
    "download and remove": lines(numbers(b"RUN curl -o /tmp/a%d https://example.com/a\nRUN rm /tmp/a%d\n")),
    "download and remove, halves": both_halves(numbers(b"RUN curl -o /tmp/a%d https://example.com/a\n"), numbers(b"RUN rm /tmp/a%d\n")),
    "download and remove in one RUN": lines(numbers(b" && curl -o /tmp/a%d https://example.com/a && rm /tmp/a%d"), FROM + b"RUN true", b"\n"),
    "COPY and rm, halves": both_halves(numbers(b"COPY a%d /tmp/a%d\n"), numbers(b"RUN rm /tmp/a%d\n")),
    "COPY and chmod, halves": both_halves(numbers(b"COPY a%d /tmp/a%d\n"), numbers(b"RUN chmod +x /tmp/a%d\n")),
    "COPY and chown, halves": both_halves(numbers(b"COPY a%d /tmp/a%d\n"), numbers(b"RUN chown a /tmp/a%d\n")),
    "COPY and COPY": lines(numbers(b"COPY a%d /tmp/a%d\nCOPY . .\n")),
    "secrets in RUNs": lines(numbers(b"RUN curl -H 'Authorization: Bearer ghp_%d6789012345678901234567890123456' https://example.com\n")),
    "secrets in ENV": lines(numbers(b"ENV PASSWORD%d=hunter2hunter%d\nRUN echo $PASSWORD%d\n")),
    "secrets in ARG": lines(numbers(b"ARG TOKEN%d\nRUN echo $TOKEN%d\n")),
    "secret files": both_halves(numbers(b"COPY id_rsa /root/.ssh/id%d\n"), numbers(b"RUN rm /root/.ssh/id%d\n")),
    "a chain of rm": repeated(b" && rm -rf /var/lib/apt/lists/* /tmp/*", FROM + b"RUN apt-get install -y a"),
    "a chain of rm, each another": lines(numbers(b" && rm /a%d"), FROM + b"RUN true", b"\n"),
    "rm of many files": lines(numbers(b" /a%d"), FROM + b"RUN rm -rf", b"\n"),
    "a chain of cd": repeated(b" && cd a", FROM + b"RUN true"),
    "unused stages": lines(numbers(b"FROM debian:12 AS s%d\nRUN a\n"), b"", b"FROM debian:12\n"),
    "unused ARGs": lines(numbers(b"ARG A%d=1\n")),
    "ARGs before FROM": lines(numbers(b"ARG A%d=1\n"), b"", b"FROM debian:$A1\n"),
    "ARGs before FROM and stages": lambda size: lines(numbers(b"ARG A%d=1\n"), b"")(size // 2) + lines(numbers(b"FROM debian:$A%d\n"), b"")(size // 2),
    "unknown variables": lines(numbers(b"RUN echo $A%d\nENV B%d=$C%d\n")),
    "variables that nearly match": both_halves(numbers(b"ARG VERSION_%d=1\n"), numbers(b"ENV A=$VERSOIN_%d\n")),
    "200 stages of 200 ARGs, and more": blocks(None, lambda stage, i: b"ARG A%d=%d\n" % (i, stage)),
    "stages of ARGs without value": blocks(None, lambda stage, i: b"ARG A%d\n" % i),
    "stages of ENVs": blocks(None, lambda stage, i: b"ENV A%d=%d\n" % (i, stage)),
    "stages on stages of ARGs": lines(numbers(b"FROM s%d AS s%d\nARG A%d=1\nENV B%d=$A%d\n"), b""),
    "each stage on the last, with ENV": lambda size: b"FROM debian:12 AS s0\n" + b"".join(b"FROM s%d AS s%d\nENV A%d=1\nRUN a\n" % (i - 1, i, i) for i in range(1, size // 38)),
    "all stages copied from": lambda size: lines(numbers(b"FROM debian:12 AS s%d\nRUN a\n"), b"")(size // 2) + b"FROM debian:12\n" + lines(numbers(b"COPY --from=s%d /a /a\n"), b"")(size // 2),
    "stages on one stage": lambda size: b"FROM debian:12 AS a\nUSER u\n" + lines(numbers(b"FROM a AS b%d\nRUN c\nCMD d\n"), b"")(size),
    "stages that need all before": lambda size: b"".join(b"FROM debian:12 AS s%d\n" % i + b"COPY --from=s%d /a /a\nCOPY --from=s%d /b /b\n" % (i // 2, max(0, i - 1)) for i in range(size // 70)),
    "env A=b": repeated(b"env A=b "),
    "USER and RUN": lines(numbers(b"USER u%d\nRUN a\n")),
    "WORKDIR": lines(numbers(b"WORKDIR a%d\n")),
    "WORKDIR and COPY": lines(numbers(b"WORKDIR a%d\nCOPY a b\n")),
    "SHELL": lines(lambda i: b"SHELL [\"/bin/bash\", \"-c\"]\nRUN a | b\n"),
    "CMD": lines(lambda i: b"CMD a\nENTRYPOINT b\nHEALTHCHECK CMD c\n"),
    "ONBUILD": lines(numbers(b"ONBUILD RUN a %d\n")),
    "ONBUILD, used by stages": lambda size: b"FROM debian:12 AS s0\n" + lines(numbers(b"ONBUILD ENV A%d=1\n"), b"")(size // 2) + lines(numbers(b"FROM s0 AS t%d\nRUN a\n"), b"")(size // 2),
    "ENV of its own value": lines(lambda i: b"ENV PATH=/a:$PATH\n"),
    "ENV twice as long each time": lines(lambda i: b"ENV A=$A$A\nRUN $A\n", FROM + b"ENV A=abcdefgh\n"),
    "LABEL": lines(numbers(b"LABEL a%d=1\n")),
    "the same LABEL": lines(lambda i: b"LABEL a=1\n"),
    "EXPOSE": lines(numbers(b"EXPOSE %d\n")),
    "VOLUME and RUN": lines(numbers(b"VOLUME /a%d\nRUN touch /a%d/b\n")),
    "mounts": lines(numbers(b"RUN --mount=type=cache,target=/a%d,id=%d a\n")),
    "mounts of one RUN": lines(numbers(b"--mount=type=cache,target=/a%d "), FROM + b"RUN ", b"a\n"),
    "useradd": lines(numbers(b"RUN useradd u%d\nUSER u%d\n")),
    "useradd, halves": both_halves(numbers(b"RUN useradd u%d\n"), numbers(b"USER u%d\n")),
    "COPY many sources": lines(numbers(b" a%d"), FROM + b"COPY", b" /srv/\n"),
    "COPY JSON": lines(numbers(b"\"a%d\", "), FROM + b"COPY [", b"\"/srv/\"]\n"),
    "CMD JSON": repeated(b"\"a\", ", FROM + b"CMD [", b"\"b\"]\n"),
    "CMD JSON nested": repeated(b"[", FROM + b"CMD "),
    "unknown instructions": lines(numbers(b"RUNN%d a\n")),
    "unknown flags": lines(numbers(b"--flag%d=a "), FROM + b"RUN ", b"a\n"),
    "heredocs of one RUN": lines(numbers(b"<<E%d "), FROM + b"RUN ", b"\n"),
    "unterminated heredocs": lines(numbers(b"RUN <<E%d\na\n")),
    "apt-get update and install apart": lines(lambda i: b"RUN apt-get update\nRUN apt-get install -y a\n"),
    "apt-get and its removal": lines(numbers(b"RUN apt-get install -y a%d\nRUN apt-get purge -y a%d\n")),
    "git clone": lines(numbers(b"RUN git clone https://example.com/a%d /a%d\n")),
    "tar": lines(numbers(b"COPY a%d.tar.gz /tmp/\nRUN tar xf /tmp/a%d.tar.gz\n")),
    "functions": lines(numbers(b"f%d() { a; }; f%d; "), FROM + b"RUN ", b"\n"),
    "functions, halves": lambda size: FROM + b"RUN " + lines(numbers(b"f%d() { a; }; "), b"")(size // 2) + lines(numbers(b"f%d; "), b"")(size // 2) + b"\n",
    "shell variables": lines(numbers(b"a%d=1; echo $a%d; "), FROM + b"RUN ", b"\n"),
    "shell variables, halves": lambda size: FROM + b"RUN " + lines(numbers(b"a%d=1; "), b"")(size // 2) + lines(numbers(b"echo $a%d; "), b"")(size // 2) + b"\n",
    "set -e and pipes": repeated(b"set -o pipefail; a | b; "),
    "redirects to one file": repeated(b"echo a >> /a && ", after=b"true\n"),
    "redirects": lines(numbers(b">/a%d "), FROM + b"RUN a ", b"\n"),
}
for token in SHELL_TOKENS:
    SHAPES[f"RUN of {token!r}"] = repeated(token.encode())
    SHAPES[f"heredoc of {token!r}"] = repeated(token.encode(), FROM + b"RUN <<EOF\n", b"\nEOF\n")


def run(command, folder, most=None):
    """Returns exit code, wall time, CPU time and peak memory in MiB; stops the program after `most` CPU seconds."""
    start = time.monotonic()
    limit = None if most is None else lambda: resource.setrlimit(resource.RLIMIT_CPU, (int(most) + 1, int(most) + 1))
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere, cwd=folder, preexec_fn=limit)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BAD = re.compile(r"^```dockerfile bad[^\n]*\n(.*?)^```", re.M | re.S)
FROM_LINE = re.compile(r"^FROM .*\n", re.M)


def bad_examples():
    """Returns the instructions after the FROM in every bad example on a rule page, except for examples with a heredoc or a directive."""
    texts = [match.group(1) for page in sorted(ROOT.glob("rules/*/*.md")) for match in BAD.finditer(page.read_text())]
    return [FROM_LINE.sub("", text) for text in texts if "<<" not in text and not text.startswith("# ") and "FROM" in text]


def by_rule(plimsoll, most):
    """Runs each rule alone, and prints the rules that are slower than linear, and the slowest ones."""
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
    print(f"a file of {lines} lines, parsed in {base[1]:.2f} s of CPU time; CPU seconds of each rule for the whole file, and for half of it:")
    for whole, half, rule in sorted(rows, reverse=True)[:25]:
        print(f"{rule:38}{whole:9.2f}{half:9.2f}")
    return any(row[0] > most for row in rows)


EXAMPLE = re.compile(r"^```dockerfile[^\n]*\n(.*?)^```", re.M | re.S)


def by_page(plimsoll, options):
    """Runs each example of each rule page, repeated; prints those that fail, and the slowest ones."""
    examples = {}
    for page in sorted(ROOT.glob("rules/*/*.md")):
        for number, match in enumerate(EXAMPLE.finditer(page.read_text()), 1):
            if match.group(1).strip() and options.only in page.stem:
                examples.setdefault(match.group(1).encode(), f"{page.stem.replace('_', '-')} {number}")
    command = [plimsoll, "check", "--isolated", "--exit-zero", "--select", "all", "--preview", "--statistics", *options.rest, "Dockerfile"]
    size = 256 << 10
    rows = []
    for text, name in examples.items():
        steps = []
        for part in (2, 1):
            with tempfile.TemporaryDirectory() as folder:
                (pathlib.Path(folder) / "Dockerfile").write_bytes(text * (size // part // len(text) + 1))
                steps.append(run(command, folder, options.most * 10))
        (_, _, half, _), (code, _, cpu, peak) = steps
        # Below a quarter of a second, the start of the program and the clock decide.
        bad = cpu > options.most or (cpu > 0.25 and cpu > 2.5 * half) or code not in (0, 1)
        rows.append((bad, cpu, half, peak, name))
    rows.sort(reverse=True)
    print(f"{len(rows)} examples; {'slowest':24}{'cpu s':>8}{'half':>8}{'peak MiB':>10}")
    for bad, cpu, half, peak, name in rows[: max(15, sum(row[0] for row in rows))]:
        print(f"{name:40}{cpu:8.2f}{half:8.2f}{peak:10.0f}{'   FAILED' if bad else ''}")
    return any(row[0] for row in rows)


def by_shape(plimsoll, options):
    """Runs each shape at its whole size and at half of it, and marks those that exceed a limit or grow much faster than their size."""
    command = [plimsoll, "check", "--isolated", "--exit-zero", "--select", "all", "--preview", "--statistics", *options.rest, "Dockerfile"]
    failed = 0
    print(f"{'':42}{'size KiB':>9}{'cpu s':>8}{'peak MiB':>10}   cpu s at half")
    for name, make in SHAPES.items():
        if options.only not in name:
            continue
        size = options.size if " of '" not in name and ' of "' not in name else options.size // 16
        steps = []
        for part in (2, 1):
            with tempfile.TemporaryDirectory() as folder:
                text = make(size // part)
                (pathlib.Path(folder) / "Dockerfile").write_bytes(text)
                steps.append((len(text) / 1024, *run(command, folder, options.most * 10)))
        kib, code, _, cpu, peak = steps[-1]
        # A file with NUL bytes is refused.
        expected = (2,) if "\\x00" in name else (0, 1)
        bad = cpu > options.most or peak > options.memory or code not in expected
        failed += bad
        if bad or not options.failed_only:
            print(f"{name:42}{kib:9.0f}{cpu:8.2f}{peak:10.0f}   {steps[0][3]:.2f}{f'   FAILED ({code})' if bad else ''}", flush=True)
    print(f"{failed} failed")
    return failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--most", type=float, default=10, metavar="SECONDS")
    arguments.add_argument("--only", default="", metavar="TEXT", help="only cases whose name contains TEXT")
    arguments.add_argument("--by-rule", action="store_true")
    arguments.add_argument("--shapes", action="store_true", help="files with many repetitions of one construct, at one size")
    arguments.add_argument("--pages", action="store_true", help="each example of the rule pages, repeated")
    arguments.add_argument("--size", type=int, default=MEBIBYTE, metavar="BYTES", help="size of a shape; for repeated shell tokens, a sixteenth of it")
    arguments.add_argument("--memory", type=float, default=256, metavar="MIB", help="memory limit for a shape")
    arguments.add_argument("--failed-only", action="store_true")
    arguments.add_argument("rest", nargs="*", metavar="ARGUMENT", help="further arguments for `plimsoll check`")
    options = arguments.parse_args()
    plimsoll = str(pathlib.Path(options.plimsoll).resolve())
    if options.by_rule:
        sys.exit(1 if by_rule(plimsoll, options.most) else 0)
    if options.pages:
        sys.exit(1 if by_page(plimsoll, options) else 0)
    if options.shapes:
        sys.exit(1 if by_shape(plimsoll, options) else 0)
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
