//! Through the parser's tree to its simple commands.

use shuck_ast as ast;
use shuck_ast::{BinaryOp, BuiltinCommand, CompoundCommand, ConditionalExpr, DeclOperand, HeredocBodyPart, WordPart};

use super::parse::{Context, Origin, Reader, Simple};
use super::text::Places;
use super::{Arg, Assignment, Link, Options, Redirect, Wrapper};
use crate::text::Span;

/// Reads a parsed text. The tree's depth is bounded by its parser; lists and pipelines, which are not,
/// are walked without recursion.
pub(super) fn walk(reader: &mut Reader, text: &str, places: &Places, body: &ast::StmtSeq, context: &Context) {
    Walk { reader, text, places }.sequence(body, context);
}

/// Reads one parsed command whose place is already known.
pub(super) fn walk_command(reader: &mut Reader, text: &str, places: &Places, stmt: &ast::Stmt, context: &Context) {
    Walk { reader, text, places }.statement(stmt, context);
}

struct Walk<'a> {
    reader: &'a mut Reader,
    text: &'a str,
    places: &'a Places,
}

impl Walk<'_> {
    fn sequence(&mut self, body: &ast::StmtSeq, context: &Context) {
        for stmt in body.iter() {
            self.list(stmt, context);
        }
    }

    /// An and-or list.
    fn list(&mut self, stmt: &ast::Stmt, context: &Context) {
        let mut context = context.clone();
        context.place.background |= matches!(stmt.terminator, Some(ast::StmtTerminator::Background(_)));
        context.place.list = self.reader.new_list();
        let conditional = context.place.conditional;
        for (link, stmt) in spine(stmt, |op| matches!(op, BinaryOp::And | BinaryOp::Or)) {
            context.place.link = link;
            context.place.conditional = conditional || link == Link::Or;
            self.pipeline(stmt, &mut context);
        }
    }

    fn pipeline(&mut self, stmt: &ast::Stmt, context: &mut Context) {
        let parts = spine(stmt, |op| matches!(op, BinaryOp::Pipe | BinaryOp::PipeAll));
        let outer = context.place.link;
        context.place.pipeline = self.reader.new_pipeline();
        context.place.pipe_len = parts.len() as u32;
        for (index, (link, stmt)) in parts.into_iter().enumerate() {
            context.place.link = if index == 0 { outer } else { link };
            context.place.pipe_index = index as u32;
            self.statement(stmt, context);
        }
    }

    fn statement(&mut self, stmt: &ast::Stmt, context: &Context) {
        match &stmt.command {
            ast::Command::Simple(simple) => {
                let words: Vec<&ast::Word> =
                    std::iter::once(&simple.name).chain(&simple.args).filter(|word| !self.is_empty(word)).collect();
                self.simple(&words, &simple.assignments, stmt, context);
            }
            ast::Command::Builtin(builtin) => self.builtin(builtin, stmt, context),
            ast::Command::Decl(decl) => self.declaration(decl, stmt, context),
            ast::Command::Binary(_) => self.list(stmt, context),
            ast::Command::Compound(compound) => {
                self.redirect_words(&stmt.redirects, context);
                self.compound(compound, context);
            }
            ast::Command::Function(function) => self.list(&function.body, &deeper(context, true)),
            ast::Command::AnonymousFunction(function) => self.list(&function.body, &deeper(context, false)),
        }
    }

    fn is_empty(&self, word: &ast::Word) -> bool {
        word.span.start.offset() >= word.span.end.offset()
    }

    fn simple(&mut self, words: &[&ast::Word], assignments: &[ast::Assignment], stmt: &ast::Stmt, context: &Context) {
        let args = words.iter().map(|word| self.arg(word.span)).collect();
        let offsets = words.iter().map(|word| word.span.start.offset()).collect();
        let scripts = self.keep(args, offsets, assignments, stmt, context);
        for (index, word) in words.iter().enumerate() {
            if scripts.binary_search(&index).is_err() {
                self.word(word, context);
            }
        }
    }

    /// Hands a command over; the substitutions in its assignments and redirections are walked here.
    fn keep(
        &mut self,
        words: Vec<Arg>,
        offsets: Vec<usize>,
        assignments: &[ast::Assignment],
        stmt: &ast::Stmt,
        context: &Context,
    ) -> Vec<usize> {
        let heredoc = stmt.redirects.iter().rev().find_map(ast::Redirect::heredoc);
        let stdin = heredoc.map(|heredoc| heredoc.body.span.start.offset()..heredoc.body.span.end.offset());
        let simple = Simple {
            words,
            assignments: assignments.iter().map(|assignment| self.assignment(assignment)).collect(),
            redirects: stmt.redirects.iter().map(|redirect| self.redirect(redirect)).collect(),
            origin: Origin::Text { text: self.text, places: self.places, offsets },
            stdin,
            span: self.span(stmt.span),
        };
        let scripts = self.reader.command(simple, context);
        for assignment in assignments {
            self.assigned(&assignment.value, context);
        }
        self.redirect_words(&stmt.redirects, context);
        scripts
    }

    fn builtin(&mut self, builtin: &BuiltinCommand, stmt: &ast::Stmt, context: &Context) {
        let (name, first, more, assignments, span) = match builtin {
            BuiltinCommand::Break(it) => ("break", &it.depth, &it.extra_args, &it.assignments, it.span),
            BuiltinCommand::Continue(it) => ("continue", &it.depth, &it.extra_args, &it.assignments, it.span),
            BuiltinCommand::Return(it) => ("return", &it.code, &it.extra_args, &it.assignments, it.span),
            BuiltinCommand::Exit(it) => ("exit", &it.code, &it.extra_args, &it.assignments, it.span),
        };
        let mut start = assignments.last().map_or(span.start.offset(), |last| last.span.end.offset());
        start += self.text.get(start..).and_then(|text| text.find(name)).unwrap_or(0);
        let end = (start + name.len()).min(self.text.len());
        let mut words = vec![Arg::new(name, self.places.span(start, end))];
        let mut offsets = vec![start];
        let operands: Vec<&ast::Word> = first.iter().chain(more).collect();
        for word in &operands {
            words.push(self.arg(word.span));
            offsets.push(word.span.start.offset());
        }
        self.keep(words, offsets, assignments, stmt, context);
        for word in operands {
            self.word(word, context);
        }
    }

    /// `export A=1`, `local x`, `declare -a y`: an ordinary command with arguments.
    fn declaration(&mut self, decl: &ast::DeclClause, stmt: &ast::Stmt, context: &Context) {
        let spans = decl.operands.iter().map(|operand| match operand {
            DeclOperand::Flag(word) | DeclOperand::Dynamic(word) => word.span,
            DeclOperand::Name(name) => name.span,
            DeclOperand::Assignment(assignment) => assignment.span,
        });
        let spans: Vec<ast::Span> = std::iter::once(decl.variant_span).chain(spans).collect();
        let words = spans.iter().map(|span| self.arg(*span)).collect();
        let offsets = spans.iter().map(|span| span.start.offset()).collect();
        self.keep(words, offsets, &decl.assignments, stmt, context);
        for operand in &decl.operands {
            match operand {
                DeclOperand::Flag(word) | DeclOperand::Dynamic(word) => self.word(word, context),
                DeclOperand::Assignment(assignment) => self.assigned(&assignment.value, context),
                DeclOperand::Name(_) => {}
            }
        }
    }

    fn compound(&mut self, compound: &CompoundCommand, context: &Context) {
        let body = deeper(context, false);
        let branch = deeper(context, true);
        match compound {
            CompoundCommand::If(it) => {
                self.sequence(&it.condition, &body);
                self.sequence(&it.then_branch, &branch);
                for (condition, then) in &it.elif_branches {
                    self.sequence(condition, &branch);
                    self.sequence(then, &branch);
                }
                it.else_branch.iter().for_each(|otherwise| self.sequence(otherwise, &branch));
            }
            CompoundCommand::For(it) => {
                it.words.iter().flatten().for_each(|word| self.word(word, context));
                self.sequence(&it.body, &branch);
            }
            CompoundCommand::Repeat(it) => self.sequence(&it.body, &branch),
            CompoundCommand::Foreach(it) => {
                it.words.iter().for_each(|word| self.word(word, context));
                self.sequence(&it.body, &branch);
            }
            CompoundCommand::ArithmeticFor(it) => self.sequence(&it.body, &branch),
            CompoundCommand::While(it) => {
                self.sequence(&it.condition, &body);
                self.sequence(&it.body, &branch);
            }
            CompoundCommand::Until(it) => {
                self.sequence(&it.condition, &body);
                self.sequence(&it.body, &branch);
            }
            CompoundCommand::Case(it) => {
                self.word(&it.word, context);
                it.cases.iter().for_each(|case| self.sequence(&case.body, &branch));
            }
            CompoundCommand::Select(it) => {
                it.words.iter().for_each(|word| self.word(word, context));
                self.sequence(&it.body, &branch);
            }
            CompoundCommand::Subshell(it) => {
                let inner = self.subshell(context);
                self.sequence(it, &inner);
            }
            CompoundCommand::BraceGroup(it) => self.sequence(it, &body),
            CompoundCommand::Arithmetic(it) => self.bracket("((", it.span, context),
            CompoundCommand::Time(it) => {
                let Some(command) = &it.command else { return };
                let mut inner = context.clone();
                let start = it.span.start.offset();
                let end = (start + 4).min(self.text.len());
                inner.wrappers.push(Wrapper { name: "time".to_owned(), span: self.places.span(start, end) });
                // `time a | b` measures the pipeline: its parts keep places of their own.
                match command.command {
                    ast::Command::Binary(_) => self.list(command, &inner),
                    _ => self.statement(command, &inner),
                }
            }
            CompoundCommand::Conditional(it) => {
                self.bracket("[[", it.span, context);
                self.condition(&it.expression, context);
            }
            CompoundCommand::Coproc(it) => {
                let mut inner = self.subshell(context);
                inner.place.background = true;
                self.list(&it.body, &inner);
            }
            CompoundCommand::Always(it) => {
                self.sequence(&it.body, &body);
                self.sequence(&it.always_body, &body);
            }
        }
    }

    /// `[[ … ]]` and `(( … ))`: a command without arguments.
    fn bracket(&mut self, name: &str, span: ast::Span, context: &Context) {
        let start = span.start.offset();
        let word = Arg::new(name, self.places.span(start, (start + 2).min(self.text.len())));
        let span = self.span(span);
        let (assignments, redirects) = (Vec::new(), Vec::new());
        let origin = Origin::Text { text: self.text, places: self.places, offsets: vec![start] };
        self.reader.command(Simple { words: vec![word], assignments, redirects, origin, stdin: None, span }, context);
    }

    fn condition(&mut self, expression: &ConditionalExpr, context: &Context) {
        let mut todo = vec![expression];
        while let Some(expression) = todo.pop() {
            match expression {
                ConditionalExpr::Binary(it) => todo.extend([&*it.right, &*it.left]),
                ConditionalExpr::Unary(it) => todo.push(&it.expr),
                ConditionalExpr::Parenthesized(it) => todo.push(&it.expr),
                ConditionalExpr::Word(word) | ConditionalExpr::Regex(word) => self.word(word, context),
                ConditionalExpr::Pattern(_) | ConditionalExpr::VarRef(_) => {}
            }
        }
    }

    fn subshell(&mut self, context: &Context) -> Context {
        let mut inner = deeper(context, false);
        inner.place.scope = self.reader.new_scope(Some(context.place.scope), Options::default());
        inner.place.subshell = true;
        inner
    }

    /// The substitutions in a word.
    fn word(&mut self, word: &ast::Word, context: &Context) {
        self.parts(&word.parts, context);
    }

    fn parts(&mut self, parts: &[ast::WordPartNode], context: &Context) {
        for part in parts {
            match &part.kind {
                WordPart::DoubleQuoted { parts, .. } => self.parts(parts, context),
                WordPart::CommandSubstitution { body, .. } | WordPart::ProcessSubstitution { body, .. } => {
                    let inner = self.subshell(context);
                    self.sequence(body, &inner);
                }
                WordPart::ArithmeticExpansion { expression_word_ast, .. } => self.word(expression_word_ast, context),
                WordPart::Parameter(parameter) => {
                    if let Some(word) = parameter.bourne().and_then(|it| it.operand_word_ast()) {
                        self.word(word, context);
                    }
                }
                WordPart::ParameterExpansion { operand_word_ast: Some(word), .. }
                | WordPart::IndirectExpansion { operand_word_ast: Some(word), .. } => self.word(word, context),
                _ => {}
            }
        }
    }

    fn assigned(&mut self, value: &ast::AssignmentValue, context: &Context) {
        match value {
            ast::AssignmentValue::Scalar(word) => self.word(word, context),
            ast::AssignmentValue::Compound(array) => {
                array.elements.iter().for_each(|element| self.word(element.value(), context));
            }
        }
    }

    fn redirect_words(&mut self, redirects: &[ast::Redirect], context: &Context) {
        for redirect in redirects {
            match &redirect.target {
                ast::RedirectTarget::Word(word) => self.word(word, context),
                ast::RedirectTarget::Heredoc(heredoc) => {
                    for part in &heredoc.body.parts {
                        if let HeredocBodyPart::CommandSubstitution { body, .. } = &part.kind {
                            let inner = self.subshell(context);
                            self.sequence(body, &inner);
                        }
                    }
                }
            }
        }
    }

    fn assignment(&self, assignment: &ast::Assignment) -> Assignment {
        let value = match &assignment.value {
            ast::AssignmentValue::Scalar(word) if self.is_empty(word) => Some(String::new()),
            ast::AssignmentValue::Scalar(word) => self.arg(word.span).text,
            ast::AssignmentValue::Compound(_) => None,
        };
        Assignment { name: assignment.target.name.as_str().to_owned(), value, span: self.span(assignment.span) }
    }

    fn redirect(&self, redirect: &ast::Redirect) -> Redirect {
        let start = redirect.span.start.offset();
        let (from, to) = match &redirect.target {
            ast::RedirectTarget::Word(word) if self.is_empty(word) => {
                // `2>&1` is one token for the parser, and `|&` hides a redirection without a target.
                let end = redirect.span.end.offset();
                let text = self.text.get(start..end).unwrap_or_default();
                (start + text.trim_end_matches(|char: char| char.is_ascii_digit() || char == '-').len(), end)
            }
            ast::RedirectTarget::Word(word) => (word.span.start.offset(), word.span.end.offset()),
            ast::RedirectTarget::Heredoc(heredoc) => {
                (heredoc.delimiter.span.start.offset(), heredoc.delimiter.span.end.offset())
            }
        };
        let operator = self.text.get(start..from).unwrap_or_default();
        let target = self.text.get(from..to).filter(|text| !text.is_empty());
        Redirect {
            span: self.places.span(start.min(to), to),
            operator: operator.replace("\\\n", "").trim().to_owned(),
            target: target.map(|raw| Arg::new(raw, self.places.span(from, to))),
        }
    }

    fn arg(&self, span: ast::Span) -> Arg {
        let raw = self.text.get(span.start.offset()..span.end.offset()).unwrap_or_default();
        Arg::new(raw, self.span(span))
    }

    fn span(&self, span: ast::Span) -> Span {
        let end = span.end.offset().min(self.text.len());
        self.places.span(span.start.offset().min(end), end)
    }
}

fn deeper(context: &Context, conditional: bool) -> Context {
    let mut inner = context.clone();
    inner.place.depth += 1;
    inner.place.conditional |= conditional;
    inner
}

/// The operands of a left-leaning chain of operators, each with what stands before it.
fn spine(stmt: &ast::Stmt, wanted: impl Fn(BinaryOp) -> bool) -> Vec<(Link, &ast::Stmt)> {
    let mut parts = Vec::new();
    let mut at = stmt;
    while let ast::Command::Binary(binary) = &at.command
        && wanted(binary.op)
    {
        let link = match binary.op {
            BinaryOp::And => Link::And,
            BinaryOp::Or => Link::Or,
            BinaryOp::Pipe | BinaryOp::PipeAll => Link::Pipe,
        };
        parts.push((link, &*binary.right));
        at = &binary.left;
    }
    parts.push((Link::Sequence, at));
    parts.reverse();
    parts
}
