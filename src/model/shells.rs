//! Which shell reads shell forms.

use std::sync::{Arc, LazyLock};

use super::{ImageRef, Shell};
use crate::shell::Dialect;
use crate::source::Span;

static SH: LazyLock<Arc<[String]>> = LazyLock::new(|| argv(&["/bin/sh", "-c"]));
static CMD: LazyLock<Arc<[String]>> = LazyLock::new(|| argv(&["cmd", "/S", "/C"]));
static POWERSHELL: LazyLock<Arc<[String]>> = LazyLock::new(|| argv(&["powershell", "-Command"]));

fn argv(words: &[&str]) -> Arc<[String]> {
    words.iter().map(|word| word.to_string()).collect()
}

impl Shell {
    /// What an image has when no SHELL instruction says otherwise, as far as its name tells.
    pub(super) fn of_image(image: Option<&ImageRef>, windows: bool) -> Self {
        let name = image.and_then(ImageRef::familiar_name).unwrap_or_default();
        let (dialect, argv) = match windows {
            // These images set SHELL to PowerShell themselves.
            true if name.starts_with("mcr.microsoft.com/dotnet/framework/") => (Dialect::PowerShell, &POWERSHELL),
            true => (Dialect::Cmd, &CMD),
            false if image.is_some_and(ImageRef::is_busybox) => (Dialect::Ash, &SH),
            false => (Dialect::Posix, &SH),
        };
        Self { dialect, argv: Arc::clone(argv), span: None, pipefail: false, errexit: false }
    }

    /// After `SHELL ["…", …]`. `sh` is what `/bin/sh` is in this image.
    pub(super) fn of_argv(argv: Vec<String>, span: Span, sh: Dialect) -> Self {
        let mut words = argv.iter().map(String::as_str).peekable();
        let mut name = base_name(words.next().unwrap_or_default());
        if matches!(name.as_str(), "env" | "busybox" | "sudo" | "tini" | "dumb-init") {
            let word = words.find(|word| !word.starts_with('-') && !word.contains('='));
            name = base_name(word.unwrap_or_default());
        }
        let (mut pipefail, mut errexit) = (false, false);
        while let Some(word) = words.next() {
            // `+e` takes a flag back.
            let Some(letters) = word.strip_prefix(['-', '+']) else { break };
            let on = word.starts_with('-');
            if letters.starts_with('-') {
                continue;
            }
            if letters.contains('e') {
                errexit = on;
            }
            if letters.contains('o') {
                match words.next() {
                    Some("pipefail") => pipefail = on,
                    Some("errexit") => errexit = on,
                    _ => {}
                }
            }
        }
        let dialect = dialect(&name).map_or(sh, |dialect| dialect);
        Self { dialect, argv: argv.into(), span: Some(span), pipefail, errexit }
    }

    /// After a `# hadolint shell=…` comment.
    pub(super) fn pretend(&mut self, name: &str, sh: Dialect) {
        self.dialect = dialect(&base_name(name)).map_or(sh, |dialect| dialect);
    }

    /// Whether a failing command in the midst of a pipe fails the whole.
    pub fn is_posix_like(&self) -> bool {
        matches!(self.dialect, Dialect::Posix | Dialect::Bash | Dialect::Ksh | Dialect::Zsh | Dialect::Ash)
    }
}

/// `None` for `sh`: the image decides.
fn dialect(name: &str) -> Option<Dialect> {
    Some(match name {
        "sh" => return None,
        "dash" | "posh" => Dialect::Posix,
        "bash" | "rbash" => Dialect::Bash,
        "ash" => Dialect::Ash,
        "ksh" | "mksh" | "ksh93" | "oksh" => Dialect::Ksh,
        "zsh" => Dialect::Zsh,
        "powershell" | "pwsh" => Dialect::PowerShell,
        "cmd" => Dialect::Cmd,
        _ => Dialect::Other,
    })
}

fn base_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    name.strip_suffix(".exe").map(str::to_owned).unwrap_or(name)
}

/// The shell that a `# hadolint shell=…` comment names.
pub(super) fn pragma(comment: &str) -> Option<&str> {
    let text = comment.trim_start().strip_prefix('#')?.trim_start().strip_prefix("hadolint")?;
    let text = text.strip_prefix([' ', '\t'])?.trim_start().strip_prefix("shell")?.trim_start().strip_prefix('=')?;
    text.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_by_argv() {
        let cases: [(&[&str], Dialect, bool, bool); 14] = [
            (&["/bin/sh", "-c"], Dialect::Ash, false, false),
            (&["/bin/bash", "-c"], Dialect::Bash, false, false),
            (&["/bin/bash", "-o", "pipefail", "-c"], Dialect::Bash, true, false),
            (&["/bin/bash", "-eo", "pipefail", "-c"], Dialect::Bash, true, true),
            (&["/bin/bash", "-euxo", "pipefail", "-c"], Dialect::Bash, true, true),
            (&["/bin/bash", "-e", "-o", "pipefail", "-o", "errexit", "-c"], Dialect::Bash, true, true),
            (&["/bin/bash", "--login", "-ec"], Dialect::Bash, false, true),
            (&["bash", "-o", "nounset", "-c"], Dialect::Bash, false, false),
            (&["/usr/bin/env", "bash", "-o", "pipefail", "-c"], Dialect::Bash, true, false),
            (&["/bin/busybox", "ash", "-c"], Dialect::Ash, false, false),
            (&["powershell.exe", "-Command", "$x"], Dialect::PowerShell, false, false),
            (&[r"C:\Windows\System32\cmd.exe", "/S", "/C"], Dialect::Cmd, false, false),
            (&["/usr/bin/python3", "-c"], Dialect::Other, false, false),
            (&[], Dialect::Other, false, false),
        ];
        for (words, dialect, pipefail, errexit) in cases {
            let shell = Shell::of_argv(words.iter().map(|word| word.to_string()).collect(), Span::at(0), Dialect::Ash);
            if dialect != Dialect::PowerShell {
                assert_eq!((shell.pipefail, shell.errexit), (pipefail, errexit), "{words:?}");
            }
            assert_eq!(shell.dialect, dialect, "{words:?}");
        }
    }

    #[test]
    fn pragmas() {
        assert_eq!(pragma("# hadolint shell=bash"), Some("bash"));
        assert_eq!(pragma("  #hadolint  shell = /bin/zsh x"), Some("/bin/zsh"));
        assert_eq!(pragma("# hadolint ignore=DL3006"), None);
        assert_eq!(pragma("# hadolintshell=bash"), None);
        assert_eq!(pragma("# shell=bash"), None);
    }
}
