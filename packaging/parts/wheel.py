"""The wheel: one program, and no Python."""

import base64
import hashlib
import shutil
import zipfile

from .project import DESCRIPTION, LICENCE, LICENCES, ROOT, VERSION, run

SOURCE = ROOT / "packaging/wheel"
# With this machine's C library, or with an old one that zig brings along.
LINKS = {True: ["--compatibility", "linux"], False: ["--zig", "--compatibility", "manylinux2014"]}


def build(build):
    for old in build.out.glob("plimsoll-*.whl"):
        old.unlink()
    shutil.rmtree(build.out / "parts/program", ignore_errors=True)
    if build.given:
        return [pack(build)]
    link = [] if build.system != "linux" else LINKS[build.native]
    run("maturin", "build", "--profile", build.profile, "--target", build.target, *link, "--out", build.out, cwd=SOURCE)
    if build.profile == "dist":
        squeeze(build.wheel())
    return [build.wheel()]


def squeeze(path):
    """Compresses a wheel again, as far as deflate can: everybody downloads it, and it is made once. RECORD is of the contents."""
    import zopfli

    small = path.with_suffix(".small")
    with zipfile.ZipFile(path) as old, zopfli.ZipFile(small, "w", zipfile.ZIP_DEFLATED, iterations=5) as new:
        for entry in old.infolist():
            copy = zopfli.ZipInfo(entry.filename, entry.date_time)
            copy.compress_type, copy.external_attr = zipfile.ZIP_DEFLATED, entry.external_attr
            new.writestr(copy, old.read(entry))
    with zipfile.ZipFile(small) as new:
        assert new.testzip() is None
    small.replace(path)


def pack(build):
    """The same wheel around a program that is built already; `pip` checks every file against RECORD."""
    info = f"plimsoll-{VERSION}.dist-info"
    metadata = (
        f"Metadata-Version: 2.4\nName: plimsoll\nVersion: {VERSION}\nSummary: {DESCRIPTION}\n"
        f"License-Expression: {LICENCE}\nRequires-Python: >=3.8\nDescription-Content-Type: text/markdown\n\n"
        + (SOURCE / "README.md").read_text()
    )
    tag = "linux_x86_64" if build.native else build.python
    tags = "".join(f"Tag: py3-none-{part}\n" for part in tag.split("."))
    files = {
        f"plimsoll-{VERSION}.data/scripts/{build.name}": build.program().read_bytes(),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: packaging/build\nRoot-Is-Purelib: false\n{tags}".encode(),
    }
    for licence in LICENCES:
        files[f"{info}/licenses/{licence.name}"] = licence.read_bytes()
    record = f"{info}/RECORD"
    lines = [f"{name},sha256={digest(data)},{len(data)}" for name, data in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    path = build.out / f"plimsoll-{VERSION}-py3-none-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
            archive.writestr(entry, data)
    return path


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
