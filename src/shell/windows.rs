//! Scripts for PowerShell and cmd, as commands and their arguments: no more of their grammar than that.

use super::{Arg, Dialect};
use crate::text::Span;

/// One command: what is between two separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The first is the name, or the variable of an assignment.
    pub words: Vec<Arg>,
    /// How many parentheses and braces are open around it.
    pub depth: u32,
    /// The output of the command before goes to it: `a | b`.
    pub piped: bool,
}

impl Statement {
    /// From the first word to the last.
    pub fn span(&self) -> Span {
        let spans = self.words.iter().map(|word| word.span);
        spans.reduce(Span::cover).unwrap_or_default()
    }

    /// Whether this is its name, in any case and with or without `.exe`.
    pub fn is(&self, name: &str) -> bool {
        let first = self.words.first().map_or("", Arg::lexeme);
        let base = first.rsplit(['/', '\\']).next().unwrap_or(first).to_ascii_lowercase();
        base.strip_suffix(".exe").unwrap_or(&base) == name.to_ascii_lowercase()
    }
}

/// The commands of a script whose text stands at `base`, in order; none for another dialect. Lines are continued as in a
/// [`ShellView`](crate::syntax::ShellView), by a backslash and a line break. Linear in the text.
pub fn statements(text: &str, base: usize, dialect: Dialect) -> Vec<Statement> {
    let powershell = match dialect {
        Dialect::PowerShell => true,
        Dialect::Cmd => false,
        _ => return Vec::new(),
    };
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, powershell };
    let mut found = Vec::new();
    let mut statement = Statement { words: Vec::new(), depth: 0, piped: false };
    let mut depth = 0u32;
    while let Some(token) = lexer.next() {
        let Token::Word(start, end, text) = token else {
            depth = match token {
                Token::Open => depth + 1,
                Token::Close => depth.saturating_sub(1),
                _ => depth,
            };
            let next = Statement { words: Vec::new(), depth, piped: token == Token::Pipe };
            let done = std::mem::replace(&mut statement, next);
            found.extend((!done.words.is_empty()).then_some(done));
            continue;
        };
        let raw = lexer.text[start..end].to_owned();
        statement.words.push(Arg { span: Span::new(base + start, base + end), raw, text, value: None });
    }
    found.extend((!statement.words.is_empty()).then_some(statement));
    found
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// Where it starts and ends, and its text if nothing in it is expanded.
    Word(usize, usize, Option<String>),
    /// `;`, `&`, `&&`, `||`, a line break
    Separator,
    Pipe,
    Open,
    Close,
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    powershell: bool,
}

impl Lexer<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn is_joint(&self) -> bool {
        self.byte(self.at) == b'\\' && self.byte(self.at + 1) == b'\n'
    }

    fn next(&mut self) -> Option<Token> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            let next = self.byte(self.at + 1);
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                _ if self.is_joint() => self.at += 2,
                b'#' if self.powershell => self.skip_to("\n"),
                b'<' if self.powershell && next == b'#' => {
                    self.skip_to("#>");
                    self.at = (self.at + 2).min(self.bytes.len());
                }
                b'|' | b'&' => {
                    self.at += 1 + usize::from(next == byte);
                    let piped = byte == b'|' && next != byte;
                    return Some(if piped { Token::Pipe } else { Token::Separator });
                }
                b';' if !self.powershell => self.at += 1,
                b';' | b'\n' => {
                    self.at += 1;
                    return Some(Token::Separator);
                }
                b'(' | b'{' if byte == b'(' || self.powershell => {
                    self.at += 1;
                    return Some(Token::Open);
                }
                b')' | b'}' if byte == b')' || self.powershell => {
                    self.at += 1;
                    return Some(Token::Close);
                }
                _ => return Some(self.word()),
            }
        }
    }

    fn skip_to(&mut self, end: &str) {
        self.at = self.text[self.at..].find(end).map_or(self.bytes.len(), |len| self.at + len);
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        let mut text = String::new();
        let mut dynamic = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'|' | b'&' | b'(' | b')' => break,
                b';' | b'{' | b'}' if self.powershell => break,
                _ if self.is_joint() => break,
                b'@' if self.powershell && matches!(self.byte(self.at + 1), b'"' | b'\'') => {
                    // A here-string: its end stands at the start of a line.
                    let quote = self.byte(self.at + 1);
                    let body = self.at + 2;
                    self.at = body;
                    self.skip_to(if quote == b'"' { "\n\"@" } else { "\n'@" });
                    text += &self.text[body..self.at];
                    dynamic |= quote == b'"' && self.text[body..self.at].contains('$');
                    self.at = (self.at + 3).min(self.bytes.len());
                }
                b'\'' if self.powershell => self.quoted(b'\'', &mut text),
                b'"' => {
                    let from = self.at;
                    self.quoted(b'"', &mut text);
                    let sign = if self.powershell { '$' } else { '%' };
                    dynamic |= self.text[from..self.at].contains(sign);
                }
                // The escape character; what it protects is one character.
                b'`' | b'^' if (byte == b'`') == self.powershell => {
                    self.at += 1;
                    self.char(&mut text);
                }
                b'$' if self.powershell => {
                    dynamic = true;
                    self.char(&mut text);
                }
                b'%' if !self.powershell => {
                    dynamic = true;
                    self.char(&mut text);
                }
                _ => self.char(&mut text),
            }
        }
        Token::Word(start, self.at, (!dynamic).then_some(text))
    }

    fn char(&mut self, text: &mut String) {
        if let Some(char) = self.text[self.at..].chars().next() {
            text.push(char);
            self.at += char.len_utf8();
        }
    }

    /// A string, to its closing quote; two quotes stand for one.
    fn quoted(&mut self, quote: u8, text: &mut String) {
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == quote {
                self.at += 1;
                if self.byte(self.at) != quote || !self.powershell {
                    return;
                }
                text.push(char::from(quote));
                self.at += 1;
            } else if self.is_joint() {
                self.at += 2;
            } else {
                if byte == b'`' && quote == b'"' && self.powershell {
                    self.at += 1;
                }
                self.char(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, dialect: Dialect) -> Vec<String> {
        let found = statements(text, 3, dialect);
        for word in found.iter().flat_map(|statement| &statement.words) {
            assert_eq!(word.raw, text[word.span.start() - 3..word.span.end() - 3], "{text}");
        }
        found.iter().map(|it| it.words.iter().map(Arg::lexeme).collect::<Vec<_>>().join("|")).collect()
    }

    #[test]
    fn powershell() {
        for (text, want) in [
            (
                "Invoke-WebRequest -Uri 'https://x/y z' -OutFile \"a `\"b`\"\"; c",
                &["Invoke-WebRequest|-Uri|https://x/y z|-OutFile|a \"b\"", "c"][..],
            ),
            ("$ErrorActionPreference = 'Stop'; \\\n  a | b", &["$ErrorActionPreference|=|Stop", "a", "b"]),
            ("if (Test-Path $x) { rm $x } # why\n<# no\nmore #> d", &["if", "Test-Path|$x", "rm|$x", "d"]),
            ("a 'it''s' @'\nb; c\n'@ d", &["a|it's|\nb; c|d"]),
            ("a \"$b\"", &["a|\"$b\""]),
            ("a 'open", &["a|open"]),
            ("é `é", &["é|é"]),
        ] {
            assert_eq!(shown(text, Dialect::PowerShell), want, "{text}");
        }
    }

    #[test]
    fn cmd() {
        for (text, want) in [
            ("mkdir C:\\a && copy \"C:\\b c\" d & e ^& f", &["mkdir|C:\\a", "copy|C:\\b c|d", "e|&|f"][..]),
            ("if exist x (del x) else (echo %Y%)", &["if|exist|x", "del|x", "else", "echo|%Y%"]),
            ("a | b || c", &["a", "b", "c"]),
        ] {
            assert_eq!(shown(text, Dialect::Cmd), want, "{text}");
        }
        assert!(statements("a", 0, Dialect::Cmd)[0].is("A") && statements("C:\\x\\Y.EXE", 0, Dialect::Cmd)[0].is("y"));
        assert!(statements("a | b", 0, Dialect::Cmd)[1].piped);
        assert!(statements("a", 0, Dialect::Bash).is_empty());
    }

    #[test]
    fn whatever_the_text() {
        for piece in ["\"", "'", "@'", "@\"", "`", "^", "<#", "#", "(", "{", "\\\n", "$", "%", "é", "|", "&", "a "] {
            for dialect in [Dialect::PowerShell, Dialect::Cmd] {
                let found = statements(&piece.repeat(5000), 0, dialect);
                assert!(found.len() <= 5000);
            }
        }
    }
}
