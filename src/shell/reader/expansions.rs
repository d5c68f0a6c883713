//! What begins with `$` or a backtick, and assignments.

use super::arithmetic::Until;
use super::keywords::Stops;
use super::words::Mode;
use super::*;

impl Reader<'_> {
    fn expansion(&mut self, kind: PartKind, start: usize) {
        self.put(Part { kind, span: Span::new(start, self.pos) });
    }

    /// The first offset after `at` that holds no removed backslash.
    fn after_removed(&self, mut at: usize) -> usize {
        while self.byte(at) == REMOVED {
            at += 1;
        }
        at
    }

    /// Whether the `$` at an offset begins an expansion. `quoted`: in double quotes.
    pub(super) fn is_expansion(&self, at: usize, quoted: bool) -> bool {
        let next = self.after_removed(at + 1);
        match self.byte(next) {
            b'{' | b'(' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' => true,
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => true,
            b'[' => self.grammar.has(ExtensionKind::BracketArithmetic),
            b'\'' => !quoted && self.grammar.has(ExtensionKind::AnsiQuote),
            b'"' => !quoted && self.grammar.has(ExtensionKind::LocalizedQuote),
            _ => false,
        }
    }

    /// Takes the expansion that begins at the `$` here.
    pub(super) fn dollar(&mut self, quoted: bool) {
        let next = self.after_removed(self.pos + 1);
        match self.byte(next) {
            b'{' => self.braced(next + 1, quoted),
            b'(' if self.byte(next + 1) == b'(' && self.is_arithmetic(next + 1) => self.arithmetic_expansion(next + 1),
            b'(' => self.substitution(SubstitutionKind::Dollar, next + 1),
            b'[' => self.bracket_arithmetic(),
            b'\'' => self.ansi_c(),
            b'"' => self.double(true),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let end = self.name_end(next);
                self.plain_parameter(next, end);
            }
            _ => self.plain_parameter(next, next + 1),
        }
    }

    fn plain_parameter(&mut self, name: usize, end: usize) {
        let start = self.pos;
        self.token(TokenKind::Delimiter, name);
        let name = self.token(TokenKind::Text, end);
        let (braced, indirect, length) = (false, false, false);
        let parameter = Parameter { braced, name, indirect, length, subscript: None, operation: None, close: None };
        let id = self.add(parameter);
        self.expansion(PartKind::Parameter(id), start);
    }

    pub(super) fn name_end(&self, mut at: usize) -> usize {
        while self.byte(at).is_ascii_alphanumeric() || self.byte(at) == b'_' {
            at += 1;
        }
        at
    }

    /// Whether the parenthesis at `open`, the second of `$((`, begins an expression rather than a subshell.
    fn is_arithmetic(&mut self, open: usize) -> bool {
        // For dash there is nothing else; and of a mistake the former is the likelier.
        self.grammar.is_dash() || self.double_paren_end(open).is_some() || !self.is_matched(open)
    }

    fn arithmetic_expansion(&mut self, inner: usize) {
        let start = self.pos;
        if !self.enter() {
            return;
        }
        let open = self.token(TokenKind::Delimiter, inner + 1);
        let close = self.double_paren_end(inner);
        let expr = self.arithmetic_up_to(close.unwrap_or(self.end));
        match close {
            Some(close) => _ = self.token(TokenKind::Delimiter, close + 2),
            None => self.unclosed("))", open),
        }
        self.leave();
        self.expansion(PartKind::Arithmetic(expr), start);
    }

    /// An expression that ends at a known place.
    pub(super) fn arithmetic_up_to(&mut self, end: usize) -> Id<Expr> {
        let outer = std::mem::replace(&mut self.end, end);
        let expr = self.arithmetic(Until::End);
        self.end = outer;
        expr
    }

    /// `$[…]`
    fn bracket_arithmetic(&mut self) {
        let start = self.pos;
        if !self.enter() {
            return;
        }
        let open = self.take(TokenKind::Delimiter, 2);
        self.extension(ExtensionKind::BracketArithmetic, open);
        let expr = self.arithmetic(Until::Bracket);
        if self.peek() == b']' && !self.done() {
            self.take(TokenKind::Delimiter, 1);
        } else {
            self.unclosed("]", open);
        }
        self.leave();
        self.expansion(PartKind::Arithmetic(expr), start);
    }

    /// Commands in a word, from `body` up to `)` or, for [`SubstitutionKind::Function`], `}`.
    pub(super) fn substitution(&mut self, kind: SubstitutionKind, body: usize) {
        let start = self.pos;
        if !self.enter() {
            return;
        }
        let open = self.token(TokenKind::Delimiter, body);
        let function = kind == SubstitutionKind::Function;
        let floor = std::mem::replace(&mut self.heredoc_floor, self.heredocs.len());
        let in_test = std::mem::take(&mut self.in_test);
        let body = self.list(if function { Stops::BRACE } else { Stops::PAREN });
        self.in_test = in_test;
        self.heredoc_floor = floor;
        let closer = if function { b'}' } else { b')' };
        let close = (!self.done() && self.peek() == closer).then(|| self.take(TokenKind::Delimiter, 1));
        if close.is_none() {
            self.unclosed(if function { "}" } else { ")" }, open);
        }
        self.leave();
        if kind == SubstitutionKind::Dollar && self.is_file_read(body) {
            self.extension(ExtensionKind::FileSubstitution, Span::new(start, self.pos));
        }
        let id = self.add(Substitution { kind, block: Block { open, body, close } });
        self.expansion(PartKind::Substitution(id), start);
    }

    /// `< file` and nothing else.
    fn is_file_read(&self, body: List) -> bool {
        let [item] = &self.tree[body.items] else { return false };
        let [pipeline] = &self.tree[item.pipelines] else { return false };
        let [command] = &self.tree[pipeline.commands] else { return false };
        matches!(command.kind, CommandKind::Simple { assignments, words } if assignments.is_empty() && words.is_empty())
            && matches!(&self.tree[command.redirects], [redirect] if redirect.operator == RedirectOperator::Read)
    }

    /// `<(…)` and `>(…)`
    pub(super) fn process(&mut self) {
        let reads = self.peek() == b'<';
        self.extension(ExtensionKind::ProcessSubstitution, Span::new(self.pos, self.pos + 2));
        self.substitution(if reads { SubstitutionKind::ProcessIn } else { SubstitutionKind::ProcessOut }, self.pos + 2);
    }

    /// `` `…` ``: ends at the next backtick that has no backslash before it, whatever is in between. Backslashes before
    /// backticks, dollars and backslashes are removed before the commands are read.
    pub(super) fn backtick(&mut self, quoted: bool) {
        let start = self.pos;
        if !self.enter() {
            return;
        }
        let open = self.take(TokenKind::Delimiter, 1);
        let close = self.unescape(quoted);
        let outer = self.end;
        self.end = close.unwrap_or(outer);
        let floor = std::mem::replace(&mut self.heredoc_floor, self.heredocs.len());
        let in_test = std::mem::take(&mut self.in_test);
        let errors = self.tree.errors.len();
        let body = self.list(Stops::NONE);
        if self.grammar.is_bash() && !self.too_deep {
            // It looks at them when it runs the command.
            self.tree.errors.truncate(errors);
        }
        self.heredocs.truncate(self.heredoc_floor);
        self.in_test = in_test;
        self.heredoc_floor = floor;
        self.end = outer;
        let close = close.map(|_| self.take(TokenKind::Delimiter, 1));
        if close.is_none() {
            self.unclosed("`", open);
        }
        self.leave();
        let id = self.add(Substitution { kind: SubstitutionKind::Backtick, block: Block { open, body, close } });
        self.expansion(PartKind::Substitution(id), start);
    }

    /// Finds the closing backtick, and marks the backslashes before it that are removed.
    fn unescape(&mut self, quoted: bool) -> Option<usize> {
        let mut at = self.pos;
        let mut removed = Vec::new();
        let close = loop {
            let found = memchr::memchr2(b'`', b'\\', &self.text[at.min(self.end)..self.end]).map(|len| at + len);
            let Some(found) = found else { break None };
            if self.text[found] == b'`' {
                break Some(found);
            }
            let mut next = found + 1;
            while self.byte(next) == REMOVED {
                next += 1;
            }
            if matches!(self.byte(next), b'`' | b'\\' | b'$') || (quoted && self.byte(next) == b'"') {
                removed.push(found);
            }
            at = next + 1;
        };
        self.tree.steps += (close.unwrap_or(self.end) - self.pos) as u64;
        for at in removed {
            self.text.to_mut()[at] = REMOVED;
        }
        close
    }

    /// `${…}`; `inner` is what follows its brace.
    fn braced(&mut self, inner: usize, quoted: bool) {
        let start = self.pos;
        if matches!(self.byte(inner), b' ' | b'\t' | b'\n' | b'|')
            && self.grammar.has(ExtensionKind::FunctionSubstitution)
        {
            self.extension(ExtensionKind::FunctionSubstitution, Span::new(start, inner));
            let body = if self.byte(inner) == b'|' { inner + 1 } else { inner };
            self.substitution(SubstitutionKind::Function, body);
            return;
        }
        if !self.enter() {
            return;
        }
        let open = self.token(TokenKind::Delimiter, inner);
        let length = self.peek() == b'#' && self.is_length();
        if length {
            self.take(TokenKind::Operator, 1);
        }
        let indirect =
            self.peek() == b'!' && (self.is_name_byte(self.pos + 1) || matches!(self.peek_at(1), b'@' | b'*' | b'#'));
        if indirect {
            let span = self.take(TokenKind::Operator, 1);
            self.extension(ExtensionKind::Indirection, span);
        }
        let name = self.parameter_name();
        let subscript = (self.peek() == b'[' && !name.is_empty()).then(|| self.subscript());
        if let Some(subscript) = subscript {
            let keys = indirect && subscript.kind != SubscriptKind::Index;
            let kind = if keys { ExtensionKind::ArrayKeys } else { ExtensionKind::ArrayReference };
            self.extension(kind, subscript.span);
        }
        let operation = (!self.done() && self.peek() != b'}').then(|| self.operation(quoted, indirect));
        let close = (!self.done() && self.peek() == b'}').then(|| self.take(TokenKind::Delimiter, 1));
        if close.is_none() {
            self.unclosed("}", open);
        }
        self.leave();
        let parameter = Parameter { braced: true, name, indirect, length, subscript, operation, close };
        let id = self.add(parameter);
        self.expansion(PartKind::Parameter(id), start);
    }

    fn is_name_byte(&self, at: usize) -> bool {
        self.byte(at).is_ascii_alphanumeric() || self.byte(at) == b'_'
    }

    /// Whether the `#` here asks for a length: `${#x}`, but not `${#}`, `${#-x}`.
    fn is_length(&self) -> bool {
        let next = self.pos + 1;
        match self.byte(next) {
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => self.byte(next + 1) == b'}',
            _ => self.is_name_byte(next),
        }
    }

    fn parameter_name(&mut self) -> Span {
        let end = match self.peek() {
            b'$' if matches!(self.peek_at(1), b'{' | b'(') => self.pos,
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => self.pos + 1,
            b'0'..=b'9' => {
                let mut end = self.pos;
                while self.byte(end).is_ascii_digit() {
                    end += 1;
                }
                end
            }
            _ => self.name_end(self.pos),
        };
        self.token(TokenKind::Text, end)
    }

    /// `[…]`
    pub(super) fn subscript(&mut self) -> Subscript {
        let start = self.pos;
        if !self.enter() {
            return Subscript { kind: SubscriptKind::Index, word: Word::default(), span: Span::new(start, self.pos) };
        }
        let open = self.take(TokenKind::Delimiter, 1);
        let word = self.operand(Mode::Subscript);
        if self.peek() == b']' && !self.done() {
            self.take(TokenKind::Delimiter, 1);
        } else {
            self.unclosed("]", open);
        }
        self.leave();
        let kind = match &self.text[word.span.range()] {
            b"@" => SubscriptKind::At,
            b"*" => SubscriptKind::Star,
            _ => SubscriptKind::Index,
        };
        Subscript { kind, word, span: Span::new(start, self.pos) }
    }

    fn operation(&mut self, quoted: bool, indirect: bool) -> Operation {
        use OperationKind::*;
        let bytes = [self.peek(), self.peek_at(1), self.peek_at(2)];
        let (kind, len) = match bytes {
            [b'*' | b'@', b'}', _] if indirect => (Names, 1),
            [b':', b'-', _] => (Default, 2),
            [b':', b'=', _] => (Assign, 2),
            [b':', b'?', _] => (Error, 2),
            [b':', b'+', _] => (Alternate, 2),
            [b'-', ..] => (Default, 1),
            [b'=', ..] => (Assign, 1),
            [b'?', ..] => (Error, 1),
            [b'+', ..] => (Alternate, 1),
            [b'#', b'#', _] => (RemovePrefix, 2),
            [b'#', ..] => (RemovePrefix, 1),
            [b'%', b'%', _] => (RemoveSuffix, 2),
            [b'%', ..] => (RemoveSuffix, 1),
            [b'/', b'/' | b'#' | b'%', _] => (Replace, 2),
            [b'/', ..] => (Replace, 1),
            [b'^', b'^', _] => (Upper, 2),
            [b'^', ..] => (Upper, 1),
            [b',', b',', _] => (Lower, 2),
            [b',', ..] => (Lower, 1),
            [b':', ..] => (Slice, 1),
            [b'@', ..] => (Transform, 1),
            _ => (Unknown, 0),
        };
        let operator = self.take(TokenKind::Operator, len);
        let extension = match kind {
            Names => Some(ExtensionKind::NamePrefix),
            Upper | Lower => Some(ExtensionKind::CaseModification),
            Replace => Some(ExtensionKind::Replacement),
            Slice => Some(ExtensionKind::Slice),
            Transform => Some(ExtensionKind::Transformation),
            _ => None,
        };
        if let Some(kind) = extension {
            self.extension(kind, operator);
        }
        // In patterns quotes quote, even if the whole is in quotes.
        let quoted = quoted && matches!(kind, Default | Assign | Error | Alternate | Unknown);
        let operand = match kind {
            Replace => {
                let pattern = self.operand(Mode::Operand { quoted, slash: true });
                let replacement = (!self.done() && self.peek() == b'/').then(|| {
                    self.take(TokenKind::Operator, 1);
                    self.operand(Mode::Operand { quoted, slash: false })
                });
                Operand::Replace { pattern, replacement }
            }
            Slice => {
                let offset = self.arithmetic(Until::Slice);
                let length = (!self.done() && self.peek() == b':').then(|| {
                    self.take(TokenKind::Operator, 1);
                    self.arithmetic(Until::Brace)
                });
                Operand::Slice { offset, length }
            }
            _ => Operand::Word(self.operand(Mode::Operand { quoted, slash: false })),
        };
        Operation { kind, operator, operand }
    }

    /// The assignment that begins here, if one does.
    pub(super) fn assignment(&mut self) -> Option<Assignment> {
        let first = self.peek();
        if !(first.is_ascii_alphabetic() || first == b'_') {
            return None;
        }
        let start = self.pos;
        let name_end = self.name_end(start);
        let (operator, subscripted) = match self.byte(name_end) {
            b'=' => (name_end, false),
            b'+' if self.byte(name_end + 1) == b'=' => (name_end, false),
            b'[' if self.grammar.has(ExtensionKind::Array) => (self.subscript_end(name_end)?, true),
            _ => return None,
        };
        let append = self.byte(operator) == b'+';
        if append && !self.grammar.has(ExtensionKind::AppendAssignment) {
            return None;
        }
        let name = self.token(TokenKind::Text, name_end);
        let subscript = subscripted.then(|| self.subscript());
        if let Some(subscript) = subscript {
            self.extension(ExtensionKind::SubscriptAssignment, subscript.span);
        }
        // What the look ahead took for a subscript may end elsewhere.
        let operator = self.take(
            TokenKind::Operator,
            match (self.peek(), self.peek_at(1)) {
                (b'=', _) => 1,
                (b'+', b'=') => 2,
                _ => 0,
            },
        );
        if append {
            self.extension(ExtensionKind::AppendAssignment, operator);
        }
        let value = match self.peek() {
            b'(' if self.grammar.has(ExtensionKind::Array) && !self.done() => self.array(),
            _ => self.word(Mode::Value).map_or(Value::Empty, Value::Word),
        };
        Some(Assignment { name, subscript, operator, append, value, span: Span::new(start, self.pos) })
    }

    /// Where the `=` or `+=` is after the subscript that begins at `at`; `None` if this is no assignment.
    fn subscript_end(&mut self, at: usize) -> Option<usize> {
        let (mut end, mut depth) = (at, 0usize);
        let mut quote = 0;
        let found = loop {
            let byte = self.byte(end);
            if end >= self.end {
                break None;
            }
            match byte {
                b'\\' => end += 1,
                b'"' | b'\'' if quote == byte => quote = 0,
                b'"' | b'\'' if quote == 0 => quote = byte,
                b'$' if quote != b'\'' && matches!(self.byte(end + 1), b'(' | b'{') => {
                    // Few subscripts hold commands; to find their end is the lexer's work.
                    break None;
                }
                _ if quote != 0 => {}
                b'[' => depth += 1,
                b']' => {
                    depth -= 1;
                    if depth == 0 {
                        break Some(end + 1);
                    }
                }
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'`' => break None,
                _ => {}
            }
            end += 1;
        };
        self.tree.steps += (end - at) as u64;
        found.filter(|end| self.byte(*end) == b'=' || (self.byte(*end) == b'+' && self.byte(end + 1) == b'='))
    }

    /// `(a b [c]=d)`
    fn array(&mut self) -> Value {
        if !self.enter() {
            return Value::Empty;
        }
        let open = self.take(TokenKind::Delimiter, 1);
        self.extension(ExtensionKind::Array, open);
        let mark = self.mark::<Element>();
        loop {
            self.newlines();
            if self.done() || self.peek() == b')' {
                break;
            }
            let key = match self.peek() == b'[' && self.subscript_end(self.pos).is_some() {
                true => Some(self.subscript()),
                false => None,
            };
            let operator = match (self.peek(), self.peek_at(1)) {
                (b'=', _) if key.is_some() => Some(self.take(TokenKind::Operator, 1)),
                (b'+', b'=') if key.is_some() => Some(self.take(TokenKind::Operator, 2)),
                _ => None,
            };
            let value = self.word(if key.is_some() { Mode::Value } else { Mode::Word });
            if key.is_none() && value.is_none() {
                // `;`, `(`, `<`: the array is not closed, or there is a mistake in it.
                if matches!(self.peek(), b';' | b'&' | b'|') {
                    break;
                }
                let token = self.take(TokenKind::Skipped, 1);
                self.unexpected(token);
                continue;
            }
            self.put(Element { key, operator, value });
        }
        let elements = self.flush(mark);
        let close = (!self.done() && self.peek() == b')').then(|| self.take(TokenKind::Delimiter, 1));
        if close.is_none() {
            self.unclosed(")", open);
        }
        self.leave();
        Value::Array { open, elements, close }
    }
}
