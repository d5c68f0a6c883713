"""Compares the latencies of language servers in one run.

    python3 tests/bench/server.py --server "plimsoll=target/release/plimsoll server" \\
        --server "docker-langserver=node_modules/.bin/docker-langserver --stdio" --server "tally=tally lsp --stdio"

For each server, measures the time from start to the response to `initialize`, and from change to findings for files of 70, 500 and 2,000 lines. Prints the median
and 99th percentile in milliseconds, and the peak memory in MB. The servers take turns, so that other load on the machine
affects all of them. The last column shows the ratio to the first server. A server that takes more than two
seconds for a change is not measured on longer files.
"""

import argparse
import shlex
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "oracle"))
from lsp_client import Client  # noqa: E402

URI = "file:///nowhere/Dockerfile"
LABEL = "LABEL vendor=someone\n"
STEP = "RUN apt-get update && apt-get install -y curl wget \\\n    && rm -rf /var/lib/apt/lists/*\nENV KEY{0}=value{0}\nCOPY a{0} /b{0}\n"


def text(lines):
    return "FROM debian:bookworm AS build\n" + LABEL + "".join(STEP.format(number) for number in range(lines // 4))


def percentile(times, share):
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * share))]


def start_up(command):
    begin = time.perf_counter()
    client = Client(command)
    taken = time.perf_counter() - begin
    client.stop()
    return taken * 1000


def changes(client, lines, rounds, version):
    """Returns the milliseconds from each change to the findings for it: the second line alternates between deprecated and valid."""
    times = []
    range_ = {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}
    before = text(lines)
    for version in range(version, version + rounds):
        deprecated = version % 2 == 0
        line = "MAINTAINER someone\n" if deprecated else LABEL
        whole = before.replace(LABEL, line, 1)
        client.notes.clear()
        begin = time.perf_counter()
        client.change(URI, version, range_, line, whole)
        while deprecated != any("MAINTAINER" in found["message"].upper() for found in client.findings(URI)):
            pass
        times.append((time.perf_counter() - begin) * 1000)
    return times


def show(what, results):
    """Prints a row for each server, with the ratio of its median to that of the first server."""
    first = percentile(next(iter(results.values()))[0], 0.5)
    for name, (times, memory) in results.items():
        p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
        memory = f"{memory:7.0f} MB" if memory else " " * 10
        print(f"{what:24} {name:18} p50 {p50:8.2f} ms  p99 {p99:8.2f} ms {memory}  {p50 / first:6.1f} times the first", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", action="append", required=True, metavar="NAME=COMMAND")
    parser.add_argument("--rounds", type=int, default=100)
    args = parser.parse_args()
    servers = [(name, shlex.split(command)) for name, _, command in (it.partition("=") for it in args.server)]
    times = {name: [] for name, _ in servers}
    for _ in range(max(10, args.rounds // 4)):
        for name, command in servers:
            times[name].append(start_up(command))
    show("initialize", {name: (taken, None) for name, taken in times.items()})
    slow = set()
    for lines in (70, 500, 2000):
        clients = {name: Client(command) for name, command in servers if name not in slow}
        for client in clients.values():
            client.open(URI, text(lines))
            client.findings(URI)
        times = {name: [] for name in clients}
        # Turns of ten, the first of which is a warm-up.
        for turn in range(args.rounds // 10 + 1):
            for name, client in clients.items():
                taken = changes(client, lines, 10, 2 + 10 * turn)
                if turn:
                    times[name] += taken
        show(f"change → findings, {lines}", {name: (times[name], clients[name].memory()) for name in clients})
        slow |= {name for name, taken in times.items() if percentile(taken, 0.5) > 2000}
        for client in clients.values():
            client.stop()


if __name__ == "__main__":
    main()
