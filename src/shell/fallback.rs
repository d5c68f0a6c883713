//! A script that does not parse, in pieces: what stands between `&&`, `||`, `|`, `;`, `&`, parentheses and
//! line breaks outside of quotes. Linear in the script's length.

use std::ops::Range;

use shuck_parser::ShellProfile;
use shuck_parser::parser::Parser;

use super::parse::{Context, Origin, Reader, Simple};
use super::text::Places;
use super::{Arg, Link, scan, walk};

/// One piece, and what stands before it.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    range: Range<usize>,
    link: Link,
    depth: u32,
    conditional: bool,
}

pub(super) fn read(reader: &mut Reader, text: &str, places: &Places, profile: ShellProfile, context: &Context) {
    let standing = |piece: &Piece| (piece.link, piece.depth, piece.conditional);
    reader.pieces(&split(text), context, standing, |reader, piece, context| {
        let places = places.part(piece.range.clone());
        let piece = &text[piece.range.clone()];
        let parsed = Parser::with_profile(piece, profile.clone()).parse();
        if parsed.is_ok() {
            parsed.file.body.iter().for_each(|stmt| walk::walk_command(reader, piece, &places, stmt, context));
        } else {
            words(reader, piece, &places, context);
        }
    });
}

/// The last resort: words between blanks.
fn words(reader: &mut Reader, text: &str, places: &Places, context: &Context) {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let mut offsets = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
        } else if bytes[at..].starts_with(b"\\\n") {
            at += 2;
        } else {
            let start = at;
            while at < bytes.len() && !bytes[at].is_ascii_whitespace() {
                at = skip(text, at);
            }
            let word = &text[start..at];
            // What stands behind a redirection is not an argument, and there is no telling what is.
            if word.contains(['<', '>']) && !word.contains(['"', '\'']) {
                break;
            }
            words.push(Arg::new(word, places.span(start, at)));
            offsets.push(start);
        }
    }
    if !words.is_empty() {
        let span = places.span(0, text.len());
        let origin = Origin::Text { text, places, offsets };
        let (assignments, redirects) = (Vec::new(), Vec::new());
        reader.command(Simple { words, assignments, redirects, origin, stdin: None, span }, context);
    }
}

/// [`scan::skip`], on to the next whole character.
fn skip(text: &str, at: usize) -> usize {
    let mut at = scan::skip(text.as_bytes(), at);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// What opens and closes a compound command in front of a piece.
fn keyword(word: &str) -> Option<(i32, bool)> {
    match word {
        "if" | "while" | "until" => Some((1, false)),
        "{" => Some((1, false)),
        "then" | "elif" | "else" | "do" | "!" | "time" => Some((0, false)),
        "for" | "case" | "select" => Some((1, true)),
        "function" => Some((0, true)),
        "fi" | "done" | "esac" | "}" => Some((-1, true)),
        _ => None,
    }
}

fn split(text: &str) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut splitter = Splitter { text, pieces: Vec::new(), link: Link::Sequence, depth: 0, branches: 0, start: 0 };
    let mut heredocs: Vec<(String, bool)> = Vec::new();
    let mut parens = 0u32;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        let before = at.checked_sub(1).map(|before| bytes[before]);
        match byte {
            b'\n' => {
                splitter.cut(at, at + 1, Link::Sequence);
                at += 1;
                for (delimiter, tabs) in heredocs.drain(..) {
                    at = behind_heredoc(text, at, &delimiter, tabs);
                }
                splitter.start = at;
            }
            b'#' if before.is_none_or(|before| before.is_ascii_whitespace() || b";&|(".contains(&before)) => {
                let end = text[at..].find('\n').map_or(text.len(), |len| at + len);
                splitter.cut(at, end, Link::Sequence);
                at = end;
            }
            b'&' if next == Some(b'&') => {
                splitter.cut(at, at + 2, Link::And);
                at += 2;
            }
            b'|' if next == Some(b'|') => {
                splitter.cut(at, at + 2, Link::Or);
                at += 2;
            }
            b'|' if before != Some(b'>') => {
                let len = if next == Some(b'&') { 2 } else { 1 };
                splitter.cut(at, at + len, Link::Pipe);
                at += len;
            }
            b'&' if !matches!(before, Some(b'>' | b'<')) && next != Some(b'>') => {
                splitter.cut(at, at + 1, Link::Sequence);
                at += 1;
            }
            b';' => {
                splitter.cut(at, at + 1, Link::Sequence);
                at += 1;
            }
            b'(' if before == Some(b'=') => at = skip(text, at),
            b'(' => {
                // What stands directly before it is a function's name or a mistake.
                splitter.drop(at + 1);
                parens += 1;
                splitter.depth += 1;
                at += 1;
            }
            b')' => {
                if parens == 0 {
                    // A pattern of `case`.
                    splitter.drop(at + 1);
                } else {
                    parens -= 1;
                    splitter.cut(at, at + 1, Link::Sequence);
                    splitter.depth = splitter.depth.saturating_sub(1);
                }
                at += 1;
            }
            b'<' if next == Some(b'<') && bytes.get(at + 2) != Some(&b'<') && before != Some(b'<') => {
                at += 2;
                let tabs = bytes.get(at) == Some(&b'-');
                at += usize::from(tabs);
                at += bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                let start = at;
                while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && !b";&|()<>".contains(byte)) {
                    at = skip(text, at);
                }
                if start < at {
                    heredocs.push((super::text::decode(&text[start..at]).text, tabs));
                }
            }
            _ => at = skip(text, at),
        }
    }
    splitter.cut(text.len(), text.len(), Link::Sequence);
    splitter.pieces
}

fn behind_heredoc(text: &str, mut at: usize, delimiter: &str, tabs: bool) -> usize {
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |len| at + len + 1);
        let line = text[at..end].trim_end_matches(['\n', '\r']);
        at = end;
        if (if tabs { line.trim_start_matches('\t') } else { line }) == delimiter {
            break;
        }
    }
    at
}

struct Splitter<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    /// What stands before the piece at work.
    link: Link,
    depth: u32,
    /// How many of the open compound commands are not plain braces.
    branches: u32,
    start: usize,
}

impl Splitter<'_> {
    fn drop(&mut self, next: usize) {
        self.start = next;
        self.link = Link::Sequence;
    }

    /// Ends the piece at `end`; the next starts at `next`.
    fn cut(&mut self, end: usize, next: usize, link: Link) {
        let mut start = self.start.min(end);
        let conditional = self.branches > 0;
        let empty = loop {
            start += blank_len(&self.text[start..end]);
            let rest = &self.text[start..end];
            let word = rest.split(|char: char| char.is_ascii_whitespace()).next().unwrap_or_default();
            let Some((depth, last)) = keyword(word) else { break rest.is_empty() };
            let branch = !matches!(word, "{" | "}");
            match depth {
                1 => {
                    self.depth += 1;
                    self.branches += u32::from(branch);
                }
                -1 => {
                    self.depth = self.depth.saturating_sub(1);
                    self.branches = self.branches.saturating_sub(u32::from(branch));
                }
                _ => {}
            }
            if last {
                break true;
            }
            start += word.len();
        };
        if !empty {
            let end = start + trim_end(&self.text[start..end]).len();
            self.pieces.push(Piece { range: start..end, link: self.link, depth: self.depth, conditional });
            self.link = link;
        } else if link != Link::Sequence
            || self.text[self.start.min(end)..end].contains(|char: char| !char.is_ascii_whitespace())
        {
            self.link = link;
        }
        self.start = next;
    }
}

/// Without blanks and joined lines at the end.
fn trim_end(text: &str) -> &str {
    let mut text = text.trim_end_matches([' ', '\t', '\r', '\n']);
    while let Some(rest) = text.strip_suffix('\\').filter(|rest| !rest.ends_with('\\')) {
        text = rest.trim_end_matches([' ', '\t', '\r', '\n']);
    }
    text
}

/// Blanks and joined lines at the start.
fn blank_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_whitespace() => at += 1,
            Some(b'\\') if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            _ => return at,
        }
    }
}
