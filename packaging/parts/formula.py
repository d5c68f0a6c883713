"""The Homebrew formula, with the checksums of the archives; written only if their URL is known."""

import hashlib

from .project import ROOT, VERSION


def build(build):
    if not build.url:
        return []
    text = (ROOT / "packaging/homebrew/plimsoll.rb.in").read_text()
    text = text.replace("@VERSION@", VERSION).replace("@URL@", build.url.rstrip("/"))
    for target in ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-apple-darwin", "aarch64-apple-darwin"]:
        archive = build.out / f"plimsoll-{target}-v{VERSION}.tar.gz"
        digest = hashlib.sha256(archive.read_bytes()).hexdigest() if archive.exists() else "not built"
        text = text.replace(f"@{target}@", digest)
    path = build.out / "plimsoll.rb"
    path.write_text(text)
    if "not built" in text:
        print("the formula is incomplete: build the archives of all platforms first")
    return [path]
