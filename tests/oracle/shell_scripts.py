#!/usr/bin/env python3
"""Writes Dockerfiles with generated shell scripts, for shellcheck.py to compare on.

    shell_scripts.py FOLDER [--count 2000] [--seed 1]

Each file has one script. What a script consists of is drawn from a grammar of commands, words and compound commands that real Dockerfiles have;
the same seed gives the same files.
"""

import argparse
import pathlib
import random

BASES = ["debian:12-slim", "alpine:3.22", "fedora:42", "scratch-like/unknown:1"]
PLAIN = ["a", "b.txt", "/srv/app", "./x", "-f", "--all", "curl", "1.2.3", "a_b", "conf.d"]
NAMES = ["x", "dir", "VERSION", "file", "count", "NAME"]


class Scripts:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *options):
        return self.random.choice(options)

    def name(self):
        return self.pick(*NAMES)

    def expansion(self, depth):
        name = self.name()
        kinds = [f"${name}", f"${{{name}}}", "$1", "$@", f"${{{name}:-a}}", f"${{{name}%.*}}", f"${{#{name}}}", "$?", "$((1 + 2))", f"$(({name} + 1))"]
        if depth > 0:
            kinds += [f"$({self.simple(depth - 1)})", f"`{self.pick('date', 'uname -m', 'pwd')}`"]
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
        return self.pick(
            f"echo {self.words(depth, 1)}",
            f"rm -rf {w()}",
            f"cp {self.words(depth, 1, 2)}",
            f"mkdir -p {self.pick('', '-m 755 ')}{w()}",
            f"ln -s {self.words(depth, 1, 2)}",
            f"cd {w()}",
            f"find {self.pick('.', '/srv', '')} {self.pick('-name ' + w(), '-type f', '')}".rstrip(),
            f"{self.pick('grep', 'egrep', 'fgrep', 'grep -v')} {w()} {self.pick(*PLAIN)}",
            f"printf {self.pick(chr(34) + '%s' + chr(92) + 'n' + chr(34), w())} {w()}",
            f"read {self.pick('', '-r ')}{self.name()}",
            f"tr {self.pick('a-z', 'A-Z', 'abc')} {self.pick('a-z', 'A-Z', 'x')}",
            f"export {self.name()}={w()}",
            f"export {self.name()}=$({self.pick('date', 'cat a', 'pwd')})",
            f"{self.name()}={w()}",
            f"[ {w()} {self.pick('=', '!=', '-eq')} {w()} ]",
            f"[ {self.pick('-f', '-n', '-z')} {w()} ]",
            f"apt-get install -y {self.words(depth, 1)}",
            f"curl -o {w()} https://example.com/{self.expansion(0)}.tar.gz",
            f"echo {self.pick(chr(34) + 'a' + chr(92) + 'nb' + chr(34), chr(39) + '$HOME' + chr(39))}",
        )

    def pipeline(self, depth):
        pipe = self.pick(
            self.simple(depth), self.simple(depth), self.simple(depth), f"{self.simple(depth)} | {self.simple(depth)}",
            "find . -name '*.c' | xargs rm", "ls | wc -l", "ls | grep a", f"! {self.simple(depth)}", f"{self.simple(depth)} >> log", f"{self.simple(depth)} > out 2>&1",
        )
        return pipe

    def list(self, depth):
        return self.pick("; ", "; ", " && ", " || ").join(self.statement(depth) for _ in range(self.random.randint(1, 3)))

    def statement(self, depth):
        if depth <= 0 or self.random.random() < 0.6:
            return self.pipeline(min(depth, 1))
        inner = lambda: self.list(depth - 1)
        name = self.name()
        return self.pick(
            f"if {self.simple(0)}; then {inner()}; fi",
            f"if {self.simple(0)}; then {inner()}; else {inner()}; fi",
            f"for {name} in {self.words(1, 1)}; do {inner()}; done",
            f"while {self.simple(0)}; do {inner()}; done",
            f"case {self.word(0)} in a) {inner()} ;; *) {inner()} ;; esac",
            f"( {inner()} )",
            f"{{ {inner()}; }}",
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
    arguments.add_argument("folder", metavar="FOLDER", type=pathlib.Path)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    scripts = Scripts(options.seed)
    for index in range(options.count):
        (options.folder / f"{index:05}.Dockerfile").write_text(scripts.file())


if __name__ == "__main__":
    main()
