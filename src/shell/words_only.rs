//! Scripts of nothing but words, redirections and what links commands, read without the parser: most of those of real files.
//!
//! `apt-get update && apt-get install -y "$PACKAGES" > /dev/null`. The parser's tree of such a script says no more than its
//! text does, and is dear to make. A test holds what is read here to what the parser reads.

use std::ops::Range;

use super::parse::{Context, Origin, Reader, Simple};
use super::text::Places;
use super::{Arg, Link, Redirect};

/// What begins something other than a simple command, in whichever shell.
const KEYWORDS: [&str; 29] = [
    "case", "coproc", "declare", "do", "done", "elif", "else", "end", "esac", "export", "fi", "float", "for",
    "foreach", "function", "if", "in", "integer", "let", "local", "nocorrect", "readonly", "repeat", "select", "then",
    "time", "typeset", "until", "while",
];

/// A command, and what stands before it.
#[derive(Debug)]
struct Piece {
    link: Link,
    words: Vec<Range<usize>>,
    /// Each from its descriptor on, and where its target is.
    redirects: Vec<(usize, Range<usize>)>,
}

impl Piece {
    fn behind(link: Link) -> Piece {
        Piece { link, words: Vec::new(), redirects: Vec::new() }
    }
}

/// Reads the script, if it is of that kind.
pub(super) fn read(reader: &mut Reader, text: &str, places: &Places, context: &Context) -> bool {
    let Some(pieces) = pieces(text) else { return false };
    let arg = |word: &Range<usize>| Arg::new(&text[word.clone()], places.span(word.start, word.end));
    let redirect = |(start, target): &(usize, Range<usize>)| Redirect {
        span: places.span(*start, target.end),
        operator: text[*start..target.start].trim_end().to_owned(),
        target: Some(arg(target)),
    };
    reader.pieces(
        &pieces,
        context,
        |piece| (piece.link, 0, false),
        |reader, piece, context| {
            let simple = Simple {
                words: piece.words.iter().map(arg).collect(),
                assignments: Vec::new(),
                redirects: piece.redirects.iter().map(redirect).collect(),
                origin: Origin::Text { text, places, offsets: piece.words.iter().map(|word| word.start).collect() },
                stdin: None,
                span: places.span(piece.words[0].start, piece.words[piece.words.len() - 1].end),
            };
            reader.command(simple, context);
        },
    );
    true
}

/// The commands, each of at least one word. `None` as soon as there is anything but words and links.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut piece = Piece::behind(Link::Sequence);
    let mut at = 0;
    loop {
        let next = bytes.get(at + 1).copied();
        let (link, len) = match bytes.get(at).copied() {
            Some(b' ' | b'\t') => {
                at += 1;
                continue;
            }
            Some(b'\\') if next == Some(b'\n') => {
                at += 2;
                continue;
            }
            Some(b'&') if next == Some(b'&') => (Link::And, 2),
            Some(b'|') if next == Some(b'|') => (Link::Or, 2),
            Some(b'|') if next != Some(b'&') => (Link::Pipe, 1),
            Some(b';') if next != Some(b';') => (Link::Sequence, 1),
            // A line may be empty, and a link may stand at its end.
            Some(b'\n') => match piece.words.is_empty() {
                true if piece.link == Link::Sequence => {
                    at += 1;
                    continue;
                }
                true => return None,
                false => (Link::Sequence, 1),
            },
            Some(byte) => {
                let end = if matches!(byte, b'<' | b'>') { at } else { word(bytes, at)? };
                let is_descriptor = || bytes[at..end].iter().all(u8::is_ascii_digit);
                if bytes.get(end).is_some_and(|byte| matches!(byte, b'<' | b'>')) && is_descriptor() {
                    if piece.words.is_empty() {
                        return None;
                    }
                    let target = target(bytes, end)?;
                    let start = std::mem::replace(&mut at, target.end);
                    piece.redirects.push((start, target));
                    continue;
                }
                if piece.words.is_empty() && !may_be_first(&text[at..end]) {
                    return None;
                }
                piece.words.push(at..end);
                at = end;
                continue;
            }
            None if piece.words.is_empty() => return (piece.link == Link::Sequence).then_some(pieces),
            None => {
                pieces.push(piece);
                return Some(pieces);
            }
        };
        if piece.words.is_empty() {
            return None;
        }
        pieces.push(std::mem::replace(&mut piece, Piece::behind(link)));
        at += len;
    }
}

/// Whether it is the name of a command: no word of the shell's grammar, no assignment.
fn may_be_first(word: &str) -> bool {
    !word.contains(['=', '\\']) && KEYWORDS.binary_search(&word).is_err()
}

/// Where the word that starts here ends. `None` where a shell would do more with it than split, unquote, expand
/// variables and match file names.
fn word(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        match bytes.get(at).copied() {
            None | Some(b' ' | b'\t' | b'\n' | b'&' | b'|' | b';' | b'<' | b'>') => return (at > start).then_some(at),
            Some(b'\'') => at += 2 + quoted(&bytes[at + 1..])?,
            Some(b'"') => {
                at += 1;
                loop {
                    match bytes.get(at).copied()? {
                        b'"' => break,
                        b'$' => at += variable(&bytes[at..])?,
                        b'\\' | b'`' | b'\n' | b'!' => return None,
                        byte if byte.is_ascii() && !byte.is_ascii_control() => at += 1,
                        _ => return None,
                    }
                }
                at += 1;
            }
            Some(b'$') => at += variable(&bytes[at..])?,
            // Joined to what follows, if anything does.
            Some(b'\\') if at > start && bytes.get(at + 1) == Some(&b'\n') => at += 2,
            Some(byte) if byte.is_ascii_alphanumeric() || b"_./:@%+,-=*".contains(&byte) => at += 1,
            Some(_) => return None,
        }
    }
}

/// Where the target of the redirection is whose operator starts here: a word, or a descriptor.
fn target(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let next = bytes.get(at + 1).copied();
    if next == Some(b'&') {
        let start = at + 2;
        let len = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let ends = bytes.get(start + len).is_none_or(|byte| b" \t\n;|".contains(byte));
        return (len > 0 && ends).then_some(start..start + len);
    }
    let start = at + if bytes[at] == b'>' && next == Some(b'>') { 2 } else { 1 };
    let start = start + bytes[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    // What follows is a heredoc, or anything but a target.
    let end = word(bytes, start)?;
    bytes.get(end).is_none_or(|byte| !matches!(byte, b'<' | b'>')).then_some(start..end)
}

/// How long the text up to the next `'` is, if it is on one line and nothing odd.
fn quoted(bytes: &[u8]) -> Option<usize> {
    let len = bytes.iter().position(|byte| *byte == b'\'')?;
    bytes[..len].iter().all(|byte| byte.is_ascii() && !byte.is_ascii_control()).then_some(len)
}

/// How long `$NAME` or `${NAME}` is.
fn variable(bytes: &[u8]) -> Option<usize> {
    let name = |bytes: &[u8]| {
        let len = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        (len > 0 && !bytes[0].is_ascii_digit()).then_some(len)
    };
    match bytes.get(1)? {
        b'{' => {
            let len = name(&bytes[2..])?;
            (bytes.get(2 + len) == Some(&b'}')).then_some(3 + len)
        }
        _ => Some(1 + name(&bytes[1..])?),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse::{by_parser, parse_script};
    use super::*;
    use crate::shell::Dialect;

    /// What is read here is what the parser reads.
    fn same(text: &str) -> bool {
        let places = Places::Offset(3);
        let read = pieces(text).is_some();
        if read {
            let (ours, parsers) = (parse_script(text, 3, Dialect::Bash), by_parser(text, &places, Dialect::Bash));
            assert_eq!(format!("{ours:#?}"), format!("{parsers:#?}"), "{text}");
        }
        read
    }

    #[test]
    fn what_is_read() {
        for text in [
            "",
            "\n\n",
            "apt-get update && apt-get install -y --no-install-recommends \"$A-${B}\" c=1.2* \\\n  && rm -rf /var/lib/apt/lists/*",
            "set -eux; cd /a; exit 1;",
            "curl -fsSL https://example.com/a?b | sh || true",
            "sh -c 'a && b $C' x; sudo sh -c \"echo $A\"",
            "a 'b c'd\"e\"\n\nbreak; return 1\n",
            "env A=1 B='2 3' make -j4 \\\n  all",
            "a 1 | b | c && d | e",
            "a > b 2>&1 && c >>'d e' <f 2>/dev/null; g 3 >h 4>i",
            "a b\\\n  && c d\\\ne",
        ] {
            assert!(same(text) || text.contains('?'), "{text}");
        }
    }

    #[test]
    fn what_is_not() {
        for text in [
            "a &", "a & b", "A=1 b", "if a; then b; fi", "a $(b)", "a `b`", "a;; b", "; a", "a && && b", "a ||",
            "a |& b", "a {b,c}", "a \\\\ b", "a 'b", "a \"b", "a # b", "a &&\nb", "export A=1", "[ a ]", "a\\\nb",
            "! a", "a <<b", "a >&b", "a &> b", "> b", "a 2>&1-", "a <(b)", "a ${b:-c}", "a $1", "a()", "é", "a 'b\nc'",
        ] {
            assert!(pieces(text).is_none(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn as_the_parser_does(words in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)) {
            same(&words.concat());
        }
    }

    const PIECES: &[&str] = &[
        " ", " ", " ", " ", "\n", " \\\n ", "\\\n", "; ", " && ", " || ", " | ", "a", "b", "rm", "=", "-", "-c", "1",
        "*", ":", "/", ".", "@", "%", "+", ",", "$A", "${B}", "'c d'", "\"e f\"", "\"$G\"", "''", "sh -c ", "sudo ",
        "env ", "xargs ", "time ", "exec ", "exit", "return", "eval ", "bash", "then", "in", "find . -exec ", "\\",
        "{", "}", "(", ")", "<", ">", "> ", "2>&1", ">>", " 2>", "&", "#", "!", "~",
    ];
}
