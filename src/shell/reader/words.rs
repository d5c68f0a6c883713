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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Stands for itself in every mode.
    Plain,
    /// Means something in braces, or in `${x/…}`.
    Inner,
    Special,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let special = b" \t\n;&|<>()\\'\"$`*?[]{}~!+@\x01";
    let mut at = 0;
    while at < special.len() {
        classes[special[at] as usize] = Class::Special;
        at += 1;
    }
    classes[b'/' as usize] = Class::Inner;
    classes[b',' as usize] = Class::Inner;
    classes[b'.' as usize] = Class::Inner;
    // At the end of the text `byte` gives it.
    classes[0] = Class::Special;
    classes
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

    pub(super) fn part(&mut self, kind: PartKind, span: Span) {
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
    pub(super) fn parts(&mut self, mode: Mode) -> bool {
        let start = self.pos;
        let (mut open, mut braces, mut parens, mut brackets) = (0usize, false, 0usize, 0usize);
        let expands_braces = mode == Mode::Word;
        let has_slash = matches!(mode, Mode::Operand { slash: true, .. });
        // What is between `pos` and here is literal.
        let mut at = self.pos;
        loop {
            let byte = self.byte(at);
            match CLASSES[byte as usize] {
                Class::Plain => {
                    at += 1;
                    continue;
                }
                Class::Inner if open == 0 && !has_slash => {
                    at += 1;
                    continue;
                }
                _ => {}
            }
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
                    || (mode == Mode::Value && at > start && matches!(self.byte(at - 1), b'=' | b':')) =>
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
}

/// The first byte that means something in double quotes.
fn find_special(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'`' | &REMOVED))
}
