//! BuildKit's own shell-like lexer: quotes, escapes and `${…}` in words. Used to find words in it that do not hold
//! together, and to find heredocs the way BuildKit does.
//!
//! No variable is known here: `$x` and `${x:-y}` stay as they are.

/// How deep `${a:-${b:-…}}` is followed.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
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
pub(super) struct Fault {
    pub(super) problem: Problem,
    pub(super) at: usize,
}

/// What the lexer keeps as written.
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
    let fault = Lexer::new(text, escape, Keep::default(), false).run().err()?;
    (fault.problem != Problem::TooDeep).then_some(fault)
}

/// The words of `text`; an error if it does not hold together.
pub(super) fn words(text: &str, escape: char, keep: Keep) -> Result<Vec<LexedWord>, Fault> {
    let mut words: Vec<LexedWord> = Vec::new();
    let mut open = false;
    for Piece { char, at, soft } in Lexer::new(text, escape, keep, true).run()? {
        if soft && char.is_whitespace() {
            open = false;
            continue;
        }
        let end = at as usize + char.len_utf8();
        match words.last_mut() {
            Some(word) if open => {
                word.text.push(char);
                word.end = word.end.max(end);
            }
            _ => words.push(LexedWord { text: char.to_string(), start: at as usize, end }),
        }
        open = true;
    }
    Ok(words)
}

#[derive(Clone, Copy)]
struct Piece {
    char: char,
    at: u32,
    /// White space among these ends a word.
    soft: bool,
}

/// What is being read decides whether white space ends a word.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Word,
    Substitution,
    Quotes,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    keep: Keep,
    emits: bool,
    out: Vec<Piece>,
    depth: usize,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, escape: char, keep: Keep, emits: bool) -> Self {
        Self { text, at: 0, escape, keep, emits, out: Vec::new(), depth: 0 }
    }

    fn run(mut self) -> Result<Vec<Piece>, Fault> {
        self.until(None, self.keep.escapes, Within::Word)?;
        Ok(self.out)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    /// Keeps the character just read.
    fn keep(&mut self, char: char, soft: bool) {
        if self.emits {
            self.out.push(Piece { char, at: (self.at - char.len_utf8()) as u32, soft });
        }
    }

    /// Up to `stop`, which is eaten, or to the end. False when `stop` never came.
    fn until(&mut self, stop: Option<char>, escapes: bool, within: Within) -> Result<bool, Fault> {
        let soft = within != Within::Quotes;
        // Text that stands by itself is hard (part of a word whatever it is) unless it comes out of a substitution.
        let hard = within != Within::Word && soft;
        while let Some(char) = self.peek() {
            if Some(char) == stop {
                self.at += char.len_utf8();
                return Ok(true);
            }
            match char {
                '\'' => self.single_quotes(hard)?,
                '"' => self.double_quotes(escapes, hard)?,
                '$' => self.dollar(escapes, within)?,
                '<' => self.less_than(hard),
                _ => {
                    self.at += char.len_utf8();
                    if char != self.escape {
                        self.keep(char, soft);
                        continue;
                    }
                    if escapes {
                        self.keep(char, hard);
                    }
                    if let Some(next) = self.next() {
                        self.keep(next, hard);
                    }
                }
            }
        }
        Ok(stop.is_none())
    }

    /// `<<` takes the blanks behind it along, so that `<< EOF` is one word.
    fn less_than(&mut self, soft: bool) {
        self.at += 1;
        self.keep('<', soft);
        if self.peek() != Some('<') {
            return;
        }
        self.at += 1;
        self.keep('<', soft);
        while let Some(blank @ (' ' | '\t')) = self.peek() {
            self.at += 1;
            self.keep(blank, soft);
        }
    }

    fn single_quotes(&mut self, soft: bool) -> Result<(), Fault> {
        let at = self.at;
        self.at += 1;
        if self.keep.quotes {
            self.keep('\'', soft);
        }
        loop {
            match self.next() {
                None => return Err(Fault { problem: Problem::SingleQuote, at }),
                Some('\'') => break,
                Some(char) => self.keep(char, soft),
            }
        }
        if self.keep.quotes {
            self.keep('\'', soft);
        }
        Ok(())
    }

    fn double_quotes(&mut self, escapes: bool, soft: bool) -> Result<(), Fault> {
        let at = self.at;
        self.at += 1;
        if self.keep.quotes {
            self.keep('"', soft);
        }
        loop {
            let Some(char) = self.peek() else { return Err(Fault { problem: Problem::DoubleQuote, at }) };
            if char == '$' {
                let within = if soft { Within::Substitution } else { Within::Quotes };
                self.dollar(escapes, within)?;
                continue;
            }
            self.at += char.len_utf8();
            if char == '"' {
                break;
            }
            if char != self.escape {
                self.keep(char, soft);
                continue;
            }
            if escapes {
                self.keep(char, soft);
            }
            match self.peek() {
                None => {}
                Some(next) if next == '"' || next == '$' || next == self.escape => {
                    self.at += next.len_utf8();
                    self.keep(next, soft);
                }
                Some(_) => self.keep(char, soft),
            }
        }
        if self.keep.quotes {
            self.keep('"', soft);
        }
        Ok(())
    }

    /// `$x`, `${x}` and `${x…}`.
    fn dollar(&mut self, escapes: bool, within: Within) -> Result<(), Fault> {
        let at = self.at;
        let soft = within != Within::Quotes;
        let inner = if soft { Within::Substitution } else { Within::Quotes };
        let fail = |problem| Err(Fault { problem, at });
        self.at += 1;
        self.keep('$', soft);
        if self.peek() != Some('{') {
            self.name(soft);
            return Ok(());
        }
        self.at += 1;
        self.keep('{', soft);
        match self.peek() {
            None => return fail(Problem::Brace),
            Some('{' | '}' | ':') => return fail(Problem::BadSubstitution),
            Some(_) => {}
        }
        self.name(soft);
        let mut operator = self.next();
        if let Some(char) = operator {
            self.keep(char, soft);
        }
        if operator == Some('}') {
            return Ok(());
        }
        let colon = operator == Some(':');
        if colon {
            operator = self.next();
            if let Some(char) = operator {
                self.keep(char, soft);
            }
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail(Problem::TooDeep);
        }
        match operator {
            Some('/') if !colon => {
                if self.peek() == Some('/') {
                    self.at += 1;
                }
                self.stopping(at, '/', Problem::Slash, true, inner)?;
                self.keep('/', soft);
                self.stopping(at, '}', Problem::Brace, true, inner)?;
            }
            Some(char @ ('+' | '-' | '?' | '#' | '%')) => {
                let raw = matches!(char, '#' | '%');
                self.stopping(at, '}', Problem::Brace, raw, inner)?;
            }
            Some(_) if colon => {
                self.stopping(at, '}', Problem::Brace, escapes, inner)?;
                return fail(Problem::Modifier);
            }
            None => return fail(Problem::Brace),
            Some(_) => return fail(Problem::Modifier),
        }
        self.keep('}', soft);
        self.depth -= 1;
        Ok(())
    }

    fn stopping(
        &mut self,
        at: usize,
        stop: char,
        missing: Problem,
        escapes: bool,
        within: Within,
    ) -> Result<(), Fault> {
        match self.until(Some(stop), escapes, within) {
            Ok(true) => Ok(()),
            Err(fault) if self.at < self.text.len() || fault.problem == Problem::TooDeep => Err(fault),
            _ => Err(Fault { problem: missing, at }),
        }
    }

    /// A variable's name: letters, digits and `_`, or digits, or one special character.
    fn name(&mut self, soft: bool) {
        let Some(first) = self.peek() else { return };
        if matches!(first, '@' | '*' | '#' | '?' | '-' | '$' | '!') {
            self.at += 1;
            self.keep(first, soft);
            return;
        }
        let digits = first.is_numeric();
        while let Some(char) = self.peek() {
            let fits = if digits { char.is_numeric() } else { char.is_alphanumeric() || char == '_' };
            if !fits {
                return;
            }
            self.at += char.len_utf8();
            self.keep(char, soft);
        }
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
