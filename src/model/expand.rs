//! Words with variables → what BuildKit makes of them, and which variables they use.
//!
//! Follows BuildKit's shell lexer: `$v`, `${v}`, the modifiers `:- - :+ + :? ? # ## % %% / //`, single
//! and double quotes, and the file's escape character. Where a value is not known the result is not
//! known either; nothing is ever guessed.

use std::cell::Cell;
use std::ops::Range;

use super::pattern::{regex, replace, trim};
use super::{Variable, Variables};
use crate::syntax::WordOrigin;
use crate::text::Span;

/// The longest value that is kept, in bytes; a longer one counts as not known. Linux takes no
/// environment string over 128 KiB.
pub(super) const MAX_VALUE: usize = 64 << 10;

/// How deep `${a:-${b:-…}}` is followed; anything deeper is not known.
const MAX_DEPTH: usize = 32;

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
        let Some(budget) = self.budget else { return true };
        let left = budget.get().checked_sub(bytes);
        budget.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// Expands one word. `escape` is the file's escape character.
pub fn expand(text: &str, place: WordOrigin<'_>, escape: char, scope: Scope<'_>) -> Expansion {
    Expander::new(text, escape, scope, true).run(place)
}

/// Expands the body of an unquoted heredoc of `COPY` or `ADD`: quotes mean nothing there, and the escape
/// character is always the backslash.
pub fn expand_heredoc(text: &str, place: WordOrigin<'_>, scope: Scope<'_>) -> Expansion {
    Expander::new(text, '\\', scope, false).run(place)
}

struct Expander<'t, 'v> {
    text: &'t str,
    at: usize,
    escape: char,
    scope: Scope<'v>,
    /// Quotes are special.
    quotes: bool,
    /// Escapes are kept: in patterns.
    raw: bool,
    depth: usize,
    uses: Vec<(VariableUse, Range<usize>)>,
}

/// Why expansion stopped.
enum Stop {
    /// BuildKit would refuse it.
    Bad(String),
    /// Beyond our own limits.
    TooDeep,
}

type Pieces = Result<Vec<Piece>, Stop>;

fn bad<T>(message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Bad(message.into()))
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

impl<'t, 'v> Expander<'t, 'v> {
    fn new(text: &'t str, escape: char, scope: Scope<'v>, quotes: bool) -> Self {
        Self { text, at: 0, escape, scope, quotes, raw: false, depth: 0, uses: Vec::new() }
    }

    fn run(mut self, place: WordOrigin<'_>) -> Expansion {
        let result = self.until(None, false);
        let uses = self.uses.into_iter();
        let uses = uses.map(|(used, at)| VariableUse { span: place.span(&at), ..used }).collect();
        match result {
            Ok(pieces) => Expansion { value: join(&pieces), uses, error: None, pieces },
            Err(Stop::Bad(error)) => Expansion { value: None, uses, error: Some(error), pieces: Vec::new() },
            Err(Stop::TooDeep) => Expansion { uses, ..Expansion::default() },
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    /// Reads up to `stop`, which is taken, or to the end if there is none.
    fn until(&mut self, stop: Option<char>, raw: bool) -> Pieces {
        let outer = std::mem::replace(&mut self.raw, raw);
        let result = self.until_inner(stop);
        self.raw = outer;
        result
    }

    fn until_inner(&mut self, stop: Option<char>) -> Pieces {
        let mut pieces = Vec::new();
        while let Some(char) = self.peek() {
            let start = self.at;
            match char {
                _ if Some(char) == stop => {
                    self.next();
                    return Ok(pieces);
                }
                '\'' if self.quotes => self.single_quoted(&mut pieces)?,
                '"' if self.quotes => self.double_quoted(&mut pieces)?,
                '$' => pieces.append(&mut self.dollar(false)?),
                _ if char == self.escape => {
                    self.next();
                    if self.raw {
                        self.literal(&mut pieces, start, true);
                    }
                    let start = self.at;
                    if self.next().is_some() {
                        self.literal(&mut pieces, start, true);
                    }
                }
                _ => {
                    self.skip_plain(stop);
                    self.literal(&mut pieces, start, false);
                }
            }
        }
        match stop {
            Some(stop) => bad(format!("the `{stop}` that closes the substitution is missing")),
            None => Ok(pieces),
        }
    }

    /// Adds the text from `start` up to here, to the last piece if it goes on from there.
    fn literal(&self, pieces: &mut Vec<Piece>, start: usize, quoted: bool) {
        let text = &self.text[start..self.at];
        if let Some(last) = pieces.last_mut()
            && last.quoted == quoted
            && last.at.end == start
            && last.is_literal()
            && let Some(before) = &mut last.text
        {
            before.push_str(text);
            last.at.end = self.at;
            return;
        }
        pieces.push(Piece { text: Some(text.into()), at: start..self.at, variable: None, verbatim: true, quoted });
    }

    fn single_quoted(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Stop> {
        self.next();
        let start = self.at;
        let Some(len) = self.text[start..].find('\'') else {
            self.at = self.text.len();
            return bad("a single quote is not closed");
        };
        self.at = start + len;
        // Empty quotes still leave their place: `''` is a word.
        self.literal(pieces, start, true);
        self.next();
        Ok(())
    }

    fn double_quoted(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Stop> {
        self.next();
        loop {
            let start = self.at;
            match self.next() {
                None => return bad("a double quote is not closed"),
                Some('"') => return Ok(()),
                Some('$') => {
                    self.at = start;
                    pieces.append(&mut self.dollar(true)?);
                }
                Some(char) if char == self.escape => {
                    if self.raw {
                        self.literal(pieces, start, true);
                    }
                    match self.peek() {
                        None => {}
                        Some(next) if next == '"' || next == '$' || next == self.escape => {
                            let start = self.at;
                            self.next();
                            self.literal(pieces, start, true);
                        }
                        Some(_) => self.literal(pieces, start, true),
                    }
                }
                Some(_) => {
                    self.at = start;
                    self.skip_plain(None);
                    self.literal(pieces, start, true);
                }
            }
        }
    }

    /// Goes on over what means nothing but itself, in quotes or out of them.
    fn skip_plain(&mut self, stop: Option<char>) {
        let escape = self.escape;
        let special = |char: char| matches!(char, '\'' | '"' | '$') || char == escape || Some(char) == stop;
        let rest = &self.text[self.at..];
        // The first one has been looked at already: it may be a quote where quotes mean nothing.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        self.at += rest[first..].find(special).map_or(rest.len(), |at| first + at);
    }

    fn name(&mut self) -> &'t str {
        let start = self.at;
        match self.peek() {
            Some(char) if char.is_numeric() => {
                while self.peek().is_some_and(char::is_numeric) {
                    self.next();
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => {
                while self.peek().is_some_and(|char| char.is_alphanumeric() || char == '_') {
                    self.next();
                }
            }
        }
        &self.text[start..self.at]
    }

    fn look_up(&mut self, name: &str, start: usize, fallback: bool) -> Found<'v> {
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
        self.uses.push((used, start..self.at));
        found
    }

    /// The value of the last variable looked up.
    fn variable(&self, text: Option<String>, start: usize, verbatim: bool, quoted: bool) -> Vec<Piece> {
        let text = text.filter(|text| text.len() <= MAX_VALUE && self.scope.pay(text.len()));
        vec![Piece { text, at: start..self.at, variable: self.uses.len().checked_sub(1), verbatim, quoted }]
    }

    fn dollar(&mut self, quoted: bool) -> Pieces {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        self.depth += 1;
        let result = self.dollar_inner(quoted);
        self.depth -= 1;
        result
    }

    fn dollar_inner(&mut self, quoted: bool) -> Pieces {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                let mut pieces = Vec::new();
                self.literal(&mut pieces, start, quoted);
                return Ok(pieces);
            }
            let value = plain(self.look_up(name, start, false));
            return Ok(self.variable(value, start, true, quoted));
        }
        self.next();
        match self.peek() {
            None => return bad("the `}` that closes `${` is missing"),
            Some('{' | '}' | ':') => return bad("bad substitution: a variable's name must follow `${`"),
            Some(_) => {}
        }
        let name = self.name();
        let mut modifier = String::new();
        let mut char = self.next();
        modifier.extend(char);
        let null_is_unset = char == Some(':');
        match char {
            Some('}') => {
                let value = plain(self.look_up(name, start, false));
                return Ok(self.variable(value, start, true, quoted));
            }
            Some('/') => return self.replacement(name, start, quoted),
            Some(':') => {
                char = self.next();
                modifier.extend(char);
            }
            Some('+' | '-' | '?' | '#' | '%') => {}
            None => return bad("the `}` that closes `${` is missing"),
            _ => return bad(format!("unsupported modifier `{modifier}` in the substitution of `{name}`")),
        }
        let pattern = matches!(char, Some('#' | '%'));
        let mut word = self.until(Some('}'), pattern)?;
        let found = self.look_up(name, start, !pattern);
        if quoted {
            word.iter_mut().for_each(|piece| piece.quoted = true);
        }
        let empty = null_is_unset && matches!(found, Found::Value(""));
        match (char, found) {
            (Some('-'), Found::Nothing | Found::Declared) => Ok(word),
            (Some('-'), _) if empty => Ok(word),
            (Some('-'), found) => Ok(self.variable(plain(found), start, true, quoted)),
            (Some('+'), Found::Nothing | Found::Declared) => Ok(Vec::new()),
            (Some('+'), _) if empty => Ok(Vec::new()),
            (Some('+'), Found::Value(_)) => Ok(word),
            (Some('+'), Found::Unknown) => Ok(self.variable(None, start, false, quoted)),
            (Some('?'), Found::Nothing) => bad(format!("`{name}` is required here but it is not set")),
            (Some('?'), _) if empty => bad(format!("`{name}` is required here but it is empty")),
            (Some('?'), Found::Declared) => Ok(self.variable(None, start, false, quoted)),
            (Some('?'), found) => Ok(self.variable(plain(found), start, true, quoted)),
            (Some(kind @ ('#' | '%')), found) => {
                let value = match (plain(found), join(&word)) {
                    (Some(value), Some(pattern)) if self.pay_pattern(&value, &pattern) => {
                        Some(trim(kind, &pattern, &value).map_err(Stop::Bad)?)
                    }
                    _ => None,
                };
                Ok(self.variable(value, start, false, quoted))
            }
            _ => bad(format!("unsupported modifier `{modifier}` in the substitution of `{name}`")),
        }
    }

    /// Behind `${name/`.
    fn replacement(&mut self, name: &str, start: usize, quoted: bool) -> Pieces {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let pattern = self.until(Some('/'), true)?;
        let replacement = self.until(Some('}'), true)?;
        let value = plain(self.look_up(name, start, false));
        let value = match (value, join(&pattern), join(&replacement)) {
            (Some(value), Some(pattern), Some(replacement)) if self.pay_pattern(&value, &pattern) => {
                let regex = regex(&pattern, true, false).map_err(Stop::Bad)?;
                replace(&regex, &value, &replacement, all)
            }
            _ => None,
        };
        Ok(self.variable(value, start, false, quoted))
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
