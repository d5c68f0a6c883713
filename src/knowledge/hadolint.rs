//! What the rules of hadolint look for: names of programs, flags and variables.

/// Endings of the archives that `ADD` unpacks.
pub const ARCHIVES: &[&str] = &[
    ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz", ".xz",
    ".tar.xz",
];

/// Programs that unpack what they are given.
pub const UNPACKERS: &[&str] = &["unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat"];

/// Commands that are of no use while an image is built.
pub const USELESS: &[&str] = &["free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top"];

/// Flags with which `wget` prints no progress bar.
pub const QUIET: &[&str] = &["q", "quiet", "o", "output-file", "a", "append-output", "no-verbose", "progress"];

/// Names of variables that hold secrets.
pub const SECRET_NAMES: &[&str] = &["aws_access_key_id"];

/// Parts of names of variables that hold secrets.
pub const SECRET_PARTS: &[&str] = &["api_key", "client_key", "password", "private", "secret", "token", "username"];

/// Shells that know `pipefail`, as `SHELL` names them.
pub const SHELLS: &[&str] = &["bash", "zsh", "ash", "/bin/bash", "/bin/zsh", "/bin/ash"];

/// Flags of pip whose next word is their value.
pub const PIP_VALUES: &[&str] = &[
    "abi", "b", "build", "e", "editable", "extra-index-url", "f", "find-links", "i", "index-url", "implementation",
    "no-binary", "only-binary", "platform", "prefix", "progress-bar", "proxy", "python-version", "root", "src", "t",
    "target", "trusted-host", "upgrade-strategy", "cache-dir", "client-cert", "cert", "log", "timeout", "retries",
    "global-option", "exists-action",
];

/// What hadolint takes for a version of a package.
pub const VERSION_SIGNS: &[&str] = &["==", ">=", "<=", ">", "<", "!=", "~=", "==="];

/// What hadolint takes for the start of a repository's URL, in which a version follows an `@`.
pub const REPOSITORIES: &[&str] = &["git", "hg+", "bzr+", "svn+"];

/// Values of a variable that switch something on.
pub const YES: &[&str] = &["1", "true", "on", "yes", "y", "t"];

/// Subcommands of zypper that may prompt.
pub const ZYPPER_PROMPTS: &[&str] = &["install", "in", "remove", "rm", "source-install", "si", "patch"];

/// Subcommands of dnf that fill its cache.
pub const DNF_INSTALLS: &[&str] = &["install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"];

/// Variables that hadolint takes to be set in each stage.
pub const PREDEFINED: &[&str] = &[
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
];

/// Flags of COPY and ADD that hadolint knows, whatever their values.
pub const COPY_FLAGS: &[&str] = &["from", "chown", "chmod", "link", "exclude", "parents", "checksum", "keep-git-dir"];

/// The options that POSIX has, of commands that are part of the shell. The shells in use know more, and our own rules take
/// the commands as they do.
pub const POSIX_OPTIONS: &[(&str, &str)] = &[
    ("cd", "LP"),
    ("hash", "r"),
    ("jobs", "lp"),
    ("readonly", "p"),
    ("trap", ""),
    ("type", ""),
    ("ulimit", "f"),
    ("umask", "S"),
    ("unset", "fv"),
    ("wait", ""),
];
