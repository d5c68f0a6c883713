//! What a word says as far as that is written.

use std::borrow::Cow;

use super::Survey;
use crate::shell::reader::{Part, PartKind, Word};

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

    fn push(&self, part: &Part, double: bool, out: &mut String) -> Option<()> {
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
