//! Questions about a whole script.

use super::{Command, Dialect, Scope, Script, Setting, ShellOption, Wrapper, query};
use crate::text::Span;

/// Shell options that decide whether a failure is noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    pub errexit: bool,
    pub pipefail: bool,
}

/// What a shell is started with: `["/bin/bash", "-eo", "pipefail", "-c"]`.
pub fn shell_options<S: AsRef<str>>(argv: &[S]) -> Options {
    let words: Vec<&str> = argv.iter().map(AsRef::as_ref).collect();
    let mut options = Options::default();
    for (option, on) in option_changes(&words) {
        options.set(option, on);
    }
    options
}

impl Options {
    fn set(&mut self, option: ShellOption, on: bool) {
        match option {
            ShellOption::Errexit => self.errexit = on,
            ShellOption::Pipefail => self.pipefail = on,
        }
    }

    fn get(self, option: ShellOption) -> bool {
        match option {
            ShellOption::Errexit => self.errexit,
            ShellOption::Pipefail => self.pipefail,
        }
    }
}

/// What the arguments of `set` or of a shell switch on and off.
pub(super) fn option_changes(words: &[&str]) -> Vec<(ShellOption, bool)> {
    let mut changes = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (on, letters) = match word.as_bytes() {
            [b'-', b'-', ..] => continue,
            [b'-', letters @ ..] => (true, letters),
            [b'+', letters @ ..] => (false, letters),
            _ => continue,
        };
        for letter in letters {
            match letter {
                b'e' => changes.push((ShellOption::Errexit, on)),
                b'o' => match words.next() {
                    Some(&"pipefail") => changes.push((ShellOption::Pipefail, on)),
                    Some(&"errexit") => changes.push((ShellOption::Errexit, on)),
                    _ => {}
                },
                _ => {}
            }
        }
    }
    changes
}

impl Script {
    /// A script without commands.
    pub(super) fn empty(span: Span, dialect: Dialect) -> Script {
        let scopes = vec![Scope::default()];
        Script { span, dialect, clean: true, commands: Vec::new(), scopes, settings: Vec::new(), read: None }
    }

    /// The same, run by a shell that starts with these options: those of SHELL, or of a shebang.
    pub fn started_with(mut self, options: Options) -> Script {
        if let Some(scope) = self.scopes.first_mut() {
            scope.options = options;
        }
        self
    }

    /// The commands with this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Command> {
        self.commands.iter().filter(move |command| command.is(name))
    }

    /// The commands of this one's pipeline, itself included, from left to right.
    pub fn pipeline<'a>(&'a self, of: &'a Command) -> impl Iterator<Item = &'a Command> {
        self.commands.iter().filter(move |command| command.place.pipeline == of.place.pipeline)
    }

    /// Pipelines of two and more commands: the first command of each.
    pub fn pipes(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().filter(|command| command.place.pipe_len > 1 && command.place.pipe_index == 0)
    }

    /// Every wrapper once, in file order: each `sudo`, however many commands it runs.
    pub fn wrappers(&self) -> impl Iterator<Item = &Wrapper> {
        let mut seen = std::collections::HashSet::new();
        self.commands.iter().flat_map(|command| &command.wrappers).filter(move |wrapper| seen.insert(wrapper.span))
    }

    /// Whether a failure of any command in a pipe is noticed where this command stands: `set -o pipefail`
    /// before it, or its shell started so.
    pub fn has_pipefail(&self, at: &Command) -> bool {
        self.option_at(ShellOption::Pipefail, at)
    }

    /// Whether the shell stops at the first failure where this command stands.
    pub fn has_errexit(&self, at: &Command) -> bool {
        self.option_at(ShellOption::Errexit, at)
    }

    fn option_at(&self, option: ShellOption, command: &Command) -> bool {
        let mut scopes = Vec::new();
        let mut next = Some(command.place.scope);
        let mut options = Options::default();
        // Parents come before their children, so this ends.
        while let Some(index) = next {
            let Some(scope) = self.scopes.get(index as usize) else { break };
            scopes.push(index);
            options = scope.options;
            next = scope.parent.filter(|parent| *parent < index);
        }
        let before = self.settings.partition_point(|setting| setting.at < command.span.start);
        let last = self.settings[..before]
            .iter()
            .rev()
            .find(|setting| setting.option == option && scopes.contains(&setting.scope));
        last.map_or_else(|| options.get(option), |setting| setting.on)
    }

    /// Sorts what the parts gave and notes the option changes.
    pub(super) fn finish(mut self) -> Script {
        self.commands.sort_by_key(|command| command.span.start);
        for command in self.commands.iter().filter(|command| command.is("set")) {
            let words: Vec<&str> = command.args.iter().map(|arg| arg.lexeme()).collect();
            let at = command.span.start;
            let changes = option_changes(&words);
            let scope = command.place.scope;
            self.settings.extend(changes.into_iter().map(|(option, on)| Setting { at, scope, option, on }));
        }
        self
    }
}

/// The script that a shell's arguments hold: the index of the word after `-c`.
pub(super) fn shell_script_arg(words: &[&str]) -> Option<usize> {
    let mut wanted = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let bytes = word.as_bytes();
        at += 1;
        match bytes {
            b"--rcfile" | b"--init-file" => at += 1,
            b"--" => return wanted.then_some(at).filter(|at| *at < words.len()),
            [b'-', b'-', ..] => {}
            [sign @ (b'-' | b'+'), letters @ ..] if !letters.is_empty() => {
                wanted |= *sign == b'-' && letters.contains(&b'c');
                at += letters.iter().filter(|letter| matches!(letter, b'o' | b'O')).count();
            }
            _ => return wanted.then_some(at - 1),
        }
    }
    None
}

/// Whether it is a shell that reads its script from standard input: no script, no file.
pub(super) fn reads_stdin(command: &Command) -> bool {
    query::is_shell(&command.name)
        && shell_script_arg(&command.args.iter().map(|arg| arg.lexeme()).collect::<Vec<_>>()).is_none()
        && (command.args.iter().any(|arg| arg.is("-s")) || command.operands().next().is_none())
}
