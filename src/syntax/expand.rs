//! BuildKit's own shell-like lexer: quotes, escapes and `${…}` in words. It finds words that BuildKit cannot expand, and
//! heredocs as BuildKit finds them, and gives the model the pieces that it expands.
//!
//! No variable is known here: what a variable stands for, the reader of the [`Token`]s has to know.

use std::ops::Range;

/// How many levels of `${a:-${b:-…}}` are followed.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    SingleQuote,
    DoubleQuote,
    /// `${…` without `}`.
    Brace,
    /// `${x/y}`: no second slash.
    Slash,
    /// `${}`, `${{…`, `${:…`.
    BadSubstitution,
    /// `${x^^}` and the like.
    Modifier,
    /// Not a fault of the text: nested deeper than we follow.
    TooDeep,
}

/// What is wrong, and where the construct starts: a byte of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) problem: Problem,
    pub(crate) at: usize,
}

/// A token of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Its bytes in the text.
    pub(crate) at: Range<usize>,
    /// It is in quotes, or after an escape. In a `${…}` that is in quotes itself, this holds for the quotes inside only.
    pub(crate) quoted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Stands for itself. Empty for `''`.
    Text,
    /// A quote, which disappears.
    Quote,
    /// An escape character, which disappears except in a pattern. What it escapes follows as text.
    Escape { in_pattern: bool },
    /// `$name` or `${name}`.
    Variable { name: Range<usize> },
    /// `${name:-` and the like. The tokens of its word follow, up to [`TokenKind::Close`].
    Open { name: Range<usize>, operator: Operator },
    /// The slash between pattern and replacement.
    Separator,
    /// `}`.
    Close,
}

/// What a `${…}` does besides looking up a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `-`, `+`, `?`, `#` or `%`, perhaps after a colon.
    Sign { sign: char, colon: bool },
    /// `/`, or `//` for all matches.
    Replace { all: bool },
    /// BuildKit does not know it. With a colon, its word follows all the same.
    Unsupported { colon: bool },
}

/// The tokens of a text, up to the first fault.
#[derive(Debug)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) fault: Option<Fault>,
}

/// Reads a text. `quotes` is false where quotes mean nothing: in the body of a heredoc.
pub(crate) fn lex(text: &str, escape: char, quotes: bool) -> Lexed {
    let mut lexer = Lexer { text, at: 0, escape, quotes, tokens: Vec::new(), depth: 0 };
    let fault = lexer.until(None, false).err();
    Lexed { tokens: lexer.tokens, fault }
}

/// What the reader of words keeps as written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keep {
    pub(super) quotes: bool,
    pub(super) escapes: bool,
}

/// A word of the result: its text, and the bytes of the input it came from.
#[derive(Debug, PartialEq)]
pub(super) struct LexedWord {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The first thing in `text` that BuildKit cannot expand.
pub(super) fn fault(text: &str, escape: char) -> Option<Fault> {
    if !text.contains(['\'', '"', '$']) {
        return None;
    }
    lex(text, escape, true).fault.filter(|fault| fault.problem != Problem::TooDeep)
}

/// The words of `text`, with its variables as written; an error if it does not hold together.
pub(super) fn words(text: &str, escape: char, keep: Keep) -> Result<Vec<LexedWord>, Fault> {
    let lexed = lex(text, escape, true);
    if let Some(fault) = lexed.fault {
        return Err(fault);
    }
    let mut words = Words { text, found: Vec::new(), open: false };
    // How many substitutions the token is in, and whether the outermost of them is in quotes.
    let (mut depth, mut outer_quoted) = (0_usize, false);
    for token in lexed.tokens {
        let Token { at, quoted, .. } = token;
        let outer = if depth == 0 { quoted } else { outer_quoted };
        match token.kind {
            TokenKind::Text if depth == 0 && !quoted => words.unquoted(at),
            TokenKind::Text | TokenKind::Variable { .. } => words.push(at, !outer),
            TokenKind::Quote if keep.quotes => words.push(at, depth > 0 && !outer),
            TokenKind::Quote => {}
            TokenKind::Escape { in_pattern } if in_pattern || depth == 0 && keep.escapes => {
                words.push(at, depth > 0 && !outer);
            }
            TokenKind::Escape { .. } => {}
            TokenKind::Open { operator, .. } => {
                // As BuildKit writes it, with one slash.
                let end = at.end - usize::from(operator == Operator::Replace { all: true });
                words.push(at.start..end, !outer);
                if depth == 0 {
                    outer_quoted = quoted;
                }
                depth += 1;
            }
            TokenKind::Separator => words.push(at, !outer),
            TokenKind::Close => {
                words.push(at, !outer);
                depth -= 1;
            }
        }
    }
    Ok(words.found)
}

struct Words<'t> {
    text: &'t str,
    found: Vec<LexedWord>,
    /// Whether the next character belongs to the last word.
    open: bool,
}

impl Words<'_> {
    /// Adds text that white space splits, if it is soft.
    fn push(&mut self, at: Range<usize>, soft: bool) {
        for (offset, char) in self.text[at.clone()].char_indices() {
            self.add(at.start + offset, char, soft);
        }
    }

    /// Adds text in which white space ends a word, except after `<<`: `<< EOF` is one word.
    fn unquoted(&mut self, at: Range<usize>) {
        let (mut signs, mut glued) = (0, false);
        for (offset, char) in self.text[at.clone()].char_indices() {
            match char {
                '<' if signs < 2 => {
                    signs += 1;
                    glued = signs == 2;
                }
                '<' => (signs, glued) = (1, false),
                ' ' | '\t' if glued => {}
                _ => (signs, glued) = (0, false),
            }
            self.add(at.start + offset, char, !glued);
        }
    }

    fn add(&mut self, at: usize, char: char, soft: bool) {
        if soft && char.is_whitespace() {
            self.open = false;
            return;
        }
        let end = at + char.len_utf8();
        match self.found.last_mut() {
            Some(word) if self.open => {
                word.text.push(char);
                word.end = word.end.max(end);
            }
            _ => self.found.push(LexedWord { text: char.to_string(), start: at, end }),
        }
        self.open = true;
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    escape: char,
    quotes: bool,
    tokens: Vec<Token>,
    depth: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    /// Adds a token from `start` up to here.
    fn push(&mut self, kind: TokenKind, start: usize, quoted: bool) {
        self.tokens.push(Token { kind, at: start..self.at, quoted });
    }

    /// Reads up to `stop`, which is taken, or to the end. False if `stop` does not come.
    fn until(&mut self, stop: Option<char>, in_pattern: bool) -> Result<bool, Fault> {
        while let Some(char) = self.peek() {
            let start = self.at;
            match char {
                _ if Some(char) == stop => {
                    self.next();
                    return Ok(true);
                }
                '\'' if self.quotes => self.single_quotes()?,
                '"' if self.quotes => self.double_quotes(in_pattern)?,
                '$' => self.dollar(false)?,
                _ if char == self.escape => {
                    self.next();
                    self.push(TokenKind::Escape { in_pattern }, start, true);
                    let start = self.at;
                    if self.next().is_some() {
                        self.push(TokenKind::Text, start, true);
                    }
                }
                _ => {
                    self.skip_plain(stop);
                    self.push(TokenKind::Text, start, false);
                }
            }
        }
        Ok(stop.is_none())
    }

    /// Skips what stands for itself, in quotes or out of them.
    fn skip_plain(&mut self, stop: Option<char>) {
        let escape = self.escape;
        let special = |char: char| matches!(char, '\'' | '"' | '$') || char == escape || Some(char) == stop;
        let rest = &self.text[self.at..];
        // The first one has been looked at already: it may be a quote where quotes mean nothing.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        self.at += rest[first..].find(special).map_or(rest.len(), |at| first + at);
    }

    fn single_quotes(&mut self) -> Result<(), Fault> {
        let at = self.at;
        self.next();
        self.push(TokenKind::Quote, at, true);
        let start = self.at;
        let Some(len) = self.text[start..].find('\'') else {
            self.at = self.text.len();
            return Err(Fault { problem: Problem::SingleQuote, at });
        };
        self.at += len;
        self.push(TokenKind::Text, start, true);
        let start = self.at;
        self.next();
        self.push(TokenKind::Quote, start, true);
        Ok(())
    }

    fn double_quotes(&mut self, in_pattern: bool) -> Result<(), Fault> {
        let at = self.at;
        self.next();
        self.push(TokenKind::Quote, at, true);
        loop {
            let start = self.at;
            match self.peek() {
                None => return Err(Fault { problem: Problem::DoubleQuote, at }),
                Some('"') => {
                    self.next();
                    self.push(TokenKind::Quote, start, true);
                    return Ok(());
                }
                Some('$') => self.dollar(true)?,
                Some(char) if char == self.escape => {
                    self.next();
                    self.push(TokenKind::Escape { in_pattern }, start, true);
                    match self.peek() {
                        None => {}
                        Some(next) if next == '"' || next == '$' || next == self.escape => {
                            let start = self.at;
                            self.next();
                            self.push(TokenKind::Text, start, true);
                        }
                        // It escapes nothing, and stays.
                        Some(_) => self.push(TokenKind::Text, start, true),
                    }
                }
                Some(_) => {
                    self.skip_plain(None);
                    self.push(TokenKind::Text, start, true);
                }
            }
        }
    }

    /// `$x`, `${x}` and `${x…}`.
    fn dollar(&mut self, quoted: bool) -> Result<(), Fault> {
        let at = self.at;
        let fail = |problem| Err(Fault { problem, at });
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            let kind = if name.is_empty() { TokenKind::Text } else { TokenKind::Variable { name } };
            self.push(kind, at, quoted);
            return Ok(());
        }
        self.next();
        match self.peek() {
            None => return fail(Problem::Brace),
            Some('{' | '}' | ':') => return fail(Problem::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        let mut sign = self.next();
        if sign == Some('}') {
            self.push(TokenKind::Variable { name }, at, quoted);
            return Ok(());
        }
        let colon = sign == Some(':');
        if colon {
            sign = self.next();
        }
        let operator = match sign {
            None => return fail(Problem::Brace),
            Some('/') if !colon => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                Operator::Replace { all }
            }
            Some(sign @ ('+' | '-' | '?' | '#' | '%')) => Operator::Sign { sign, colon },
            Some(_) => Operator::Unsupported { colon },
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail(Problem::TooDeep);
        }
        self.push(TokenKind::Open { name, operator }, at, quoted);
        match operator {
            Operator::Unsupported { colon: false } => return fail(Problem::Modifier),
            Operator::Replace { .. } => {
                self.stopping(at, '/', Problem::Slash, true)?;
                self.push(TokenKind::Separator, self.at - 1, quoted);
                self.stopping(at, '}', Problem::Brace, true)?;
            }
            Operator::Sign { sign, .. } => self.stopping(at, '}', Problem::Brace, matches!(sign, '#' | '%'))?,
            Operator::Unsupported { .. } => self.stopping(at, '}', Problem::Brace, false)?,
        }
        self.push(TokenKind::Close, self.at - 1, quoted);
        self.depth -= 1;
        if operator == (Operator::Unsupported { colon: true }) { fail(Problem::Modifier) } else { Ok(()) }
    }

    fn stopping(&mut self, at: usize, stop: char, missing: Problem, in_pattern: bool) -> Result<(), Fault> {
        match self.until(Some(stop), in_pattern) {
            Ok(true) => Ok(()),
            Err(fault) if self.at < self.text.len() || fault.problem == Problem::TooDeep => Err(fault),
            _ => Err(Fault { problem: missing, at }),
        }
    }

    /// A variable's name: letters, digits and `_`, or digits, or one special character.
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        match self.peek() {
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => self.at += 1,
            Some(first) => {
                let digits = first.is_numeric();
                let fits = |char: char| if digits { char.is_numeric() } else { char.is_alphanumeric() || char == '_' };
                let rest = &self.text[start..];
                self.at += rest.find(|char| !fits(char)).unwrap_or(rest.len());
            }
            None => {}
        }
        start..self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults() {
        for (text, expected) in [
            ("plain", None),
            ("a'b'\"c\"$d${e}${f:-g}${h:+i}${j-k}${l:?m}", None),
            ("${v#p}${v##p}${v%p}${v%%p}${v/p/r}${v//p/r}", None),
            ("${a:-${b:-'}'}}", None),
            ("$", None),
            ("$)", None),
            ("x'y", Some((Problem::SingleQuote, 1))),
            ("x\"y'", Some((Problem::DoubleQuote, 1))),
            ("\\'x\\\"", None),
            ("'it\\'", None),
            ("\"a\\\"", Some((Problem::DoubleQuote, 0))),
            ("a${b", Some((Problem::Brace, 1))),
            ("${b:-c", Some((Problem::Brace, 0))),
            ("${b:-'c}", Some((Problem::Brace, 0))),
            ("${", Some((Problem::Brace, 0))),
            ("${}", Some((Problem::BadSubstitution, 0))),
            ("${:x}", Some((Problem::BadSubstitution, 0))),
            ("${{x}}", Some((Problem::BadSubstitution, 0))),
            ("${x:=y}", Some((Problem::Modifier, 0))),
            ("${x^^}", Some((Problem::Modifier, 0))),
            ("${x/y}", Some((Problem::Slash, 0))),
        ] {
            assert_eq!(fault(text, '\\'), expected.map(|(problem, at)| Fault { problem, at }), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "${a:-".repeat(100_000);
        assert_eq!(fault(&deep, '\\'), None);
        assert!(words(&deep, '\\', Keep::default()).is_err());
    }

    #[test]
    fn words_keep_what_they_are_told() {
        let keep = Keep { quotes: true, escapes: true };
        let texts = |text, keep| words(text, '\\', keep).unwrap().into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(texts("a 'b c' d\\ e \"f\"", keep), ["a", "'b c'", "d\\ e", "\"f\""]);
        assert_eq!(texts("a 'b c' d\\ e \"f\"", Keep::default()), ["a", "b c", "d e", "f"]);
        assert_eq!(texts("cat << EOF x", keep), ["cat", "<< EOF", "x"]);
        assert_eq!(texts("${x:-a <<E b}", keep), ["${x:-a", "<<E", "b}"]);
    }
}
