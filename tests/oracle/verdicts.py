"""Verdicts on findings that another tool reports and Plimsoll does not, because they are wrong or another rule reports them: a code, a reason and a predicate over the location, with which
`peers.py` counts the findings. The directory `verdicts` contains the same decisions in prose, with examples."""

import dataclasses
import re
import typing


@dataclasses.dataclass
class Instruction:
    keyword: str
    first: int
    last: int
    text: str
    stage: int


class File:
    """The parts of a Dockerfile that verdicts use: instructions, stages, and our findings."""

    def __init__(self, path, rows):
        self.path = path
        with open(path, encoding="utf-8", errors="replace") as file:
            self.lines = file.read().split("\n")
        self.instructions, self.line_of, self.findings = [], {}, []
        stage = -1
        for keyword, first, last in rows:
            stage += keyword.upper() == "FROM"
            self.instructions.append(Instruction(keyword.upper(), first, last, "\n".join(self.lines[first - 1 : last]), stage))
            self.line_of.update(dict.fromkeys(range(first, last + 1), len(self.instructions) - 1))
        froms = [re.sub(r"\\\n|--\S+", " ", each.text).split() for each in self.instructions if each.keyword == "FROM"]
        self.bases = [words[1].lower() if len(words) > 1 else "" for words in froms]
        self.names = [words[3].lower() if len(words) > 3 else "" for words in froms]

    def start_of(self, line):
        """Returns the first line of the instruction that contains a line; a comment belongs to the next instruction."""
        while line not in self.line_of and line <= len(self.lines) and self.lines[line - 1].lstrip().startswith("#"):
            line += 1
        at = self.line_of.get(line)
        return line if at is None else self.instructions[at].first

    def add(self, finding):
        """Adds one of our findings, and returns the first line of its instruction."""
        lines = [finding["range"]["start"]["line"], *(label["range"]["start"]["line"] for label in finding["labels"] if "path" not in label)]
        self.findings.append((finding["rule"], self.start_of(lines[0]), {self.start_of(line) for line in lines}))
        return self.start_of(lines[0])

    def chain(self, stage):
        """Yields the stage and the stages that it is FROM."""
        while stage is not None:
            yield stage
            below = [index for index in range(stage) if self.names[index] and self.names[index] == self.bases[stage]]
            stage = below[-1] if below else None

    def base(self, stage):
        """Returns the base image of a stage, through all stages."""
        return self.bases[list(self.chain(stage))[-1]] if 0 <= stage < len(self.bases) else ""


@dataclasses.dataclass
class Case:
    file: File
    line: int
    code: str
    message: str

    @property
    def at(self):
        index = self.file.line_of.get(self.line)
        return None if index is None else self.file.instructions[index]

    @property
    def text(self):
        """Returns the instruction with joined continuation lines and without comments."""
        lines = (self.at.text if self.at else "").split("\n")
        return re.sub(r"[\\`]\s*\n", " ", "\n".join(line for line in lines if not line.lstrip().startswith("#")))

    @property
    def stage(self):
        return self.at.stage if self.at else -1

    def says(self, *rules):
        """Returns whether we report one of these rules in the same instruction, or point at it with a label."""
        return any(rule in rules and self.line in lines for rule, _, lines in self.file.findings)

    def before(self):
        """Returns the instructions before this one in its stage and in the stages that it is FROM."""
        stages = set(self.file.chain(self.stage))
        return [each for each in self.file.instructions if each.first < self.line and each.stage in stages]

    def behind(self):
        return [each for each in self.file.instructions if each.first > self.line and each.stage == self.stage]


@dataclasses.dataclass
class Verdict:
    codes: str
    why: str
    holds: typing.Callable[[Case], object]



# Predicates over locations.


def shipped(case):
    """Returns whether its layers are in the shipped image: the last stage and those that it is FROM, unless the last stage only tests its base stage."""
    file, last = case.file, len(case.file.bases) - 1
    tested = lambda stage: re.search(r"(^|[-_.])tests?(ing)?($|[-_.])", file.names[stage])
    return case.stage in file.chain(last) and not tested(case.stage)


def windows(case):
    """Returns whether this is Windows, judged by the base image, the escape directive, SHELL, or the instruction itself."""
    file = case.file
    named = re.search(r"windows|nanoserver|servercore|dotnet/framework|microsoft/aspnet|microsoft/dotnet-framework", file.base(case.stage))
    said = re.search(r"(?im)^\s*#\s*escape=`|^\s*SHELL.*(powershell|pwsh|cmd)", "\n".join(file.lines))
    return named or said or re.search(r"(?i)^\s*\w+\s+(powershell|[a-z]:[\\/])|windows-build-tools|\.ps1\b|\.exe\b", case.text)


def has(pattern):
    """Returns a predicate that searches the instruction for the pattern."""
    expression = re.compile(pattern, re.S)
    return lambda case: expression.search(case.text)


def both(*questions):
    return lambda case: all(question(case) for question in questions)


def builds_only(case):
    return not shipped(case)


def told_by(*rules):
    return lambda case: case.says(*rules)


def user(case):
    return case.text.split()[1].strip("\"'") if len(case.text.split()) > 1 else ""


def last_user(case):
    return shipped(case) and not any(each.keyword == "USER" for each in case.behind()) and case.stage == len(case.file.bases) - 1


def within_row(rule):
    """Returns a predicate for instructions between the first and the last of a sequence that we report once."""
    return lambda case: any(found == rule and len(lines) > 1 and min(lines) <= case.line <= max(lines) for found, _, lines in case.file.findings)


def previous(case):
    index = case.file.line_of[case.line]
    return case.file.instructions[index - 1] if index else None


def split(script, operators):
    """Splits at operators outside quotes and brackets, approximately like a shell."""
    parts, depth, quote, start, at = [], 0, "", 0, 0
    while at < len(script):
        letter = script[at]
        if quote:
            at += letter == "\\" and quote == '"'
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter == "\\":
            at += 1
        elif letter in "({":
            depth += 1
        elif letter in ")}":
            depth -= 1
        elif depth <= 0:
            operator = next((operator for operator in operators if script.startswith(operator, at)), None)
            if operator:
                parts.append(script[start:at])
                at += len(operator)
                start = at
                continue
        at += 1
    return parts + [script[start:]]


def body(case):
    """Returns the script of a RUN, without flags and heredoc delimiters."""
    text = re.sub(r"^\s*\w+\s+(--\S+\s+)*", "", case.text)
    return re.sub(r"^<<-?\s*[\"']?\w+[\"']?\s*\n", "", text)


def commands(script):
    parts = split(script, ["&&", "||", ";", "\n", "|"])
    return [re.sub(r"^(if|then|else|elif|do|while|!|\s)+\b", "", part).strip() for part in parts if part.strip()]


HARMLESS = r"^\s*([({]\s*)?((then|do|else|if|!)\s+)*(sudo\s+)?(\w+=\S*\s+)*(/\S*/)?(echo|printf|yes|true|:|seq|\[\[|\(\(|\})(\s|$)"
REWORKS = r"^\s*(/\S*/)?(grep|egrep|sed|awk|cut|sort|uniq|head|tail|tr|wc|tee|xargs|jq|base64|rev|tac|cat|od|xxd)(\s|$)"


def pipes(script, depth=0):
    """Yields the pipes of a script, each as its parts, including those in brackets and substitutions."""
    for part in split(script, ["&&", "||", ";", "\n"]):
        # A `|` in a case pattern is not a pipe.
        parts = split(part.replace("||", "  "), ["|&", "|"])
        if len(parts) > 1 and not re.match(r"^[\s\w.*\-\"']+$", parts[0].split(")")[0] if ")" in parts[-1] and "(" not in part else "x("):
            yield parts
        if depth < 6:
            for inside in re.findall(r"\$\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)|`([^`]*)`|(?<![$\w])\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)|\{\s((?:[^{}]|\{[^{}]*\})*)\}", part):
                yield from pipes(next(filter(None, inside), ""), depth + 1)


def harmless_pipes(case):
    """Returns whether the left side of every pipe cannot fail in a way that matters."""
    found = list(pipes(body(case)))
    return found and all(re.match(HARMLESS, parts[0]) and all(re.match(REWORKS, part) for part in parts[1:-1]) for parts in found)


def pipes_in_words(case):
    """Returns whether all other pipes are in `$(…)` in the arguments of a command, where their status is lost even with `pipefail`."""
    script = body(case)
    outer = [parts for part in split(script, ["&&", "||", ";", "\n"]) for parts in [split(part, ["|"])] if len(parts) > 1]
    return all(re.match(HARMLESS, parts[0]) for parts in outer) and not re.search(r"(^|[;&|(\s])\w+=\"?\$\([^)]*\|", script)


def inherits_pipefail(case):
    return any(each.keyword == "SHELL" and "pipefail" in each.text for each in case.before())


def goes_on(case):
    """Returns whether the `cd` is not the first command: a WORKDIR would split the step, or come before its directory exists."""
    rest = [part for part in commands(body(case)) if not re.match(r"(set\s+[-+]|export\s|\w+=\S*$|:)", part)]
    first = next((index for index, part in enumerate(rest) if re.match(r"(cd|pushd)\b", part)), None)
    return first is None or first > 0


def several_folders(case):
    return len(re.findall(r"(?:^|[;&|({\s])(?:cd|pushd|popd)\b", body(case))) > 1


def scratch_folder(case):
    return re.search(r"\bcd\s+[\"']?(/tmp|/var/tmp|/usr/src|/usr/local/src|~|\$HOME|/dev/shm|\$\{?\w*(TMP|TEMP|tmp|temp))", body(case))


def pairs(case):
    """Returns the names and values of an ENV or an ARG."""
    text = re.sub(r"^\s*\w+\s+", "", case.text)
    if case.at.keyword == "ENV" and "=" not in text.split()[0]:
        name, _, value = text.strip().partition(" ")
        return [(name, value.strip().strip("\"'"))]
    return [(name, (value or "").strip("\"'")) for name, value in re.findall(r"([\w.-]+)(?:=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\S*))?", text)]


NO_SECRET_NAME = re.compile(
    r"USER_?NAME|_FILE$|_PATH$|_URL$|_DIR$|_VERSION$|^GOPRIVATE$|_MODE$|DISABLE_|ENABLE_|EXTENSION|_TYPE$|_IDS?$|_KEYS?_?URL|^GPG_KEYS?$|PGP|_HOST$|_PORT$|_SIZE$|_LENGTH$|PUBLIC|_PREFIX$|_NAME$|_TTL$|EXPIR", re.I
)
SECRET_NAME = re.compile(r"pass|secret|token|key|auth|cred|private|pwd|username|apikey", re.I)
NO_SECRET_VALUE = re.compile(r"^$|^(true|false|yes|no|on|off|none|null|0|1|dummy|_|\*\*none\*\*|change-?me|default|nothing|empty|unset|placeholder)$|^\$\{?\w+\}?$|^[A-F0-9 x]{16,}$|^/|^https?://|^[\w./-]+\.(pem|key|crt|json|txt|jks|pub|gpg|asc)$", re.I)


def no_secret(case):
    suspects = [(name, value) for name, value in pairs(case) if SECRET_NAME.search(name)]
    # An ARG without a default does not show its value, so its name decides.
    empty = lambda name, value: case.at.keyword == "ENV" and not value
    return all(NO_SECRET_NAME.search(name) or empty(name, value) or (value and NO_SECRET_VALUE.match(value)) for name, value in suspects)


def busybox(case):
    """Returns whether the stage is based on Alpine and does not install GNU `wget`."""
    base = case.file.base(case.stage)
    alpine = re.search(r"alpine|busybox|^docker:", base + "\n" + ("\n".join(case.file.lines) if "$" in base else "")) or re.search(r"\bapk\s", case.text)
    installs = "\n".join(each.text for each in [*case.before(), case.at] if each.keyword == "RUN")
    return alpine and not re.search(r"apk(?:\s+-\S+)*\s+add[^&;|]*\swget(\s|$)", installs)


def buildkit_reads_it(case):
    """Returns whether BuildKit's own parser accepts the whole file."""
    try:
        import dockerfile

        dockerfile.parse_file(case.file.path)
        return True
    except ImportError:
        return False
    except Exception:
        return None


def own_frontend(case):
    return re.search(r"(?im)^#\s*syntax\s*=\s*(?!docker/dockerfile|docker\.io/docker/dockerfile)", "\n".join(case.file.lines[:5]))


def installs_both(case):
    """Returns whether the stages do not install both programs, so omitting one saves nothing."""
    text = "\n".join(each.text for each in [*case.before(), case.at, *case.behind()] if each.keyword == "RUN")
    installed = lambda name: re.search(r"(install|add)\b[^&;|]*[\s'\"]" + name + r"([\s'\"=\\]|$)", re.sub(r"\\\n", " ", text))
    return not (installed("curl") and installed("wget"))


VERDICTS = []


def verdict(codes, why, holds):
    VERDICTS.append(Verdict(codes, why, holds))


def ruled(case):
    """Returns the first verdict that applies."""
    return next((verdict for verdict in VERDICTS if case.code in verdict.codes.split() and verdict.holds(case)), None)


verdict("DL1000", "the file uses a custom frontend, whose instructions hadolint does not know", own_frontend)
verdict("DL1000", "BuildKit's parser accepts the file; hadolint's parser does not support its syntax", buildkit_reads_it)

verdict("DL3000 DL3045", "the same cause is reported earlier in the stage, and one WORKDIR fixes all", lambda case: any(rule in ("relative-workdir", "relative-destination") and at < case.line for rule, at, _ in case.file.findings))
verdict("DL3000", "relative to a path that the file contains", lambda case: any(each.keyword == "WORKDIR" for each in case.before()))
verdict("DL3045", "the only directory is `/`, and it is empty", lambda case: case.file.base(case.stage) == "scratch")
verdict("DL3045", "the path is a placeholder", has(r"<\w+>\s*$"))
verdict("DL3045", "an absolute Windows path", both(windows, has(r"\s[\"']?([A-Za-z]:|\\)")))

verdict("DL3001", "started for the step itself, or stops a process that the step started", has(r"(service|/etc/init\.d/)\s*\S+\s+start.*&&|mysqld|\bkill\b.*\$\(|ps |sleep"))
verdict("DL3002", "a build stage, which no one runs", builds_only)
verdict("DL3006", "a computed stage name is not an image", lambda case: (words := case.text.split()) and any("$" in word and any(name and re.fullmatch(re.sub(r"\\\$\\\{.*?\\\}|\\\$\w+", r".+", re.escape(word.lower())), name) for name in case.file.names) for word in words[1:3]))
verdict("DL3006", "reported more precisely: the image name is invalid", told_by("invalid-image"))
verdict("DL3006 DL3007", "reported more precisely: the tag does not exist, so the build fails", told_by("unknown-tag"))
verdict("DL3008 DL3013 DL3016 DL3018", "reported more precisely: the shell reads the version as a redirection", told_by("redirected-version"))
verdict("DL3008 DL3018 DL3013", "a variable with an unknown value, which may contain a version", has(r"(install|add)\b[^&;|]*(\$\w+|\$\{\w+|\$\(|\"\$)"))

verdict("DL3009 DL3015 DL3019 DL3032 DL3040 DL3042 DL3060", "a build stage, or a stage that tests the shipped stage: its layers are not shipped", builds_only)
verdict("DL3009", "`apt-get dist-clean` removes the lists", has(r"apt-get\s+(-\S+\s+)*dist-clean"))
verdict("DL3015", "does not name a package: it fixes broken dependencies", has(r"apt-get\s+(-\S+\s+)*(-\w*f\w*|--fix-broken)\s+(-\S+\s+)*install|install\s+(-\S+\s+)*(-\w*f\w*|--fix-broken)(\s|$)|install\s*$"))
verdict("DL3015", "a variable in the package list, which may contain options", has(r"install\s[^&;|]*\$\{?\w*(ARG|OPT|FLAG)"))
verdict("DL3015", "a configuration file that is copied earlier may disable recommended packages", lambda case: any(each.keyword in ("COPY", "ADD") and re.search(r"/etc/apt|apt\.conf", each.text) for each in case.before()))
verdict("DL3019", "removed in the same step", has(r"rm\s+(-\S+\s+)*/var/cache/apk|rm\s[^&;|]*/var/cache/apk|apk\s+cache\s+clean|/etc/apk/cache"))
verdict("DL3019", "the cache is on a mount", has(r"--mount=\S*type=cache\S*(apk)"))
verdict("DL3019", "nothing is downloaded: `--no-network`", has(r"apk\s+(-\S+\s+)*add[^;&|]*--no-network|--no-network[^;&|]*add"))
verdict("DL3040", "the cache is on a mount", has(r"--mount=\S*type=cache\S*(dnf|yum)"))
verdict("DL3040", "cleaned later in the step", has(r"(microdnf|dnf)\s+(-\S+\s+)*install.*(clean\s+all|/var/cache/(yum|dnf))"))
verdict("DL3042", "pip accepts `--no-cache` as a short form of `--no-cache-dir`", has(r"--no-cache\b(?!-dir)"))
verdict("DL3042", "the cache is removed in the same step", has(r"rm\s+[^&;|]*(\.cache|/root/\.\*|/root/\.)"))
verdict("DL3042", "a configuration file that is copied earlier may disable the cache", lambda case: any(each.keyword in ("COPY", "ADD") and re.search(r"pip\.conf|/root/\.pip|files/|\s/\s*$", each.text) for each in case.before()))
verdict("DL3060", "the cache is removed in the same step, or on a mount", has(r"rm\s+-\S+\s+\S*yarn|--mount=type=cache"))

verdict("DL3010", "`ADD` does not extract this", has(r"\.(Z|zip|gz|zst|lz4|7z|rar)(\s|$)"))
verdict("DL3013", "a directory with extras, or a file whose name is the commit", has(r"install\s[^&;|]*('\.\[|\"\.\[|\.zip|\.whl|\.tar)"))
verdict("DL3013", "nothing is installed", has(r"--dry-run"))
verdict("DL3013", "in exec form, `<` is not a redirection", has(r"^\s*RUN\s+\["))
verdict("DL3013 DL3016 DL3059 DL3003 DL4006 DL3025 DL3044 DL3062 DL3001", "Windows scripts are not checked", windows)
verdict("DL3014", "there is nothing to install, so there is no prompt", has(r"install\s*$"))
verdict("DL3041", "the author has limited the version", has(r"-(\d[\w.]*\*|\$\{?\w)"))
verdict("DL3062", "the standard library does not have its own version", has(r"go\s+install\s+std"))
verdict("DL3062", "reported at the `go get` that fetches it", lambda case: any(rule == "unpinned-go-package" and at < case.line for rule, at, _ in case.file.findings))

verdict("DL3020", "a variable may contain a URL or an archive", has(r"^\s*\w+\s+(--\S+\s+)*\S*\$"))
verdict("DL3020", "a pattern may match archives", has(r"^\s*\w+\s+(--\S+\s+)*.*[*?\[].*\s\S+$"))
verdict("DL3022", "an image or a named context", lambda case: (name := re.search(r"--from=(\S+)", case.text)) and name[1].lower() not in case.file.names)
verdict("DL3025", "the engine runs a health check, and `|| exit 1` requires a shell", lambda case: case.at.keyword == "HEALTHCHECK")
verdict("DL3025", "`exec` replaces the shell with the program", has(r"^\s*\w+\s+exec\s"))
verdict("DL3025", "reported more precisely: an invalid array", told_by("broken-array"))
verdict("DL3025", "a Windows command line on a base image not known to be Windows", has(r"^\s*CMD\s+start\s+/"))
verdict("DL3025", "a CMD outside any stage", lambda case: case.stage < 0)
verdict("DL3029", "the platform comes from a variable, or the stage is intentionally named after its platform", has(r"--platform=\S*\$|--platform=.*\sAS\s+\S*(amd64|arm|x86|windows|linux|darwin|s390x|ppc64)"))
verdict("DL3046", "hadolint measures the length of the variable name; the value is usually 1000", has(r"(-u|--uid)[\s=]*[\"']?\$"))
verdict("DL3047", "BusyBox `wget` prints little progress and supports neither option", busybox)
verdict("DL3047", "options in a variable, which may contain `-q`", has(r"wget\s+(-\S+\s+)*[\"']?\$\{?\w*(FLAG|OPT|ARG|opt|flag|arg)"))
verdict("DL3047", "the output is discarded", has(r"wget[^&;|]*(2>\s*/dev/null|&>\s*/dev/null|-o\s+/dev/null|>\s*/dev/null\s+2>&1)"))
verdict("DL3048", "a key that Red Hat's tools read, upper case by definition", has(r"LABEL\s+[\"']?(RUN|INSTALL|UNINSTALL|UPDATE|STOP|DEBUG)\b"))
verdict("DL3048", "a key that Red Hat's build service requires, next to `BZComponent`", lambda case: any("BZComponent" in line for line in case.file.lines))
verdict("DL3061", "reported more precisely: the file does not have a stage", lambda case: case.stage < 0 and any(rule == "no-stage" for rule, _, _ in case.file.findings))
verdict("DL3064 SecretsUsedInArgOrEnv", "the name is not that of a secret, or the value cannot be one", no_secret)
verdict("DL3066", "naming root is harmless; root-user reports it", lambda case: re.match(r"(root|0)(:|$)", user(case)))
verdict("DL3066", "not the last USER of the image, so it does not run as this user", lambda case: not last_user(case))
verdict("DL3066", "a variable, usually a number that the base image sets", lambda case: "$" in user(case))
verdict("DL3066", "a Windows account; numbers only matter on Linux", lambda case: windows(case) or re.match(r"(?i)container(user|administrator)", user(case)))
verdict("DL3067", "an image with a few scripts that is meant to be copied whole, or a stage that is not shipped", lambda case: re.search(r"--from=xx\b", case.text) or not shipped(case))
verdict("DL4003", "the last CMD takes effect; the earlier ones are reported", lambda case: any(rule == "repeated-cmd" and at < case.line for rule, at, _ in case.file.findings))
verdict("DL4001", "reported once per stage, with the other locations as labels", lambda case: any(rule == "two-downloaders" and any(case.file.instructions[case.file.line_of[line]].stage in (case.stage, *case.file.chain(case.stage)) for line in lines) for rule, _, lines in case.file.findings))
verdict("DL4001", "at most one of them is installed here, so omitting the other saves nothing", installs_both)

verdict("DL3059", "part of a sequence that is reported once, at its last instruction", within_row("split-run"))
verdict("DL3059", "other stages only copy from this stage, so its layers are not shipped", builds_only)
verdict("DL3059", "each step has its own cache or other mount", has(r"^\s*\w+\s+--mount"))
verdict("DL3059", "a heredoc is a separate script", lambda case: "<<" in case.text or "<<" in previous(case).text)

verdict("DL4006", "`pipefail` is inherited, or set in the script", lambda case: inherits_pipefail(case) or re.search(r"set\s+[-+\w\s]*o\s+pipefail|set\s+-\w*o\s+pipefail|bash\s+-\w*o\s+pipefail", case.text))
verdict("DL4006", "the left side cannot fail in a way that matters", harmless_pipes)
verdict("DL4006", "the failure is ignored on purpose", has(r"\|[^|&;]+\|\|\s*(true|:|echo)"))
verdict("DL4006", "its status is lost even with `pipefail`, because it is in the arguments of a command", pipes_in_words)

verdict("DL3003", "the `cd` is not first: a WORKDIR would split the step, or come before the directory is created", goes_on)
verdict("DL3003", "several directories, for which one WORKDIR is not enough", several_folders)
verdict("DL3003", "temporary work in a scratch directory, which would become the image's working directory", scratch_folder)
verdict("DL3003", "an expansion that WORKDIR does not support, or only since Dockerfile 1.7", has(r"\bcd\s+\S*\$\{\w+[%#/]|\bcd\s*&&"))
verdict("DL3003", "in a subshell, which restores the directory", has(r"\(\s*cd\b"))
verdict("DL3003", "reported more precisely: the directory is lost after the step", told_by("lost-directory"))


# BuildKit's checks, as tally runs them. BuildKit itself queries the registry for the variables of a base image.


def variable(case):
    found = re.search(r"'\$(\w+)'", case.message)
    return found[1] if found else "?"


def asks_first(case):
    """Returns whether each use of the variable is `${X:-…}` or `${X:+…}`, or is inside one of these."""
    name = re.escape(variable(case))
    return not re.search(r"\$(\{" + name + r"\}|" + name + r"\b)", re.sub(r"\$\{" + name + r":?[-+][^{}]*(\{[^{}]*\}[^{}]*)*\}", "", case.text))


BARE = re.compile(r"^(docker\.io/|library/)*(alpine|debian|ubuntu|fedora|centos|rockylinux|almalinux|oraclelinux|amazonlinux|archlinux|busybox|opensuse/\w+|node|python|ruby|golang|rust|buildpack-deps)(:|@|$)")

verdict("UndefinedVar", "the expression checks whether it is set", asks_first)
verdict("UndefinedVar", "reported more precisely", told_by("same-env-reference", "arg-out-of-scope"))
verdict("UndefinedVar", "the base image may set it, which only the registry can tell", lambda case: not BARE.match(case.file.base(case.stage)))
verdict("UndefinedVar", "the base image does set it", lambda case: re.match(r"LANG$|LC_ALL$|(PYTHON|RUBY|GOLANG|NODE|RUST)_VERSION|GOPATH|CARGO_HOME|GEM_HOME", variable(case)))
verdict("InvalidDefaultArgInFrom", "a template: the name is filled in before the build", lambda case: re.search(r"%%|\{\{|<%", "\n".join(case.file.lines)))
verdict("InvalidDefaultArgInFrom", "reported more precisely: no ARG before the first FROM declares it, or the image name is invalid", told_by("undeclared-in-from", "invalid-image"))
verdict("JSONArgsRecommended", "Windows scripts are not checked", windows)
verdict("JSONArgsRecommended", "`exec` replaces the shell with the program", has(r"^\s*\w+\s+exec\s"))
verdict("JSONArgsRecommended", "reported more precisely: an invalid array", told_by("broken-array"))
verdict("LegacyKeyValueFormat", "reported more precisely: spaces around `=` make it part of the value", told_by("spaced-equals"))
verdict("WorkdirRelativePath", "absolute: BuildKit removes the quotes before the check", has(r"WORKDIR\s+[\"'](/|[A-Za-z]:|\$)"))
verdict("WorkdirRelativePath", "a drive letter: absolute on Windows", has(r"WORKDIR\s+[A-Za-z]:"))
verdict("SecretsUsedInArgOrEnv", "an apt-key option that disables a warning", has(r"APT_KEY_DONT_WARN"))
verdict("InvalidDefinitionDescription", "a blank line between comment and instruction means that the comment is not a description", lambda case: case.line < 2 or not case.file.lines[case.line - 2].lstrip().startswith("#"))
verdict("InvalidDefinitionDescription", "a line of `#` is a separator, not a description", lambda case: not case.file.lines[case.line - 2].strip().strip("#").strip())
verdict("JSONArgsRecommended DL3025", "the file selects a shell with SHELL, which BuildKit accepts as a choice", lambda case: any(each.keyword == "SHELL" for each in case.before()))
