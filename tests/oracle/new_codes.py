"""What hadolint finds after a repair and did not find before, and why that is no fault of the repair: a code, a reason, and a question about the two texts.

Asked by fixes.py --hadolint. What no reason here covers is counted there."""

import re

# Ways to install that hadolint does not read.
UNREAD = re.compile(r"\bapt\s+(?:-\S+\s+)*(?:install|update)\b|\bsudo\s+(?:-\S+\s+)*(?:apt|apt-get|yum|apk|pip3?|npm|gem)\s")
CODES = []


def because(code, why):
    def add(question):
        CODES.append((code, why, question))
        return question

    return add


def added(before, after):
    """The lines of a text that the other does not have, and the other way round."""
    had, has = set(before.split("\n")), set(after.split("\n"))
    return [line for line in after.split("\n") if line not in had], [line for line in before.split("\n") if line not in has]


@because("DL3008", "`apt install` or `sudo apt-get install` became `apt-get install`, and hadolint reads only that")
@because("DL3015", "`apt install` or `sudo apt-get install` became `apt-get install`, and hadolint reads only that")
@because("DL3014", "`apt install` or `sudo apt-get install` became `apt-get install`, and hadolint reads only that")
@because("DL3009", "`apt update` became `apt-get update`, and hadolint reads only that")
def apt(before, after):
    return len(UNREAD.findall(before)) > len(UNREAD.findall(after))


@because("DL3008", "`ca-certificates` came in, which was a recommended package before, and nobody knows of which version")
def recommended(before, after):
    return after.count("ca-certificates") > before.count("ca-certificates")


@because("DL3045", "`ADD` became `COPY`, hadolint looks at relative destinations of that alone, and where the base image works is not known or another fix will say")
def add_to_copy(before, after):
    # Each COPY to a relative place that is new was an ADD.
    adds = {" ".join(line.split()[1:]) for line in before.split("\n") if line.strip().upper().startswith("ADD ")}
    copies = [" ".join(line.split()[1:]) for line in added(before, after)[0] if line.strip().upper().startswith("COPY ")]
    copies = [re.sub(r"--ch(?:own|mod)=\S+ ", "", copy) for copy in copies]
    return any(copy in adds for copy in copies)


@because("DL3059", "a `RUN` became a short one, or came in, and hadolint looks at short ones in a row")
def short_run(before, after):
    new, gone = added(before, after)
    runs = [line for line in new if re.match(r"\s*(RUN|WORKDIR)\b", line, re.I)]
    return bool(runs) or any(re.match(r"\s*RUN\b", line, re.I) for line in gone)


@because("DL3066", "the program is run as an account of which only the name is known")
def by_name(before, after):
    return any(re.match(r"\s*USER\s+[a-z_][a-z0-9_-]*\s*$", line) for line in added(before, after)[0])


def reason(code, before, after):
    """Why it is no fault, if a reason is known."""
    return next((why for known, why, question in CODES if known == code and question(before, after)), None)
