//! Simple commands, by name.

use std::borrow::Cow;

use super::{At, Survey};
use crate::shell::reader::{Assignment, Command, Redirect, Word};

/// A simple command: assignments, words, redirections.
#[derive(Clone, Copy, Debug)]
pub struct Simple<'t> {
    /// Its node.
    pub at: At,
    pub command: &'t Command,
    pub assignments: &'t [Assignment],
    pub words: &'t [Word],
    pub redirects: &'t [Redirect],
    /// The node of its first word.
    pub(super) first: At,
}

impl<'t> Simple<'t> {
    /// The name without its directory, `command`, `builtin` and `exec` looked through; empty if it is not a literal.
    pub fn name(&self, survey: &Survey<'t>) -> Cow<'t, str> {
        self.called(survey).0
    }

    /// The name and the words after it.
    pub fn called(&self, survey: &Survey<'t>) -> (Cow<'t, str>, &'t [Word]) {
        let mut words = self.words;
        loop {
            let Some((first, rest)) = words.split_first() else { return (Cow::Borrowed(""), &[]) };
            let Some(name) = survey.literal(*first) else { return (Cow::Borrowed(""), rest) };
            let name = match name {
                Cow::Borrowed(name) => Cow::Borrowed(name.rsplit('/').next().unwrap_or(name)),
                Cow::Owned(name) => Cow::Owned(name.rsplit('/').next().unwrap_or(&name).to_owned()),
            };
            let passes = matches!(&*name, "command" | "builtin" | "exec" | "busybox");
            let plain = rest.first().and_then(|word| survey.bare(*word)).is_some_and(|next| !next.starts_with('-'));
            if !passes || !plain {
                return (name, rest);
            }
            words = rest;
        }
    }

    /// The words after its name.
    pub fn args(&self, survey: &Survey<'t>) -> &'t [Word] {
        self.called(survey).1
    }

    /// The nodes of its words, the name first.
    pub fn word_nodes<'s>(&self, survey: &'s Survey<'t>) -> impl Iterator<Item = At> + 's {
        let (mut next, mut left) = (self.first, self.words.len());
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let at = next;
            next = survey.nodes[at].end;
            Some(at)
        })
    }

    /// From its first word to its last.
    pub fn words_span(&self) -> crate::text::Span {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => first.span.cover(last.span),
            _ => self.command.span,
        }
    }
}

impl<'t> Survey<'t> {
    /// Whether it switches `errexit` on anywhere: `set -e`.
    pub fn sets_errexit(&self) -> bool {
        self.simples.iter().any(|simple| {
            let (name, args) = simple.called(self);
            name == "set"
                && args.iter().enumerate().any(|(index, arg)| match self.bare(*arg) {
                    Some("errexit") => index > 0,
                    Some(flag) => flag.starts_with('-') && !flag.starts_with("--") && flag.contains('e'),
                    None => false,
                })
        })
    }

    /// The command of an and-or list that consists of one command alone.
    pub fn only_command(&self, item: At) -> Option<At> {
        let mut pipelines = self.children(item);
        let pipeline = pipelines.next().filter(|_| pipelines.next().is_none())?;
        let mut commands = self.children(pipeline);
        commands.next().filter(|_| commands.next().is_none())
    }

    /// The commands of a pipeline, in order; `None` for one that is not simple.
    pub fn piped(&self, pipeline: At) -> impl Iterator<Item = Option<&Simple<'t>>> {
        self.children(pipeline).map(|command| self.simple(command))
    }

    /// Each two neighbours of a pipeline, if both are simple commands.
    pub fn pipes(&self, pipeline: At) -> impl Iterator<Item = (&Simple<'t>, &Simple<'t>)> {
        self.piped(pipeline).zip(self.piped(pipeline).skip(1)).filter_map(|(first, second)| first.zip(second))
    }

    /// The words that are no options: neither `-x` nor what is in their place. `--` ends the options.
    pub fn operands<'s>(&'s self, args: &'t [Word]) -> impl Iterator<Item = Word> + 's {
        let mut ended = false;
        args.iter().copied().filter(move |word| {
            let bare = self.pattern(*word);
            if !ended && bare == "--" {
                ended = true;
                return false;
            }
            ended || !(bare.starts_with('-') && bare.len() > 1)
        })
    }

    /// Whether one of the words is an option with this letter (`-rf` has `r`), or this long one.
    pub fn has_option(&self, args: &[Word], letter: char, long: &str) -> bool {
        args.iter().any(|word| {
            let text = self.pattern(*word);
            match text.strip_prefix("--") {
                Some(name) => !long.is_empty() && name.split('=').next() == Some(long),
                None => text.strip_prefix('-').is_some_and(|letters| letters.contains(letter)),
            }
        })
    }
}
