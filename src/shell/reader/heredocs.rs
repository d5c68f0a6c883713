//! Heredocs: the bodies come after the line that opens them.

use super::*;

/// A heredoc whose body has not come yet.
pub(super) struct Pending {
    heredoc: Id<Heredoc>,
    delimiter: Vec<u8>,
}

impl Reader<'_> {
    /// Notes a heredoc; its body is read after the next line break.
    pub(super) fn heredoc(&mut self, word: Word, tabs: bool) -> Id<Heredoc> {
        let raw = &self.text[word.span.range()];
        let quoted = raw.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'\\'));
        let delimiter = if quoted { unquoted(raw) } else { raw.to_vec() };
        let heredoc = Heredoc { body: Span::at(self.end), parts: Many::default(), quoted, tabs, terminator: None };
        let heredoc = self.add(heredoc);
        self.heredocs.push(Pending { heredoc, delimiter });
        heredoc
    }

    /// Reads the bodies of all heredocs that are open in the substitution at work.
    pub(super) fn heredoc_bodies(&mut self) {
        // What is opened in a body waits for a line break of its own.
        for pending in self.heredocs.split_off(self.heredoc_floor) {
            let Heredoc { quoted, tabs, .. } = self.tree[pending.heredoc];
            let start = self.pos;
            let (body_end, terminator_start, end) = self.heredoc_end(&pending.delimiter, quoted, tabs);
            let outer = std::mem::replace(&mut self.end, body_end);
            let errors = self.tree.errors.len();
            let mark = self.mark::<Part>();
            if quoted {
                let span = self.token(TokenKind::Text, body_end);
                if !span.is_empty() {
                    self.put(Part { kind: PartKind::Literal, span });
                }
            } else {
                self.quoted_parts(false);
                self.token(TokenKind::Skipped, body_end);
            }
            if self.grammar.is_bash() && !self.too_deep {
                // It looks at them when it runs the command.
                self.tree.errors.truncate(errors);
            }
            let parts = self.flush(mark);
            self.end = outer;
            let terminator = (terminator_start < end).then(|| {
                let last = if self.byte(end - 1) == b'\n' { end - 1 } else { end };
                self.token(TokenKind::Terminator, last);
                self.token(TokenKind::Newline, end);
                Span::new(terminator_start, last)
            });
            let body = Span::new(start, body_end);
            let heredoc = &mut Heredoc::arena(&mut self.tree.arenas)[pending.heredoc.index()];
            *heredoc = Heredoc { body, parts, quoted, tabs, terminator };
        }
    }

    /// Where the body ends, where the terminator starts after its tabs, and where its line ends.
    fn heredoc_end(&mut self, delimiter: &[u8], quoted: bool, tabs: bool) -> (usize, usize, usize) {
        let text = &self.text[..self.end];
        let mut at = self.pos;
        let mut joined = false;
        while at < text.len() {
            let rest = &text[at..];
            let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &rest[..len];
            let tab = if tabs { line.iter().take_while(|byte| **byte == b'\t').count() } else { 0 };
            let end = (at + len + 1).min(text.len());
            if !joined && &line[tab..] == delimiter {
                self.tree.steps += (end - self.pos) as u64;
                return (at, at + tab, end);
            }
            joined = !quoted && line.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
            at = end;
        }
        let end = self.end;
        self.tree.steps += (end - self.pos) as u64;
        (end, end, end)
    }
}

/// A heredoc's delimiter without its quotes.
fn unquoted(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut quote = None;
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        at += 1;
        match (byte, quote) {
            (b'\'' | b'"', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'\\', None) | (b'\\', Some(b'"')) => {
                let next = raw.get(at).copied();
                at += 1;
                out.extend(next.filter(|next| *next != b'\n'));
            }
            _ => out.push(byte),
        }
    }
    out
}
