//! Words: literals, quotes, patterns, braces.

use super::keywords::is_meta;
use super::*;

/// Where a word stands, which decides where it ends and what is special in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// An argument.
    Word,
    /// The value of an assignment, and other places without brace expansion.
    Value,
    /// The right side of `=~`: parentheses and bars are part of it.
    Regex,
    /// In `${x…}`, up to `}`; with `slash` up to `/`.
    Operand { quoted: bool, slash: bool },
    /// Between `[` and `]`.
    Subscript,
    /// A set of a pattern, whose `]` is at this offset.
    Set(usize),
    /// In `@(…)`, up to `|` or `)`.
    ExtGlob,
}

/// What stands for itself in every mode.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let special = b" \t\n;&|<>()\\'\"$`*?[]{}~,.!+@/:=\x01";
    let mut at = 0;
    while at < special.len() {
        plain[special[at] as usize] = false;
        at += 1;
    }
    // At the end of the text `byte` gives it.
    plain[0] = false;
    plain
};

impl Reader<'_> {
    /// A word; `None` if none begins here.
    pub(super) fn word(&mut self, mode: Mode) -> Option<Word> {
        let start = self.pos;
        let word = self.operand(mode);
        (self.pos > start).then_some(word)
    }

    /// A word that may be empty.
    pub(super) fn operand(&mut self, mode: Mode) -> Word {
        let start = self.pos;
        let mark = self.mark::<Part>();
        let braces = self.parts(mode);
        if braces {
            self.resolve_braces(mark);
        }
        let span = Span::new(start, self.pos);
        Word { parts: self.flush(mark), span }
    }

    fn part(&mut self, kind: PartKind, span: Span) {
        self.put(Part { kind, span });
    }

    /// Takes what is pending as a literal.
    fn literal(&mut self, end: usize) {
        if end > self.pos {
            let span = self.token(TokenKind::Text, end);
            self.part(PartKind::Literal, span);
        }
    }

    /// Whether there are braces in it that have to be looked at once more.
    fn parts(&mut self, mode: Mode) -> bool {
        let start = self.pos;
        let (mut open, mut braces, mut parens, mut brackets) = (0usize, false, 0usize, 0usize);
        let expands_braces = mode == Mode::Word;
        // What is between `pos` and here is literal.
        let mut at = self.pos;
        loop {
            let byte = self.byte(at);
            if PLAIN[byte as usize] {
                at += 1;
                continue;
            }
            let after_operator = at > start && matches!(self.byte(at - 1), b'=' | b':');
            match byte {
                0 if at >= self.end => break,
                b' ' | b'\t' | b'\n' => match mode {
                    Mode::Operand { .. } | Mode::Subscript | Mode::ExtGlob | Mode::Set(_) => at += 1,
                    Mode::Regex if parens > 0 => at += 1,
                    _ => break,
                },
                b'<' | b'>'
                    if self.is_process(at)
                        && !matches!(mode, Mode::Regex | Mode::Operand { .. } | Mode::Subscript | Mode::Set(_)) =>
                {
                    self.literal(at);
                    self.process();
                    at = self.pos;
                }
                b';' | b'&' | b'<' | b'>' => match mode {
                    Mode::Operand { .. } | Mode::Subscript | Mode::ExtGlob | Mode::Set(_) => at += 1,
                    Mode::Regex if parens > 0 => at += 1,
                    _ => break,
                },
                b'|' => match mode {
                    Mode::Operand { .. } | Mode::Subscript | Mode::Set(_) | Mode::Regex => at += 1,
                    _ => break,
                },
                b'(' => match mode {
                    Mode::Operand { .. } | Mode::Subscript | Mode::Set(_) => at += 1,
                    Mode::Regex | Mode::ExtGlob => {
                        parens += 1;
                        at += 1;
                    }
                    _ => break,
                },
                b')' => match mode {
                    Mode::Operand { .. } | Mode::Subscript | Mode::Set(_) => at += 1,
                    Mode::Regex | Mode::ExtGlob if parens > 0 => {
                        parens -= 1;
                        at += 1;
                    }
                    _ => break,
                },
                b'\\' if self.is_joint(at) => {
                    let end = self.after_joints(at);
                    let ends = !matches!(mode, Mode::Operand { .. } | Mode::Subscript | Mode::ExtGlob | Mode::Set(_))
                        && (end >= self.end
                            || is_meta(self.byte(end))
                                && !(self.is_process(end) && matches!(self.byte(end), b'<' | b'>')));
                    if ends {
                        break;
                    }
                    self.literal(at);
                    self.joints(end);
                    at = self.pos;
                }
                b'\\' => {
                    self.literal(at);
                    self.escape();
                    at = self.pos;
                }
                REMOVED => {
                    self.literal(at);
                    let span = self.take(TokenKind::Joint, 1);
                    self.part(PartKind::Joint, span);
                    at = self.pos;
                }
                b'\'' if !matches!(mode, Mode::Operand { quoted: true, .. }) => {
                    self.literal(at);
                    self.single();
                    at = self.pos;
                }
                b'"' => {
                    self.literal(at);
                    self.double(false);
                    at = self.pos;
                }
                b'$' => {
                    let quoted = matches!(mode, Mode::Operand { quoted: true, .. });
                    if !self.is_expansion(at, quoted) {
                        at += 1;
                        continue;
                    }
                    self.literal(at);
                    self.dollar(quoted);
                    at = self.pos;
                }
                b'`' => {
                    self.literal(at);
                    self.backtick(false);
                    at = self.pos;
                }
                b'?' | b'*' | b'+' | b'@' | b'!'
                    if self.byte(at + 1) == b'('
                        && !matches!(
                            mode,
                            Mode::Operand { quoted: true, .. } | Mode::Subscript | Mode::Set(_) | Mode::Regex
                        )
                        && (self.in_test || self.grammar.has(ExtensionKind::ExtGlob)) =>
                {
                    self.literal(at);
                    self.extglob();
                    at = self.pos;
                }
                b'*' | b'?' if !matches!(mode, Mode::Subscript | Mode::Regex | Mode::Set(_)) => {
                    self.literal(at);
                    let span = self.take(TokenKind::Text, 1);
                    self.part(if byte == b'*' { PartKind::Star } else { PartKind::Question }, span);
                    at = self.pos;
                }
                b'[' if mode == Mode::Subscript => {
                    brackets += 1;
                    at += 1;
                }
                b'[' if !matches!(mode, Mode::Set(_)) => {
                    at = match self.set_end(at) {
                        Some(end) => {
                            self.literal(at);
                            self.set(end);
                            self.pos
                        }
                        None => at + 1,
                    };
                }
                b']' => match mode {
                    Mode::Set(end) if at >= end => break,
                    Mode::Subscript if brackets == 0 => break,
                    Mode::Subscript => {
                        brackets -= 1;
                        at += 1;
                    }
                    _ => at += 1,
                },
                b'}' if matches!(mode, Mode::Operand { .. }) => break,
                b'/' if matches!(mode, Mode::Operand { slash: true, .. }) => break,
                b'{' if expands_braces => {
                    self.literal(at);
                    self.brace(Brace::Open, 1);
                    (braces, open) = (true, open + 1);
                    at = self.pos;
                }
                b'}' if open > 0 => {
                    self.literal(at);
                    self.brace(Brace::Close, 1);
                    open -= 1;
                    at = self.pos;
                }
                b',' if open > 0 => {
                    self.literal(at);
                    self.brace(Brace::Comma, 1);
                    at = self.pos;
                }
                b'.' if open > 0 && self.byte(at + 1) == b'.' => {
                    self.literal(at);
                    self.brace(Brace::Range, 2);
                    at = self.pos;
                }
                b'~' if (at == start
                    && matches!(mode, Mode::Word | Mode::Value | Mode::Operand { quoted: false, .. }))
                    || (after_operator && mode == Mode::Value) =>
                {
                    self.literal(at);
                    let mut end = at + 1;
                    while self.byte(end).is_ascii_alphanumeric() || matches!(self.byte(end), b'_' | b'-' | b'+' | b'.')
                    {
                        end += 1;
                    }
                    let ends = end >= self.end
                        || is_meta(self.byte(end))
                        || matches!(self.byte(end), b'/' | b':' | b'}' | b'\\');
                    if ends {
                        let span = self.token(TokenKind::Text, end);
                        self.part(PartKind::Tilde, span);
                    } else {
                        self.literal(end);
                    }
                    at = self.pos;
                }
                _ => at += 1,
            }
        }
        self.literal(at);
        braces
    }

    fn joints(&mut self, end: usize) {
        while self.pos < end {
            let span = self.take(TokenKind::Joint, 2);
            self.part(PartKind::Joint, span);
        }
    }

    /// A backslash and what it protects.
    fn escape(&mut self) {
        let mut end = self.pos + 1;
        while self.byte(end) == REMOVED {
            end += 1;
        }
        let end = self.char_end(end).max(self.pos + 1).min(self.end);
        let kind = if end == self.pos + 1 { PartKind::Literal } else { PartKind::Escape };
        let span = self.token(TokenKind::Text, end);
        self.part(kind, span);
    }

    fn single(&mut self) {
        let open = Span::new(self.pos, self.pos + 1);
        let from = self.pos + 1;
        let close = memchr::memchr(b'\'', &self.text[from..self.end]).map(|len| from + len + 1);
        let span = self.token(TokenKind::Text, close.unwrap_or(self.end));
        self.part(PartKind::Single, span);
        if close.is_none() {
            self.unclosed("'", open);
        }
    }

    /// `$'…'`
    pub(super) fn ansi_c(&mut self) {
        let open = Span::new(self.pos, self.pos + 2);
        self.extension(ExtensionKind::AnsiQuote, open);
        let mut at = self.pos + 2;
        let close = loop {
            match memchr::memchr2(b'\'', b'\\', &self.text[at.min(self.end)..self.end]).map(|len| at + len) {
                Some(found) if self.byte(found) == b'\\' => at = found + 2,
                found => break found,
            }
        };
        let span = self.token(TokenKind::Text, close.map_or(self.end, |close| close + 1));
        self.part(PartKind::AnsiC, span);
        if close.is_none() {
            self.unclosed("'", open);
        }
    }

    /// `"…"` and `$"…"`
    pub(super) fn double(&mut self, localized: bool) {
        let start = self.pos;
        if localized {
            self.extension(ExtensionKind::LocalizedQuote, Span::new(start, start + 2));
        }
        if !self.enter() {
            return;
        }
        let open = self.take(TokenKind::Delimiter, if localized { 2 } else { 1 });
        let mark = self.mark::<Part>();
        self.quoted_parts(true);
        let parts = self.flush(mark);
        if self.peek() == b'"' && !self.done() {
            self.take(TokenKind::Delimiter, 1);
        } else {
            self.unclosed("\"", open);
        }
        self.leave();
        self.part(PartKind::Double { parts, localized }, Span::new(start, self.pos));
    }

    /// What is in double quotes, or in a heredoc.
    pub(super) fn quoted_parts(&mut self, ends_at_quote: bool) {
        let mut at = self.pos;
        while let Some(len) = find_special(&self.text[at.min(self.end)..self.end]) {
            at += len;
            match self.byte(at) {
                b'"' if ends_at_quote => break,
                b'"' => at += 1,
                b'\\' => {
                    let mut next = at + 1;
                    while self.byte(next) == REMOVED {
                        next += 1;
                    }
                    match self.byte(next) {
                        b'\n' if next == at + 1 => {
                            self.literal(at);
                            self.joints(at + 2);
                            at = self.pos;
                        }
                        byte @ (b'$' | b'`' | b'"' | b'\\') if byte != b'"' || ends_at_quote => {
                            self.literal(at);
                            self.escape();
                            at = self.pos;
                        }
                        _ => at += 1,
                    }
                }
                REMOVED => {
                    self.literal(at);
                    let span = self.take(TokenKind::Joint, 1);
                    self.part(PartKind::Joint, span);
                    at = self.pos;
                }
                b'$' if !self.is_expansion(at, true) => at += 1,
                b'$' => {
                    self.literal(at);
                    self.dollar(true);
                    at = self.pos;
                }
                _ => {
                    self.literal(at);
                    self.backtick(ends_at_quote);
                    at = self.pos;
                }
            }
        }
        let end = if self.byte(at) == b'"' && ends_at_quote && at < self.end { at } else { self.end };
        self.literal(end);
    }

    /// Where the set that begins at `at` ends: at its `]`.
    fn set_end(&mut self, at: usize) -> Option<usize> {
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

    fn set(&mut self, end: usize) {
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
    fn extglob(&mut self) {
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

    fn brace(&mut self, brace: Brace, len: usize) {
        let span = self.take(TokenKind::Text, len);
        self.part(PartKind::Brace(brace), span);
    }

    /// Makes literals of the braces, commas and dots since `mark` that expand to nothing.
    fn resolve_braces(&mut self, mark: usize) {
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

/// The first byte that means something in double quotes.
fn find_special(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'`' | &REMOVED))
}
