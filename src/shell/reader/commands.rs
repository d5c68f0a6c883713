//! Lists, and-or lists, pipelines and simple commands.

use super::keywords::{Keyword, Stops, is_meta};
use super::words::Mode;
use super::*;

/// Commands whose arguments may be assignments.
const DECLARATIONS: [&[u8]; 5] = [b"export", b"local", b"readonly", b"declare", b"typeset"];

impl Reader<'_> {
    /// Commands up to the end, or up to a token that ends this list or one around it.
    pub(super) fn list(&mut self, stops: Stops) -> List {
        let mark = self.mark::<Item>();
        let mut span: Option<Span> = None;
        loop {
            self.newlines();
            if self.done() {
                break;
            }
            if let Some((closer, len)) = self.closer() {
                if stops.has(closer) {
                    break;
                }
                self.stray(len);
                continue;
            }
            if let Some(len) = self.stray_operator() {
                let token = self.take(TokenKind::Skipped, len);
                self.unexpected(token);
                continue;
            }
            let item = self.item(stops);
            let whole = item.terminator.map_or(item.span, |terminator| item.span.cover(terminator.span));
            span = Some(span.map_or(whole, |span| span.cover(whole)));
            self.put(item);
        }
        List { items: self.flush(mark), span: span.unwrap_or(Span::at(self.pos)) }
    }

    /// As [`Reader::list`]; none is a mistake.
    pub(super) fn body(&mut self, stops: Stops) -> List {
        let list = self.list(stops);
        if list.items.is_empty() {
            self.missing(ErrorKind::MissingCommand, "a command");
        }
        list
    }

    pub(super) fn unexpected(&mut self, span: Span) {
        let token = String::from_utf8_lossy(&self.text[span.range()]).into_owned();
        self.error(ErrorKind::Unexpected, span, None, format!("unexpected `{token}`"));
    }

    /// Skips a keyword or closing token that closes nothing, and what else is there up to the next separator.
    fn stray(&mut self, len: usize) {
        let token = self.take(TokenKind::Skipped, len);
        self.unexpected(token);
        loop {
            if matches!(self.text[token.start()], b')' | b';') {
                break self.gap();
            }
            self.gap();
            match self.peek() {
                b'\n' | b';' | b'&' | b'|' | b'(' | b')' => break,
                _ if self.done() => break,
                b'<' | b'>' => {
                    let mark = self.mark::<Redirect>();
                    self.redirect();
                    self.flush::<Redirect>(mark);
                }
                _ => {
                    self.word(Mode::Word);
                }
            }
        }
        // What it would have been joined to the next command by.
        let len = match (self.peek(), self.peek_at(1)) {
            (b'&', b'&') | (b'|', b'|' | b'&') => 2,
            (b';', b';') | (b'&', b'>') => 0,
            (b';' | b'&' | b'|', _) => 1,
            _ => 0,
        };
        self.take(TokenKind::Operator, len);
    }

    /// The length of an operator where a command should begin.
    fn stray_operator(&self) -> Option<usize> {
        match (self.peek(), self.peek_at(1)) {
            (b'&', b'>') if self.both_redirect() => None,
            (b'&', b'&') | (b'|', b'|' | b'&') => Some(2),
            (b'&' | b'|' | b';', _) => Some(1),
            _ => None,
        }
    }

    fn item(&mut self, stops: Stops) -> Item {
        let mark = self.mark::<Pipeline>();
        let mut operator = None;
        let mut span: Option<Span> = None;
        loop {
            let pipeline = self.pipeline(operator, stops);
            span = Some(span.map_or(pipeline.span, |span| span.cover(pipeline.span)));
            self.put(pipeline);
            self.gap();
            let kind = match (self.peek(), self.peek_at(1)) {
                (b'&', b'&') => AndOr::And,
                (b'|', b'|') => AndOr::Or,
                _ => break,
            };
            operator = Some((kind, self.take(TokenKind::Operator, 2)));
            self.newlines();
        }
        let terminator = self.terminator();
        let span = span.unwrap_or(Span::at(self.pos));
        Item { pipelines: self.flush(mark), terminator, span }
    }

    fn terminator(&mut self) -> Option<Terminator> {
        match self.peek() {
            b';' if self.arm_end().is_none() => {
                let span = self.take(TokenKind::Operator, 1);
                Some(Terminator { kind: TerminatorKind::Semicolon, span })
            }
            b'&' if !(self.peek_at(1) == b'>' && self.both_redirect()) => {
                let span = self.take(TokenKind::Operator, 1);
                Some(Terminator { kind: TerminatorKind::Ampersand, span })
            }
            b'\n' => Some(Terminator { kind: TerminatorKind::Newline, span: self.newline() }),
            _ if self.done() || self.closer().is_some() => None,
            _ => {
                // After a compound command, or before a parenthesis.
                let mut end = self.char_end(self.pos);
                while !is_meta(self.peek()) && end < self.end && end < self.pos + 40 && !is_meta(self.byte(end)) {
                    end = self.char_end(end);
                }
                self.unexpected(Span::new(self.pos, end));
                None
            }
        }
    }

    fn pipeline(&mut self, operator: Option<(AndOr, Span)>, stops: Stops) -> Pipeline {
        let start = self.pos;
        let prefixes = self.prefixes();
        let mark = self.mark::<Command>();
        let first = match self.is_command_start() {
            true => self.command(None, stops),
            false => {
                // `time` and `!` may stand alone, for some shells.
                let alone = !prefixes.is_empty() && (!self.grammar.is_dash() || self.ended_by_time(prefixes));
                self.no_command(None, alone)
            }
        };
        self.put(first);
        let mut last = first.span;
        loop {
            self.gap();
            let stderr = match (self.peek(), self.peek_at(1)) {
                (b'|', b'|') => break,
                (b'|', b'&') => self.grammar.has(ExtensionKind::PipeBoth),
                (b'|', _) => false,
                _ => break,
            };
            let span = self.take(TokenKind::Operator, if stderr { 2 } else { 1 });
            if stderr {
                self.extension(ExtensionKind::PipeBoth, span);
            }
            self.newlines();
            while let Some(not) = self.take_keyword(Keyword::Not) {
                self.unexpected(not);
                self.gap();
            }
            let pipe = Some(Pipe { stderr, span });
            let command = match self.is_command_start() {
                true => self.command(pipe, stops),
                false => self.no_command(pipe, false),
            };
            last = command.span;
            self.put(command);
        }
        let start = if prefixes.is_empty() { first.span.start() } else { start };
        Pipeline { operator, prefixes, commands: self.flush(mark), span: Span::new(start, last.end().max(start)) }
    }

    /// `! time -p …`
    fn prefixes(&mut self) -> Many<Prefix> {
        let mark = self.mark::<Prefix>();
        let mut nots = 0;
        loop {
            let keyword = match self.peek() {
                b'!' if self.peek_at(1) == b'(' => Some((Keyword::Not, 1)),
                b'!' | b't' => self.keyword(),
                _ => None,
            };
            match keyword {
                Some((Keyword::Not, len)) => {
                    let span = self.take(TokenKind::Keyword, len);
                    nots += 1;
                    if nots == 2 {
                        self.extension(ExtensionKind::NotTwice, span);
                        if self.grammar.is_dash() {
                            self.unexpected(span);
                        }
                    }
                    self.put(Prefix { kind: PrefixKind::Not, span });
                }
                Some((Keyword::Time, len)) if self.grammar.has(ExtensionKind::Time) => {
                    let span = self.take(TokenKind::Keyword, len);
                    self.extension(ExtensionKind::Time, span);
                    self.put(Prefix { kind: PrefixKind::Time, span });
                    self.gap();
                    for option in [b"-p", b"--"] {
                        if self.starts_with(option) && self.ends_word(self.pos + 2) {
                            let span = self.take(TokenKind::Text, 2);
                            self.put(Prefix { kind: PrefixKind::TimeOption, span });
                            self.gap();
                        }
                    }
                }
                _ => return self.flush(mark),
            }
            self.gap();
        }
    }

    fn ended_by_time(&self, prefixes: Many<Prefix>) -> bool {
        self.tree[prefixes].last().is_some_and(|prefix| prefix.kind != PrefixKind::Not)
    }

    /// Whether something stands here that a command can begin with.
    pub(super) fn is_command_start(&mut self) -> bool {
        let both = || (self.peek(), self.peek_at(1)) == (b'&', b'>') && self.both_redirect();
        match self.peek() {
            b'\n' | b';' | b'|' => false,
            b'&' => both(),
            _ => !self.done() && self.closer().is_none(),
        }
    }

    fn no_command(&mut self, pipe: Option<Pipe>, allowed: bool) -> Command {
        if !allowed {
            self.missing(ErrorKind::MissingCommand, "a command");
        }
        Command { pipe, kind: CommandKind::Missing, redirects: Many::default(), span: Span::at(self.pos) }
    }

    /// The command that begins here.
    pub(super) fn command(&mut self, pipe: Option<Pipe>, stops: Stops) -> Command {
        let start = self.pos;
        let keyword = match self.peek() {
            b'(' => {
                let kind = self.parenthesis();
                return self.redirected(pipe, kind, start);
            }
            b'a'..=b'z' | b'{' | b'[' => self.keyword(),
            _ => None,
        };
        match keyword.and_then(|(keyword, len)| self.compound(keyword, len, stops)) {
            Some(kind) => self.redirected(pipe, kind, start),
            None => self.simple(pipe, stops),
        }
    }

    /// A compound command with the redirections after it.
    fn redirected(&mut self, pipe: Option<Pipe>, kind: CommandKind, start: usize) -> Command {
        let mark = self.mark::<Redirect>();
        let mut end = self.pos;
        // That of a function's body belongs to the body, as all of its redirections do.
        if !matches!(kind, CommandKind::Function(_) | CommandKind::Coproc(_)) {
            loop {
                self.gap();
                if !self.is_redirect() {
                    break;
                }
                end = self.redirect().end();
            }
        } else {
            end = self.last_end(kind).unwrap_or(end);
        }
        Command { pipe, kind, redirects: self.flush(mark), span: Span::new(start, end.max(start)) }
    }

    fn last_end(&self, kind: CommandKind) -> Option<usize> {
        let body = match kind {
            CommandKind::Function(id) => self.tree[id].body,
            CommandKind::Coproc(id) => self.tree[id].body,
            _ => return None,
        };
        Some(self.tree[body].span.end())
    }

    /// Assignments, words and redirections; or a function's definition, which begins like one.
    fn simple(&mut self, pipe: Option<Pipe>, stops: Stops) -> Command {
        let start = self.pos;
        let mut end = start;
        let assignments = self.mark::<Assignment>();
        let words = self.mark::<Word>();
        let redirects = self.mark::<Redirect>();
        let mut declares = false;
        let mut count = 0;
        loop {
            self.gap();
            if self.is_redirect() {
                end = self.redirect().end();
                continue;
            }
            match self.peek() {
                b'\n' | b';' | b'&' | b'|' | b')' => break,
                b'(' => {
                    let first = self.scratch.words.get(words).copied();
                    let alone =
                        self.scratch.redirects.len() == redirects && self.scratch.assignments.len() == assignments;
                    if let Some(name) = first.filter(|_| count == 1 && alone)
                        && self.is_parens()
                    {
                        self.scratch.words.truncate(words);
                        let kind = self.function(None, name, stops);
                        return self.redirected(pipe, kind, start);
                    }
                    break;
                }
                _ if self.done() => break,
                _ => {}
            }
            if count == 0
                && let Some(assignment) = self.assignment()
            {
                end = assignment.span.end();
                self.put(assignment);
                continue;
            }
            let word = match declares.then(|| self.assignment()).flatten() {
                Some(assignment) => {
                    let mark = self.mark::<Part>();
                    let span = assignment.span;
                    let id = self.add(assignment);
                    self.put(Part { kind: PartKind::Assignment(id), span });
                    Word { parts: self.flush(mark), span }
                }
                None => match self.word(Mode::Word) {
                    Some(word) => word,
                    None => break,
                },
            };
            if count == 0 {
                declares = DECLARATIONS.contains(&&self.text[word.span.range()]);
            }
            count += 1;
            end = word.span.end();
            self.put(word);
        }
        let kind = CommandKind::Simple { assignments: self.flush(assignments), words: self.flush(words) };
        Command { pipe, kind, redirects: self.flush(redirects), span: Span::new(start, end) }
    }

    /// Whether `(` and `)` stand here, with nothing between them.
    pub(super) fn is_parens(&mut self) -> bool {
        let mut at = self.pos + 1;
        loop {
            at = self.after_joints(at);
            match self.byte(at) {
                b' ' | b'\t' => at += 1,
                byte => return byte == b')' && self.peek() == b'(',
            }
        }
    }
}
