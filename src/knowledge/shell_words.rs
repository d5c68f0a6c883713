//! Words of the shell, and of the commands that scripts call.

/// Variables that bash sets by itself.
pub const BASH_VARIABLES: &[&str] = &[
    "BASHPID", "BASH_ARGC", "BASH_ARGV", "BASH_COMMAND", "BASH_LINENO", "BASH_REMATCH", "BASH_SOURCE", "BASH_VERSINFO",
    "BASH_VERSION", "DIRSTACK", "EUID", "FUNCNAME", "GROUPS", "HOSTNAME", "HOSTTYPE", "MACHTYPE", "OSTYPE",
    "PIPESTATUS", "RANDOM", "SECONDS", "SHELLOPTS", "SHLVL", "UID",
];

/// Built into bash, and not into a shell of the standard.
pub const BASH_BUILTINS: &[&str] = &[
    "builtin", "caller", "compgen", "complete", "declare", "dirs", "disown", "enable", "help", "history", "logout",
    "mapfile", "popd", "pushd", "readarray", "shopt", "suspend", "typeset",
];

/// Commands of the shell that do not exist as programs, or that only change the shell they run in. Sorted.
pub const SHELL_ONLY: &[&str] = &[
    "cd", "command", "declare", "eval", "exec", "exit", "export", "hash", "history", "local", "popd", "pushd", "read",
    "readonly", "return", "set", "source", "trap", "type", "typeset", "ulimit", "umask", "unset", "wait",
];

/// Variables that bash sets or reads, besides [`BASH_VARIABLES`] and [`READ_BY_OTHERS`].
pub const BASH_SETTINGS: &[&str] = &[
    "BASH", "BASHOPTS", "BASH_ALIASES", "BASH_ARGV0", "BASH_CMDS", "BASH_COMPAT", "BASH_ENV", "BASH_EXECUTION_STRING",
    "BASH_LOADABLES_PATH", "BASH_SUBSHELL", "BASH_XTRACEFD", "CHILD_MAX", "COMP_CWORD", "COMP_KEY", "COMP_LINE",
    "COMP_POINT", "COMP_TYPE", "COMP_WORDBREAKS", "COMP_WORDS", "COMPREPLY", "COPROC", "EMACS", "ENV", "EPOCHREALTIME",
    "EPOCHSECONDS", "EXECIGNORE", "FCEDIT", "FIGNORE", "FUNCNEST", "GLOBIGNORE", "HISTCMD", "HISTFILESIZE",
    "HISTIGNORE", "HISTTIMEFORMAT", "HOSTFILE", "IGNOREEOF", "INPUTRC", "INSIDE_EMACS", "LINENO", "LOGNAME",
    "MAILCHECK", "MAILPATH", "MAPFILE", "OLDPWD", "OPTARG", "OPTERR", "POSIXLY_CORRECT", "PPID", "PROMPT_COMMAND",
    "PROMPT_DIRTRIM", "PS0", "READLINE_ARGUMENT", "READLINE_LINE", "READLINE_MARK", "READLINE_POINT", "SRANDOM",
    "TIMEFORMAT", "TMOUT",
];

/// Whether the shell, or the system it runs on, sets or reads a variable of this name.
pub fn is_shell_variable(name: &str) -> bool {
    [BASH_VARIABLES, BASH_SETTINGS, READ_BY_OTHERS].iter().any(|names| names.contains(&name)) || name.starts_with("LC_")
}

/// Commands that set something of the kernel, which no layer keeps.
pub const KERNEL_SETTINGS: &[&str] = &[
    "ulimit", "sysctl", "mount", "swapon", "swapoff", "modprobe", "insmod", "rmmod", "iptables", "ip6tables", "ufw",
    "nft", "hostname",
];

/// Programs whose arguments are programs, or have variables of their own.
pub const OWN_LANGUAGES: &[&str] = &[
    "alias", "docker", "dpkg-query", "envsubst", "eval", "git filter-branch", "jq", "oc", "podman", "rename", "rg",
    "ssh", "trap", "unset", "mumps",
];

/// Options of `find` that take a pattern.
pub const FIND_PATTERNS: &[&str] = &["-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-lname", "-ilname", "-regex", "-iregex"];

/// Commands that act on whatever paths they are given.
pub const TAKES_PATHS: &[&str] = &["cd", "chmod", "chown", "cp", "install", "ln", "mkdir", "mv", "rm", "rmdir", "rsync", "touch"];

/// Read by the shell or by programs.
pub const READ_BY_OTHERS: &[&str] = &[
    "CDPATH", "COLUMNS", "HISTCONTROL", "HISTFILE", "HISTSIZE", "HOME", "IFS", "LANG", "LANGUAGE", "LINES", "MAIL",
    "OPTIND", "PATH", "PS1", "PS2", "PS3", "PS4", "PWD", "REPLY", "SHELL", "TERM", "TMPDIR", "TZ", "USER",
];

/// What `/` has, as a whole or with all that is in it.
pub const TOP_DIRECTORIES: &[&str] = &[
    "", "bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "usr", "usr/bin", "usr/local",
    "usr/share", "var",
];

/// Commands that act on a running system or need someone at a terminal.
pub const HOST_COMMANDS: &[&str] = &[
    "kill", "pkill", "killall", "ps", "pgrep", "service", "shutdown", "reboot", "halt", "poweroff", "telinit", "free",
    "top", "htop", "dmesg", "lsmod", "uptime", "w", "who", "ssh", "scp", "sftp", "vi", "vim", "nano", "emacs", "pico",
    "less", "more", "man",
];
