#!/usr/bin/env python3
"""Writes Dockerfiles with generated shell scripts, as input for shellcheck.py.

    shell_scripts.py DIRECTORY [--count 2000] [--seed 1]

Each file contains one script, generated from a grammar of the commands, words and compound commands in real Dockerfiles.
The same seed produces the same files.
"""

import argparse
import pathlib
import random

BASES = ["debian:12-slim", "alpine:3.22", "fedora:42", "scratch-like/unknown:1"]
PLAIN = ["a", "b.txt", "/srv/app", "./x", "-f", "--all", "curl", "1.2.3", "a_b", "conf.d"]
NAMES = ["x", "dir", "VERSION", "file", "count", "NAME"]


class Scripts:
    """Generates random scripts. Alternatives are lists of functions, and only the selected function is called."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *options):
        return self.random.choice(options)

    def draw(self, *options):
        return self.random.choice(options)()

    def name(self):
        return self.pick(*NAMES)

    def expansion(self, depth):
        name = self.name()
        kinds = [f"${name}", f"${{{name}}}", "$1", "$@", f"${{{name}:-a}}", f"${{{name}%.*}}", f"${{#{name}}}", "$?", "$((1 + 2))", f"$(({name} + 1))"]
        if depth > 0 and self.random.random() < 0.17:
            return self.draw(lambda: f"$({self.simple(depth - 1)})", lambda: f"`{self.pick('date', 'uname -m', 'pwd')}`")
        return self.pick(*kinds)

    def word(self, depth):
        kind = self.random.random()
        if kind < 0.45:
            return self.pick(*PLAIN)
        if kind < 0.60:
            return self.expansion(depth)
        if kind < 0.75:
            return f'"{self.pick("", "a ", "/")}{self.expansion(0)}"'
        if kind < 0.82:
            return f"{self.pick('/srv/', 'a-', '--x=')}{self.expansion(depth)}"
        if kind < 0.88:
            return self.pick("'a b'", "'$x'", "'${x}'", "'s/a/b/'", '"a b"', "'*.c'")
        if kind < 0.94:
            return self.pick("*.txt", "/srv/*", "*", "a?", "[ab]*")
        return self.pick("{a,b}", "{}", "a\\ b", "~/x", "done", "%{url}")

    def words(self, depth, least=0, most=3):
        return " ".join(self.word(depth) for _ in range(self.random.randint(least, most)))

    def simple(self, depth):
        w = lambda: self.word(depth)
        return self.draw(
            lambda: f"echo {self.words(depth, 1)}",
            lambda: f"rm -rf {w()}",
            lambda: f"cp {self.words(depth, 1, 2)}",
            lambda: f"mkdir -p {self.pick('', '-m 755 ')}{w()}",
            lambda: f"ln -s {self.words(depth, 1, 2)}",
            lambda: f"cd {w()}",
            lambda: f"find {self.pick('.', '/srv', '')} {self.pick('-name ' + w(), '-type f', '')}".rstrip(),
            lambda: f"{self.pick('grep', 'egrep', 'fgrep', 'grep -v')} {w()} {self.pick(*PLAIN)}",
            lambda: f"printf {self.pick(chr(34) + '%s' + chr(92) + 'n' + chr(34), w())} {w()}",
            lambda: f"read {self.pick('', '-r ')}{self.name()}",
            lambda: f"tr {self.pick('a-z', 'A-Z', 'abc')} {self.pick('a-z', 'A-Z', 'x')}",
            lambda: f"export {self.name()}={w()}",
            lambda: f"export {self.name()}=$({self.pick('date', 'cat a', 'pwd')})",
            lambda: f"{self.name()}={w()}",
            lambda: f"[ {w()} {self.pick('=', '!=', '-eq')} {w()} ]",
            lambda: f"[ {self.pick('-f', '-n', '-z')} {w()} ]",
            lambda: f"apt-get install -y {self.words(depth, 1)}",
            lambda: f"curl -o {w()} https://example.com/{self.expansion(0)}.tar.gz",
            lambda: f"echo {self.pick(chr(34) + 'a' + chr(92) + 'nb' + chr(34), chr(39) + '$HOME' + chr(39))}",
        )

    def pipeline(self, depth):
        simple = lambda: self.simple(depth)
        return self.draw(
            simple, simple, simple, lambda: f"{simple()} | {simple()}",
            lambda: "find . -name '*.c' | xargs rm", lambda: "ls | wc -l", lambda: "ls | grep a",
            lambda: f"! {simple()}", lambda: f"{simple()} >> log", lambda: f"{simple()} > out 2>&1",
        )

    def list(self, depth):
        return self.pick("; ", "; ", " && ", " || ").join(self.statement(depth) for _ in range(self.random.randint(1, 3)))

    def statement(self, depth):
        if depth <= 0 or self.random.random() < 0.6:
            return self.pipeline(min(depth, 1))
        inner = lambda: self.list(depth - 1)
        return self.draw(
            lambda: f"if {self.simple(0)}; then {inner()}; fi",
            lambda: f"if {self.simple(0)}; then {inner()}; else {inner()}; fi",
            lambda: f"for {self.name()} in {self.words(1, 1)}; do {inner()}; done",
            lambda: f"while {self.simple(0)}; do {inner()}; done",
            lambda: f"case {self.word(0)} in a) {inner()} ;; *) {inner()} ;; esac",
            lambda: f"( {inner()} )",
            lambda: f"{{ {inner()}; }}",
        )

    def script(self):
        lines = [self.list(2) for _ in range(self.random.randint(1, 5))]
        if self.random.random() < 0.3:
            lines.insert(0, "set -e")
        return "\n".join(lines)

    def file(self):
        shell = self.pick("", "", "#!/bin/bash\n", "#!/bin/dash\n")
        declared = self.pick("", "ARG VERSION\n", "ENV dir=/srv/app\n", "ARG NAME=a\n")
        return f"FROM {self.pick(*BASES)}\n{declared}RUN <<'END'\n{shell}{self.script()}\nEND\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", metavar="N", type=int, default=2000)
    arguments.add_argument("--seed", metavar="N", type=int, default=1)
    arguments.add_argument("folder", metavar="DIRECTORY", type=pathlib.Path)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    scripts = Scripts(options.seed)
    for index in range(options.count):
        (options.folder / f"{index:05}.Dockerfile").write_text(scripts.file())


if __name__ == "__main__":
    main()
