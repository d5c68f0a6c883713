"""What all packages share: the version, the texts, and the program."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def manifest(key):
    """The value of a key of `[package]` in Cargo.toml, which is the only place that has it."""
    package = (ROOT / "Cargo.toml").read_text().split("\n[", 2)[0]
    return re.search(rf'^{key} = "(.*)"$', package, re.MULTILINE).group(1)


VERSION = manifest("version")
DESCRIPTION = manifest("description")
LICENCE = manifest("license")
LICENCES = [ROOT / "LICENSE-MIT", ROOT / "LICENSE-APACHE"]

# Rust's names of platforms, and what others call them: Python's tag, Node's system and processor, Debian's architecture.
PLATFORMS = {
    "x86_64-unknown-linux-gnu": ("manylinux2014_x86_64.manylinux_2_17_x86_64", "linux", "x64", "amd64"),
    "aarch64-unknown-linux-gnu": ("manylinux2014_aarch64.manylinux_2_17_aarch64", "linux", "arm64", "arm64"),
    "x86_64-apple-darwin": ("macosx_10_12_x86_64", "darwin", "x64", None),
    "aarch64-apple-darwin": ("macosx_11_0_arm64", "darwin", "arm64", None),
    "x86_64-pc-windows-msvc": ("win_amd64", "win32", "x64", None),
}


class Build:
    def __init__(self, arguments):
        self.target = arguments.target
        if self.target not in PLATFORMS:
            sys.exit(f"unknown target `{self.target}`; expected: {', '.join(PLATFORMS)}")
        self.python, self.system, self.processor, self.debian = PLATFORMS[self.target]
        self.profile, self.native = arguments.profile, arguments.native
        self.out = arguments.out.resolve()
        self.url = arguments.url
        self.out.mkdir(parents=True, exist_ok=True)
        self.given = arguments.binary.resolve() if arguments.binary else None
        self.name = "plimsoll.exe" if self.system == "win32" else "plimsoll"

    def scratch(self, name):
        """An empty directory for the parts of a package."""
        path = self.out / "parts" / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def wheel(self):
        return next(self.out.glob(f"plimsoll-{VERSION}-py3-none-*.whl"), None)

    def program(self):
        """The stripped program: the one given, or the one in the wheel, so that it is compiled once."""
        target = self.out / "parts" / "program" / self.name
        if target.exists():
            return target
        self.scratch("program")
        if self.given:
            shutil.copy(self.given, target)
            if self.system == "linux":
                run("strip", "--strip-all", target)
        else:
            wheel = self.wheel()
            if not wheel:
                sys.exit("there is no wheel to take the program from: build `wheel` first, or give --binary")
            with zipfile.ZipFile(wheel) as archive:
                target.write_bytes(archive.read(f"plimsoll-{VERSION}.data/scripts/{self.name}"))
        target.chmod(0o755)
        return target


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def output(*command, **options):
    return run(*command, stdout=subprocess.PIPE, text=True, **options).stdout


def runs_here(build):
    return build.target.startswith(os.uname().machine) and build.system == "linux" if hasattr(os, "uname") else False


def checksums(out):
    """Writes SHA256SUMS over all packages, as `sha256sum --check` reads it."""
    files = sorted(path for path in out.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (out / "SHA256SUMS").write_text("".join(lines))
