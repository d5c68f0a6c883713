"""Reasons for hadolint findings that are new after a fix and are not caused by a mistake in the fix: a code, a reason, and a predicate over the two texts.

Used by fixes.py --hadolint, which counts all new findings without a reason."""

import re

# Install commands that hadolint does not read.
UNREAD = re.compile(r"\bapt\s+(?:-\S+\s+)*(?:install|update)\b|\bsudo\s+(?:-\S+\s+)*(?:apt|apt-get|yum|apk|pip3?|npm|gem)\s")
CODES = []


def because(code, why):
    def add(question):
        CODES.append((code, why, question))
        return question

    return add


def added(before, after):
    """Returns the lines that only the second text has, and those that only the first one has."""
    had, has = set(before.split("\n")), set(after.split("\n"))
    return [line for line in after.split("\n") if line not in had], [line for line in before.split("\n") if line not in has]


@because("DL3008", "`apt install` or `sudo apt-get install` became `apt-get install`, the only form that hadolint reads")
@because("DL3015", "`apt install` or `sudo apt-get install` became `apt-get install`, the only form that hadolint reads")
@because("DL3014", "`apt install` or `sudo apt-get install` became `apt-get install`, the only form that hadolint reads")
@because("DL3009", "`apt update` became `apt-get update`, the only form that hadolint reads")
def apt(before, after):
    return len(UNREAD.findall(before)) > len(UNREAD.findall(after))


@because("DL3008", "`ca-certificates` was added, which was a recommended package before, and its version is unknown")
def recommended(before, after):
    return after.count("ca-certificates") > before.count("ca-certificates")


@because("DL3045", "`ADD` became `COPY`, and hadolint only checks the relative destinations of `COPY`; the working directory of the base image is unknown, or another fix sets it")
def add_to_copy(before, after):
    # Each new COPY to a relative path was an ADD.
    adds = {" ".join(line.split()[1:]) for line in before.split("\n") if line.strip().upper().startswith("ADD ")}
    copies = [" ".join(line.split()[1:]) for line in added(before, after)[0] if line.strip().upper().startswith("COPY ")]
    copies = [re.sub(r"--ch(?:own|mod)=\S+ ", "", copy) for copy in copies]
    return any(copy in adds for copy in copies)


@because("DL3059", "a `RUN` was shortened or added, and hadolint checks consecutive short ones")
def short_run(before, after):
    new, gone = added(before, after)
    runs = [line for line in new if re.match(r"\s*(RUN|WORKDIR)\b", line, re.I)]
    return bool(runs) or any(re.match(r"\s*RUN\b", line, re.I) for line in gone)


@because("DL3066", "the program runs as an account of which only the name is known")
def by_name(before, after):
    return any(re.match(r"\s*USER\s+[a-z_][a-z0-9_-]*\s*$", line) for line in added(before, after)[0])


def reason(code, before, after):
    """Returns the reason for a new finding, or `None` if there is none."""
    return next((why for known, why, question in CODES if known == code and question(before, after)), None)
