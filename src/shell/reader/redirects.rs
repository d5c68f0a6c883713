//! Redirections.

use super::keywords::is_meta;
use super::words::Mode;
use super::*;

impl Reader<'_> {
    /// Whether `&>` redirects.
    pub(super) fn both_redirect(&self) -> bool {
        self.grammar.has(ExtensionKind::WriteBoth)
    }

    /// Whether a redirection begins here.
    pub(super) fn is_redirect(&self) -> bool {
        match self.peek() {
            b'<' | b'>' => !self.is_process(self.pos),
            b'&' => self.peek_at(1) == b'>' && self.both_redirect(),
            b'0'..=b'9' | b'{' => self.descriptor_end().is_some(),
            _ => false,
        }
    }

    /// Whether a process substitution begins at `at`.
    pub(super) fn is_process(&self, at: usize) -> bool {
        self.byte(at + 1) == b'(' && self.grammar.has(ExtensionKind::ProcessSubstitution)
    }

    /// Where the descriptor ends that begins here: what follows it is `<` or `>`.
    fn descriptor_end(&self) -> Option<usize> {
        let mut end = self.pos;
        if self.peek() == b'{' {
            if !self.grammar.has(ExtensionKind::NamedDescriptor) {
                return None;
            }
            end += 1;
            while self.byte(end).is_ascii_alphanumeric() || self.byte(end) == b'_' {
                end += 1;
            }
            if self.byte(end) != b'}' || end == self.pos + 1 || self.byte(self.pos + 1).is_ascii_digit() {
                return None;
            }
            end += 1;
        } else {
            while self.byte(end).is_ascii_digit() {
                end += 1;
            }
        }
        // Bash takes `<(` after a number for a part of the word.
        (matches!(self.byte(end), b'<' | b'>') && end > self.pos && !self.is_process(end)).then_some(end)
    }

    /// Takes a redirection; gives its span.
    pub(super) fn redirect(&mut self) -> Span {
        let start = self.pos;
        let descriptor = self.descriptor_end().map(|end| self.token(TokenKind::Operator, end));
        if let Some(span) = descriptor {
            if self.text[span.start()] == b'{' {
                self.extension(ExtensionKind::NamedDescriptor, span);
            } else if span.len() > 1 {
                self.extension(ExtensionKind::WideDescriptor, span);
            }
        }
        let (operator, len) = self.redirect_operator();
        let operator_span = self.take(TokenKind::Operator, len);
        match operator {
            RedirectOperator::WriteBoth => self.extension(ExtensionKind::WriteBoth, operator_span),
            RedirectOperator::AppendBoth => self.extension(ExtensionKind::AppendBoth, operator_span),
            RedirectOperator::HereString => self.extension(ExtensionKind::HereString, operator_span),
            _ => {}
        }
        let after_operator = self.pos;
        // Not a comment: `>#x` has no target that any shell would take.
        while matches!(self.peek(), b' ' | b'\t') || self.is_joint(self.pos) {
            let (kind, len) = if self.peek() == b'\\' { (TokenKind::Joint, 2) } else { (TokenKind::Space, 1) };
            self.take(kind, len);
        }
        let mode = if matches!(operator, RedirectOperator::HereString) { Mode::Value } else { Mode::Word };
        let is_word = !self.done()
            && match self.peek() {
                b'<' | b'>' => self.is_process(self.pos),
                b'#' => false,
                byte => !is_meta(byte),
            };
        let target = is_word.then(|| self.word(mode)).flatten();
        let end = target.map_or(after_operator, |word| word.span.end());
        if target.is_none() {
            let written = String::from_utf8_lossy(&self.text[operator_span.range()]).into_owned();
            let what = format!("a target for the redirection `{written}`");
            self.missing(ErrorKind::Missing, &what);
        }
        if operator == RedirectOperator::DuplicateOut
            && let Some(word) = target
            && !matches!(self.text[word.span.start()], b'0'..=b'9' | b'-' | b'$' | b'"' | b'`')
        {
            self.extension(ExtensionKind::DuplicateToFile, operator_span);
        }
        let tabs = operator == RedirectOperator::HeredocTabs;
        let heredoc = match (operator, target) {
            (RedirectOperator::Heredoc | RedirectOperator::HeredocTabs, Some(word)) => Some(self.heredoc(word, tabs)),
            _ => None,
        };
        let span = Span::new(start, end);
        self.put(Redirect { descriptor, operator, operator_span, target, heredoc, span });
        span
    }

    fn redirect_operator(&self) -> (RedirectOperator, usize) {
        use RedirectOperator::*;
        match (self.peek(), self.peek_at(1), self.peek_at(2)) {
            (b'<', b'<', b'-') => (HeredocTabs, 3),
            (b'<', b'<', b'<') if self.grammar.has(ExtensionKind::HereString) => (HereString, 3),
            (b'<', b'<', _) => (Heredoc, 2),
            (b'<', b'>', _) => (ReadWrite, 2),
            (b'<', b'&', _) => (DuplicateIn, 2),
            (b'<', ..) => (Read, 1),
            (b'>', b'>', _) => (Append, 2),
            (b'>', b'|', _) => (Clobber, 2),
            (b'>', b'&', _) => (DuplicateOut, 2),
            (b'>', ..) => (Write, 1),
            // `&>`
            (_, _, b'>') if self.grammar.has(ExtensionKind::AppendBoth) => (AppendBoth, 3),
            _ => (WriteBoth, 2),
        }
    }
}
