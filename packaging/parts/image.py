"""The container image: the program and the C library, saved as an archive that `docker load` reads."""

import gzip
import shutil

from .project import ROOT, VERSION, run

NAME = f"plimsoll:{VERSION}"


def build(build):
    if not shutil.which("docker") or build.system != "linux":
        return []
    context = build.scratch("image")
    shutil.copy(build.program(), context / "plimsoll")
    # Without its `# syntax=` line: the frontend that the daemon has is enough, and needs no registry.
    dockerfile = (ROOT / "packaging/image/Dockerfile").read_text()
    (context / "Dockerfile").write_text(dockerfile.split("\n", 1)[1])
    shutil.copy(ROOT / "packaging/image/.dockerignore", context)
    run("docker", "build", "--quiet", "--tag", NAME, "--label", f"org.opencontainers.image.version={VERSION}", context, stdout=-3)
    path = build.out / f"plimsoll-{VERSION}-image.tar.gz"
    path.write_bytes(gzip.compress(run("docker", "save", NAME, stdout=-1).stdout, compresslevel=6, mtime=0))
    return [path]
