"""The repository of hooks that install the wheel, made from the hooks that build from source.

pre-commit installs a Python hook with `pip install` in the repository that has it. A repository of its own, whose only
dependency is the wheel, needs no Rust toolchain, and nothing is compiled.
"""

import shutil

from .project import ROOT, VERSION


def build(build):
    directory = build.scratch("pre-commit")
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()
    assert hooks.count("language: rust\n") == hooks.count("- id: "), "every hook has to be built from source"
    wheel = hooks.replace("language: rust\n", "language: python\n")
    image = "".join(containers(hooks.split("- id: ")[1:]))
    (directory / ".pre-commit-hooks.yaml").write_text(wheel + image)
    (directory / "VERSION").write_text(VERSION + "\n")
    (directory / "pyproject.toml").write_text('[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n')
    shutil.copy(ROOT / "packaging/pre-commit/backend.py", directory)
    return [directory]


def containers(hooks):
    """The same hooks, run in the image."""
    for hook in hooks:
        name, rest = hook.split("\n", 1)
        rest = rest.replace("language: rust\n", "language: docker_image\n")
        yield f"- id: {name}-docker\n" + rest.replace("entry: plimsoll ", f"entry: plimsoll:{VERSION} ")
