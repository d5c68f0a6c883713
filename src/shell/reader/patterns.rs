//! Sets, extended patterns and braces in words.

use super::keywords::is_meta;
use super::words::Mode;
use super::*;

impl Reader<'_> {
    /// Where the set that begins at `at` ends: at its `]`.
    pub(super) fn set_end(&mut self, at: usize) -> Option<usize> {
        if at < self.no_set_before {
            return None;
        }
        let mut end = at + 1;
        if matches!(self.byte(end), b'!' | b'^') {
            end += 1;
        }
        if self.byte(end) == b']' {
            end += 1;
        }
        loop {
            match self.byte(end) {
                b']' => {
                    self.tree.steps += (end - at) as u64;
                    return Some(end);
                }
                // `[[:alpha:]_]`
                b'[' if self.byte(end + 1) == b':' => {
                    end += 2;
                    while self.byte(end).is_ascii_alphabetic() {
                        end += 1;
                    }
                    if self.byte(end) == b':' && self.byte(end + 1) == b']' {
                        end += 2;
                    }
                }
                b'\\' if !self.is_joint(end) => end = (end + 2).min(self.end.max(end + 1)),
                byte if end >= self.end
                    || (is_meta(byte) && !matches!(byte, b'(' | b')'))
                    || byte == b'\\'
                    || byte == b'}' =>
                {
                    self.tree.steps += (end - at) as u64;
                    self.no_set_before = end;
                    return None;
                }
                _ => end += 1,
            }
        }
    }

    pub(super) fn set(&mut self, end: usize) {
        let start = self.pos;
        if !self.enter() {
            return;
        }
        let mut from = self.pos + 1;
        if matches!(self.byte(from), b'!' | b'^') {
            from += 1;
        }
        self.token(TokenKind::Text, from);
        let mark = self.mark::<Part>();
        self.parts(Mode::Set(end));
        let parts = self.flush(mark);
        if self.peek() == b']' && !self.done() {
            self.take(TokenKind::Text, 1);
        }
        self.leave();
        self.part(PartKind::Set(parts), Span::new(start, self.pos));
    }

    /// `@(a|b)`
    pub(super) fn extglob(&mut self) {
        let start = self.pos;
        let operator = self.peek();
        if !self.enter() {
            return;
        }
        let open = self.take(TokenKind::Delimiter, 2);
        self.extension(ExtensionKind::ExtGlob, open);
        let mark = self.mark::<Word>();
        loop {
            let pattern = self.operand(Mode::ExtGlob);
            self.put(pattern);
            if self.peek() != b'|' || self.done() {
                break;
            }
            self.take(TokenKind::Delimiter, 1);
        }
        let patterns = self.flush(mark);
        let close = (self.peek() == b')' && !self.done()).then(|| self.take(TokenKind::Delimiter, 1));
        if close.is_none() {
            self.unclosed(")", open);
        }
        self.leave();
        let id = self.add(ExtGlob { operator, patterns, close });
        self.part(PartKind::ExtGlob(id), Span::new(start, self.pos));
    }

    pub(super) fn brace(&mut self, brace: Brace, len: usize) {
        let span = self.take(TokenKind::Text, len);
        self.part(PartKind::Brace(brace), span);
    }

    /// Makes literals of the braces, commas and dots since `mark` that expand to nothing.
    pub(super) fn resolve_braces(&mut self, mark: usize) {
        let parts = &self.scratch.parts[mark..];
        let mut keep = vec![false; parts.len()];
        // Each open brace: where it is, its commas, its dots.
        let mut open: Vec<(usize, Vec<usize>, Vec<usize>)> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let PartKind::Brace(brace) = part.kind else { continue };
            match brace {
                Brace::Open => open.push((index, Vec::new(), Vec::new())),
                Brace::Comma => {
                    if let Some((_, commas, _)) = open.last_mut() {
                        commas.push(index);
                    }
                }
                Brace::Range => {
                    if let Some((_, _, ranges)) = open.last_mut() {
                        ranges.push(index);
                    }
                }
                Brace::Close => {
                    let Some((start, commas, ranges)) = open.pop() else { continue };
                    let marks = match (commas.len(), ranges.len()) {
                        (0, 1 | 2) if self.is_range(&parts[start + 1..index]) => ranges,
                        (0, _) => continue,
                        _ => commas,
                    };
                    for index in marks.into_iter().chain([start, index]) {
                        keep[index] = true;
                    }
                }
            }
        }
        let first = keep.iter().position(|keep| *keep);
        if let Some(index) = first {
            let span = parts[index].span;
            self.extension(ExtensionKind::BraceExpansion, span);
        }
        let mut to = mark;
        for (index, keep) in keep.into_iter().enumerate() {
            let mut part = self.scratch.parts[mark + index];
            if !keep && matches!(part.kind, PartKind::Brace(_)) {
                part.kind = PartKind::Literal;
            }
            let is_literal = |part: &Part| matches!(part.kind, PartKind::Literal);
            if to > mark && is_literal(&part) && is_literal(&self.scratch.parts[to - 1]) {
                self.scratch.parts[to - 1].span.end = part.span.end;
            } else {
                self.scratch.parts[to] = part;
                to += 1;
            }
        }
        self.scratch.parts.truncate(to);
    }

    /// Whether what is in braces is `1..3`, `a..z` or `1..9..2`.
    fn is_range(&self, parts: &[Part]) -> bool {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
        let text = &self.text[first.span.start()..last.span.end()];
        let numbers = |text: &[u8]| {
            let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
            !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
        };
        let letter = |text: &[u8]| text.len() == 1 && text[0].is_ascii_alphabetic();
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.windows(2).position(|pair| pair == b"..") {
            pieces.push(&rest[..at]);
            rest = &rest[at + 2..];
        }
        pieces.push(rest);
        match pieces[..] {
            [from, to] => numbers(from) && numbers(to) || letter(from) && letter(to),
            [from, to, step] => (numbers(from) && numbers(to) || letter(from) && letter(to)) && numbers(step),
            _ => false,
        }
    }
}
