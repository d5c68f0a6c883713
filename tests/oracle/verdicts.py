"""Which findings of a peer that we lack are ruled wrong, or are told by another rule: each verdict is a code, a reason and a question about the place, so that `peers.py`
counts what is decided and nothing is only asserted. The same in prose, with examples, stands in the folder `verdicts`."""

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
    """A Dockerfile as far as verdicts ask: instructions, stages, and what we find."""

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
        """The first line of the instruction that a line belongs to; a comment belongs to the one that follows."""
        while line not in self.line_of and line <= len(self.lines) and self.lines[line - 1].lstrip().startswith("#"):
            line += 1
        at = self.line_of.get(line)
        return line if at is None else self.instructions[at].first

    def add(self, finding):
        """Keeps a finding of ours; gives the first line of its instruction."""
        lines = [finding["range"]["start"]["line"], *(label["range"]["start"]["line"] for label in finding["labels"] if "path" not in label)]
        self.findings.append((finding["rule"], self.start_of(lines[0]), {self.start_of(line) for line in lines}))
        return self.start_of(lines[0])

    def chain(self, stage):
        """The stage and those that it is FROM."""
        while stage is not None:
            yield stage
            below = [index for index in range(stage) if self.names[index] and self.names[index] == self.bases[stage]]
            stage = below[-1] if below else None

    def base(self, stage):
        """The image that a stage starts from, through all stages."""
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
        """The instruction, its continuations joined and its comments left out."""
        lines = (self.at.text if self.at else "").split("\n")
        return re.sub(r"[\\`]\s*\n", " ", "\n".join(line for line in lines if not line.lstrip().startswith("#")))

    @property
    def stage(self):
        return self.at.stage if self.at else -1

    def says(self, *rules):
        """Whether we report one of these rules in the same instruction, or point at it."""
        return any(rule in rules and self.line in lines for rule, _, lines in self.file.findings)

    def before(self):
        """The instructions in front of it that the stage has, those of the stages it is FROM included."""
        stages = set(self.file.chain(self.stage))
        return [each for each in self.file.instructions if each.first < self.line and each.stage in stages]

    def behind(self):
        return [each for each in self.file.instructions if each.first > self.line and each.stage == self.stage]


@dataclasses.dataclass
class Verdict:
    codes: str
    why: str
    holds: typing.Callable[[Case], object]



# What places are asked.


def shipped(case):
    """Its layers are in the image that is handed on: the last stage and those it is FROM, unless the last only tests the one below."""
    file, last = case.file, len(case.file.bases) - 1
    tested = lambda stage: re.search(r"(^|[-_.])tests?(ing)?($|[-_.])", file.names[stage])
    return case.stage in file.chain(last) and not tested(case.stage)


def windows(case):
    """By its base, the file's escape, its SHELL, or what the instruction itself says."""
    file = case.file
    named = re.search(r"windows|nanoserver|servercore|dotnet/framework|microsoft/aspnet|microsoft/dotnet-framework", file.base(case.stage))
    said = re.search(r"(?im)^\s*#\s*escape=`|^\s*SHELL.*(powershell|pwsh|cmd)", "\n".join(file.lines))
    return named or said or re.search(r"(?i)^\s*\w+\s+(powershell|[a-z]:[\\/])|windows-build-tools|\.ps1\b|\.exe\b", case.text)


def has(pattern):
    """The instruction holds it."""
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
    """Between the first and the last instruction of a row that we report once."""
    return lambda case: any(found == rule and len(lines) > 1 and min(lines) <= case.line <= max(lines) for found, _, lines in case.file.findings)


def previous(case):
    index = case.file.line_of[case.line]
    return case.file.instructions[index - 1] if index else None


def split(script, operators):
    """Splits at operators that stand in no quotes and no brackets; roughly, as a shell would."""
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
    """The script of a RUN, without flags and the frame of a heredoc."""
    text = re.sub(r"^\s*\w+\s+(--\S+\s+)*", "", case.text)
    return re.sub(r"^<<-?\s*[\"']?\w+[\"']?\s*\n", "", text)


def commands(script):
    parts = split(script, ["&&", "||", ";", "\n", "|"])
    return [re.sub(r"^(if|then|else|elif|do|while|!|\s)+\b", "", part).strip() for part in parts if part.strip()]


HARMLESS = r"^\s*([({]\s*)?((then|do|else|if|!)\s+)*(sudo\s+)?(\w+=\S*\s+)*(/\S*/)?(echo|printf|yes|true|:|seq|\[\[|\(\(|\})(\s|$)"
REWORKS = r"^\s*(/\S*/)?(grep|egrep|sed|awk|cut|sort|uniq|head|tail|tr|wc|tee|xargs|jq|base64|rev|tac|cat|od|xxd)(\s|$)"


def pipes(script, depth=0):
    """The pipes of a script, each as its parts; those in brackets and substitutions as well."""
    for part in split(script, ["&&", "||", ";", "\n"]):
        # A command's words may be longer than one would like: `|` in a case pattern is none.
        parts = split(part.replace("||", "  "), ["|&", "|"])
        if len(parts) > 1 and not re.match(r"^[\s\w.*\-\"']+$", parts[0].split(")")[0] if ")" in parts[-1] and "(" not in part else "x("):
            yield parts
        if depth < 6:
            for inside in re.findall(r"\$\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)|`([^`]*)`|(?<![$\w])\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)|\{\s((?:[^{}]|\{[^{}]*\})*)\}", part):
                yield from pipes(next(filter(None, inside), ""), depth + 1)


def harmless_pipes(case):
    """Left of every pipe stands what cannot fail in a way that matters."""
    found = list(pipes(body(case)))
    return found and all(re.match(HARMLESS, parts[0]) and all(re.match(REWORKS, part) for part in parts[1:-1]) for parts in found)


def pipes_in_words(case):
    """Pipes other than the harmless ones stand in `$(…)` among the words of a command: their status is dropped with `pipefail` too."""
    script = body(case)
    outer = [parts for part in split(script, ["&&", "||", ";", "\n"]) for parts in [split(part, ["|"])] if len(parts) > 1]
    return all(re.match(HARMLESS, parts[0]) for parts in outer) and not re.search(r"(^|[;&|(\s])\w+=\"?\$\([^)]*\|", script)


def inherits_pipefail(case):
    return any(each.keyword == "SHELL" and "pipefail" in each.text for each in case.before())


def goes_on(case):
    """A `cd` that is not the first thing the script does: a WORKDIR would tear the step in two, or stand before its folder exists."""
    rest = [part for part in commands(body(case)) if not re.match(r"(set\s+[-+]|export\s|\w+=\S*$|:)", part)]
    first = next((index for index, part in enumerate(rest) if re.match(r"(cd|pushd)\b", part)), None)
    return first is None or first > 0


def several_folders(case):
    return len(re.findall(r"(?:^|[;&|({\s])(?:cd|pushd|popd)\b", body(case))) > 1


def scratch_folder(case):
    return re.search(r"\bcd\s+[\"']?(/tmp|/var/tmp|/usr/src|/usr/local/src|~|\$HOME|/dev/shm|\$\{?\w*(TMP|TEMP|tmp|temp))", body(case))


def pairs(case):
    """The names and values of an ENV or an ARG."""
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
    # An ARG without a value says nothing of what it is given: its name decides.
    empty = lambda name, value: case.at.keyword == "ENV" and not value
    return all(NO_SECRET_NAME.search(name) or empty(name, value) or (value and NO_SECRET_VALUE.match(value)) for name, value in suspects)


def busybox(case):
    """On Alpine, or an image made of it, with no `wget` of GNU's installed."""
    base = case.file.base(case.stage)
    alpine = re.search(r"alpine|busybox|^docker:", base + "\n" + ("\n".join(case.file.lines) if "$" in base else "")) or re.search(r"\bapk\s", case.text)
    installs = "\n".join(each.text for each in [*case.before(), case.at] if each.keyword == "RUN")
    return alpine and not re.search(r"apk(?:\s+-\S+)*\s+add[^&;|]*\swget(\s|$)", installs)


def buildkit_reads_it(case):
    """BuildKit's own parser takes the whole file."""
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
    """The base has both programs, or none is installed in the chain of stages: nothing is won by leaving one out."""
    text = "\n".join(each.text for each in [*case.before(), case.at, *case.behind()] if each.keyword == "RUN")
    installed = lambda name: re.search(r"(install|add)\b[^&;|]*[\s'\"]" + name + r"([\s'\"=\\]|$)", re.sub(r"\\\n", " ", text))
    return not (installed("curl") and installed("wget"))


VERDICTS = []


def verdict(codes, why, holds):
    VERDICTS.append(Verdict(codes, why, holds))


def ruled(case):
    """The first verdict that holds."""
    return next((verdict for verdict in VERDICTS if case.code in verdict.codes.split() and verdict.holds(case)), None)


verdict("DL1000", "the file is for a frontend of its own, whose instructions hadolint does not know", own_frontend)
verdict("DL1000", "BuildKit's parser reads the file: hadolint's does not know the form", buildkit_reads_it)

verdict("DL3000 DL3045", "the same cause is reported at an earlier place of the stage, and one WORKDIR mends all", lambda case: any(rule in ("relative-workdir", "relative-destination") and at < case.line for rule, at, _ in case.file.findings))
verdict("DL3000", "relative to a path that the file shows", lambda case: any(each.keyword == "WORKDIR" for each in case.before()))
verdict("DL3045", "nothing but `/` is there, and it is empty", lambda case: case.file.base(case.stage) == "scratch")
verdict("DL3045", "a place that is still to be filled in", has(r"<\w+>\s*$"))
verdict("DL3045", "a path of Windows, which is absolute", both(windows, has(r"\s[\"']?([A-Za-z]:|\\)")))

verdict("DL3001", "started for the step itself, or ends what the step has started", has(r"(service|/etc/init\.d/)\s*\S+\s+start.*&&|mysqld|\bkill\b.*\$\(|ps |sleep"))
verdict("DL3002", "a stage that only builds: nobody runs it", builds_only)
verdict("DL3006", "a stage by a computed name is no image", lambda case: (words := case.text.split()) and any("$" in word and any(name and re.fullmatch(re.sub(r"\\\$\\\{.*?\\\}|\\\$\w+", r".+", re.escape(word.lower())), name) for name in case.file.names) for word in words[1:3]))
verdict("DL3006", "told as what it is: no image can have such a name", told_by("invalid-image"))
verdict("DL3006 DL3007", "told as what it is: the image has no such tag, so the build fails", told_by("unknown-tag"))
verdict("DL3008 DL3013 DL3016 DL3018", "told as what it is: the shell takes the version for a redirection", told_by("redirected-version"))
verdict("DL3008 DL3018 DL3013", "a variable of unknown value, which may hold a version", has(r"(install|add)\b[^&;|]*(\$\w+|\$\{\w+|\$\(|\"\$)"))

verdict("DL3009 DL3015 DL3019 DL3032 DL3040 DL3042 DL3060", "a stage that only builds, or tests what is shipped: its layers are in no image", builds_only)
verdict("DL3009", "`apt-get dist-clean` removes the lists", has(r"apt-get\s+(-\S+\s+)*dist-clean"))
verdict("DL3015", "names no package: it repairs what is installed", has(r"apt-get\s+(-\S+\s+)*(-\w*f\w*|--fix-broken)\s+(-\S+\s+)*install|install\s+(-\S+\s+)*(-\w*f\w*|--fix-broken)(\s|$)|install\s*$"))
verdict("DL3015", "a variable among the packages, which may hold options", has(r"install\s[^&;|]*\$\{?\w*(ARG|OPT|FLAG)"))
verdict("DL3015", "a configuration that may switch recommended packages off is copied in before", lambda case: any(each.keyword in ("COPY", "ADD") and re.search(r"/etc/apt|apt\.conf", each.text) for each in case.before()))
verdict("DL3019", "emptied in the same step", has(r"rm\s+(-\S+\s+)*/var/cache/apk|rm\s[^&;|]*/var/cache/apk|apk\s+cache\s+clean|/etc/apk/cache"))
verdict("DL3019", "the cache is on a mount", has(r"--mount=\S*type=cache\S*(apk)"))
verdict("DL3019", "nothing is fetched: `--no-network`", has(r"apk\s+(-\S+\s+)*add[^;&|]*--no-network|--no-network[^;&|]*add"))
verdict("DL3040", "the cache is on a mount", has(r"--mount=\S*type=cache\S*(dnf|yum)"))
verdict("DL3040", "cleaned further on in the step", has(r"(microdnf|dnf)\s+(-\S+\s+)*install.*(clean\s+all|/var/cache/(yum|dnf))"))
verdict("DL3042", "`--no-cache` is short for `--no-cache-dir`, which pip accepts", has(r"--no-cache\b(?!-dir)"))
verdict("DL3042", "the cache is removed in the same step", has(r"rm\s+[^&;|]*(\.cache|/root/\.\*|/root/\.)"))
verdict("DL3042", "a configuration that may switch the cache off is copied in before", lambda case: any(each.keyword in ("COPY", "ADD") and re.search(r"pip\.conf|/root/\.pip|files/|\s/\s*$", each.text) for each in case.before()))
verdict("DL3060", "the cache is removed in the same step, or on a mount", has(r"rm\s+-\S+\s+\S*yarn|--mount=type=cache"))

verdict("DL3010", "`ADD` does not unpack this", has(r"\.(Z|zip|gz|zst|lz4|7z|rar)(\s|$)"))
verdict("DL3013", "a folder with extras, or a file whose name is the commit", has(r"install\s[^&;|]*('\.\[|\"\.\[|\.zip|\.whl|\.tar)"))
verdict("DL3013", "nothing is installed", has(r"--dry-run"))
verdict("DL3013", "an exec form, in which `<` is no redirection", has(r"^\s*RUN\s+\["))
verdict("DL3013 DL3016 DL3059 DL3003 DL4006 DL3025 DL3044 DL3062 DL3001", "scripts of Windows are left alone", windows)
verdict("DL3014", "there is nothing to install, so nothing is asked", has(r"install\s*$"))
verdict("DL3041", "the version is narrowed to what the author wants", has(r"-(\d[\w.]*\*|\$\{?\w)"))
verdict("DL3062", "the standard library has no version of its own", has(r"go\s+install\s+std"))
verdict("DL3062", "told at the `go get` that fetches it", lambda case: any(rule == "unpinned-go-package" and at < case.line for rule, at, _ in case.file.findings))

verdict("DL3020", "a variable may be an address or an archive", has(r"^\s*\w+\s+(--\S+\s+)*\S*\$"))
verdict("DL3020", "a pattern may match archives", has(r"^\s*\w+\s+(--\S+\s+)*.*[*?\[].*\s\S+$"))
verdict("DL3022", "an image, or a context that the build is given by name", lambda case: (name := re.search(r"--from=(\S+)", case.text)) and name[1].lower() not in case.file.names)
verdict("DL3025", "a health check is run by the engine; behind a shell it may say `|| exit 1`", lambda case: case.at.keyword == "HEALTHCHECK")
verdict("DL3025", "`exec` hands the process over", has(r"^\s*\w+\s+exec\s"))
verdict("DL3025", "told as what it is: an array that is none", told_by("broken-array"))
verdict("DL3025", "a command line of Windows on a base that does not say so", has(r"^\s*CMD\s+start\s+/"))
verdict("DL3025", "a CMD of no stage", lambda case: case.stage < 0)
verdict("DL3029", "a variable decides, or the stage is named after its system on purpose", has(r"--platform=\S*\$|--platform=.*\sAS\s+\S*(amd64|arm|x86|windows|linux|darwin|s390x|ppc64)"))
verdict("DL3046", "a variable is no number: its name is long, its value mostly 1000", has(r"(-u|--uid)[\s=]*[\"']?\$"))
verdict("DL3047", "BusyBox's `wget` shows little and knows neither flag", busybox)
verdict("DL3047", "options in a variable, which may hold `-q`", has(r"wget\s+(-\S+\s+)*[\"']?\$\{?\w*(FLAG|OPT|ARG|opt|flag|arg)"))
verdict("DL3047", "what it shows is thrown away", has(r"wget[^&;|]*(2>\s*/dev/null|&>\s*/dev/null|-o\s+/dev/null|>\s*/dev/null\s+2>&1)"))
verdict("DL3048", "a key that Red Hat's tools read, upper case by definition", has(r"LABEL\s+[\"']?(RUN|INSTALL|UNINSTALL|UPDATE|STOP|DEBUG)\b"))
verdict("DL3048", "a key that Red Hat's build service asks for, beside `BZComponent`", lambda case: any("BZComponent" in line for line in case.file.lines))
verdict("DL3061", "told as what it is: a file without a stage", lambda case: case.stage < 0 and any(rule == "no-stage" for rule, _, _ in case.file.findings))
verdict("DL3064 SecretsUsedInArgOrEnv", "by name no secret, or without a value that could be one", no_secret)
verdict("DL3066", "root named harms nothing: root-user speaks of it", lambda case: re.match(r"(root|0)(:|$)", user(case)))
verdict("DL3066", "not the last USER of the image: nobody runs it", lambda case: not last_user(case))
verdict("DL3066", "a variable decides, mostly a number of the base image", lambda case: "$" in user(case))
verdict("DL3066", "an account of Windows: numbers are a matter of Linux", lambda case: windows(case) or re.match(r"(?i)container(user|administrator)", user(case)))
verdict("DL3067", "an image of a few scripts, made to be copied whole, or a stage that is not shipped", lambda case: re.search(r"--from=xx\b", case.text) or not shipped(case))
verdict("DL4003", "the last CMD is the one that counts; told at those before it", lambda case: any(rule == "repeated-cmd" and at < case.line for rule, at, _ in case.file.findings))
verdict("DL4001", "told once a stage, with the other places as labels", lambda case: any(rule == "two-downloaders" and any(case.file.instructions[case.file.line_of[line]].stage in (case.stage, *case.file.chain(case.stage)) for line in lines) for rule, _, lines in case.file.findings))
verdict("DL4001", "at most one of them is installed here: leaving the other out wins nothing", installs_both)

verdict("DL3059", "within a row that is reported once, at its last", within_row("split-run"))
verdict("DL3059", "in a stage that others only copy from: its layers are not shipped", builds_only)
verdict("DL3059", "a cache or another mount of its own for each step", has(r"^\s*\w+\s+--mount"))
verdict("DL3059", "a heredoc is a script of its own", lambda case: "<<" in case.text or "<<" in previous(case).text)

verdict("DL4006", "`pipefail` is inherited, or set in the script", lambda case: inherits_pipefail(case) or re.search(r"set\s+[-+\w\s]*o\s+pipefail|set\s+-\w*o\s+pipefail|bash\s+-\w*o\s+pipefail", case.text))
verdict("DL4006", "what stands on the left cannot fail in a way that matters", harmless_pipes)
verdict("DL4006", "the failure is excused anyway", has(r"\|[^|&;]+\|\|\s*(true|:|echo)"))
verdict("DL4006", "its status is dropped with `pipefail` too: it stands among the words of a command", pipes_in_words)

verdict("DL3003", "the `cd` does not come first: a WORKDIR would tear the step in two, or come before the folder is made", goes_on)
verdict("DL3003", "several folders, which one WORKDIR cannot say", several_folders)
verdict("DL3003", "a moment's work in a scratch folder, which would become that of the image", scratch_folder)
verdict("DL3003", "an expansion that WORKDIR has not, or only since Dockerfile 1.7", has(r"\bcd\s+\S*\$\{\w+[%#/]|\bcd\s*&&"))
verdict("DL3003", "in a subshell, which comes back by itself", has(r"\(\s*cd\b"))
verdict("DL3003", "told as what it is: the folder is lost with the step", told_by("lost-directory"))


# BuildKit's checks, as tally runs them. BuildKit itself asks the registry what a base image sets.


def variable(case):
    found = re.search(r"'\$(\w+)'", case.message)
    return found[1] if found else "?"


def asks_first(case):
    """Each use of the variable is `${X:-…}` or `${X:+…}`, or stands inside such a one."""
    name = re.escape(variable(case))
    return not re.search(r"\$(\{" + name + r"\}|" + name + r"\b)", re.sub(r"\$\{" + name + r":?[-+][^{}]*(\{[^{}]*\}[^{}]*)*\}", "", case.text))


BARE = re.compile(r"^(docker\.io/|library/)*(alpine|debian|ubuntu|fedora|centos|rockylinux|almalinux|oraclelinux|amazonlinux|archlinux|busybox|opensuse/\w+|node|python|ruby|golang|rust|buildpack-deps)(:|@|$)")

verdict("UndefinedVar", "asks first whether it is set", asks_first)
verdict("UndefinedVar", "told as what it is", told_by("same-env-reference", "arg-out-of-scope"))
verdict("UndefinedVar", "the base image may set it: only the registry knows", lambda case: not BARE.match(case.file.base(case.stage)))
verdict("UndefinedVar", "the base image does set it", lambda case: re.match(r"LANG$|LC_ALL$|(PYTHON|RUBY|GOLANG|NODE|RUST)_VERSION|GOPATH|CARGO_HOME|GEM_HOME", variable(case)))
verdict("InvalidDefaultArgInFrom", "a template: the name is put in before it is built", lambda case: re.search(r"%%|\{\{|<%", "\n".join(case.file.lines)))
verdict("InvalidDefaultArgInFrom", "told as what it is: no ARG in front of the first FROM declares it, or no image can have such a name", told_by("undeclared-in-from", "invalid-image"))
verdict("JSONArgsRecommended", "scripts of Windows are left alone", windows)
verdict("JSONArgsRecommended", "`exec` hands the process over", has(r"^\s*\w+\s+exec\s"))
verdict("JSONArgsRecommended", "told as what it is: an array that is none", told_by("broken-array"))
verdict("LegacyKeyValueFormat", "told as what it is: blanks around `=`, which make it part of the value", told_by("spaced-equals"))
verdict("WorkdirRelativePath", "absolute: BuildKit takes the quotes off before it looks", has(r"WORKDIR\s+[\"'](/|[A-Za-z]:|\$)"))
verdict("WorkdirRelativePath", "a drive letter: absolute on Windows", has(r"WORKDIR\s+[A-Za-z]:"))
verdict("SecretsUsedInArgOrEnv", "a switch of apt-key's, by name a warning that is not wanted", has(r"APT_KEY_DONT_WARN"))
verdict("InvalidDefinitionDescription", "a blank line between comment and instruction says that it is no description", lambda case: case.line < 2 or not case.file.lines[case.line - 2].lstrip().startswith("#"))
verdict("InvalidDefinitionDescription", "a line of `#` is an ornament and describes nothing", lambda case: not case.file.lines[case.line - 2].strip().strip("#").strip())
verdict("JSONArgsRecommended DL3025", "who sets SHELL has chosen one, as BuildKit sees it", lambda case: any(each.keyword == "SHELL" for each in case.before()))
