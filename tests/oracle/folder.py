"""Finds the Dockerfiles in a directory and prepares them for other programs. Shared by the scripts in this directory."""

import pathlib


def is_dockerfile(name):
    return any(part in name.lower() for part in ("dockerfile", "containerfile"))


def files(paths):
    """Yields the paths that are files and, for directories, all files that are Dockerfiles by name."""
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.is_file() and is_dockerfile(entry.name))
        else:
            yield path


def text(raw):
    """Decodes bytes like Plimsoll does for its parser: each byte that is not UTF-8 becomes U+001A. So does NUL, which
    would end the strings of the oracle `dockerfile`."""
    decoded = raw.decode("utf-8", "surrogateescape")
    return "".join("\x1a" if char == "\0" or "\udc80" <= char <= "\udcff" else char for char in decoded)


def batches(paths, size):
    return [paths[start : start + size] for start in range(0, len(paths), size)]
