#!/usr/bin/env python3
"""Runs Plimsoll on slightly modified copies of real Dockerfiles or Compose files.

    mutants.py --plimsoll target/release/plimsoll DIRECTORY --check 30000 --fix 5000
    mutants.py --plimsoll target/release/plimsoll DIRECTORY --check 50000 --fix 5000 --compose

With --compose, every second mutant has an override file and a `.env`, which are also mutants.

Runs `check --select all` on every mutant, and `check --select all --fix --unsafe-fixes` twice on the number of mutants given by --fix. Failures are
a panic, a file that takes longer than the limit for a batch, fixes that do not converge, and a second run that changes the file
again. Each mutant that fails is kept in the directory given by --keep. Also counts fixes that were skipped because the file would not parse with them. Exits with 1 if there is any failure.
"""

import argparse
import collections
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

PIECES = [
    b"\n", b"\\\n", b" ", b"\\", b"'", b'"', b"`", b"$", b"${", b"$(", b"$((", b"((", b"<<E", b"<<-'E'", b"<", b">", b"2>&1", b"|", b"&", b"&&", b";", b"#", b" #", b"[", b"]",
    b"[[ ", b"{", b"}", b"(", b")", b"=", b",", b"\r", b"\r\n", b"\0", b"\x1a", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xc3\xa9", b"\t", b"--", b"-", b"--from=", b"--chown=", b"--mount=type=",
    b"/", b"*", b"!", b"~", b"@", b":", b"FROM ", b"RUN ", b"ARG ", b"COPY ", b"ADD ", b"USER ", b"ENV ", b"CMD ", b"ENTRYPOINT ", b"ONBUILD ", b"SHELL ", b"WORKDIR ", b"if ", b"then ", b"fi",
    b"for ", b"do ", b"done", b"case ", b"esac", b"cd ", b"sudo ", b"apt-get install ", b"# syntax=docker/dockerfile:1\n", b"# escape=`\n", b"AS ", b"set -e; ", b"eval ", b"sh -c '",
]

YAML_PIECES = [
    b"\n", b"\n  ", b"\n    ", b"\n      - ", b" ", b"  ", b": ", b":", b"- ", b"'", b'"', b"#", b" #", b"[", b"]", b"{", b"}", b",", b"&a ", b"*a", b"<<: *a\n", b"|\n", b">-\n", b"!reset ",
    b"!override ", b"---\n", b"...\n", b"$", b"$$", b"${", b"${A", b"${A:-", b"${A:?", b"}", b"\r\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xc3\xa9", b"\t", b"~", b"null", b"yes",
    b"services:\n", b"image: postgres\n", b"build: .\n", b"ports:\n", b"depends_on:\n", b"volumes:\n", b"networks:\n", b"secrets:\n", b"environment:\n", b"healthcheck:\n", b"extends: ",
    b"include: [compose.yaml]\n", b"include: [compose.override.yaml]\n", b"version: '3'\n", b"8080:80", b"127.0.0.1:", b"test: [CMD, curl]\n", b"? ", b"%YAML 1.2\n", b"dockerfile_inline: |\n",
]


def mutant(bytes_, others, rng, pieces=PIECES):
    out = bytearray(bytes_)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        at = rng.randrange(len(out) + 1)
        end = min(len(out), at + rng.choice((1, 1, 2, 5, 20, 200)))
        kind = rng.randrange(7)
        if kind == 0:
            del out[at:end]
        elif kind == 1:
            out[at:at] = out[at:end] * rng.choice((1, 1, 2, 30))
        elif kind == 2:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            out[at:at] = other[start:start + rng.choice((5, 40, 200))]
        elif kind == 3:
            lines = bytes(out).splitlines(keepends=True)
            if len(lines) > 1:
                one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
                lines[one], lines[two] = lines[two], lines[one]
            out = bytearray(b"".join(lines))
        else:
            out[at:at] = rng.choice(pieces) * rng.choice((1, 1, 1, 2, 50))
    return bytes(out[:200_000])


def run(command, folder, seconds):
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=seconds)
        return done.returncode, done.stderr.decode(errors="replace")
    except subprocess.TimeoutExpired:
        return "hang", ""


class Hunt:
    def __init__(self, options):
        self.options = options
        self.counts = collections.Counter()
        self.messages = collections.Counter()
        self.left_out = collections.Counter()

    def keep(self, what, path, text):
        self.counts[what] += 1
        self.messages[what + ": " + re.sub(r"\S*m\d+/(?:Dockerfile|compose\.yaml)|\d+", "…", text.strip())[:160]] += 1
        if self.options.keep:
            folder = pathlib.Path(self.options.keep)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(path.parent, folder / f"{what}-{self.counts[what]:04}", dirs_exist_ok=True)

    def batch(self, mutants, fix):
        command = [self.options.plimsoll, "check", "--isolated", "--exit-zero", "--select", "all", "--preview", "--statistics", *self.options.argument]
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for index, text in enumerate(mutants):
                path = pathlib.Path(folder) / f"m{index}" / ("compose.yaml" if self.options.compose else "Dockerfile")
                path.parent.mkdir()
                path.write_bytes(text)
                if self.options.compose and index % 2:
                    (path.parent / "compose.override.yaml").write_bytes(mutants[index - 1])
                    (path.parent / ".env").write_bytes(mutants[index - 1][:500].replace(b": ", b"="))
                paths.append(path)
            # Some files look binary. Files named on the command line are always checked, or rejected with a reason.
            names = [f"{path.parent.name}/{path.name}" for path in paths]
            self.one(command, folder, names, paths)
            if fix:
                fixing = [*command, "--fix", "--unsafe-fixes"]
                originals = [path.read_bytes() for path in paths]
                self.one(fixing, folder, names, paths)
                once = [path.read_bytes() for path in paths]
                self.one(fixing, folder, names, paths)
                for path, original, text in zip(paths, originals, once):
                    if path.read_bytes() != text:
                        path.write_bytes(original)
                        self.keep("unsettled", path, "the second run changes something")

    def one(self, command, folder, names, paths):
        code, said = run([*command, *names], folder, self.options.seconds)
        bad = [(what, line) for what, mark in (("bug", "internal error"), ("panic", "panicked at"), ("limit", "analysis limit"))
               for line in said.splitlines() if mark in line]
        if code in (0, 1, 2) and not bad:
            self.left_out.update(re.findall(r"not fixed: (`.*)", said))
            return
        if len(names) > 1:
            half = len(names) // 2
            self.one(command, folder, names[:half], paths[:half])
            self.one(command, folder, names[half:], paths[half:])
        elif code not in (0, 1, 2):
            self.keep("hang" if code == "hang" else "abort", paths[0], f"{code} {said[-200:]}")
        else:
            self.keep(bad[0][0], paths[0], bad[0][1])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", metavar="DIRECTORY")
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--check", type=int, default=10_000, metavar="COUNT")
    arguments.add_argument("--fix", type=int, default=1_000, metavar="COUNT")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--batch", type=int, default=250)
    arguments.add_argument("--seconds", type=float, default=60, help="time limit for a batch")
    arguments.add_argument("--keep", metavar="DIRECTORY")
    arguments.add_argument("--compose", action="store_true", help="the files are Compose files")
    arguments.add_argument("argument", nargs="*", help="further arguments for `plimsoll check`")
    options = arguments.parse_args()
    options.plimsoll = str(pathlib.Path(options.plimsoll).resolve())
    files = sorted(path for path in pathlib.Path(options.folder).rglob("*") if path.is_file() and path.stat().st_size < 100_000)
    word, pieces = (b"image", YAML_PIECES) if options.compose else (b"FROM", PIECES)
    texts = [text for path in files if word in (text := path.read_bytes()) and b"\0" not in text]
    rng = random.Random(options.seed)
    hunt, start, done = Hunt(options), time.monotonic(), 0
    while done < max(options.check, options.fix):
        mutants = [mutant(rng.choice(texts), texts, rng, pieces) for _ in range(options.batch)]
        hunt.batch(mutants, done < options.fix)
        done += len(mutants)
    print(f"{done} mutants of {len(texts)} files, {min(done, options.fix)} of them fixed twice, in {time.monotonic() - start:.0f} s: {dict(hunt.counts) or 'nothing found'}")
    print(f"skipped fixes, by rule, in either run: {dict(hunt.left_out.most_common(20)) or 'none'}")
    for message, count in hunt.messages.most_common(30):
        print(f"{count:6}  {message}")
    sys.exit(1 if hunt.counts else 0)


if __name__ == "__main__":
    main()
