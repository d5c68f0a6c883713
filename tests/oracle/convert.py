#!/usr/bin/env python3
"""Converts Dockerfiles like BuildKit does before a build, before and after their fixes.

    sh tests/oracle/convert/build.sh
    convert.py --plimsoll target/release/plimsoll [--converter tests/oracle/convert/convert] [--show WHAT] DIRECTORY

BuildKit's parser accepts more than its frontend, which checks stage names, variables in FROM, flags, mounts and references between stages when it converts the file to a graph of
steps. The converter runs the frontend's code for this. All base images are available to it; nothing is fetched, and nothing runs. Counts, for the safe fixes and for all fixes:

  broken       files that could be converted before the fixes but not after
  recovered    files that could be converted after the fixes but not before
  other        images whose configuration differs, by the part that differs. Labels that existed must keep their values, and the start command must have the same words, with or
               without a shell. Only counted for the safe fixes, because other fixes change the configuration on purpose

Exits with 1 if the safe fixes break a file or change a configuration, or if all fixes together break more than --tolerated percent.
"""

import argparse
import collections
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

from folder import files

MODES = {"safe": ["--fix"], "all": ["--fix", "--unsafe-fixes"]}
GREPS = {"fgrep": ["grep", "-F"], "egrep": ["grep", "-E"]}
SHELLS = {"sh", "bash", "ash", "dash", "/bin/sh", "/bin/bash", "/bin/ash", "/bin/dash"}


def words(start):
    """Returns the command that is started, without its shell."""
    start = start or []
    if start[:1] == ["CMD-SHELL"]:
        start = ["sh", "-c", *start[1:]]
    elif start[:1] == ["CMD"]:
        start = start[1:]
    while start and (start[0] == "exec" or len(start) == 3 and start[0] in SHELLS and start[1] in ("-c", "-ec")):
        try:
            start = start[1:] if start[0] == "exec" else shlex.split(start[2])
        except ValueError:
            break
    # `fgrep` and `egrep` are old names of `grep -F` and `grep -E`.
    start = [word for old in start for word in GREPS.get(old, [old])]
    # The last of several commands replaces the shell.
    after = ("&&", ";")
    return [word for at, word in enumerate(start) if word != "exec" or not at or not start[at - 1].endswith(after)]


def plain(words):
    """Returns the same words, with legacy syntax replaced by current syntax."""
    text = [re.sub(r"`([^`]*)`", r"$(\1)", word) for word in words]
    return [re.sub(r"\b([ef])grep\b", lambda match: f"grep -{match[1].upper()}", word) for word in text]


def trigger(text):
    """Returns what an ONBUILD trigger changes in an image. Like elsewhere, the effect of RUN is not compared."""
    return "RUN" if text.startswith("RUN ") else text


def same(part, before, after):
    if part == "OnBuild":
        return list(map(trigger, before or [])) == list(map(trigger, after or []))
    if part == "Labels":
        return all((after or {}).get(name) == value for name, value in (before or {}).items())
    if part in ("Cmd", "Entrypoint"):
        return plain(words(before)) == plain(words(after))
    if part == "Healthcheck" and before and after:
        return {**before, "Test": plain(words(before.get("Test")))} == {**after, "Test": plain(words(after.get("Test")))}
    if part == "WorkingDir" and before and after:
        # The variables of the base image are unknown here, but the fix knows those of some images.
        return after.endswith(before)
    return before == after


def converted(converter, paths):
    """Returns the result of converting each file, by name."""
    out = subprocess.run([converter], input="".join(f"{path}\n" for path in paths), stdout=subprocess.PIPE, check=True, text=True).stdout
    rows = map(json.loads, filter(None, out.split("\n")))
    return {pathlib.Path(row["path"]).name: row for row in rows}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--converter", default=str(pathlib.Path(__file__).parent / "convert" / "convert"), metavar="BINARY")
    arguments.add_argument("--show", metavar="WHAT", help="print what is `broken`, `recovered`, a part of the configuration, or `all`")
    arguments.add_argument("--tolerated", type=float, default=0.5, metavar="PERCENT")
    arguments.add_argument("folder", type=pathlib.Path, metavar="DIRECTORY")
    options = arguments.parse_args()
    plimsoll = str(pathlib.Path(options.plimsoll).resolve())

    def show(what, *text):
        if options.show in (what, "all"):
            print(f"  {what}:", *text)

    with tempfile.TemporaryDirectory() as work:
        work, rows, changed = pathlib.Path(work), {}, {}
        raws = {}
        for path in files([options.folder]):
            name = "_".join(path.relative_to(options.folder).parts)
            raws[f"{name.removesuffix('.Dockerfile')}.Dockerfile"] = path.read_bytes()
        for mode in ["before", *MODES]:
            folder = work / mode
            folder.mkdir()
            for name, raw in raws.items():
                (folder / name).write_bytes(raw)
            if mode in MODES:
                command = [plimsoll, "check", "--isolated", *MODES[mode], "--fix-only", "."]
                subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                changed[mode] = {name for name, raw in raws.items() if (folder / name).read_bytes() != raw}
            rows[mode] = converted(options.converter, [folder / name for name in sorted(raws)])

    had = rows["before"]
    good = [name for name in had if "error" not in had[name]]
    failed = False
    print(f"{len(raws)} files, of which BuildKit converts {len(good)}")
    for mode in MODES:
        now, parts = rows[mode], collections.Counter()
        broken = [name for name in good if "error" in now[name]]
        recovered = [name for name in had if "error" in had[name] and "error" not in now[name]]
        for name in broken:
            show("broken", mode, name, now[name]["error"])
        for name in recovered:
            show("recovered", mode, name, had[name]["error"])
        configs = [(name, had[name]["config"], now[name]["config"]) for name in good if name not in broken]
        for name, before, after in configs:
            for part in sorted(before.keys() | after.keys()):
                if not same(part, before.get(part), after.get(part)):
                    parts[part] += 1
                    show(part, mode, name, before.get(part), "became", after.get(part))
        touched = [name for name in good if name in changed[mode]]
        print(f"{mode + ' fixes':12}{len(touched)} of them changed, {len(broken)} broken, {len(recovered)} recovered: {100 - 100 * len(broken) / max(1, len(touched)):.2f} % still convert")
        print(f"{'':12}other: {', '.join(f'{part} {count}' for part, count in parts.most_common()) or 'nothing'}")
        failed |= bool(broken or parts) if mode == "safe" else 100 * len(broken) > options.tolerated * len(touched)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
