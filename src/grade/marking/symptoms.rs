//! What the output of a failed build or container says, in the words of the linter: what is wrong, and what to do.

use std::sync::LazyLock;

use regex::Regex;

/// A line of output, what it means, and what to do about it; `$1` is what the line names.
type Symptom = (&'static str, &'static str, &'static str);

/// How the diagnosis of a file without permission to execute it ends.
pub(super) const NOT_EXECUTABLE: &str = "is not executable";

/// What to do about an account, `$1`, that is not in the image.
pub(super) const CREATE_ACCOUNT: &str = "create it before `USER`: `RUN useradd --create-home $1`, or `RUN adduser -D $1` in Alpine and BusyBox; \
     or use a number, which needs no account: `USER 65532:65532`";

/// How a diagnosis starts that is about the user of a step or container, whichever account that is.
pub(super) const SOME_USER: &str = "the user of this step or container";

/// The first that fits counts, so that causes come before consequences.
const SYMPTOMS: &[Symptom] = &[
    (
        r#"(?:failed to solve|copier: stat|checking on sources).*"/?([\w./-]+)": (?:not found|no such file or directory)"#,
        "`$1` is not in the build context",
        "submit `$1`, or correct the path in this instruction: it is relative to the build context",
    ),
    (
        r"Could not open requirements file: .*'([\w./-]+)'",
        "`pip` finds no `$1` at this step",
        "copy it before this step: `COPY $1 .`",
    ),
    (
        r"No matching distribution found for ([\w.=<>~!\[\]-]+)",
        "`pip` finds no version of `$1`",
        "correct the name or the version of `$1`",
    ),
    (
        r"can only install (?:packages )?with an existing package-lock\.json",
        "`npm ci` finds no `package-lock.json` at this step",
        "submit `package-lock.json`, and copy it before this step: `COPY package*.json ./`",
    ),
    (
        r"ENOENT.*?([\w.-]*package(?:-lock)?\.json)",
        "`npm` finds no `$1` at this step",
        "copy it before this step: `COPY package*.json ./`",
    ),
    (
        r"(?:go: cannot find main module|go\.mod file not found)",
        "`go` finds no `go.mod` at this step",
        "copy it before this step: `COPY go.mod go.sum ./`",
    ),
    (
        r"E: Unable to locate package ([\w.+-]+)",
        "`apt-get` finds no package `$1`",
        "run `apt-get update` in the same `RUN`, and check the name of the package",
    ),
    (
        r#"can't open file '([\w./-]+)'"#,
        "Python finds no file `$1` in the image",
        "copy the file to that path with `COPY`, or correct `WORKDIR` or the path in `CMD`",
    ),
    (
        r"ModuleNotFoundError: No module named '([\w.]+)'",
        "Python finds no module `$1`",
        "install it in the image, for example with `RUN pip install $1`, or copy its file",
    ),
    (
        r"Cannot find module '([\w@./-]+)'",
        "Node.js finds no module `$1`",
        "install the packages with `RUN npm ci`, or copy the file to that path",
    ),
    (
        r"Unable to access jarfile ([\w./-]+)",
        "Java finds no `$1` in the image",
        "copy the archive to that path with `COPY`, or correct the path in `CMD`",
    ),
    (
        r"Could not find or load main class ([\w.$/]+)",
        "Java finds no class `$1`",
        "copy the compiled classes into `WORKDIR`, and name the class with its package",
    ),
    (r"error: file not found: ([\w./-]+)", "`javac` finds no `$1`", "copy it before this step: `COPY $1 .`"),
    (
        r"(?:fatal )?error: ([\w./+-]+): No such file or directory",
        "the compiler finds no `$1`",
        "copy it before this step, or install the package that contains it",
    ),
    (
        r"([\w./+-]+\.(?:c|cc|cpp|java|go|rs|ts)):\d+(?::\d+)?: (?:fatal )?error",
        "`$1` does not compile",
        "fix the compiler's first error, and compile the program locally",
    ),
    (
        r#"(?:exec(?:utable file)?:? |fork/exec )["'`]?([\w./@+-]+)["'`]?: permission denied"#,
        "`$1` is not executable",
        "copy it with `COPY --chmod=755`, and change no permissions afterwards",
    ),
    (
        r"exec format error",
        "the program is built for another platform, or is a script without a `#!` line",
        "start scripts with `#!/bin/sh`, and build the program for the platform of the image",
    ),
    (
        r"unable to find group ([\w.-]+)",
        "there is no group `$1` in the image",
        "create it before `USER`: `RUN groupadd $1`, or `RUN addgroup $1` in Alpine and BusyBox; or use a number, which needs no account: `USER 65532:65532`",
    ),
    (
        r"unable to find user ([\w.-]+)",
        "there is no account `$1` in the image",
        CREATE_ACCOUNT,
    ),
    (
        r"no matching entries in (?:passwd|group) file",
        "`USER` names an account that is not in the image",
        "create it before `USER`, for example with `RUN useradd --create-home app`",
    ),
    (
        r"password authentication failed for user .{0,2}?([\w-]+)",
        "the database rejects the password of `$1`",
        "give both services the same password",
    ),
    (
        r#"(?:could not translate host name "|getaddrinfo (?:ENOTFOUND|EAI_AGAIN) |UnknownHostException: |Unknown host )([\w.-]+)"#,
        "no service is named `$1`",
        "use the name of the other service in the Compose file as the host",
    ),
    (
        r"(?:ECONNREFUSED|Connection refused)",
        "the connection to another service is refused",
        "wait for it with `depends_on` and `condition: service_healthy`, and use its own port",
    ),
    (
        r"(?:sh|bash): (?:line )?(?:\d+: )?([\w./+-]+): (?:command )?not found",
        "`$1` is not installed at this step",
        "install `$1` before this step, or use a base image that has it",
    ),
    (
        r"(?:can't create|cannot create|touch:|mkdir:)[^/\n]{0,40}(/[\w./-]+)[’']?: [Pp]ermission denied",
        "the user of this step or container may not write to `$1`",
        "create `$1` before `USER`, and give it to the user with `chown`",
    ),
    (
        r"[Pp]ermission denied: '(/[\w./-]+)'",
        "the user of this step or container may not access `$1`",
        "give the user access to `$1` with `COPY --chown` or `chown`",
    ),
    (
        r"[Pp]ermission denied",
        "the user of this step or container may not access a file",
        "give the user access with `COPY --chown` or `chown`, or move the step before `USER`",
    ),
    (
        r"(?m)^((?:\w+\.)*\w+(?:Error|Exception))\b",
        "the program fails with `$1`",
        "run the program locally with the same input, and fix the error",
    ),
];

static PATTERNS: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SYMPTOMS.iter().filter_map(|(pattern, ..)| Regex::new(pattern).ok()).collect());

/// What output means, and what to do.
pub(super) fn diagnosis(seen: &str) -> Option<(String, String)> {
    let found = PATTERNS.iter().zip(SYMPTOMS).find_map(|(pattern, symptom)| Some((pattern.captures(seen)?, symptom)));
    let (captures, (_, what, earn_back)) = found?;
    let name = captures.get(1).map_or("", |name| name.as_str());
    Some((what.replace("$1", name), earn_back.replace("$1", name)))
}

/// The program that a container cannot start, as the engine names it.
pub(super) fn absent_program(seen: &str) -> Option<&str> {
    static ABSENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let pattern = r#"(?:exec: "([^"\n]{1,200})": (?:executable file not found|stat|no such file)|executable file [`"']([^`"'\n]{1,200})[`"'] not found|exec: "([^"\n]{1,200})": .*no such file or directory)"#;
        Regex::new(pattern).ok()
    });
    let captures = ABSENT.as_ref()?.captures(seen)?;
    captures.iter().skip(1).flatten().next().map(|name| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_are_sound() {
        assert_eq!(PATTERNS.len(), SYMPTOMS.len());
        for (pattern, what, earn_back) in SYMPTOMS {
            let names = what.contains("$1") || earn_back.contains("$1");
            let groups = Regex::new(pattern).expect("sound").captures_len();
            assert_eq!(groups, if names { 2 } else { 1 }, "{pattern}");
        }
    }

    #[test]
    fn what_output_means() {
        let what = |seen: &str| diagnosis(seen).map(|(what, _)| what).unwrap_or_default();
        for (seen, expected) in [
            ("python: can't open file '/app/run.py': [Errno 2] No such file", "Python finds no file `/app/run.py` in the image"),
            ("  File \"a.py\"\nModuleNotFoundError: No module named 'flask'", "Python finds no module `flask`"),
            ("/bin/sh: 1: gcc: not found", "`gcc` is not installed at this step"),
            ("sh: line 3: foo: command not found", "`foo` is not installed at this step"),
            ("Error: Cannot find module '/app/server.js'", "Node.js finds no module `/app/server.js`"),
            ("exec /run.sh: exec format error", "the program is built for another platform, or is a script without a `#!` line"),
            ("Error: Unable to access jarfile app.jar", "Java finds no `app.jar` in the image"),
            ("a.cpp:3:1: error: expected", "`a.cpp` does not compile"),
            ("cc1: fatal error: x.c: No such file or directory", "the compiler finds no `x.c`"),
            ("Traceback\nZeroDivisionError: division by zero", "the program fails with `ZeroDivisionError`"),
            ("unable to find user appuser: no matching entries", "there is no account `appuser` in the image"),
            ("unable to find group staff: no matching entries", "there is no group `staff` in the image"),
            ("ERROR: failed to solve: \"/great.sh\": not found", "`great.sh` is not in the build context"),
            ("all is well", ""),
        ] {
            assert_eq!(what(seen), expected, "{seen}");
        }
    }

    #[test]
    fn what_cannot_be_started() {
        let docker = r#"runc create failed: exec: "-H": executable file not found in $PATH"#;
        assert_eq!(absent_program(docker), Some("-H"));
        assert_eq!(absent_program("crun: executable file `-H` not found in $PATH: No such file"), Some("-H"));
        assert_eq!(absent_program(r#"exec: "/app/a b": stat /app/a b: no such file or directory"#), Some("/app/a b"));
        assert_eq!(absent_program("fine"), None);
    }
}
