//! The expression in `[[ … ]]`.

use super::keywords::is_meta;
use super::words::Mode;
use super::*;

impl Reader<'_> {
    /// `[[ … ]]`, from its first bracket on.
    pub(super) fn test(&mut self) -> Option<Id<Test>> {
        if !self.enter() {
            return None;
        }
        let open = self.take(TokenKind::Keyword, 2);
        self.extension(ExtensionKind::Test, open);
        let in_test = std::mem::replace(&mut self.in_test, true);
        let condition = self.either();
        self.newlines();
        if !self.is_test_end() {
            let span = Span::new(self.pos, self.char_end(self.pos).max(self.pos));
            if !self.done() && !matches!(self.peek(), b';' | b'\n') {
                self.unexpected(span);
            }
            self.skip_to_test_end();
        }
        self.in_test = in_test;
        let close = self.is_test_end().then(|| self.take(TokenKind::Keyword, 2));
        if close.is_none() {
            self.unclosed("]]", open);
        }
        self.leave();
        Some(self.add(Test { open, condition, close }))
    }

    fn is_test_end(&mut self) -> bool {
        self.starts_with(b"]]") && self.ends_word(self.pos + 2)
    }

    /// Skips to `]]`, or to what ends the command at the latest.
    fn skip_to_test_end(&mut self) {
        loop {
            self.gap();
            if self.done() || matches!(self.peek(), b';' | b'\n') || self.is_test_end() {
                return;
            }
            if self.word(Mode::Word).is_none() {
                self.take(TokenKind::Skipped, 1);
            }
        }
    }

    fn either(&mut self) -> Id<Condition> {
        let mark = self.mark::<Id<Condition>>();
        loop {
            let operand = self.both();
            self.put(operand);
            self.newlines();
            if !self.starts_with(b"||") {
                break;
            }
            self.take(TokenKind::Operator, 2);
        }
        self.joined(mark, Condition::Or)
    }

    fn both(&mut self) -> Id<Condition> {
        let mark = self.mark::<Id<Condition>>();
        loop {
            let operand = self.not();
            self.put(operand);
            self.newlines();
            if !self.starts_with(b"&&") {
                break;
            }
            self.take(TokenKind::Operator, 2);
        }
        self.joined(mark, Condition::And)
    }

    fn joined(&mut self, mark: usize, kind: fn(Many<Id<Condition>>) -> Condition) -> Id<Condition> {
        let ids = <Id<Condition>>::nodes(&self.scratch);
        if ids.len() == mark + 1 {
            let id = ids[mark];
            <Id<Condition>>::arena(&mut self.scratch).truncate(mark);
            return id;
        }
        let operands = self.flush(mark);
        self.add(kind(operands))
    }

    fn not(&mut self) -> Id<Condition> {
        self.newlines();
        if self.peek() == b'!' && (self.peek_at(1) == b'(' || self.ends_word(self.pos + 1)) {
            if !self.enter() {
                return self.no_condition();
            }
            let operator = self.take(TokenKind::Operator, 1);
            let operand = self.not();
            self.leave();
            return self.add(Condition::Not { operator, operand });
        }
        if self.peek() == b'(' && !self.done() {
            if !self.enter() {
                return self.no_condition();
            }
            let open = self.take(TokenKind::Operator, 1);
            let inner = self.either();
            self.newlines();
            let close = (self.peek() == b')' && !self.done()).then(|| self.take(TokenKind::Operator, 1));
            if close.is_none() {
                self.unclosed(")", open);
            }
            self.leave();
            return self.add(Condition::Group { open, inner, close });
        }
        self.comparison()
    }

    fn no_condition(&mut self) -> Id<Condition> {
        self.missing(ErrorKind::Missing, "a condition");
        self.add(Condition::Missing(Span::at(self.pos)))
    }

    fn comparison(&mut self) -> Id<Condition> {
        if self.is_test_end() {
            return self.no_condition();
        }
        let Some(left) = self.word(Mode::Value) else { return self.no_condition() };
        self.gap();
        let text = &self.text[left.span.range()];
        let unary = matches!(text, [b'-', letter] if letter.is_ascii_alphabetic());
        if let Some((kind, len)) = self.test_operator() {
            let operator = self.take(TokenKind::Operator, len);
            self.gap();
            let mode = if kind == TestOperator::Regex { Mode::Regex } else { Mode::Value };
            let right = match self.is_test_end() {
                true => None,
                false => self.word(mode),
            };
            if right.is_none() {
                self.missing(ErrorKind::Missing, "a word to compare with");
            }
            let right = right.unwrap_or(Word { span: Span::at(self.pos), ..Word::default() });
            return self.add(Condition::Binary { left, operator, kind, right });
        }
        if unary && !self.is_test_end() {
            if let Some(operand) = self.word(Mode::Value) {
                return self.add(Condition::Unary { operator: left.span, operand });
            }
            if self.grammar.is_bash() {
                self.missing(ErrorKind::Missing, "an operand");
            }
        }
        self.add(Condition::Word(left))
    }

    /// The operator between two words here, and its length.
    fn test_operator(&mut self) -> Option<(TestOperator, usize)> {
        use TestOperator::*;
        let (kind, len) = match (self.peek(), self.peek_at(1), self.peek_at(2)) {
            (b'=', b'=', _) | (b'!', b'=', _) => (Pattern, 2),
            (b'=', b'~', _) => (Regex, 2),
            (b'=', ..) => (Pattern, 1),
            (b'<' | b'>', next, _) if next != b'(' => return Some((Order, 1)),
            (b'-', b'e', b'q') | (b'-', b'n', b'e') | (b'-', b'l' | b'g', b't' | b'e') => (Number, 3),
            (b'-', b'n' | b'o', b't') | (b'-', b'e', b'f') => (File, 3),
            _ => return None,
        };
        let end = self.after_joints(self.pos + len);
        (end >= self.end || is_meta(self.byte(end))).then_some((kind, len))
    }
}
