"""The Debian package: the program, its manual page and completions."""

import gzip
import shutil

from .project import DESCRIPTION, ROOT, VERSION, output, run, runs_here


def build(build):
    if not build.debian or not shutil.which("dpkg-deb"):
        return []
    root = build.scratch("deb")
    program = root / "usr/bin/plimsoll"
    write(program, build.program().read_bytes())
    program.chmod(0o755)
    if runs_here(build):
        say = lambda *arguments: output(program, *arguments).encode()  # noqa: E731
        write(root / "usr/share/man/man1/plimsoll.1.gz", gzip.compress(say("man"), mtime=0))
        write(root / "usr/share/bash-completion/completions/plimsoll", say("completions", "bash"))
        write(root / "usr/share/zsh/vendor-completions/_plimsoll", say("completions", "zsh"))
        write(root / "usr/share/fish/vendor_completions.d/plimsoll.fish", say("completions", "fish"))
    licences = "".join((ROOT / name).read_text() + "\n" for name in ["LICENSE-MIT", "LICENSE-APACHE"])
    write(root / "usr/share/doc/plimsoll/copyright", licences.encode())
    write(root / "usr/share/doc/plimsoll/changelog.gz", gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), mtime=0))
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) // 1024
    control = (
        f"Package: plimsoll\nVersion: {VERSION}\nArchitecture: {build.debian}\nMaintainer: The Plimsoll developers <plimsoll@localhost>\n"
        f"Installed-Size: {size}\nDepends: libc6 (>= 2.17)\nSection: devel\nPriority: optional\n"
        f"Description: {DESCRIPTION}\n Checks Dockerfiles and Compose files, and works without a network or a daemon.\n"
    )
    write(root / "DEBIAN/control", control.encode())
    for directory in root.rglob("*"):
        if directory.is_dir():
            directory.chmod(0o755)
    path = build.out / f"plimsoll_{VERSION}_{build.debian}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zgzip", "--build", root, path, stdout=-3)
    return [path]


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
