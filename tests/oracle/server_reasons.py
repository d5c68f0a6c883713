"""Reasons why a response of `plimsoll server` differs from docker-langserver's, derived from the file.
tests/oracle/verdicts/server.md explains which server is right."""

import re

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
EXEC_FORM = re.compile(r"(?i)\s*(cmd|entrypoint)\s+\[(?!.*-c)")
STAGE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
STAGE_BEFORE = re.compile(r"(?i)(\bas\s+|\bfrom\s+|--from=)$")
DEFINING = re.compile(r"(?i)^\s*(onbuild\s+)?(arg|env)\b")


class File:
    """The parts of a Dockerfile that the reasons use: its lines, instructions and stages."""

    def __init__(self, text):
        self.lines = re.split(r"\r\n|\n|\r", text)
        escape = "`" if re.search(r"(?im)^#\s*escape\s*=\s*`", text) else "\\"
        self.starts, goes_on, self.stages, stage = [], False, [], -1
        for number, line in enumerate(self.lines):
            comment = line.lstrip().startswith("#")
            if not goes_on:
                start = number
            if not goes_on and re.match(r"(?i)\s*from\b", line):
                stage += 1
            self.starts.append(start)
            self.stages.append(stage)
            if not comment and (line.strip() or not goes_on):
                goes_on = line.rstrip().endswith(escape)
        self.text = text

    def slice(self, range_):
        (line, start, last, end) = range_
        return self.lines[line][start:end] if line == last and line < len(self.lines) else ""

    def instruction(self, line):
        start = self.starts[line]
        return [text for number, text in enumerate(self.lines) if self.starts[number] == start]

    def in_single_quotes(self, line, column):
        """Returns whether a position is in single quotes within its instruction, like in a shell."""
        quote = None
        for number in range(self.starts[line], line + 1):
            text = self.lines[number] if number < line else self.lines[number][:column]
            escaped = False
            for char in text:
                if escaped:
                    escaped = False
                elif char == "\\" and quote != "'":
                    escaped = True
                elif quote is None and char in "'\"":
                    quote = char
                elif char == quote:
                    quote = None
        return quote == "'"

    def defines(self, line, name):
        """Returns whether the instruction of this line is ARG or ENV and contains the name."""
        whole = self.instruction(line)
        return bool(DEFINING.match(whole[0])) and re.search(rf"(?<![\w${{.:/]){re.escape(name)}(?=[=\s]|$)", " ".join(whole))

    def is_defined(self, name):
        return any(self.defines(number, name) for number in set(self.starts))

    def sets_in_script(self, line, name):
        whole = " ".join(self.instruction(line))
        word = re.escape(name)
        return re.search(rf"(?<![\w$]){word}\+?=|\bfor\s+{word}\b|\bread\s+[^;|&]*{word}\b|\$(env:)?{word}\s*\+?=", whole, re.I)


def of_symbols(file, ours, theirs):
    more, less = set(ours) - set(theirs), set(theirs) - set(ours)
    is_comment = [file.lines[line].lstrip().startswith("#") for line, _ in less]
    if less and all(is_comment) and not more:
        return "a comment is not a directive"
    if any(line and re.search(r"\\\\\s*$", file.lines[line - 1]) for line, _ in more) or backslashes(file):
        return "an escaped escape character does not continue the line"
    return None


def backslashes(file):
    return any(re.search(r"(\\\\|``)\s*$", line) for line in file.lines)


def of_folding(file, ours, theirs):
    if backslashes(file):
        return "an escaped escape character does not continue the line"
    more, less = set(ours) - set(theirs), set(theirs) - set(ours)
    if not less and all(re.search(r"<<-?[\"']?\w", "\n".join(file.lines[a : b + 1])) for a, b in more):
        return "each of several heredocs can be folded"
    return None


def of_links(file, ours, theirs):
    more, less = dict(ours), dict(theirs)
    for key in set(more) & set(less):
        if more[key] == less[key]:
            del more[key], less[key]
    reasons = set()
    for key, target in less.items():
        text = file.slice(key)
        if re.search(r"\{\{|<%|%%|@@", file.lines[key[0]]):
            reasons.add("a template does not have a page")
        elif "$" in target or "$" in text:
            reasons.add("a variable does not have a page; Plimsoll expands it")
        elif text.startswith("scratch"):
            reasons.add("`scratch` does not have a page")
        elif re.search(r"([\w-]+[.:][\w.:-]*|localhost)/$", file.lines[key[0]][: key[1]]) or re.match(r"[^/]+[.:][^/]*/|localhost/", text):
            same = any(other == target.replace("/r/library/", "/_/") for other in more.values())
            reasons.add("the same image, linked on the whole name" if same else "images from another registry are not on Docker Hub")
        elif re.search(r"\w/$", file.lines[key[0]][: key[1]]):
            reasons.add("a name with a dot is not a registry")
        elif any(other == target for other in more.values()):
            reasons.add("the same image, linked on the whole name")
        else:
            return None
    for key, target in more.items():
        line = file.lines[key[0]]
        if re.search(r":[\w.-]+\s*@|@sha", line) and key not in dict(theirs):
            reasons.add("docker-langserver does not link an image with a tag and a digest")
        elif not reasons and not re.search(r"(?i)--from|mount", line):
            return None
    return "; ".join(sorted(reasons)) or "images after `--from` also have a page"


def of_name(kind, file, place, ours, theirs):
    line, column, _ = place
    before = file.lines[line][:column]
    name = (STAGE if STAGE_BEFORE.search(before) else NAME).match(file.lines[line][column:])
    name = name.group() if name else ""
    if kind == "definition":
        ours, theirs = ({it} if it else set() for it in (ours, theirs))
    elif kind == "rename":
        ours, theirs = ({it[0] for it in side} for side in (ours, theirs))
    else:
        ours, theirs = set(ours), set(theirs)
    more, less = ours - theirs, theirs - ours
    own_range = (line, column, line, column + len(name))
    is_use = re.search(r"\$\{?(env:)?$", file.lines[line][:column], re.I)
    if any(re.search(r"[^\w.-]", file.slice(it)) for it in theirs):
        return "docker-langserver includes the operator in the name"
    if name.lower() == "env" and file.lines[line][column + len(name) :].startswith(":"):
        return "`env:` in PowerShell is not a name"
    if backslashes(file):
        return "an escaped escape character does not continue the line"
    if file.in_single_quotes(line, column) and not ours:
        return "the shell does not expand variables in single quotes"
    if less and all(file.in_single_quotes(it[0], it[1]) for it in less) and not more:
        return "the shell does not expand variables in single quotes"
    if name == "_":
        return "`$_` is a special variable of the shell"
    in_definition = all(file.defines(it[0], name) and is_after_dollar(file, it) for it in less)
    if kind == "rename" and less and not more and in_definition:
        return "a use before the definition refers to the base image's variable"
    if kind == "definition":
        if own_range in ours and theirs:
            return "the position is itself a definition"
        if ours and not theirs:
            return "only Plimsoll finds the definition"
        if ours and theirs and min(more)[0] <= line and (max(less)[0] > line or max(less) < min(more)):
            return "the last definition before the use applies"
        if is_use and less and max(less)[0] >= file.starts[line]:
            return "a definition after the use does not apply"
        if file.sets_in_script(line, name):
            return "the script sets it"
        return None
    if kind == "rename" and not ours:
        if not file.is_defined(name) and not file.sets_in_script(line, name):
            return "names that the file does not define are not renamed"
        if file.sets_in_script(line, name):
            return "a variable that programs or the shell use is not renamed"
        first = [number for number in range(len(file.lines)) if file.defines(number, name)]
        if first and first[0] >= file.starts[line]:
            return "a use before the definition refers to the base image's variable"
        if first and all(file.stages[number] != file.stages[line] for number in first):
            return "names that the stage does not define are not renamed"
        return None
    if more and not less and all(file.slice(it) == name for it in more):
        if file.sets_in_script(line, name) and not file.is_defined(name):
            return "Plimsoll finds the assignments in the script"
        if any(file.stages[it[0]] < 0 for it in ours):
            return "the global `ARG` and those that inherit it have one name"
        return "Plimsoll finds more occurrences of the name"
    if more and less and any(file.stages[it[0]] < 0 for it in ours):
        return "the global `ARG` and those that inherit it have one name"
    if less and not more and all(file.stages[it[0]] != file.stages[line] for it in less):
        return "the same name in another stage is a different variable"
    if less and any(file.sets_in_script(it[0], name) and it not in ours for it in less):
        return "variables in different scripts are different"
    if less and not is_use and not any(file.slice(it) == name and it == own_range for it in less):
        return None
    if less and not more and all(EXEC_FORM.match(file.instruction(it[0])[0]) for it in less):
        return "exec form does not expand variables"
    if less and all(it[0] < file.starts[line] for it in less):
        return "a use before the definition refers to the base image's variable"
    return None


def is_after_dollar(file, range_):
    line, column, *_ = range_
    return file.lines[line][:column].endswith(("$", "${"))


def reason(kind, file, place, ours, theirs):
    """Returns the reason, or `None` if the file does not show one."""
    if kind == "symbols":
        return of_symbols(file, ours, theirs)
    if kind == "folding":
        return of_folding(file, ours, theirs)
    if kind == "links":
        return of_links(file, ours, theirs)
    return of_name(kind, file, place, ours, theirs)
