//! What is left of a command when its script ends.

use super::{Command, Script};
use crate::knowledge::programs::{self, Class};

/// How many commands are looked at after one; more are taken for work.
const MOST_BEHIND: usize = 64;

impl Command {
    /// Run by the script's own shell, always, and in the foreground: not in a branch, loop, function, subshell, pipe
    /// or other shell.
    pub fn is_plain(&self) -> bool {
        let place = &self.place;
        place.depth == 0
            && place.scope == 0
            && place.pipe_len <= 1
            && !(place.subshell || place.conditional || place.background)
            && self.wrappers.is_empty()
    }

    /// Only speaks, waits, or changes its own shell.
    fn is_idle(&self) -> bool {
        let idle = Class::PRINTS.or(Class::NO_OP).or(Class::WAITS).or(Class::SHELL_STATE);
        (self.name.is_empty() || programs::class(&self.name).is(idle) || self.is_any(&["source", ".", "date", "pwd"]))
            && self.place.pipe_len <= 1
            && !self.redirects.iter().any(|redirect| redirect.writes_stdout() && !self.is_silenced())
    }
}

impl Script {
    /// The commands after this one and what it holds.
    pub fn after<'a>(&'a self, command: &Command) -> impl Iterator<Item = &'a Command> {
        let end = command.full_span().end();
        let first = self.commands.partition_point(|other| other.span.start() < end);
        self.commands[first..].iter()
    }

    /// How many commands stand before this one.
    pub fn position(&self, command: &Command) -> usize {
        self.commands.partition_point(|other| other.span.start() < command.span.start())
    }

    /// Whether this command and all after it only speak, wait, or change their own shell.
    pub fn ends_with_idle(&self, command: &Command) -> bool {
        command.is_idle() && self.ends_with(command)
    }

    /// Whether nothing after this command in its script can make use of what it did.
    pub fn ends_with(&self, command: &Command) -> bool {
        let mut after = self.after(command);
        after.by_ref().take(MOST_BEHIND).all(Command::is_idle) && after.next().is_none()
    }
}
