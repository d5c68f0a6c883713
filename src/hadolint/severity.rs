//! Codes, how severe each is by default, and a short text.

/// How severe a finding is, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Not reported.
    Ignore,
    Style,
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Ignore => "ignore",
            Severity::Style => "style",
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        let all = [Self::Ignore, Self::Style, Self::Info, Self::Warning, Self::Error];
        all.into_iter().find(|severity| severity.as_str() == text)
    }
}

use Severity::{Error, Ignore, Info, Style, Warning};

/// Sorted by code.
#[rustfmt::skip]
pub(super) const CODES: &[(&str, Severity, &str)] = &[
    ("DL1000", Error,   "the file does not parse"),
    ("DL1001", Ignore,  "an inline comment silences rules"),
    ("DL3000", Error,   "`WORKDIR` is not absolute"),
    ("DL3001", Info,    "the command makes little sense in a container"),
    ("DL3002", Warning, "the last `USER` of the stage is root"),
    ("DL3003", Warning, "`cd` in a step: use `WORKDIR`"),
    ("DL3004", Error,   "`sudo` in a build step"),
    ("DL3006", Warning, "the base image has no tag"),
    ("DL3007", Warning, "the tag `latest` changes"),
    ("DL3008", Warning, "`apt-get install` of a package without a version"),
    ("DL3009", Info,    "the package lists stay in the layer"),
    ("DL3010", Info,    "an archive is copied and unpacked in a later step"),
    ("DL3011", Error,   "the port is out of range"),
    ("DL3012", Error,   "the stage has several `HEALTHCHECK`s"),
    ("DL3013", Warning, "`pip install` of a package without a version"),
    ("DL3014", Warning, "`apt-get install` may prompt: add `-y`"),
    ("DL3015", Info,    "recommended packages are installed as well"),
    ("DL3016", Warning, "`npm install` of a package without a version"),
    ("DL3018", Warning, "`apk add` of a package without a version"),
    ("DL3019", Info,    "`apk add` without `--no-cache`"),
    ("DL3020", Error,   "`ADD` of files: use `COPY`"),
    ("DL3021", Error,   "the target of several sources does not end with `/`"),
    ("DL3022", Warning, "`COPY --from` names no earlier stage"),
    ("DL3023", Error,   "`COPY --from` names its own stage"),
    ("DL3024", Error,   "the stage name is used twice"),
    ("DL3025", Warning, "shell form: use a JSON array"),
    ("DL3026", Error,   "the registry is not trusted"),
    ("DL3027", Warning, "`apt` is for terminals: use `apt-get`"),
    ("DL3028", Warning, "`gem install` of a gem without a version"),
    ("DL3029", Warning, "the platform is hard-coded"),
    ("DL3030", Warning, "`yum install` may prompt: add `-y`"),
    ("DL3032", Warning, "`yum clean all` is missing"),
    ("DL3033", Warning, "`yum install` of a package without a version"),
    ("DL3034", Warning, "`zypper` may prompt: add `-y`"),
    ("DL3035", Warning, "`zypper dist-upgrade` replaces the system"),
    ("DL3036", Warning, "`zypper clean` is missing"),
    ("DL3037", Warning, "`zypper install` of a package without a version"),
    ("DL3038", Warning, "`dnf install` may prompt: add `-y`"),
    ("DL3040", Warning, "`dnf clean all` is missing"),
    ("DL3041", Warning, "`dnf install` of a package without a version"),
    ("DL3042", Warning, "`pip install` keeps its cache in the layer"),
    ("DL3043", Error,   "`ONBUILD` cannot keep this instruction"),
    ("DL3044", Error,   "`ENV` uses a variable that it sets itself"),
    ("DL3045", Warning, "`COPY` to a relative path without a `WORKDIR`"),
    ("DL3046", Warning, "`useradd` with a large UID makes a huge log: add `-l`"),
    ("DL3047", Info,    "`wget` prints a progress bar"),
    ("DL3048", Style,   "the label key is invalid"),
    ("DL3049", Info,    "a required label is missing"),
    ("DL3050", Info,    "the label is not in the schema"),
    ("DL3051", Warning, "the label is empty"),
    ("DL3052", Warning, "the label is not a URL"),
    ("DL3053", Warning, "the label is not a date and time as in RFC 3339"),
    ("DL3054", Warning, "the label is not an SPDX licence"),
    ("DL3055", Warning, "the label is not a commit hash"),
    ("DL3056", Warning, "the label is not a semantic version"),
    ("DL3057", Ignore,  "the image has no `HEALTHCHECK`"),
    ("DL3058", Warning, "the label is not an e-mail address"),
    ("DL3059", Info,    "consecutive `RUN`s could be one"),
    ("DL3060", Info,    "`yarn cache clean` is missing"),
    ("DL3061", Error,   "an instruction before the first `FROM`"),
    ("DL3062", Warning, "`go install` of a module without a version"),
    ("DL3063", Warning, "the stage name is reserved"),
    ("DL3064", Warning, "a variable with the name of a secret"),
    ("DL3065", Warning, "`--platform=$TARGETPLATFORM` is the default"),
    ("DL3066", Info,    "`USER` is a name, not a number"),
    ("DL3067", Warning, "the whole file system of a stage is copied"),
    ("DL4000", Error,   "`MAINTAINER` is deprecated"),
    ("DL4001", Warning, "both `wget` and `curl` are used"),
    ("DL4003", Warning, "the stage has several `CMD`s"),
    ("DL4004", Error,   "the stage has several `ENTRYPOINT`s"),
    ("DL4005", Warning, "`/bin/sh` is replaced: use `SHELL`"),
    ("DL4006", Warning, "a failure before the pipe is masked: set `pipefail`"),
];

fn row(code: &str) -> Option<&'static (&'static str, Severity, &'static str)> {
    CODES.binary_search_by_key(&code, |row| row.0).ok().map(|at| &CODES[at])
}

/// The default severity of one of hadolint's own codes.
pub fn severity(code: &str) -> Severity {
    row(code).map_or(Warning, |row| row.1)
}

/// What one of hadolint's own codes says.
pub(super) fn message(code: &str) -> &'static str {
    row(code).map_or("", |row| row.2)
}

/// What is reported of ShellCheck's codes for which Plimsoll has no rule: the script or its shell cannot be read.
pub(super) fn shell_message(code: &str) -> Option<&'static str> {
    SHELL_MESSAGES.iter().find(|row| row.0 == code).map(|row| row.1)
}

#[rustfmt::skip]
const SHELL_MESSAGES: &[(&str, &str)] = &[
    ("SC1008", "ShellCheck does not know this shell"),
    ("SC1033", "`[[` is closed with `]`"),
    ("SC1036", "the script does not parse: unexpected `(`"),
    ("SC1065", "a function is declared with parameters"),
    ("SC1070", "a command is missing before `;`"),
    ("SC1071", "ShellCheck does not read scripts of this shell"),
    ("SC1072", "the script does not parse"),
    ("SC1088", "the script does not parse: unexpected `(`"),
    ("SC1089", "the script does not parse: a closing keyword or bracket closes nothing"),
    ("SC1133", "the script begins with an operator"),
    ("SC1135", "a dollar sign at the end of a quoted text is easy to misread"),
    ("SC1141", "a word follows the end of a compound command"),
    ("SC2227", "the redirection is that of `find` itself, not of an action"),
    ("SC2331", "`-e` is the common way to ask whether a file exists"),
    ("SC2239", "the shell is not named by an absolute path"),
    ("SC3012", "POSIX `sh` does not compare text with `<` and `>`"),
    ("SC3014", "POSIX `sh` does not have `==`"),
    ("SC3015", "POSIX `sh` does not have `=~`"),
    ("SC3016", "POSIX `sh` does not have `-v`"),
    ("SC3037", "POSIX `sh` does not have `echo -n`"),
    ("SC3045", "POSIX `sh` does not have this option"),
    ("SC3062", "POSIX `sh` does not have `-o` as a test"),
    ("SC3063", "POSIX `sh` does not have `-R`"),
];

/// The severity of one of ShellCheck's codes.
pub(super) fn of_shellcheck(code: u32) -> Severity {
    match code {
        code if SHELL_STYLE.contains(&code) => Style,
        code if SHELL_INFO.contains(&code) => Info,
        code if SHELL_ERROR.contains(&code) => Error,
        1007 | 1012 | 1083 => Warning,
        1000..=1999 => Error,
        _ => Warning,
    }
}

/// What ShellCheck calls style, information and errors, of the codes that scripts in Dockerfiles have.
const SHELL_STYLE: &[u32] =
    &[1135, 2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2116, 2126, 2129, 2143, 2181, 2196, 2197, 2219, 2233, 2235, 2331];
const SHELL_INFO: &[u32] = &[
    1001, 1003, 1017, 1091, 2008, 2009, 2010, 2011, 2012, 2013, 2015, 2016, 2017, 2018, 2019, 2028, 2030, 2031, 2035, 2038, 2059,
    2086, 2094, 2117, 2119, 2153, 2162, 2185, 2223, 2230, 2231, 2295, 2317,
];
const SHELL_ERROR: &[u32] = &[
    2067, 2068, 2069, 2070, 2071, 2072, 2073, 2077, 2079, 2080, 2081, 2082, 2083, 2105, 2107, 2108, 2109, 2110, 2122, 2130, 2137,
    2144, 2145, 2147, 2148, 2156, 2168, 2170, 2171, 2173, 2199, 2225, 2242, 2256, 2260, 2261, 2270, 2281, 2283, 2285, 2286, 2287, 2289, 2290, 2332,
];
