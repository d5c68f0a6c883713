#!/usr/bin/env python3
"""Compares where instructions begin and end with BuildKit's own parser.

The oracle is the package `dockerfile` (3.4.0), which wraps BuildKit's Go parser:

    pip install dockerfile==3.4.0
    buildkit_lines.py --plimsoll target/debug/plimsoll PATH...   compare, exit 1 if something differs
    buildkit_lines.py --print PATH...                            print the oracle's table

PATH is a file, or a directory that is searched for files with "dockerfile" or "containerfile" in their names. Each row of the table contains the file, the keyword as written, the
first line and the last line (from 1), separated by tabs. A file that the oracle rejects has one row: the file, `error`, 0, 0, and the message.
"""

import argparse
import subprocess
import sys

import dockerfile

from folder import batches, files, text


def oracle(path):
    try:
        commands = dockerfile.parse_string(text(path.read_bytes()))
    except dockerfile.GoParseError as error:
        return [("error", 0, 0, str(error).replace("\n", " "))]
    return [(command.cmd or "", command.start_line, command.end_line) for command in commands]


def print_table(paths):
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n", closefd=False)
    for path in files(paths):
        for row in oracle(path):
            print(path, *row, sep="\t", file=out)
    out.flush()


def ours(plimsoll, paths):
    tables = {str(path): ([], []) for path in paths}
    for batch in batches(paths, 200):
        command = [plimsoll, "debug-parse", *map(str, batch)]
        table = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
        for line in table.split("\n")[:-1]:
            name, keyword, first, last, *message = line.split("\t")
            instructions, errors = tables[name]
            if message:
                errors.append(message[0])
            else:
                # The oracle does not parse the instruction in ONBUILD.
                instructions.append((keyword.split(" ")[0], int(first), int(last)))
    return tables


def compare(plimsoll, paths):
    paths = list(files(paths))
    tables = ours(plimsoll, paths)
    differing = rows = 0
    for path in paths:
        expected = oracle(path)
        instructions, errors = tables[str(path)]
        if expected and expected[0][0] == "error":
            if not errors:
                differing += 1
                print(f"{path}: the oracle rejects it, plimsoll does not: {expected[0][3]}")
        elif instructions != expected:
            differing += 1
            pairs = zip(expected + [None], instructions + [None])
            print(f"{path}: oracle and plimsoll differ at", next((pair for pair in pairs if pair[0] != pair[1]), "the end"))
        rows += len(expected)
    print(f"{len(paths)} files, {rows} instructions, {differing} files differ")
    return differing == 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", metavar="BINARY", help="the binary to compare")
    arguments.add_argument("--print", action="store_true", help="only print the oracle's table")
    arguments.add_argument("paths", nargs="+", metavar="PATH")
    options = arguments.parse_args()
    if options.print:
        return print_table(options.paths)
    if not options.plimsoll:
        arguments.error("--plimsoll or --print is required")
    sys.exit(0 if compare(options.plimsoll, options.paths) else 1)


if __name__ == "__main__":
    main()
