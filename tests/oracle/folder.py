"""The Dockerfiles in a folder, and how they are handed to programs. Shared by the scripts beside it."""

import pathlib


def is_dockerfile(name):
    return any(part in name.lower() for part in ("dockerfile", "containerfile"))


def files(paths):
    """Those paths that are files, and of the folders all files whose name says what they are."""
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.is_file() and is_dockerfile(entry.name))
        else:
            yield path


def text(raw):
    """Bytes as Plimsoll shows them to its parser: each byte that is not UTF-8 is U+001A. So is NUL, which ends the
    strings of the oracle `dockerfile`."""
    decoded = raw.decode("utf-8", "surrogateescape")
    return "".join("\x1a" if char == "\0" or "\udc80" <= char <= "\udcff" else char for char in decoded)


def batches(paths, size):
    return [paths[start : start + size] for start in range(0, len(paths), size)]
