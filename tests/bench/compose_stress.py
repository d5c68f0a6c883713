#!/usr/bin/env python3
"""Runs Plimsoll on pathological Compose files, each in one size and in twice that size.

    compose_stress.py --plimsoll target/release/plimsoll [--megabytes 5]

Prints the CPU seconds for both sizes of each kind. Exits with 1 if doubling the size takes more than three times as long,
which is not linear, and after a panic or a run of more than five minutes.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile

SERVICE = "  s{0}:\n    image: nginx:1.28\n    ports: ['{1}:80']\n    depends_on: [s{2}]\n"


def kinds(size):
    """Returns texts of about `size` bytes, by kind."""
    count = size // 60
    yield "services", "services:\n" + "".join(SERVICE.format(at, 1024 + at % 60000, max(at - 1, 0)) for at in range(count))
    yield "comments", "services:\n  a:\n    image: x:1\n" + "    # plimsoll: ignore[compose]: no reason\n" * (size // 45)
    yield "long value", "services:\n  a:\n    image: x:1\n    command: " + "x" * size + "\n"
    yield "variables", "services:\n  a:\n    image: x:1\n    command: '" + "${A:-b}" * (size // 7) + "'\n"
    yield "nested variables", "services:\n  a:\n    image: " + "${A:-" * (size // 5) + "\n"
    yield "dollar signs", "services:\n  a:\n    image: x:1\n    command: '" + "${" * (size // 2) + "'\n"
    yield "environment", "services:\n  a:\n    image: x:1\n    environment:\n" + "".join(f"      - V{at}=postgres://u:p@localhost:5432/x\n" for at in range(count))
    yield "ports", "services:\n  a:\n    image: x:1\n    ports:\n" + "".join(f"      - '{at % 60000 + 1}:80'\n" for at in range(size // 20))
    yield "port ranges", "services:\n" + "".join(f"  s{at}:\n    image: x:1\n    ports: ['8000-8099:8000-8099']\n" for at in range(size // 65))
    yield "volumes", "services:\n  a:\n    image: x:1\n    volumes:\n" + "".join(f"      - ./x:/y{at % 7}\n" for at in range(size // 20))
    yield "aliases", "x-a: &a {k: v}\nservices:\n  a:\n    image: x:1\n    labels:\n" + "      <<: *a\n" * (size // 14)
    bomb = "x-0: &a0 {k: v}\n" + "".join(f"x-{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 40))
    yield "alias bomb", bomb + "services:\n  a:\n    image: x:1\n    command: *a39\n" + "# x\n" * (size // 4)
    yield "deep lists", "services: " + "[" * size
    yield "deep mappings", "services: " + "{a: " * (size // 4)
    yield "indentation", "".join(" " * at + "a:\n" for at in range(int((2 * size) ** 0.5)))
    yield "brackets", "services:\n" + "]\n" * (size // 2)
    yield "duplicate keys", "services:\n  a:\n    image: x:1\n" + "    restart: always\n" * (size // 20)
    yield "documents", "---\nservices:\n  a:\n    image: x:1\n" * (size // 40)
    yield "extends", "services:\n" + "".join(f"  s{at}:\n    extends: s{at + 1}\n" for at in range(size // 28)) + "  z:\n    image: x\n"
    yield "includes", "include:\n" + "  - compose.yaml\n" * (size // 17) + "services:\n  a:\n    image: x:1\n"
    yield "extends in a circle", "services:\n" + "".join(f"  s{at}:\n    extends: s{(at + 1) % (size // 28)}\n" for at in range(size // 28))
    pad = "# x\n" * (size // 16)
    files = {"compose.yaml": "include: [a.yaml]\nservices:\n  a:\n    extends: {file: a.yaml, service: a}\n" + pad}
    files |= {f"{one}.yaml": f"include: [{other}.yaml]\nservices:\n  {one}:\n    extends: {{file: {other}.yaml, service: {other}}}\n" + pad for one, other in ("ab", "ba")}
    yield "files in a circle", files
    paths = ("../x.yaml", "../../../etc/passwd", "/etc/passwd", "/dev/zero", "https://example.com/x.git", "a/../../x.yaml")
    outside = "".join(f"  - {paths[at % 6]}\n" for at in range(size // 40))
    yield "includes outside", "include:\n" + outside + "services:\n  a:\n    image: x:1\n    extends: {file: ../../x.yaml, service: a}\n"
    inline = "  s{0}:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n        RUN apk add curl && echo $$A{0}\n"
    yield "inline Dockerfiles", "services:\n" + "".join(inline.format(at) for at in range(size // 120))
    yield "inline Dockerfile", "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n" + "        RUN apk add curl\n" * (size // 25)
    yield "unordered keys", "services:\n" + "".join(f"  z{size - at:08}:\n    restart: always\n    image: x:1\n" for at in range(size // 45))


def seconds(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300)
        code, said = done.returncode, done.stderr
    except subprocess.TimeoutExpired:
        code, said = "hang", b""
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    bad = code not in (0, 1, 2) or b"panicked" in said or b"internal error" in said
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, str(code) if bad else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", required=True, metavar="BINARY")
    parser.add_argument("--megabytes", type=float, default=5)
    options = parser.parse_args()
    command = [str(pathlib.Path(options.plimsoll).resolve()), "check", "--isolated", "--select", "all", "--preview", "--statistics", "compose.yaml"]
    wrong = 0
    size = int(options.megabytes * 1_000_000)
    for (what, half), (_, whole) in zip(kinds(size), kinds(2 * size)):
        times = []
        for text in (half, whole):
            with tempfile.TemporaryDirectory() as folder:
                for name, text in (text if isinstance(text, dict) else {"compose.yaml": text}).items():
                    (pathlib.Path(folder) / name).write_text(text)
                times.append(seconds(command, folder))
        (short, first), (long, second) = times
        verdict = first or second or ("not linear" if long > 3 * short and long > 1 else "")
        wrong += bool(verdict)
        half, whole = (sum(map(len, text.values())) if isinstance(text, dict) else len(text) for text in (half, whole))
        print(f"{what:18} {half / 1e6:5.1f} MB {short:6.2f} s   {whole / 1e6:5.1f} MB {long:6.2f} s   {verdict}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
