//! Arithmetic expressions. Never a mistake: shells read them when they run them, after all expansions.

use super::*;

/// Where an expression ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// At the end of what is read.
    End,
    /// `]`
    Bracket,
    /// `}`
    Brace,
    /// `:` or `}`
    Slice,
    /// `;`
    Semicolon,
    /// `)` of a group.
    Paren,
}

/// Operators, longest first, with their precedence; assignments have 2, and the ternary's `?` 3.
const OPERATORS: [(&[u8], u8); 33] = [
    (b"<<=", 2),
    (b">>=", 2),
    (b"**", 14),
    (b"||", 4),
    (b"&&", 5),
    (b"==", 9),
    (b"!=", 9),
    (b"<=", 10),
    (b">=", 10),
    (b"<<", 11),
    (b">>", 11),
    (b"*=", 2),
    (b"/=", 2),
    (b"%=", 2),
    (b"+=", 2),
    (b"-=", 2),
    (b"&=", 2),
    (b"^=", 2),
    (b"|=", 2),
    (b"=~", 0),
    (b"|", 6),
    (b"^", 7),
    (b"&", 8),
    (b"<", 10),
    (b">", 10),
    (b"+", 12),
    (b"-", 12),
    (b"*", 13),
    (b"/", 13),
    (b"%", 13),
    (b"=", 2),
    (b"?", 3),
    (b",", 1),
];

const COMMA: u8 = 1;
const ASSIGN: u8 = 2;
const TERNARY: u8 = 3;
const POWER: u8 = 14;

impl Reader<'_> {
    /// An expression, up to its end: what is none is in it, too.
    pub(super) fn arithmetic(&mut self, until: Until) -> Id<Expr> {
        let start = self.pos;
        let mark = self.mark::<Id<Expr>>();
        loop {
            self.arithmetic_gap();
            if self.is_arithmetic_end(until) {
                break;
            }
            let before = self.pos;
            let mut expr = self.expr(COMMA, until);
            if self.pos == before {
                let span = self.token(TokenKind::Text, self.char_end(self.pos).max(self.pos + 1));
                expr = self.add(Expr { kind: ExprKind::Unknown, span });
            }
            self.put(expr);
        }
        let span = Span::new(start, self.pos);
        let ids = <Id<Expr>>::nodes(&self.scratch);
        match ids.len() - mark {
            0 => self.add(Expr { kind: ExprKind::Missing, span: Span::at(start) }),
            1 => {
                let id = ids[mark];
                <Id<Expr>>::arena(&mut self.scratch).truncate(mark);
                id
            }
            _ => {
                let row = self.flush(mark);
                self.add(Expr { kind: ExprKind::Row(row), span })
            }
        }
    }

    fn arithmetic_gap(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\t' => self.spaces(),
                b'\n' => _ = self.take(TokenKind::Newline, 1),
                b'\\' if self.is_joint(self.pos) => _ = self.take(TokenKind::Joint, 2),
                _ => return,
            }
        }
    }

    fn is_arithmetic_end(&self, until: Until) -> bool {
        self.done()
            || matches!(
                (until, self.peek()),
                (Until::Bracket, b']')
                    | (Until::Brace | Until::Slice, b'}')
                    | (Until::Slice, b':')
                    | (Until::Semicolon, b';')
                    | (Until::Paren, b')')
            )
    }

    /// The binary operator here: its length and precedence.
    fn binary_operator(&self) -> Option<(usize, u8)> {
        if matches!(self.peek(), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b')' | b']' | b'}' | b'$' | b';' | b':') {
            return None;
        }
        let found = OPERATORS.iter().find(|(text, _)| self.starts_with(text));
        found.filter(|(_, precedence)| *precedence > 0).map(|(text, precedence)| (text.len(), *precedence))
    }

    /// An expression of operators with at least this precedence.
    fn expr(&mut self, least: u8, until: Until) -> Id<Expr> {
        let mut left = self.unary(until);
        // The chain at work: operators of one precedence.
        let mark = self.mark::<Term>();
        let mut chain = 0;
        loop {
            self.arithmetic_gap();
            if self.is_arithmetic_end(until) {
                break;
            }
            let Some((len, precedence)) = self.binary_operator().filter(|(_, precedence)| *precedence >= least) else {
                break;
            };
            if chain != precedence {
                left = self.close_chain(left, mark);
                chain = 0;
            }
            match precedence {
                TERNARY => left = self.ternary(left, until),
                ASSIGN | POWER => {
                    if !self.enter() {
                        break;
                    }
                    let operator = self.take(TokenKind::Operator, len);
                    self.arithmetic_gap();
                    let value = self.expr(precedence, until);
                    self.leave();
                    let span = self.tree[left].span.cover(operator).cover(self.tree[value].span);
                    let kind = if precedence == ASSIGN {
                        ExprKind::Assign { target: left, operator, value }
                    } else {
                        self.extension(ExtensionKind::Power, operator);
                        let mark = self.mark::<Term>();
                        self.put(Term { operator: None, operand: left });
                        self.put(Term { operator: Some(operator), operand: value });
                        ExprKind::Chain(self.flush(mark))
                    };
                    left = self.add(Expr { kind, span });
                }
                _ => {
                    if chain == 0 {
                        self.put(Term { operator: None, operand: left });
                        chain = precedence;
                    }
                    let operator = self.take(TokenKind::Operator, len);
                    self.arithmetic_gap();
                    let operand = self.expr(precedence + 1, until);
                    self.put(Term { operator: Some(operator), operand });
                }
            }
        }
        self.close_chain(left, mark)
    }

    fn close_chain(&mut self, left: Id<Expr>, mark: usize) -> Id<Expr> {
        let Some(last) = Term::nodes(&self.scratch).get(mark..).and_then(<[Term]>::last) else { return left };
        let span = self.tree[left].span;
        let span = span.cover(last.operator.unwrap_or(span)).cover(self.tree[last.operand].span);
        let terms = self.flush(mark);
        self.add(Expr { kind: ExprKind::Chain(terms), span })
    }

    fn ternary(&mut self, condition: Id<Expr>, until: Until) -> Id<Expr> {
        if !self.enter() {
            return condition;
        }
        let question = self.take(TokenKind::Operator, 1);
        self.arithmetic_gap();
        // The `:` is this one's, whatever ends the whole.
        let inner = if until == Until::Slice { Until::Brace } else { until };
        let then = self.expr(COMMA, inner);
        self.arithmetic_gap();
        let colon = (self.peek() == b':' && !self.done()).then(|| self.take(TokenKind::Operator, 1));
        self.arithmetic_gap();
        let otherwise = self.expr(ASSIGN, until);
        self.leave();
        let span = self.tree[condition].span.cover(question).cover(self.tree[otherwise].span);
        self.add(Expr { kind: ExprKind::Ternary { condition, question, then, colon, otherwise }, span })
    }

    fn unary(&mut self, until: Until) -> Id<Expr> {
        self.arithmetic_gap();
        if self.is_arithmetic_end(until) {
            return self.no_operand();
        }
        let len = match (self.peek(), self.peek_at(1)) {
            (b'+', b'+') | (b'-', b'-') => 2,
            (b'+' | b'-' | b'~', _) => 1,
            (b'!', next) if next != b'=' => 1,
            _ => 0,
        };
        if len == 0 {
            return self.postfix(until);
        }
        if !self.enter() {
            return self.no_operand();
        }
        let operator = self.take(TokenKind::Operator, len);
        if len == 2 {
            self.extension(ExtensionKind::Increment, operator);
        }
        let operand = self.unary(until);
        self.leave();
        let span = operator.cover(self.tree[operand].span);
        self.add(Expr { kind: ExprKind::Prefix { operator, operand }, span })
    }

    fn no_operand(&mut self) -> Id<Expr> {
        let span = Span::at(self.pos);
        self.add(Expr { kind: ExprKind::Missing, span })
    }

    fn postfix(&mut self, until: Until) -> Id<Expr> {
        let mut operand = self.primary();
        self.arithmetic_gap();
        // `a++b` is `a + +b`: an operand follows.
        if matches!((self.peek(), self.peek_at(1)), (b'+', b'+') | (b'-', b'-'))
            && matches!(self.tree[operand].kind, ExprKind::Variable { .. } | ExprKind::Word(_))
            && !self.is_arithmetic_end(until)
        {
            let operator = self.take(TokenKind::Operator, 2);
            self.extension(ExtensionKind::Increment, operator);
            let span = self.tree[operand].span.cover(operator);
            operand = self.add(Expr { kind: ExprKind::Postfix { operator, operand }, span });
        }
        operand
    }

    fn primary(&mut self) -> Id<Expr> {
        let start = self.pos;
        let mut end = start;
        while self.byte(end).is_ascii_alphanumeric() || matches!(self.byte(end), b'_' | b'#' | b'@' | b'.') {
            end += 1;
        }
        let glued = match self.byte(end) {
            b'$' | b'"' | b'`' | REMOVED => true,
            b'\\' => !self.is_joint(end),
            _ => false,
        };
        if glued && end < self.end {
            let word = self.arithmetic_word(end);
            return self.add(Expr { kind: ExprKind::Word(word), span: word.span });
        }
        match self.peek() {
            b'(' if !self.done() => self.group(),
            b'0'..=b'9' => {
                let span = self.token(TokenKind::Text, end);
                if let Some(at) = memchr::memchr(b'#', &self.text[span.range()]) {
                    let at = span.start() + at;
                    self.extension(ExtensionKind::Base, Span::new(at, at + 1));
                }
                self.add(Expr { kind: ExprKind::Number, span })
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let end = self.name_end(start);
                let name = self.token(TokenKind::Text, end);
                let subscript = (self.peek() == b'[' && !self.done()).then(|| self.subscript());
                if let Some(subscript) = subscript {
                    self.extension(ExtensionKind::ArrayReference, subscript.span);
                }
                let span = Span::new(start, self.pos);
                self.add(Expr { kind: ExprKind::Variable { name, subscript }, span })
            }
            _ => self.no_operand(),
        }
    }

    /// Expansions and what is glued to them; up to `end` it is text.
    fn arithmetic_word(&mut self, mut end: usize) -> Word {
        let start = self.pos;
        let mark = self.mark::<Part>();
        loop {
            if end > self.pos {
                let span = self.token(TokenKind::Text, end);
                self.put(Part { kind: PartKind::Literal, span });
            }
            match self.peek() {
                _ if self.done() => break,
                b'$' if !self.is_expansion(self.pos, true) => {
                    end = self.pos + 1;
                    continue;
                }
                b'$' => self.dollar(true),
                b'`' => self.backtick(true),
                b'"' => self.double(false),
                b'\\' if !self.is_joint(self.pos) => {
                    end = self.char_end(self.pos + 1).max(self.pos + 1);
                    continue;
                }
                REMOVED => {
                    let span = self.take(TokenKind::Joint, 1);
                    self.put(Part { kind: PartKind::Joint, span });
                }
                _ => break,
            }
            end = self.pos;
            while self.byte(end).is_ascii_alphanumeric() || matches!(self.byte(end), b'_' | b'#' | b'@' | b'.') {
                end += 1;
            }
        }
        let span = Span::new(start, self.pos);
        Word { parts: self.flush(mark), span }
    }

    fn group(&mut self) -> Id<Expr> {
        if !self.enter() {
            return self.no_operand();
        }
        let open = self.take(TokenKind::Operator, 1);
        let inner = self.arithmetic(Until::Paren);
        let close = (self.peek() == b')' && !self.done()).then(|| self.take(TokenKind::Operator, 1));
        self.leave();
        let span = Span::new(open.start(), self.pos);
        self.add(Expr { kind: ExprKind::Group { open, inner, close }, span })
    }

    /// The three expressions of `for ((…; …; …))`, up to `end`.
    pub(super) fn for_expressions(&mut self, end: usize) -> [Id<Expr>; 3] {
        let outer = std::mem::replace(&mut self.end, end);
        let part = |reader: &mut Self, until| {
            let expr = reader.arithmetic(until);
            if reader.peek() == b';' && !reader.done() {
                reader.take(TokenKind::Operator, 1);
            }
            expr
        };
        let expressions = [part(self, Until::Semicolon), part(self, Until::Semicolon), part(self, Until::End)];
        self.end = outer;
        expressions
    }
}
