//! Which shell a name, an argument list or a shebang means.

use super::Dialect;

impl Dialect {
    /// From a program's name or path: `/bin/bash`, `bash.exe`, `pwsh`, `CMD`.
    pub fn from_name(name: &str) -> Dialect {
        let base = name.trim().rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        match base.strip_suffix(".exe").unwrap_or(&base) {
            "sh" | "dash" | "posh" | "yash" => Dialect::Posix,
            "bash" | "rbash" => Dialect::Bash,
            "ksh" | "ksh93" | "mksh" | "pdksh" | "oksh" => Dialect::Ksh,
            "zsh" => Dialect::Zsh,
            "ash" | "busybox" => Dialect::Ash,
            "powershell" | "pwsh" | "powershell_ise" => Dialect::PowerShell,
            "cmd" => Dialect::Cmd,
            _ => Dialect::Other,
        }
    }

    /// From an argument list such as SHELL's: `["/bin/bash", "-c"]`, `["/usr/bin/env", "bash", "-c"]`.
    /// Posix, Docker's default on Linux, for an empty one.
    pub fn from_argv<S: AsRef<str>>(argv: &[S]) -> Dialect {
        let mut words = argv.iter().map(AsRef::as_ref);
        let Some(first) = words.next() else { return Dialect::Posix };
        let base = first.rsplit('/').next().unwrap_or(first);
        if matches!(base, "env" | "sudo" | "exec" | "busybox") {
            let named = words.find(|word| !word.starts_with('-') && !word.contains('='));
            if let Some(named) = named {
                return Dialect::from_name(named);
            }
        }
        Dialect::from_name(first)
    }

    /// From a script's first line, if it is a shebang: `#!/usr/bin/env bash`, `#!/bin/sh -e`.
    pub fn from_shebang(script: &str) -> Option<Dialect> {
        let line = script.strip_prefix("#!")?.lines().next()?;
        let argv: Vec<&str> = line.split_ascii_whitespace().collect();
        if argv.is_empty() { None } else { Some(Dialect::from_argv(&argv)) }
    }

    /// Whether its scripts are read; the others yield no commands.
    pub fn is_readable(self) -> bool {
        matches!(self, Dialect::Posix | Dialect::Bash | Dialect::Ash | Dialect::Ksh | Dialect::Zsh)
    }

    /// Whether `set -o pipefail` works in every version in use.
    pub fn has_pipefail(self) -> bool {
        matches!(self, Dialect::Bash | Dialect::Ksh | Dialect::Zsh | Dialect::Ash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_lists() {
        for (argv, want) in [
            (&["/bin/sh", "-c"][..], Dialect::Posix),
            (&["/bin/bash", "-o", "pipefail", "-c"], Dialect::Bash),
            (&["bash.exe"], Dialect::Bash),
            (&["/usr/bin/env", "bash", "-c"], Dialect::Bash),
            (&["/usr/bin/env", "-S", "A=1", "zsh"], Dialect::Zsh),
            (&["busybox", "ash"], Dialect::Ash),
            (&["C:\\Windows\\System32\\cmd.exe", "/S", "/C"], Dialect::Cmd),
            (&["PowerShell", "-Command"], Dialect::PowerShell),
            (&["pwsh"], Dialect::PowerShell),
            (&["python3"], Dialect::Other),
            (&["/bin/mksh"], Dialect::Ksh),
            (&[], Dialect::Posix),
        ] {
            assert_eq!(Dialect::from_argv(argv), want, "{argv:?}");
        }
    }

    #[test]
    fn shebangs() {
        assert_eq!(Dialect::from_shebang("#!/bin/sh -e\necho"), Some(Dialect::Posix));
        assert_eq!(Dialect::from_shebang("#! /usr/bin/env bash"), Some(Dialect::Bash));
        assert_eq!(Dialect::from_shebang("#!/usr/bin/env python3\n"), Some(Dialect::Other));
        assert_eq!(Dialect::from_shebang("echo"), None);
        assert_eq!(Dialect::from_shebang("#!"), None);
    }
}
