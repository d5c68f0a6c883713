//! Which shell reads shell forms.

use std::sync::{Arc, LazyLock};

use super::{ImageRef, Shell};
use crate::commands::system_shell::new_system_shell;
use crate::shell::{Command, Dialect, Options, Script, exec_form, parse_script, shell_options};
use crate::syntax::{Args, CommandLine, HealthcheckArgs, Instruction, Keyword, shell_views};
use crate::text::{Source, Span};

static SH: LazyLock<Arc<[String]>> = LazyLock::new(|| argv(&["/bin/sh", "-c"]));
static CMD: LazyLock<Arc<[String]>> = LazyLock::new(|| argv(&["cmd", "/S", "/C"]));
static POWERSHELL: LazyLock<Arc<[String]>> = LazyLock::new(|| argv(&["powershell", "-Command"]));

fn argv(words: &[&str]) -> Arc<[String]> {
    words.iter().map(|word| word.to_string()).collect()
}

impl Shell {
    /// The default shell of an image without a SHELL instruction, as far as its name tells.
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
        let Options { errexit, pipefail } = shell_options(&argv);
        let dialect = in_image(Dialect::from_argv(&argv), sh);
        Self { dialect, argv: argv.into(), span: Some(span), pipefail, errexit }
    }

    /// After a RUN that may have made `/bin/sh` another shell.
    pub(super) fn replace(&mut self, script: &Script) {
        let is_sh = matches!(self.argv.first().map(String::as_str), Some("/bin/sh" | "sh"));
        let sure = |command: &&Command| !command.place.conditional && command.place.scope == 0;
        let mut new = script.commands.iter().filter(sure).filter_map(new_system_shell);
        if let Some(shell) = new.next_back().filter(|_| is_sh && self.dialect.is_readable()) {
            self.dialect = Dialect::from_name(shell.lexeme());
        }
    }

    /// After a `# hadolint shell=…` or `# shellcheck shell=…` comment.
    pub(super) fn pretend(&mut self, name: &str, sh: Dialect) {
        self.dialect = in_image(Dialect::from_name(name), sh);
    }
}

/// A POSIX shell is BusyBox's in an image that has it as `sh`.
fn in_image(dialect: Dialect, sh: Dialect) -> Dialect {
    if dialect == Dialect::Posix { sh } else { dialect }
}

/// The script of an instruction that runs one, if it is in a language that is read. `sh` is what `/bin/sh` is in this
/// image.
pub(super) fn script(source: &Source, instruction: &Instruction, shell: &Shell, sh: Dialect) -> Option<Script> {
    let command = match &instruction.args {
        Args::Command(command) if instruction.keyword != Keyword::Shell => command,
        Args::Healthcheck(HealthcheckArgs::Cmd { command, .. }) => command,
        _ => return None,
    };
    if let CommandLine::Exec(form) = command {
        let items: Vec<_> = form.items.iter().map(|item| (item.value.clone(), item.span)).collect();
        return Some(exec_form(&items));
    }
    // Bodies for further interpreters follow the first view: a shell's own are found through it.
    let view = shell_views(source.text(), instruction).into_iter().next()?;
    let (dialect, options) = match &view.interpreter {
        Some(name) => {
            let line = view.text.lines().next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            (in_image(Dialect::from_name(name), sh), shell_options(&words))
        }
        None => (shell.dialect, Options { errexit: shell.errexit, pipefail: shell.pipefail }),
    };
    let script = || parse_script(&view.text, view.base, dialect).started_with(options);
    dialect.is_readable().then(script)
}

/// The shell that a `# hadolint shell=…` or `# shellcheck shell=…` comment names.
pub(super) fn pragma(comment: &str) -> Option<&str> {
    let text = comment.trim_start().strip_prefix('#')?.trim_start();
    let text = text.strip_prefix("hadolint").or_else(|| text.strip_prefix("shellcheck"))?;
    let text = text.strip_prefix([' ', '\t'])?.trim_start().strip_prefix("shell")?.trim_start().strip_prefix('=')?;
    text.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_by_argv() {
        let cases: [(&[&str], Dialect, bool, bool); 13] = [
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
        assert_eq!(pragma("# shellcheck shell=dash"), Some("dash"));
        assert_eq!(pragma("# hadolint ignore=DL3006"), None);
        assert_eq!(pragma("# hadolintshell=bash"), None);
        assert_eq!(pragma("# shell=bash"), None);
    }
}
