#!/usr/bin/env python3
"""Compares the shell reader with shells, and with the parser mvdan-sh, on the scripts of real Dockerfiles.

    apt-get install bash dash busybox nodejs; npm install mvdan-sh@0.10.1
    shell_reader.py --plimsoll target/debug/plimsoll [--node-path DIRECTORY] [--show KIND] PATH...

PATH is a directory of Dockerfiles, or a file. Compares:
* whether a script is accepted, with `bash -n`, `dash -n` and `busybox ash -n`: every script with each of them;
* the commands (kind and location), their words and assignments, and their redirections, with mvdan-sh.

Prints the counts, and with --show up to --most of the differences of a kind: bash, dash, ash, commands. With --lines FILE, the
output of `plimsoll debug-shell` is read from a file. The decisions about each kind of difference are in verdicts/shell-reader.md.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import tempfile

from folder import batches, files

SHELLS = {"bash": ["bash", "-n"], "dash": ["dash", "-n"], "ash": ["busybox", "ash", "-n"]}


def ours(arguments):
    if arguments.lines:
        return [json.loads(line) for line in open(arguments.lines, encoding="utf-8")]
    scripts = []
    for batch in batches([str(path) for path in files(arguments.paths)], 200):
        output = subprocess.run([arguments.plimsoll, "debug-shell", *batch], stdout=subprocess.PIPE, check=True).stdout
        scripts += map(json.loads, output.decode("utf-8").split("\n")[:-1])
    return scripts


def accepted(item):
    """Returns whether a shell accepts a script."""
    shell, text = item
    with tempfile.NamedTemporaryFile(suffix=".sh") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        done = subprocess.run([*SHELLS[shell], file.name], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]})
        return done.returncode == 0, done.stderr.decode("utf-8", "replace").strip()


def peers(scripts, node_path):
    lines = "".join(json.dumps({"text": script["text"], "shell": script["shell"]}) + "\n" for script in scripts)
    program = pathlib.Path(__file__).parent / "shell_reader" / "peer.js"
    env = {**os.environ, **({"NODE_PATH": node_path} if node_path else {})}
    output = subprocess.run(["node", program], input=lines.encode("utf-8"), stdout=subprocess.PIPE, check=True, env=env).stdout
    return [json.loads(line) for line in output.decode("utf-8").splitlines()]


def flat(commands):
    """Returns the commands in an order that both parsers can produce."""
    rows = [[kind, start, sorted(map(tuple, words)), sorted(map(tuple, redirects))] for kind, start, words, redirects in commands]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def show(script, what):
    print(f"--- {script['file']}:{script['line']} ({script['shell']})\n{script['text'][:1500]}\n... {what}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", default="target/debug/plimsoll")
    parser.add_argument("--lines", metavar="FILE")
    parser.add_argument("--node-path", metavar="DIRECTORY")
    parser.add_argument("--show", choices=[*SHELLS, "commands"])
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("paths", nargs="*", metavar="PATH")
    arguments = parser.parse_args()

    unique = {}
    for script in ours(arguments):
        unique.setdefault((script["text"], script["shell"]), script)
    scripts = list(unique.values())
    print(f"{len(scripts)} scripts")
    left = arguments.most
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for shell in SHELLS:
            answers = list(pool.map(accepted, [(shell, script["text"]) for script in scripts]))
            counts = {True: 0, False: 0}
            yes = 0
            for script, (answer, error) in zip(scripts, answers):
                same = script["accepts"][shell] == answer
                counts[same] += 1
                yes += answer
                if not same and arguments.show == shell and left > 0:
                    left -= 1
                    show(script, f"{shell} {'accepts' if answer else 'rejects: ' + error}; plimsoll: {script['errors']}")
            print(f"{shell}: {yes} accepted; {counts[True]} same, {counts[False]} different ({counts[True] / len(scripts):.2%})")
    both, same, refused, commands = 0, 0, [0, 0, 0], 0
    for script, peer in zip(scripts, peers(scripts, arguments.node_path)):
        if isinstance(peer, str):
            refused[0] += 1
            refused[1] += not script["errors"]
            if not script["errors"] and arguments.show == "commands" and left > 0:
                left -= 1
                show(script, f"mvdan-sh refuses: {peer}")
            continue
        both += 1
        mine, theirs = flat(script["commands"]), flat(peer)
        commands += len(theirs)
        if mine == theirs:
            same += 1
        elif arguments.show == "commands" and left > 0:
            left -= 1
            text = script["text"].encode("utf-8")
            rows = lambda rows: [[kind, [text[a:b].decode("utf-8", "replace") for a, b in words + redirects]] for kind, _, words, redirects in rows]
            show(script, f"\nonly plimsoll: {rows([row for row in mine if row not in theirs])}\nonly mvdan-sh: {rows([row for row in theirs if row not in mine])}")
    print(f"mvdan-sh: {both} read, {commands} commands; {same} same ({same / max(both, 1):.2%}); {refused[0]} rejected, {refused[1]} of them accepted by plimsoll")


if __name__ == "__main__":
    main()
