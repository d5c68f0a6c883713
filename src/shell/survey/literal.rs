//! What a word says as far as that is written.

use std::borrow::Cow;

use super::Survey;
use crate::shell::reader::{Brace, Part, PartKind, SubscriptKind, Word};

/// Is in [`Survey::pattern`] for what only the shell knows.
pub(super) const UNKNOWN: char = '\0';

impl<'t> Survey<'t> {
    /// The word without its quotes; `None` if the shell expands something in it. Patterns, braces and a `~` count as
    /// something.
    pub fn literal(&self, word: Word) -> Option<Cow<'t, str>> {
        match &self.tree[word.parts] {
            [] => Some(Cow::Borrowed("")),
            [Part { kind: PartKind::Literal, span }] => Some(Cow::Borrowed(self.slice(*span))),
            parts => {
                let mut out = String::new();
                parts.iter().try_for_each(|part| self.push(part, false, &mut out))?;
                Some(Cow::Owned(out))
            }
        }
    }

    /// The word without its quotes, patterns as written, and [`UNKNOWN`] for each expansion.
    pub fn pattern(&self, word: Word) -> Cow<'t, str> {
        match &self.tree[word.parts] {
            [Part { kind: PartKind::Literal, span }] => Cow::Borrowed(self.slice(*span)),
            parts => {
                let mut out = String::new();
                for part in parts {
                    self.push_any(part, &mut out);
                }
                Cow::Owned(out)
            }
        }
    }

    fn push_any(&self, part: &Part, out: &mut String) {
        match part.kind {
            PartKind::Double { parts, .. } => self.tree[parts].iter().for_each(|part| self.push_any(part, out)),
            PartKind::Star | PartKind::Question | PartKind::Brace(_) | PartKind::Tilde | PartKind::Set(_) => {
                out.push_str(self.slice(part.span));
            }
            _ => {
                if self.push(part, false, out).is_none() {
                    out.push(UNKNOWN);
                }
            }
        }
    }

    pub(super) fn push(&self, part: &Part, double: bool, out: &mut String) -> Option<()> {
        let text = self.slice(part.span);
        match part.kind {
            PartKind::Literal => out.push_str(text),
            PartKind::Escape => out.push_str(text.trim_start_matches('\u{1}').get(1..)?),
            PartKind::Joint => {}
            PartKind::Single => out.push_str(text.strip_prefix('\'')?.strip_suffix('\'').unwrap_or(&text[1..])),
            PartKind::AnsiC => out.push_str(text.strip_prefix("$'")?.strip_suffix('\'').unwrap_or(&text[2..])),
            PartKind::Double { parts, .. } if !double => {
                self.tree[parts].iter().try_for_each(|part| self.push(part, true, out))?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Whether a word is one part that is one literal without quotes.
    pub fn bare(&self, word: Word) -> Option<&'t str> {
        match &self.tree[word.parts] {
            [Part { kind: PartKind::Literal, span }] => Some(self.slice(*span)),
            _ => None,
        }
    }

    /// Whether a word holds an unquoted `*`, `?`, `[…]` or `@(…)`.
    pub fn is_glob(&self, word: Word) -> bool {
        self.tree[word.parts].iter().any(|part| {
            matches!(part.kind, PartKind::Star | PartKind::Question | PartKind::Set(_) | PartKind::ExtGlob(_))
        })
    }

    /// Whether a word holds a brace expansion: `{a,b}`.
    pub fn has_braces(&self, word: Word) -> bool {
        self.tree[word.parts].iter().any(|part| matches!(part.kind, PartKind::Brace(_)))
    }

    /// The parts of a word, and what is in its double quotes in place of them.
    pub fn flat_parts(&self, word: Word) -> impl Iterator<Item = &'t Part> {
        let tree = self.tree;
        tree[word.parts].iter().flat_map(move |part| match part.kind {
            PartKind::Double { parts, .. } => tree[parts].iter(),
            _ => std::slice::from_ref(part).iter(),
        })
    }

    /// The first expansion of a word that gives all elements of an array, in quotes or not: `$@`, `${x[@]}`.
    pub fn array(&self, word: Word) -> Option<&'t Part> {
        self.flat_parts(word).find(|part| match part.kind {
            PartKind::Parameter(id) => {
                let parameter = &self.tree[id];
                let at = parameter.subscript.is_some_and(|subscript| subscript.kind == SubscriptKind::At);
                !parameter.length && (at || self.slice(parameter.name) == "@")
            }
            _ => false,
        })
    }

    /// Whether a word is one argument, whatever its expansions hold.
    pub fn is_one_argument(&self, word: Word) -> bool {
        self.is_one_but_for_substitutions(word)
            && !self.tree[word.parts].iter().any(|part| matches!(part.kind, PartKind::Substitution(_)))
    }

    /// The same, if each `$(…)` gives one word.
    pub fn is_one_but_for_substitutions(&self, word: Word) -> bool {
        let one = |part: &Part| !matches!(part.kind, PartKind::Parameter(_) | PartKind::Brace(_));
        self.array(word).is_none() && !self.is_glob(word) && self.tree[word.parts].iter().all(one)
    }

    /// The first part of a word that is text, and is not empty; inside of double quotes, but not of braces.
    pub fn text_part(&self, word: Word) -> Option<&'t Part> {
        let mut braces = 0;
        self.flat_parts(word).find(|part| {
            match part.kind {
                PartKind::Brace(Brace::Open) => braces += 1,
                PartKind::Brace(Brace::Close) => braces -= 1,
                _ => {}
            }
            braces == 0
                && match part.kind {
                    PartKind::Literal | PartKind::Escape | PartKind::Tilde => true,
                    PartKind::Single => part.span.len() > 2,
                    PartKind::AnsiC => part.span.len() > 3,
                    _ => false,
                }
        })
    }

    /// What is text in a word, without what is expanded.
    pub fn text_of(&self, word: Word) -> String {
        let mut text = String::new();
        for part in self.flat_parts(word) {
            // What is expanded adds nothing.
            let _ = self.push(part, true, &mut text);
        }
        text
    }

    /// Whether a word holds an expansion, quoted or not.
    pub fn is_dynamic(&self, word: Word) -> bool {
        fn dynamic(survey: &Survey<'_>, part: &Part) -> bool {
            match part.kind {
                PartKind::Parameter(_) | PartKind::Substitution(_) | PartKind::Arithmetic(_) => true,
                PartKind::Double { parts, .. } => survey.tree[parts].iter().any(|part| dynamic(survey, part)),
                _ => false,
            }
        }
        self.tree[word.parts].iter().any(|part| dynamic(self, part))
    }
}
