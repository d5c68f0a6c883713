//! Scripts for PowerShell and cmd, as commands and their arguments: no more of their grammar than that.

use super::{Arg, Dialect};
use crate::knowledge::command_lines::{POWERSHELL_VALUES, POWERSHELL_WITHOUT_SCRIPT};
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
        self.words.first().is_some_and(|first| is_named(first, name))
    }
}

/// The commands of a script whose text stands at `base`, in order; none for another dialect. Lines are continued as in a
/// [`ShellView`](crate::syntax::ShellView), by a backslash and a line break. What `powershell -Command` runs follows its
/// own statement. Linear in the text.
pub fn statements(text: &str, base: usize, dialect: Dialect) -> Vec<Statement> {
    let mut found = Vec::new();
    for statement in flat(text, base, dialect) {
        let inner = inner_script(&statement.words).map(|words| {
            let (first, last) = (words[0].span.start() - base, words[words.len() - 1].span.end() - base);
            let quoted = text[first..last].starts_with('"');
            let script = if quoted { text[first + 1..last].trim_end_matches('"') } else { &text[first..last] };
            flat(script, base + first + usize::from(quoted), Dialect::PowerShell)
        });
        found.push(statement);
        found.extend(inner.into_iter().flatten());
    }
    found
}

/// The commands of an exec form, `["powershell", "-Command", "…"]`: decoded strings, and where they stand with their
/// quotes. None if it starts another program.
pub fn exec_statements(items: &[(String, Span)]) -> Vec<Statement> {
    let words: Vec<Arg> = items.iter().map(Arg::literal).collect();
    let Some(script) = inner_script(&words) else { return Vec::new() };
    if script.len() > 1 && script.iter().all(|word| !word.raw.contains(' ')) {
        return vec![Statement { words: script.to_vec(), depth: 0, piped: false }];
    }
    let statements = script.iter().flat_map(|item| {
        let mut found = flat(&item.raw, item.span.start() + 1, Dialect::PowerShell);
        // With escapes in the string, a place in its value is not a place in the file.
        if item.span.len() != item.raw.len() + 2 {
            found.iter_mut().flat_map(|it| &mut it.words).for_each(|word| word.span = item.span);
        }
        found
    });
    statements.collect()
}

/// The words of the script that a call of PowerShell runs, if it is one and its script is there.
fn inner_script(words: &[Arg]) -> Option<&[Arg]> {
    let (first, mut rest) = words.split_first()?;
    if !["powershell", "pwsh"].iter().any(|name| is_named(first, name)) {
        return None;
    }
    while let [word, after @ ..] = rest {
        let flag = word.lexeme().to_ascii_lowercase();
        let Some(flag) = flag.strip_prefix(['-', '/']) else { break };
        if POWERSHELL_WITHOUT_SCRIPT.contains(&flag) {
            return None;
        }
        rest = if POWERSHELL_VALUES.contains(&flag) { after.get(1..)? } else { after };
    }
    (!rest.is_empty()).then_some(rest)
}

/// Whether a word calls this program, in any case and with or without `.exe`.
fn is_named(word: &Arg, name: &str) -> bool {
    let word = word.lexeme();
    let base = word.rsplit(['/', '\\']).next().unwrap_or(word).to_ascii_lowercase();
    base.strip_suffix(".exe").unwrap_or(&base).eq_ignore_ascii_case(name)
}

/// The commands of a script, without those of a script in its arguments.
fn flat(text: &str, base: usize, dialect: Dialect) -> Vec<Statement> {
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
        statement.words.push(Arg { span: Span::new(base + start, base + end), raw, text, value: None, unsplit: None });
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
    fn scripts_in_arguments() {
        for (text, want) in [
            ("powershell -Command \"a 'b c'; d\" && e", &["powershell|-Command|a 'b c'; d", "a|b c", "d", "e"][..]),
            ("pwsh.exe -NoProfile -ExecutionPolicy Bypass a -b c", &["pwsh.exe|-NoProfile|-ExecutionPolicy|Bypass|a|-b|c", "a|-b|c"]),
            ("powershell -File a.ps1", &["powershell|-File|a.ps1"]),
            ("powershell", &["powershell"]),
        ] {
            assert_eq!(shown(text, Dialect::Cmd), want, "{text}");
        }
    }

    #[test]
    fn exec_forms() {
        let items = |words: &[&str]| -> Vec<(String, Span)> {
            let mut at = 0;
            let item = |word: &&str| {
                let span = Span::new(at, at + word.len() + 2);
                at = span.end() + 2;
                ((*word).to_owned(), span)
            };
            words.iter().map(item).collect()
        };
        for (words, want) in [
            (&["powershell", "-Command", "a b; c"][..], &["a|b", "c"][..]),
            (&["powershell.exe", "a", "b"], &["a|b"]),
            (&["cmd", "/c", "a"], &[]),
        ] {
            let found = exec_statements(&items(words));
            let shown: Vec<_> =
                found.iter().map(|it| it.words.iter().map(Arg::lexeme).collect::<Vec<_>>().join("|")).collect();
            assert_eq!(shown, want, "{words:?}");
        }
        let found = exec_statements(&items(&["powershell", "-Command", "a b; c"]));
        assert_eq!(found[1].words[0].span, Span::new(32, 33));
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
