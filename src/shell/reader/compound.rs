//! Compound commands and functions.

use super::keywords::{Keyword, Stops};
use super::words::Mode;
use super::*;

impl Reader<'_> {
    /// The compound command that begins with this reserved word; `None` if it begins none.
    pub(super) fn compound(&mut self, keyword: Keyword, len: usize, stops: Stops) -> Option<CommandKind> {
        match keyword {
            Keyword::Test if self.grammar.has(ExtensionKind::Test) => self.test().map(CommandKind::Test),
            Keyword::Open | Keyword::If | Keyword::For | Keyword::While | Keyword::Until | Keyword::Case => {
                self.nested(keyword, len, stops)
            }
            Keyword::Select if self.grammar.has(ExtensionKind::Select) => self.nested(keyword, len, stops),
            Keyword::Function if self.grammar.has(ExtensionKind::FunctionKeyword) => self.function_keyword(stops),
            Keyword::Coproc if self.grammar.has(ExtensionKind::Coproc) => self.nested(keyword, len, stops),
            _ => None,
        }
    }

    fn nested(&mut self, keyword: Keyword, len: usize, stops: Stops) -> Option<CommandKind> {
        if !self.enter() {
            return Some(CommandKind::Missing);
        }
        let token = self.take(TokenKind::Keyword, len);
        let kind = match keyword {
            Keyword::Open => CommandKind::Group(self.group_body(token, stops)),
            Keyword::If => CommandKind::If(self.if_command(token, stops)),
            Keyword::While | Keyword::Until => {
                CommandKind::Loop(self.loop_command(token, keyword == Keyword::Until, stops))
            }
            Keyword::Case => CommandKind::Case(self.case_command(token, stops)),
            Keyword::Coproc => CommandKind::Coproc(self.coproc(token, stops)),
            _ => CommandKind::For(self.for_command(token, keyword == Keyword::Select, stops)),
        };
        self.leave();
        Some(kind)
    }

    /// Takes the keyword that closes what `opener` opened, or says that it is missing.
    fn close(&mut self, keyword: Keyword, text: &str, opener: Span) -> Option<Span> {
        let found = self.take_keyword(keyword);
        if found.is_none() {
            self.unclosed(text, opener);
        }
        found
    }

    fn group_body(&mut self, open: Span, stops: Stops) -> Block {
        let body = self.body(stops.and(Stops::BRACE));
        let close = self.close(Keyword::Close, "}", open);
        Block { open, body, close }
    }

    /// `(…)` or `((…))`
    pub(super) fn parenthesis(&mut self) -> CommandKind {
        if !self.enter() {
            return CommandKind::Missing;
        }
        let wide = self.peek_at(1) == b'(' && self.grammar.has(ExtensionKind::ArithmeticCommand);
        let close = if wide { self.double_paren_end(self.pos + 1) } else { None };
        let kind = match close {
            Some(close) => {
                let open = self.take(TokenKind::Keyword, 2);
                self.extension(ExtensionKind::ArithmeticCommand, open);
                let expr = self.arithmetic_up_to(close);
                let close = Some(self.token(TokenKind::Keyword, close + 2));
                CommandKind::Arithmetic(self.add(Arithmetic { open, expr, close }))
            }
            None => {
                let open = self.take(TokenKind::Operator, 1);
                // What ends a list around this one ends nothing in here, but for the parenthesis.
                let body = self.body(Stops::PAREN);
                let close = (self.peek() == b')' && !self.done()).then(|| self.take(TokenKind::Operator, 1));
                if close.is_none() {
                    self.unclosed(")", open);
                }
                CommandKind::Subshell(Block { open, body, close })
            }
        };
        self.leave();
        kind
    }

    fn if_command(&mut self, keyword: Span, stops: Stops) -> Id<If> {
        let ends = stops.and(Stops::ELIF).and(Stops::ELSE).and(Stops::FI);
        let mark = self.mark::<Branch>();
        let mut next = keyword;
        loop {
            let condition = self.body(ends.and(Stops::THEN));
            let then = self.take_keyword(Keyword::Then);
            if then.is_none() {
                let word = String::from_utf8_lossy(&self.text[next.range()]).into_owned();
                let message = format!("expected `then` after the condition of `{word}`");
                self.error(ErrorKind::Missing, Span::at(self.pos), Some(next), message);
            }
            let body = match then {
                Some(_) => self.body(ends),
                None => self.list(ends),
            };
            self.put(Branch { keyword: next, condition: Some(condition), then, body });
            match self.take_keyword(Keyword::Elif) {
                Some(elif) => next = elif,
                None => break,
            }
        }
        if let Some(keyword) = self.take_keyword(Keyword::Else) {
            let body = self.body(stops.and(Stops::FI));
            self.put(Branch { keyword, condition: None, then: None, body });
        }
        let fi = self.close(Keyword::Fi, "fi", keyword);
        let branches = self.flush(mark);
        self.add(If { branches, fi })
    }

    fn loop_command(&mut self, keyword: Span, until: bool, stops: Stops) -> Id<Loop> {
        let condition = self.body(stops.and(Stops::DO).and(Stops::DONE));
        let body = self.do_body(keyword, stops);
        self.add(Loop { keyword, until, condition, body })
    }

    fn do_body(&mut self, keyword: Span, stops: Stops) -> Body {
        let open = self.take_keyword(Keyword::Do);
        let stops = stops.and(Stops::DONE);
        let list = match open {
            Some(_) => self.body(stops),
            None => {
                let word = String::from_utf8_lossy(&self.text[keyword.range()]).into_owned();
                let message = format!("expected `do` after `{word}`");
                self.error(ErrorKind::Missing, Span::at(self.pos), Some(keyword), message);
                self.list(stops)
            }
        };
        let close = self.close(Keyword::Done, "done", open.unwrap_or(keyword));
        Body { open, list, close }
    }

    fn for_command(&mut self, keyword: Span, select: bool, stops: Stops) -> Id<For> {
        if select {
            self.extension(ExtensionKind::Select, keyword);
        }
        self.gap();
        let arithmetic = !select && self.starts_with(b"((") && self.grammar.has(ExtensionKind::ArithmeticFor);
        let close = if arithmetic { self.double_paren_end(self.pos + 1) } else { None };
        let header = match close {
            Some(close) => {
                let open = self.take(TokenKind::Keyword, 2);
                self.extension(ExtensionKind::ArithmeticFor, open);
                let expressions = self.for_expressions(close);
                let close = Some(self.token(TokenKind::Keyword, close + 2));
                self.gap();
                if self.peek() == b';' && self.arm_end().is_none() {
                    self.take(TokenKind::Operator, 1);
                }
                ForHeader::Arithmetic { open, expressions, close }
            }
            None => self.for_words(),
        };
        self.newlines();
        let body = match self.keyword() {
            Some((Keyword::Open, len)) if self.grammar.has(ExtensionKind::BraceBody) => {
                let open = self.take(TokenKind::Keyword, len);
                self.extension(ExtensionKind::BraceBody, open);
                let block = self.group_body(open, stops);
                Body { open: Some(block.open), list: block.body, close: block.close }
            }
            _ => self.do_body(keyword, stops),
        };
        self.add(For { keyword, select, header, body })
    }

    fn for_words(&mut self) -> ForHeader {
        let name = self.word(Mode::Word);
        match name {
            None => self.missing(ErrorKind::Missing, "a variable's name"),
            Some(name) if self.grammar.is_dash() && !self.is_name(name) => self.unexpected(name.span),
            Some(_) => {}
        }
        self.newlines();
        let in_keyword = self.take_keyword(Keyword::In);
        let mark = self.mark::<Word>();
        if in_keyword.is_some() {
            loop {
                self.gap();
                match self.word(Mode::Word) {
                    Some(word) => self.put(word),
                    None => break,
                }
            }
            match self.peek() {
                b';' if self.arm_end().is_none() => _ = self.take(TokenKind::Operator, 1),
                b'\n' => _ = self.newline(),
                _ => self.missing(ErrorKind::Missing, "`;` or a line break after the words of `for`"),
            }
        } else if self.peek() == b';' && self.arm_end().is_none() {
            self.take(TokenKind::Operator, 1);
        }
        ForHeader::Words { name, in_keyword, words: self.flush(mark) }
    }

    /// Whether it can name a variable.
    fn is_name(&self, word: Word) -> bool {
        let text = &self.text[word.span.range()];
        text.first().is_some_and(|byte| !byte.is_ascii_digit())
            && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }

    fn case_command(&mut self, keyword: Span, stops: Stops) -> Id<Case> {
        self.gap();
        let subject = self.word(Mode::Value);
        if subject.is_none() {
            self.missing(ErrorKind::Missing, "a word after `case`");
        }
        self.newlines();
        let in_keyword = self.take_keyword(Keyword::In);
        if in_keyword.is_none() {
            self.error(ErrorKind::Missing, Span::at(self.pos), Some(keyword), "expected `in` after the word of `case`");
        }
        let mark = self.mark::<Arm>();
        loop {
            self.newlines();
            if self.done() {
                break;
            }
            // A keyword that ends something else is a pattern, as long as a parenthesis follows it.
            if let Some((closer, len)) = self.closer()
                && (closer == Stops::ESAC || (stops.has(closer) && !self.is_pattern_end(self.pos + len)))
            {
                break;
            }
            let before = self.pos;
            let arm = self.arm(stops);
            if self.pos == before {
                let token = self.take(TokenKind::Skipped, 1);
                self.unexpected(token);
                continue;
            }
            let complete = arm.close.is_some();
            self.put(arm);
            if !complete && arm.terminator.is_none() && self.closer().is_none() {
                break;
            }
        }
        let esac = self.close(Keyword::Esac, "esac", keyword);
        let arms = self.flush(mark);
        self.add(Case { keyword, subject, in_keyword, arms, esac })
    }

    fn is_pattern_end(&mut self, at: usize) -> bool {
        let at = self.after_joints(at);
        match self.byte(at) {
            b' ' => matches!(self.byte(at + 1), b')' | b'|'),
            byte => matches!(byte, b')' | b'|'),
        }
    }

    fn arm(&mut self, stops: Stops) -> Arm {
        let start = self.pos;
        let open = (self.peek() == b'(').then(|| self.take(TokenKind::Operator, 1));
        let mark = self.mark::<Word>();
        loop {
            self.gap();
            match self.word(Mode::Value) {
                Some(pattern) => self.put(pattern),
                None => {
                    self.missing(ErrorKind::Missing, "a pattern");
                    break;
                }
            }
            self.gap();
            if self.peek() != b'|' || self.done() {
                break;
            }
            self.take(TokenKind::Operator, 1);
        }
        let patterns = self.flush(mark);
        let close = (self.peek() == b')' && !self.done()).then(|| self.take(TokenKind::Operator, 1));
        if close.is_none() {
            self.missing(ErrorKind::Missing, "`)` after a pattern of `case`");
        }
        let body = match close {
            Some(_) => self.list(stops.and(Stops::ARM_END).and(Stops::ESAC)),
            // What is no pattern is likely a command.
            None if patterns.is_empty() => List { span: Span::at(self.pos), ..List::default() },
            None => self.list(stops.and(Stops::ARM_END).and(Stops::ESAC)),
        };
        let terminator = match self.arm_end() {
            Some(len) if self.peek() == b';' && !self.done() => {
                let span = self.take(TokenKind::Operator, len);
                let end = match &self.text[span.range()] {
                    b";;" => ArmEnd::Break,
                    b";&" => ArmEnd::FallThrough,
                    _ => ArmEnd::Continue,
                };
                if end != ArmEnd::Break {
                    self.extension(ExtensionKind::FallThrough, span);
                }
                Some((end, span))
            }
            _ => None,
        };
        let end = terminator.map_or(body.span.end().max(start), |(_, span)| span.end());
        let end = close.map_or(end, |close| end.max(close.end()));
        Arm { open, patterns, close, body, terminator, span: Span::new(start, end) }
    }

    /// `function name`, with or without parentheses; `None` if no name follows.
    fn function_keyword(&mut self, stops: Stops) -> Option<CommandKind> {
        let mut at = self.pos + b"function".len();
        loop {
            at = self.after_joints(at);
            match self.byte(at) {
                b' ' | b'\t' => at += 1,
                byte if at >= self.end || super::keywords::is_meta(byte) => return None,
                _ => break,
            }
        }
        let keyword = self.take(TokenKind::Keyword, b"function".len());
        self.extension(ExtensionKind::FunctionKeyword, keyword);
        self.gap();
        let name = self.word(Mode::Value);
        if name.is_none() {
            self.missing(ErrorKind::Missing, "a name after `function`");
        }
        let name = name.unwrap_or(Word { span: Span::at(self.pos), ..Word::default() });
        Some(self.function(Some(keyword), name, stops))
    }

    /// A function, after its name.
    pub(super) fn function(&mut self, keyword: Option<Span>, name: Word, stops: Stops) -> CommandKind {
        if !self.enter() {
            return CommandKind::Missing;
        }
        self.gap();
        let parens = match self.peek() == b'(' && self.is_parens() {
            true => {
                let start = self.take(TokenKind::Operator, 1);
                self.gap();
                Some(start.cover(self.take(TokenKind::Operator, 1)))
            }
            false => None,
        };
        if !self.is_name(name) {
            self.extension(ExtensionKind::FunctionName, name.span);
            if self.grammar.is_dash() {
                self.unexpected(name.span);
            }
        }
        self.newlines();
        let body = match self.is_command_start() {
            true => self.command(None, stops),
            false => {
                self.missing(ErrorKind::MissingCommand, "the body of the function");
                Command { pipe: None, kind: CommandKind::Missing, redirects: Many::default(), span: Span::at(self.pos) }
            }
        };
        let simple = matches!(body.kind, CommandKind::Simple { .. } | CommandKind::Function(_));
        if simple && (self.grammar.is_bash() || (keyword.is_some() && self.grammar.is_dash())) {
            self.error(ErrorKind::Dialect, body.span, None, "expected a compound command as the body of the function");
        }
        self.leave();
        let body = self.add(body);
        CommandKind::Function(self.add(Function { keyword, name, parens, body }))
    }

    /// `coproc name { …; }` or `coproc command`
    fn coproc(&mut self, keyword: Span, stops: Stops) -> Id<Coproc> {
        self.extension(ExtensionKind::Coproc, keyword);
        self.gap();
        let name = self.coproc_name();
        self.gap();
        let body = match self.is_command_start() {
            true => self.command(None, stops),
            false => {
                self.missing(ErrorKind::MissingCommand, "a command after `coproc`");
                Command { pipe: None, kind: CommandKind::Missing, redirects: Many::default(), span: Span::at(self.pos) }
            }
        };
        let body = self.add(body);
        self.add(Coproc { keyword, name, body })
    }

    /// A name, if a compound command follows it.
    fn coproc_name(&mut self) -> Option<Word> {
        if self.keyword().is_some() {
            return None;
        }
        let end = self.name_end(self.pos);
        if end == self.pos {
            return None;
        }
        let mut at = end;
        loop {
            at = self.after_joints(at);
            match self.byte(at) {
                b' ' | b'\t' => at += 1,
                _ => break,
            }
        }
        let begins = at > end
            && match self.byte(at) {
                b'{' | b'(' => true,
                _ => [&b"if "[..], b"for ", b"while ", b"until ", b"case ", b"[[ ", b"select "]
                    .iter()
                    .any(|keyword| self.text[at..self.end].starts_with(keyword)),
            };
        if !begins {
            return None;
        }
        let span = self.token(TokenKind::Text, end);
        let mark = self.mark::<Part>();
        self.put(Part { kind: PartKind::Literal, span });
        Some(Word { parts: self.flush(mark), span })
    }
}
