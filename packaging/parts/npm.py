"""Two npm packages: the launcher, and the program of one platform, which npm picks by system and processor."""

import json
import shutil

from .project import DESCRIPTION, LICENCE, LICENCES, PLATFORMS, ROOT, VERSION, output

SOURCE = ROOT / "packaging/npm"


def platform(system, processor):
    return f"plimsoll-{system}-{processor}"


def package(directory, extra):
    common = {"version": VERSION, "description": DESCRIPTION, "license": LICENCE, "engines": {"node": ">=18"}}
    (directory / "package.json").write_text(json.dumps({**extra, **common}, indent=2) + "\n")
    for licence in LICENCES:
        shutil.copy(licence, directory)


def pack(build, directory):
    printed = output("npm", "pack", "--json", "--pack-destination", build.out, cwd=directory)
    return build.out / json.loads(printed)[0]["filename"]


def build(build):
    name = platform(build.system, build.processor)
    program = build.scratch(name)
    (program / "bin").mkdir()
    shutil.copy(build.program(), program / "bin" / build.name)
    package(program, {"name": name, "os": [build.system], "cpu": [build.processor], "preferUnplugged": True})
    launcher = build.scratch("npm")
    (launcher / "bin").mkdir()
    shutil.copy(SOURCE / "plimsoll.js", launcher / "bin/plimsoll.js")
    shutil.copy(SOURCE / "README.md", launcher / "README.md")
    platforms = {platform(system, processor): VERSION for _, system, processor, _ in PLATFORMS.values()}
    keywords = ["docker", "dockerfile", "compose", "linter"]
    package(launcher, {
        "name": "plimsoll",
        "bin": {"plimsoll": "bin/plimsoll.js"},
        "keywords": keywords,
        "optionalDependencies": platforms,
    })
    return [pack(build, program), pack(build, launcher)]
