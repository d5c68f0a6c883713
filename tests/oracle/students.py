#!/usr/bin/env python3
"""Builds and runs the Dockerfiles of student projects on a real engine, before and after all fixes.

    students.py --plimsoll target/debug/plimsoll [--bases FILE] [--results FILE] [--only TEXT] [--verify OPTIONS] DIRECTORY
    students.py --results FILE --table
    students.py --results FILE --savings

Each Dockerfile is verified with `plimsoll verify --unsafe-fixes`, which rejects fixes that fail verification. The port that it exposes must be open before and after. Projects whose base image is not available are
skipped, unless --bases contains a substitute: lines such as `python python:3.13` (a repository, a local image) or `python:*alpine* none` (a pattern; the first match
applies, and `none` means no image). The substitute is tagged with the name that the project or its fixed file uses, and the tag is removed at the end. With --contexts it is a named build context
instead, so that other images with these names do not change.

Results are written to a file with one line of JSON per Dockerfile. Dockerfiles that already have a result are skipped, so that an interrupted run can be resumed. --table prints the tables in
verdicts/students.md: counts, sizes, and the rules of kept and rejected fixes. With --alone, each kept rule is also tried separately, and --savings prints the tables in verdicts/savings.md:
the megabytes that all fixes save, and that each rule saves alone. A project whose run does not end within Plimsoll's own limits (--patience) is reported as hung.
This is a bug in Plimsoll, and the exit code is 1.
"""

import argparse
import collections
import fnmatch
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from folder import files

# A label or a user takes a few bytes.
WORTH_A_LOOK = 50_000

FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.I)
ARG = re.compile(r"^\s*ARG\s+(\w+)=(\S+)", re.I)
EXPOSE = re.compile(r"^\s*EXPOSE\s+(\d+)", re.I | re.M)
COPY = re.compile(r"^\s*COPY\s+.*--from=(\S+)", re.I)


def bases(text):
    """Returns the base images of a Dockerfile."""
    stages, found, args = set(), [], {}
    for line in text.splitlines():
        if match := ARG.match(line):
            args.setdefault(match[1], match[2].strip("\"'"))
        match = FROM.match(line)
        name = match[1] if match else (COPY.match(line) or [None, None])[1]
        if name:
            name = re.sub(r"\$\{?(\w+)\}?", lambda part: args.get(part[1], part[0]), name)
            if name != "scratch" and name.lower() not in stages and not name.isdigit():
                found.append(name)
        if match and match[2]:
            stages.add(match[2].lower())
    return found


class Bases:
    """Local images, tagged with the names that projects use."""

    def __init__(self, engine, path, as_contexts):
        self.engine, self.made = engine, []
        # By the name that it stands for.
        self.as_contexts, self.contexts = as_contexts, {}
        lines = pathlib.Path(path).read_text().splitlines() if path else []
        self.rules = [line.split()[:2] for line in lines if line.strip() and not line.startswith("#")]

    def has(self, name):
        return subprocess.run([self.engine, "image", "inspect", name], capture_output=True).returncode == 0

    def provide(self, name):
        if not self.as_contexts and self.has(name):
            return True
        for pattern, image in self.rules:
            if fnmatch.fnmatch(name, pattern) or name.split("@")[0].split(":")[0] == pattern:
                if self.as_contexts and image != "none" and self.has(image):
                    self.contexts[name] = image
                    return True
                if image == "none" or subprocess.run([self.engine, "tag", image, name], capture_output=True).returncode:
                    return False
                self.made.append(name)
                return True
        return self.has(name)

    def clear(self):
        for name in self.made:
            subprocess.run([self.engine, "image", "rm", name], capture_output=True)


def repaired(plimsoll, path):
    """Returns the text of a copy of a Dockerfile after all fixes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / path.name
        shutil.copy(path, copy)
        subprocess.run([plimsoll, "check", "--quiet", "--isolated", "--fix", "--unsafe-fixes", copy], capture_output=True)
        return copy.read_text(errors="replace")


def prove(options, path):
    """Verifies the file with its exposed port, unless the port is closed before the fixes, because the service waits for another one."""
    port = EXPOSE.search(path.read_text(errors="replace"))
    record = once(options, path, ["--port", port[1]] if port else [])
    run = ((record.get("found") or {}).get("before") or {}).get("run") or {}
    return once(options, path, []) if run.get("port_open") is False else record


def once(options, path, more):
    command = [options.plimsoll, "verify", str(path), "--unsafe-fixes", "--isolated", "--format", "json", "--pull", "never"]
    contexts = [f"--build-context={name}=docker-image://{image}" for name, image in options.stand_ins.items()]
    command += ["--engine", options.engine, *contexts, *shlex.split(options.verify), *more]
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        out, err = process.communicate(timeout=options.patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate()
        return {"hung": True, "seconds": round(time.time() - start), "err": err[-600:]}
    try:
        found = json.loads(out)["files"][0]
    except (ValueError, KeyError, IndexError):
        found = None
    return {"code": process.returncode, "seconds": round(time.time() - start, 1), "found": found, "err": err[-600:]}


def alone(options, path, found):
    """Returns the size of the image after the fixes of each kept rule alone."""
    rules = sorted({fix["rule"] for fix in found["fixes"] if fix["kept"]})
    sizes = {}
    built = found["before"]["built"] and found["after"]["built"]
    # If all of them together make no difference, none is tried.
    differs = built and abs(found["before"]["image"]["size"] - found["after"]["image"]["size"]) >= WORTH_A_LOOK
    for rule in rules if differs else []:
        tried = once(options, path, ["--select", rule, "--build-only"]).get("found")
        if tried and tried["after"]["built"]:
            sizes[rule] = tried["after"]["image"]["size"]
    return sizes


def run(options):
    known = load(options.results)
    images = Bases(options.engine, options.bases, options.contexts)
    hung = 0
    with open(options.results, "a") as results:
        for path in files([options.folder]):
            name = str(path.relative_to(options.folder))
            if name in known or options.only not in name or "ignore" in path.name.lower():
                continue
            images.contexts = options.stand_ins = {}
            lacking = next((base for base in bases(path.read_text(errors="replace")) if not images.provide(base)), None)
            if lacking:
                record = {"skip": lacking}
            else:
                for base in bases(repaired(options.plimsoll, path)):
                    images.provide(base)
                record = prove(options, path)
                if options.alone and record.get("found"):
                    record["alone"] = alone(options, path, record["found"])
            results.write(json.dumps({"file": name} | record) + "\n")
            results.flush()
            hung += "hung" in record
            verdict = (record.get("found") or {}).get("verdict") or record.get("skip") or record.get("err", "").strip()[-120:]
            print(f"{name}: {'HUNG ' if 'hung' in record else ''}{verdict} ({record.get('seconds', 0)} s)", flush=True)
    images.clear()
    return 1 if hung else 0


def load(path):
    if not path or not os.path.exists(path):
        return {}
    return {record["file"]: record for record in map(json.loads, open(path))}


def size(count):
    return f"{count / 1e6:.1f}" if count is not None else "?"


def table(options):
    records = load(options.results)
    counts, kept, rejected = collections.Counter(), collections.Counter(), collections.Counter()
    rows = []
    for name, record in sorted(records.items()):
        found = record.get("found")
        kind = "base image not available" if "skip" in record else "hung" if "hung" in record else "no verdict" if not found else None
        kind = kind or ("builds" if found["before"]["built"] else "builds after fixes" if found["after"]["built"] else "does not build")
        counts[kind] += 1
        if not found or not found["after"]["built"]:
            continue
        good = [fix["rule"] for fix in found["fixes"] if fix["kept"]]
        bad = [fix["rule"] for fix in found["fixes"] if not fix["kept"]]
        kept.update(good)
        rejected.update(bad)
        value = lambda side, key: (found[side].get("image") or {}).get(key)
        uid = lambda side: (found[side].get("run") or {}).get("uid")
        # The owner, and the part of the path that distinguishes files of one project.
        owner, _, rest = name.partition("+")
        short = owner + ("/" + "/".join(rest.split("/")[1:]) if len(rest.split("/")) > 2 or not rest.lower().endswith("dockerfile") else "")
        rows.append(
            f"| {short} | {size(value('before', 'size'))} | {size(value('after', 'size'))} | {value('before', 'layers')} → {value('after', 'layers')} "
            f"| {uid('before')} → {uid('after')} | {len(good)} | {len(bad)}{': ' + ', '.join(bad) if bad else ''} |"
        )
    print(f"{len(records)} Dockerfiles: " + ", ".join(f"{count} {kind}" for kind, count in counts.most_common()) + ".\n")
    print("| project | MB before | after | layers | uid | kept | rejected |\n|---|--:|--:|---|---|--:|---|")
    print("\n".join(rows))
    print("\n| rule | kept | rejected |\n|---|--:|--:|")
    for rule in sorted(kept | rejected, key=lambda rule: (-kept[rule] - rejected[rule], rule)):
        print(f"| {rule} | {kept[rule]} | {rejected[rule]} |")
    return 0


def savings(options):
    records = {name: record for name, record in load(options.results).items() if (record.get("found") or {}).get("before", {}).get("built")}
    rows, saved, files = [], collections.Counter(), collections.Counter()
    total = [0, 0]
    for name, record in sorted(records.items()):
        found = record["found"]
        if not found["after"]["built"]:
            continue
        before, after = (found[side]["image"]["size"] for side in ("before", "after"))
        total[0] += before
        total[1] += after
        heavy = []
        for rule, alone_size in record.get("alone", {}).items():
            if abs(before - alone_size) >= WORTH_A_LOOK:
                saved[rule] += before - alone_size
                files[rule] += 1
                heavy.append((before - alone_size, rule))
        by = ", ".join(f"{rule} {difference / 1e6:.1f}" for difference, rule in sorted(heavy, reverse=True))
        owner, _, rest = name.partition("+")
        rows.append(f"| {owner}/{'/'.join(rest.split('/')[1:])} | {size(before)} | {size(after)} | {(before - after) / 1e6:.1f} | {100 * (before - after) / before:.1f} | {by or '–'} |")
    print("| Dockerfile | MB before | after | saved | % | by rule, each by itself |\n|---|--:|--:|--:|--:|---|")
    print("\n".join(rows))
    difference = total[0] - total[1]
    print(f"| **{len(rows)} Dockerfiles** | **{size(total[0])}** | **{size(total[1])}** | **{difference / 1e6:.1f}** | **{100 * difference / max(total[0], 1):.1f}** | |")
    print("\n| rule, by itself | Dockerfiles | MB saved |\n|---|--:|--:|")
    for rule, bytes_saved in saved.most_common():
        print(f"| {rule} | {files[rule]} | {bytes_saved / 1e6:.1f} |")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", default="plimsoll")
    parser.add_argument("--engine", default="docker")
    parser.add_argument("--bases", help="file with local substitutes for base images")
    parser.add_argument("--contexts", action="store_true", help="use the substitutes as named build contexts, without tags")
    parser.add_argument("--results", default="students.jsonl")
    parser.add_argument("--only", default="", help="only Dockerfiles whose path contains this text")
    parser.add_argument("--patience", type=float, default=3600, help="seconds after which a run counts as hung")
    parser.add_argument("--verify", default="", metavar="OPTIONS", help="further options for `plimsoll verify`, as one string")
    parser.add_argument("--alone", action="store_true", help="also try each kept rule alone")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--savings", action="store_true")
    parser.add_argument("folder", nargs="?", metavar="DIRECTORY")
    options = parser.parse_args()
    if options.table or options.savings:
        return table(options) if options.table else savings(options)
    if not options.folder:
        parser.error("a directory is required")
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
