#!/usr/bin/env python3
"""Compares the verdicts of `plimsoll verify` with a manual `docker run`.

    proof.py --plimsoll target/debug/plimsoll [--bases FILE] [--most 30] [--table FILE] DIRECTORY

Verifies each Dockerfile in DIRECTORY that builds on this machine, and ten programs that fail on purpose. "By hand" means docker build and docker run with Docker's own defaults, and
after ten seconds the exit code, the output, and whether an EXPOSEd port accepts connections. A verdict is wrong if Plimsoll calls an image verified that, by hand, fails, prints
nothing, or does not open a port. This is a false proof, and the exit code is 1. An image that works by hand but is not called verified is a miss, and is listed with its reason.
For --bases, see students.py. --table writes the table in verdicts/proof.md.
"""

import argparse
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from students import Bases, bases

BASE = "busybox:1.37"
FAILING = {
    "exits with 3": ("exit 3", ""),
    "crashes": ("sh -c 'kill -SEGV $$'; exit $?", ""),
    "program not found": ("exec nonesuch", ""),
    "silent": ("true", ""),
    "only sleeps": ("sleep 60", ""),
    "variable not set": ("echo ${NAME_OF_PORT:?is not set}", ""),
    "usage": ("echo usage: run.sh HOST >&2; exit 2", ""),
    "port never opens": ("echo listening; sleep 60", "EXPOSE 8080"),
    "listens on loopback": ("httpd -f -p 127.0.0.1:8080", "EXPOSE 8080"),
    "server ends": ("echo started", "EXPOSE 8080"),
}


def run(*command, cwd=None, seconds=240):
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, errors="replace", timeout=seconds)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        return None, "", "timed out"


def by_hand(image):
    """Returns whether an image has a visible effect, and a description."""
    name = "plimsoll-proof-by-hand"
    run("docker", "rm", "-f", name)
    run("docker", "run", "-d", "--name", name, image)
    state = {}
    until = time.time() + 10
    ports = json.loads(run("docker", "image", "inspect", "-f", "{{json .Config.ExposedPorts}}", image)[1] or "null") or {}
    opened = []
    while time.time() < until:
        state = json.loads(run("docker", "container", "inspect", name)[1] or "[{}]")[0]
        if not state.get("State", {}).get("Running"):
            break
        address = state["NetworkSettings"]["IPAddress"]
        for port in (int(port.split("/")[0]) for port in ports if port.endswith("/tcp")):
            try:
                socket.create_connection((address, port), 1).close()
                opened = sorted({*opened, port})
            except OSError:
                pass
        time.sleep(1)
    _, out, err = run("docker", "logs", name)
    run("docker", "rm", "-f", name)
    inner = state.get("State", {})
    if inner.get("Running"):
        return bool(opened) if ports else None, f"runs, open: {', '.join(map(str, opened)) or 'none'}"
    code = inner.get("ExitCode")
    return code == 0 and bool((out + err).strip()) and not ports, f"code {code}, {len((out + err).splitlines())} lines"


def one(plimsoll, name, dockerfile):
    """Returns a row of the table: name, by hand, Plimsoll's verdict, and whether they agree."""
    folder = dockerfile.parent
    tag = "plimsoll-proof:by-hand"
    if run("docker", "build", "-q", "-t", tag, "-f", str(dockerfile), str(folder))[0] != 0:
        return None
    works, seen = by_hand(tag)
    run("docker", "image", "rm", "-f", tag)
    command = (str(plimsoll), "verify", "--isolated", "--engine", "docker", "--pull", "never", "--format", "json", "--timeout", "3m", dockerfile.name)
    _, out, err = run(*command, cwd=folder, seconds=400)
    try:
        file = json.loads(out)["files"][0]
    except (ValueError, LookupError):
        return name, seen, (err.strip().splitlines() or ["no report"])[-1], "no verdict"
    verified = file["behaviour"]["kind"] == "verified"
    if verified and works is False:
        agree = "FALSE PROOF"
    elif works and not verified:
        agree = "miss"
    else:
        agree = "yes"
    return name, seen, file["verdict"], agree


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--plimsoll", type=pathlib.Path, required=True)
    args.add_argument("--bases")
    args.add_argument("--most", type=int, default=30)
    args.add_argument("--table", type=pathlib.Path)
    args.add_argument("--seconds", type=int, default=100000)
    args.add_argument("folder", type=pathlib.Path, metavar="DIRECTORY")
    args = args.parse_args()
    plimsoll = args.plimsoll.resolve()
    rows = []
    end = time.time() + args.seconds

    def table():
        if args.table:
            lines = ["| project | by hand | verdict | agrees |", "| :-- | :-- | :-- | :-- |"]
            lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
            args.table.write_text("\n".join(lines) + "\n")

    for name, (script, more) in FAILING.items():
        with tempfile.TemporaryDirectory(prefix="proof-") as folder:
            folder = pathlib.Path(folder)
            (folder / "run.sh").write_text(script + "\n")
            (folder / "Dockerfile").write_text(f'FROM {BASE}\nADD run.sh /\n{more}\nCMD ["sh", "/run.sh"]\n')
            if row := one(plimsoll, f"fails on purpose: {name}", folder / "Dockerfile"):
                rows.append(row)
                print("\t".join(row), flush=True)
                table()
    images, count = Bases("docker", args.bases), 0
    try:
        for path in sorted(args.folder.rglob("Dockerfile")):
            if count >= args.most or time.time() > end:
                break
            if not all(images.provide(name) for name in bases(path.read_text(errors="replace"))):
                continue
            if row := one(plimsoll, str(path.parent.relative_to(args.folder)), path):
                count += 1
                rows.append(row)
                print("\t".join(row), flush=True)
                table()
    finally:
        images.clear()
    sys.exit(any(row[3] == "FALSE PROOF" for row in rows))


if __name__ == "__main__":
    main()
