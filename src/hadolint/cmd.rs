//! A simple command as hadolint sees it.
//!
//! It is named by its first word as written: nothing is looked through, not `sudo`, not `env`, not `sh -c`.

use super::word::Words;
use crate::shell::{Arg, Command};

/// A simple command: its name as written, and its words without quotes.
#[derive(Clone, Debug, Default)]
pub(super) struct Cmd {
    pub(super) name: String,
    pub(super) args: Vec<String>,
}

impl Cmd {
    pub(super) fn of(command: &Command, words: Option<&Words<'_>>) -> Self {
        let word = |arg: &Arg| words.and_then(|words| words.at(arg.span.start())).unwrap_or_else(|| as_text(arg));
        Self { name: command.path.clone(), args: command.args.iter().map(word).collect() }
    }

    pub(super) fn is_any(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    /// Whether one of these words is among the arguments.
    pub(super) fn has_arg(&self, words: &[&str]) -> bool {
        self.args.iter().any(|arg| words.contains(&arg.as_str()))
    }

    /// The flags without their dashes: each letter of `-qy`, `yes` of `--yes=true`.
    pub(super) fn flags(&self) -> Vec<&str> {
        let mut flags = Vec::new();
        for arg in &self.args {
            if let Some(long) = arg.strip_prefix("--") {
                flags.push(long.split('=').next().unwrap_or(long));
            } else if let Some(letters) = arg.strip_prefix('-') {
                flags.extend(letters.split("").filter(|letter| !letter.is_empty()));
            }
        }
        flags
    }

    pub(super) fn has_flag(&self, names: &[&str]) -> bool {
        self.flags().iter().any(|flag| names.contains(flag))
    }

    /// The arguments that are not flags, without the values of these flags.
    pub(super) fn plain(&self, with_value: &[&str]) -> Vec<&str> {
        let mut plain = Vec::new();
        let mut skip = false;
        for arg in &self.args {
            let is_flag = arg.starts_with('-');
            if !is_flag && !std::mem::take(&mut skip) {
                plain.push(arg.as_str());
            } else if is_flag {
                skip = with_value.contains(&arg.trim_start_matches('-'));
            }
        }
        plain
    }
}

/// A word without its quotes; what the shell would expand stays as written.
fn as_text(arg: &Arg) -> String {
    arg.text.clone().unwrap_or_else(|| arg.raw.replace(['"', '\''], ""))
}
