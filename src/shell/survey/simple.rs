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
    /// The name as written, as far as it is a literal: `/usr/bin/find`.
    pub fn path(&self, survey: &Survey<'t>) -> Option<Cow<'t, str>> {
        survey.literal(*self.words.first()?)
    }

    /// The name without its folder, `command`, `builtin` and `exec` looked through; empty if it is not a literal.
    pub fn name(&self, survey: &Survey<'t>) -> Cow<'t, str> {
        self.called(survey).0
    }

    /// The name and the words behind it.
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

    /// The words behind its name.
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
