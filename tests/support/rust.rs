//! The tokens of a Rust file: enough of the language for tests that read our own source.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier, `::`, or one character of punctuation.
    Code,
    /// A comment of one line without its slashes, or a block.
    Comment,
    /// What is between the quotes, escapes as written.
    Str,
}

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// Numbers and characters may be taken for code; that does no harm here.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let text = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
    let (mut tokens, mut index, mut line) = (Vec::new(), 0, 1);
    while index < chars.len() {
        let start = index;
        let char = chars[index];
        if char == '/' && at(index + 1) == '/' {
            while index < chars.len() && chars[index] != '\n' {
                index += 1;
            }
            let text = text(start..index).trim_start_matches(['/', '!']).to_owned();
            tokens.push(Token { kind: Kind::Comment, text, line });
        } else if char == '/' && at(index + 1) == '*' {
            let mut depth = 0;
            while index < chars.len() {
                match (chars[index], at(index + 1)) {
                    ('/', '*') => (depth, index) = (depth + 1, index + 2),
                    ('*', '/') => (depth, index) = (depth - 1, index + 2),
                    _ => index += 1,
                }
                if depth == 0 {
                    break;
                }
            }
            tokens.push(Token { kind: Kind::Comment, text: text(start..index), line });
        } else if char == '"' {
            index = string_end(&chars, index + 1, 0);
            tokens.push(Token { kind: Kind::Str, text: text(start + 1..index - 1), line });
        } else if char == 'r' && (at(index + 1) == '"' || at(index + 1) == '#' && matches!(at(index + 2), '"' | '#')) {
            let hashes = chars[index + 1..].iter().take_while(|char| **char == '#').count();
            index = string_end(&chars, index + 2 + hashes, hashes + 1);
            tokens.push(Token { kind: Kind::Str, text: text(start + 2 + hashes..index - 1 - hashes), line });
        } else if char == '\'' {
            // A lifetime has no closing quote.
            if at(index + 1) == '\\' {
                index += 3;
                while index < chars.len() && chars[index] != '\'' {
                    index += 1;
                }
                index += 1;
            } else {
                index += if at(index + 2) == '\'' { 3 } else { 1 };
            }
        } else if char.is_alphanumeric() || char == '_' {
            while at(index).is_alphanumeric() || at(index) == '_' {
                index += 1;
            }
            // The prefix of a byte string or a byte is not an identifier.
            if !(matches!(at(index), '"' | '\'') && index - start <= 2 && matches!(char, 'b' | 'c')) {
                tokens.push(Token { kind: Kind::Code, text: text(start..index), line });
            } else if chars[start..index].ends_with(&['r']) {
                index -= 1;
            }
        } else if char == ':' && at(index + 1) == ':' {
            index += 2;
            tokens.push(Token { kind: Kind::Code, text: "::".to_owned(), line });
        } else {
            index += 1;
            if !char.is_whitespace() {
                tokens.push(Token { kind: Kind::Code, text: char.to_string(), line });
            }
        }
        line += chars[start..index.min(chars.len())].iter().filter(|char| **char == '\n').count();
    }
    tokens
}

/// Where a string ends that was opened before `index`; `raw` is 0 for one with escapes, else one more than its hashes.
fn string_end(chars: &[char], mut index: usize, raw: usize) -> usize {
    while index < chars.len() {
        match chars[index] {
            '\\' if raw == 0 => index += 1,
            '"' if chars[index + 1..].iter().take(raw.saturating_sub(1)).filter(|char| **char == '#').count()
                == raw.saturating_sub(1) =>
            {
                return index + 1 + raw.saturating_sub(1);
            }
            _ => {}
        }
        index += 1;
    }
    index
}
