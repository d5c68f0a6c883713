//! Words with variables → what BuildKit makes of them, and which variables they use.
//!
//! Reads the tokens of [`crate::syntax::expand`]: `$v`, `${v}`, the modifiers `:- - :+ + :? ? # ## % %% / //`, single
//! and double quotes, and the file's escape character. Where a value is not known the result is not
//! known either; nothing is ever guessed.

use std::cell::Cell;
use std::ops::Range;

use super::pattern::{regex, replace, trim};
use super::{Variable, Variables};
use crate::syntax::WordOrigin;
use crate::syntax::expand::{Lexed, Operator, Problem, Token, TokenKind, lex};
use crate::text::{Span, steps};

/// The longest value that is kept, in bytes; a longer one counts as not known. Linux takes no
/// environment string over 128 KiB.
pub(super) const MAX_VALUE: usize = 64 << 10;

/// What a word expands to.
#[derive(Clone, Debug, Default)]
pub struct Expansion {
    /// `None` when a variable in it has no known value, or when BuildKit would refuse it.
    pub value: Option<String>,
    /// Every variable it uses, in the order BuildKit looks them up.
    pub uses: Vec<VariableUse>,
    /// Why BuildKit would refuse it.
    pub error: Option<String>,
    /// Where each stretch of the value comes from, in order.
    pub pieces: Vec<Piece>,
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableUse {
    pub name: String,
    /// `$name` or all of `${name…}`.
    pub span: Span,
    pub status: UseStatus,
    /// It says what happens when there is no value: `${name:-…}`, `-`, `+`, `?`.
    pub fallback: bool,
    /// Where the variable was set: [`Variable::span`].
    pub set_at: Option<Span>,
    /// Where its value is written: [`Variable::value_span`].
    pub value_at: Option<Span>,
}

/// What is known of a variable where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseStatus {
    /// It has a value, which need not be known.
    Set,
    /// Declared by an `ARG` that gives no value.
    Unset,
    /// Nothing in this file declares it. In a stage the base image may still do so.
    Undefined,
}

/// A stretch of an expanded word.
#[derive(Clone, Debug)]
pub struct Piece {
    /// `None` when it is not known.
    pub text: Option<String>,
    /// Its place in the word's text: the literal itself, or the variable's whole use.
    pub at: Range<usize>,
    /// Index into [`Expansion::uses`]; `None` for a literal.
    pub variable: Option<usize>,
    /// A variable's value as it is: no pattern was taken off.
    pub verbatim: bool,
    /// It was quoted or escaped, so that it is not split at spaces.
    pub quoted: bool,
}

impl Piece {
    /// Whether it is a literal that equals its bytes in the word.
    pub fn is_literal(&self) -> bool {
        self.variable.is_none() && self.text.as_ref().is_some_and(|text| text.len() == self.at.len())
    }
}

impl Expansion {
    /// The value split at unquoted spaces, as BuildKit does for `EXPOSE`. `None` if it is not known.
    pub fn words(&self) -> Option<Vec<String>> {
        self.value.as_ref()?;
        let mut words = vec![String::new()];
        for piece in &self.pieces {
            let text = piece.text.as_deref()?;
            for char in text.chars() {
                match words.last_mut() {
                    Some(word) if piece.quoted || !char.is_whitespace() => word.push(char),
                    Some(word) if word.is_empty() => {}
                    _ => words.push(String::new()),
                }
            }
        }
        words.retain(|word| !word.is_empty());
        Some(words)
    }
}

/// The variables a word is expanded with.
#[derive(Clone, Copy)]
pub struct Scope<'v> {
    pub variables: &'v Variables,
    /// There may be more variables than these: the base image's.
    pub open: bool,
    /// How many bytes of values may still be copied for this file, if that is bounded.
    pub budget: Option<&'v Cell<usize>>,
}

impl<'v> Scope<'v> {
    pub fn new(variables: &'v Variables, open: bool) -> Self {
        Self { variables, open, budget: None }
    }

    fn pay(&self, bytes: usize) -> bool {
        steps::count(bytes);
        let Some(budget) = self.budget else { return true };
        let left = budget.get().checked_sub(bytes);
        budget.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// Expands one word. `escape` is the file's escape character.
pub fn expand(text: &str, place: WordOrigin<'_>, escape: char, scope: Scope<'_>) -> Expansion {
    expand_lexed(text, lex(text, escape, true), place, scope)
}

/// Expands the body of an unquoted heredoc of `COPY` or `ADD`: quotes mean nothing there, and the escape
/// character is always the backslash.
pub fn expand_heredoc(text: &str, place: WordOrigin<'_>, scope: Scope<'_>) -> Expansion {
    expand_lexed(text, lex(text, '\\', false), place, scope)
}

fn expand_lexed(text: &str, lexed: Lexed, place: WordOrigin<'_>, scope: Scope<'_>) -> Expansion {
    let mut expander = Expander { text, scope, uses: Vec::new(), pieces: Vec::new(), open: Vec::new() };
    let mut result = lexed.tokens.into_iter().try_for_each(|token| expander.token(token));
    if let (Ok(()), Some(fault)) = (&result, lexed.fault) {
        result = Err(stop(fault.problem));
    }
    let Expander { uses, pieces, .. } = expander;
    let uses = uses.into_iter().map(|(used, at)| VariableUse { span: place.span(&at), ..used }).collect();
    match result {
        Ok(()) => Expansion { value: join(&pieces), uses, error: None, pieces },
        Err(Stop::Bad(error)) => Expansion { value: None, uses, error: Some(error), pieces: Vec::new() },
        Err(Stop::TooDeep) => Expansion { uses, ..Expansion::default() },
    }
}

/// Folds the tokens of a word to the pieces of its value.
struct Expander<'t, 'v> {
    text: &'t str,
    scope: Scope<'v>,
    uses: Vec<(VariableUse, Range<usize>)>,
    /// What the innermost open substitution has so far, or the word.
    pieces: Vec<Piece>,
    /// The substitutions that are open, outermost first.
    open: Vec<Substitution>,
}

/// A `${name…` before its `}`.
struct Substitution {
    name: Range<usize>,
    operator: Operator,
    start: usize,
    quoted: bool,
    /// The pieces before it.
    before: Vec<Piece>,
    /// Of a replacement: its pattern, once that is complete.
    pattern: Vec<Piece>,
}

/// Why expansion stopped.
enum Stop {
    /// BuildKit would refuse it.
    Bad(String),
    /// Beyond our own limits.
    TooDeep,
}

fn bad<T>(message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Bad(message.into()))
}

fn stop(problem: Problem) -> Stop {
    let message = match problem {
        Problem::SingleQuote => "a single quote is not closed",
        Problem::DoubleQuote => "a double quote is not closed",
        Problem::Brace => "the `}` that closes `${` is missing",
        Problem::Slash => "the `/` that ends the pattern is missing",
        Problem::BadSubstitution => "bad substitution: a variable's name must follow `${`",
        Problem::Modifier => "unsupported modifier",
        Problem::TooDeep => return Stop::TooDeep,
    };
    Stop::Bad(message.to_owned())
}

/// The variable looked up.
enum Found<'v> {
    Value(&'v str),
    /// Set, or it may be; the value is not known.
    Unknown,
    /// `ARG name`: no value unless the builder gives one.
    Declared,
    Nothing,
}

impl<'v> Expander<'_, 'v> {
    fn token(&mut self, token: Token) -> Result<(), Stop> {
        let Token { kind, at, quoted } = token;
        match kind {
            TokenKind::Text | TokenKind::Escape { in_pattern: true } => self.literal(at, quoted),
            TokenKind::Quote | TokenKind::Escape { in_pattern: false } => {}
            TokenKind::Variable { name } => {
                let value = plain(self.look_up(&name, &at, false));
                self.variable(value, at, true, quoted);
            }
            TokenKind::Open { name, operator: Operator::Unsupported { colon: false } } => {
                return bad(self.unsupported(&name, at.end));
            }
            TokenKind::Open { name, operator } => {
                let before = std::mem::take(&mut self.pieces);
                let start = at.start;
                self.open.push(Substitution { name, operator, start, quoted, before, pattern: Vec::new() });
            }
            TokenKind::Separator => {
                if let Some(open) = self.open.last_mut() {
                    open.pattern = std::mem::take(&mut self.pieces);
                }
            }
            TokenKind::Close => {
                let Some(mut open) = self.open.pop() else { return Ok(()) };
                let word = std::mem::replace(&mut self.pieces, std::mem::take(&mut open.before));
                self.close(open, word, at.end)?;
            }
        }
        Ok(())
    }

    /// Adds literal text, to the last piece if it goes on from there.
    fn literal(&mut self, at: Range<usize>, quoted: bool) {
        let text = &self.text[at.clone()];
        if let Some(last) = self.pieces.last_mut()
            && last.quoted == quoted
            && last.at.end == at.start
            && last.is_literal()
            && let Some(before) = &mut last.text
        {
            before.push_str(text);
            last.at.end = at.end;
            return;
        }
        self.pieces.push(Piece { text: Some(text.into()), at, variable: None, verbatim: true, quoted });
    }

    fn look_up(&mut self, name: &Range<usize>, at: &Range<usize>, fallback: bool) -> Found<'v> {
        let name = &self.text[name.clone()];
        let variable: Option<&'v Variable> = self.scope.variables.get(name);
        let (status, found) = match variable {
            Some(Variable { value: Some(value), .. }) => (UseStatus::Set, Found::Value(value)),
            Some(Variable { unset: true, .. }) => (UseStatus::Unset, Found::Declared),
            Some(_) => (UseStatus::Set, Found::Unknown),
            None if self.scope.open => (UseStatus::Undefined, Found::Unknown),
            None => (UseStatus::Undefined, Found::Nothing),
        };
        let set_at = variable.and_then(|variable| variable.span);
        let value_at = variable.and_then(|variable| variable.value_span);
        let used = VariableUse { name: name.to_owned(), span: Span::default(), status, fallback, set_at, value_at };
        self.uses.push((used, at.clone()));
        found
    }

    /// Adds the value of the last variable looked up.
    fn variable(&mut self, text: Option<String>, at: Range<usize>, verbatim: bool, quoted: bool) {
        let text = text.filter(|text| text.len() <= MAX_VALUE && self.scope.pay(text.len()));
        self.pieces.push(Piece { text, at, variable: self.uses.len().checked_sub(1), verbatim, quoted });
    }

    fn unsupported(&self, name: &Range<usize>, end: usize) -> String {
        let modifier = &self.text[name.end..end];
        format!("unsupported modifier `{modifier}` in the substitution of `{}`", &self.text[name.clone()])
    }

    /// Adds what a `${name…}` that ends at `end` gives, with this word.
    fn close(&mut self, open: Substitution, mut word: Vec<Piece>, end: usize) -> Result<(), Stop> {
        let Substitution { name, operator, start, quoted, pattern, .. } = open;
        let at = start..end;
        let (sign, colon) = match operator {
            Operator::Sign { sign, colon } => (sign, colon),
            Operator::Replace { all } => {
                let value = plain(self.look_up(&name, &at, false));
                let value = match (value, join(&pattern), join(&word)) {
                    (Some(value), Some(pattern), Some(replacement)) if self.pay_pattern(&value, &pattern) => {
                        let regex = regex(&pattern, true, false).map_err(Stop::Bad)?;
                        replace(&regex, &value, &replacement, all)
                    }
                    _ => None,
                };
                self.variable(value, at, false, quoted);
                return Ok(());
            }
            Operator::Unsupported { .. } => {
                self.look_up(&name, &at, true);
                // The colon and the character after it.
                let char = self.text[name.end + 1..].chars().next().map_or(0, char::len_utf8);
                return bad(self.unsupported(&name, name.end + 1 + char));
            }
        };
        let is_pattern = matches!(sign, '#' | '%');
        let found = self.look_up(&name, &at, !is_pattern);
        if quoted {
            word.iter_mut().for_each(|piece| piece.quoted = true);
        }
        let empty = colon && matches!(found, Found::Value(""));
        let name = &self.text[name];
        match (sign, found) {
            ('-', Found::Nothing | Found::Declared) => self.pieces.append(&mut word),
            ('-', _) if empty => self.pieces.append(&mut word),
            ('-', found) => self.variable(plain(found), at, true, quoted),
            ('+', Found::Nothing | Found::Declared) => {}
            ('+', _) if empty => {}
            ('+', Found::Value(_)) => self.pieces.append(&mut word),
            ('+', Found::Unknown) => self.variable(None, at, false, quoted),
            ('?', Found::Nothing) => return bad(format!("`{name}` is required here but it is not set")),
            ('?', _) if empty => return bad(format!("`{name}` is required here but it is empty")),
            ('?', Found::Declared) => self.variable(None, at, false, quoted),
            ('?', found) => self.variable(plain(found), at, true, quoted),
            (_, found) => {
                let value = match (plain(found), join(&word)) {
                    (Some(value), Some(pattern)) if self.pay_pattern(&value, &pattern) => {
                        Some(trim(sign, &pattern, &value).map_err(Stop::Bad)?)
                    }
                    _ => None,
                };
                self.variable(value, at, false, quoted);
            }
        }
        Ok(())
    }

    /// Whether the file may still afford a pattern of this size.
    fn pay_pattern(&self, value: &str, pattern: &str) -> bool {
        pattern.len() <= 1000 && self.scope.pay(value.len() + 10 * pattern.len())
    }
}

fn plain(found: Found<'_>) -> Option<String> {
    match found {
        Found::Value(value) => Some(value.to_owned()),
        Found::Nothing => Some(String::new()),
        Found::Unknown | Found::Declared => None,
    }
}

fn join(pieces: &[Piece]) -> Option<String> {
    let mut value = String::new();
    for piece in pieces {
        value.push_str(piece.text.as_deref()?);
        // A literal can be as long as the file; what variables add is what can explode.
        if piece.variable.is_some() && value.len() > MAX_VALUE {
            return None;
        }
    }
    Some(value)
}

#[cfg(test)]
#[path = "expand_tests.rs"]
mod tests;
