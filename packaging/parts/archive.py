"""The archive of a GitHub release, under the name that cargo-binstall looks for by default."""

import gzip
import io
import tarfile

from .project import LICENCES, ROOT, VERSION


def name(build):
    return f"plimsoll-{build.target}-v{VERSION}"


def build(build):
    path = build.out / f"{name(build)}.tar.gz"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for file in [build.program(), *LICENCES, ROOT / "README.md"]:
            entry = tarfile.TarInfo(f"{name(build)}/{file.name}")
            entry.size = file.stat().st_size
            entry.mode = 0o755 if file.name == build.name else 0o644
            with file.open("rb") as data:
                archive.addfile(entry, data)
    # Without a time, the same files give the same bytes.
    with path.open("wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as compressed:
        compressed.write(buffer.getvalue())
    return [path]
