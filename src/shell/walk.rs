//! Through the tree of a script to its simple commands.

use super::collect::{Collector, Context, Origin, Simple};
use super::reader::{
    self, AndOr, Block, CommandKind, Condition, Expr, ExprKind, ForHeader, Id, List, Many, Operand, Part, PartKind,
    Pipeline, PrefixKind, REMOVED, Subscript, TerminatorKind, Tree, Value, Word,
};
use super::text::Places;
use super::{Arg, Assignment, Link, Options, Redirect, Wrapper};
use crate::text::Span;

/// Gives the commands of a tree to the collector. The tree's depth is bounded.
pub(super) fn walk(collector: &mut Collector, text: &str, places: &Places, tree: &Tree, context: &Context) {
    Walk { collector, text: tree.text(text), places, tree }.sequence(tree.body, context);
}

struct Walk<'a> {
    collector: &'a mut Collector,
    text: &'a str,
    places: &'a Places,
    tree: &'a Tree,
}

impl Walk<'_> {
    fn sequence(&mut self, list: List, context: &Context) {
        if list.items.is_empty() {
            return;
        }
        let tree = self.tree;
        let mut inner = context.clone();
        for item in &tree[list.items] {
            let background = item.terminator.is_some_and(|it| it.kind == TerminatorKind::Ampersand);
            inner.place.background = context.place.background || background;
            inner.place.list = self.collector.new_list();
            let pipelines = &tree[item.pipelines];
            let last_or = pipelines.iter().rposition(|it| matches!(it.operator, Some((AndOr::Or, _))));
            for (index, pipeline) in pipelines.iter().enumerate() {
                inner.place.excused = context.place.excused || last_or.is_some_and(|last| index < last);
                inner.place.link = match pipeline.operator {
                    None => Link::Sequence,
                    Some((AndOr::And, _)) => Link::And,
                    Some((AndOr::Or, _)) => Link::Or,
                };
                inner.place.conditional = context.place.conditional || inner.place.link == Link::Or;
                self.pipeline(pipeline, &mut inner);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, context: &mut Context) {
        let tree = self.tree;
        let outer = context.wrappers.len();
        for prefix in tree[pipeline.prefixes].iter().filter(|prefix| prefix.kind == PrefixKind::Time) {
            context.wrappers.push(Wrapper { name: "time".to_owned(), span: self.span(prefix.span) });
        }
        let commands = &tree[pipeline.commands];
        let there = |walk: &Self, command: &reader::Command| {
            !matches!(command.kind, CommandKind::Missing) && !walk.is_text(command)
        };
        context.place.pipeline = self.collector.new_pipeline();
        context.place.pipe_len = commands.iter().filter(|command| there(self, command)).count() as u32;
        context.place.pipe_index = 0;
        for command in commands {
            if !there(self, command) {
                continue;
            }
            self.command(command, context);
            context.place.pipe_index += 1;
            context.place.link = Link::Pipe;
        }
        context.wrappers.truncate(outer);
    }

    /// Whether these are no words of a command: what a `(` follows that begins no function.
    fn is_text(&self, command: &reader::Command) -> bool {
        let simple = matches!(command.kind, CommandKind::Simple { .. });
        simple
            && !self.tree.is_clean()
            && self.text[command.span.end()..].trim_start_matches([' ', '\t']).starts_with('(')
    }

    /// A command that is no part of a pipeline: a function's body.
    fn alone(&mut self, command: &reader::Command, context: &mut Context) {
        context.place.list = self.collector.new_list();
        context.place.pipeline = self.collector.new_pipeline();
        (context.place.pipe_index, context.place.pipe_len) = (0, 1);
        context.place.link = Link::Sequence;
        self.command(command, context);
    }

    fn command(&mut self, command: &reader::Command, context: &Context) {
        let tree = self.tree;
        let CommandKind::Simple { assignments, words } = command.kind else {
            self.redirect_words(command.redirects, context);
            return self.compound(command, context);
        };
        let redirects = &tree[command.redirects];
        let heredoc = redirects.iter().rev().find_map(|redirect| redirect.heredoc);
        let simple = Simple {
            words: tree[words].iter().map(|word| self.arg(*word)).collect(),
            assignments: tree[assignments].iter().map(|assignment| self.assignment(assignment)).collect(),
            redirects: redirects.iter().map(|redirect| self.redirect(redirect)).collect(),
            origin: Origin::Text { text: self.text, places: self.places, words: &tree[words] },
            stdin: heredoc.map(|heredoc| tree[heredoc].body.range()),
            span: self.span(command.span),
        };
        let scripts = self.collector.command(simple, context);
        for assignment in &tree[assignments] {
            self.assigned(assignment, context);
        }
        self.redirect_words(command.redirects, context);
        for (index, word) in tree[words].iter().enumerate() {
            if scripts.binary_search(&index).is_err() {
                self.word(*word, context);
            }
        }
    }

    fn compound(&mut self, command: &reader::Command, context: &Context) {
        let tree = self.tree;
        let body = deeper(context, false);
        let branch = deeper(context, true);
        match command.kind {
            CommandKind::Missing | CommandKind::Simple { .. } => {}
            CommandKind::Subshell(block) => self.subshell(block, context),
            CommandKind::Group(block) => self.sequence(block.body, &body),
            CommandKind::If(id) => {
                for (index, part) in tree[tree[id].branches].iter().enumerate() {
                    if let Some(condition) = part.condition {
                        self.sequence(condition, if index == 0 { &body } else { &branch });
                    }
                    self.sequence(part.body, &branch);
                }
            }
            CommandKind::For(id) => {
                match tree[id].header {
                    ForHeader::Words { words, .. } => self.words(words, context),
                    ForHeader::Arithmetic { expressions, .. } => {
                        expressions.into_iter().for_each(|expr| self.expr(expr, context));
                    }
                }
                self.sequence(tree[id].body.list, &branch);
            }
            CommandKind::Loop(id) => {
                self.sequence(tree[id].condition, &body);
                self.sequence(tree[id].body.list, &branch);
            }
            CommandKind::Case(id) => {
                if let Some(subject) = tree[id].subject {
                    self.word(subject, context);
                }
                for arm in &tree[tree[id].arms] {
                    self.words(arm.patterns, &branch);
                    self.sequence(arm.body, &branch);
                }
            }
            CommandKind::Function(id) => self.alone(&tree[tree[id].body], &mut deeper(context, true)),
            CommandKind::Coproc(id) => {
                let mut inner = self.new_subshell(context);
                inner.place.background = true;
                self.alone(&tree[tree[id].body], &mut inner);
            }
            CommandKind::Arithmetic(id) => {
                self.bracket("((", command.span, context);
                self.expr(tree[id].expr, context);
            }
            CommandKind::Test(id) => {
                self.bracket("[[", command.span, context);
                self.condition(tree[id].condition, context);
            }
        }
    }

    /// `[[ … ]]` and `(( … ))`: a command without arguments.
    fn bracket(&mut self, name: &str, span: Span, context: &Context) {
        let word = Arg::new(name, self.places.span(span.start(), span.start() + 2));
        let (assignments, redirects) = (Vec::new(), Vec::new());
        let origin = Origin::Text { text: self.text, places: self.places, words: &[] };
        let span = self.span(span);
        self.collector
            .command(Simple { words: vec![word], assignments, redirects, origin, stdin: None, span }, context);
    }

    fn condition(&mut self, id: Id<Condition>, context: &Context) {
        let tree = self.tree;
        match tree[id] {
            Condition::Missing(_) => {}
            Condition::Or(operands) | Condition::And(operands) => {
                tree[operands].iter().for_each(|operand| self.condition(*operand, context));
            }
            Condition::Not { operand, .. } | Condition::Group { inner: operand, .. } => {
                self.condition(operand, context)
            }
            Condition::Unary { operand: word, .. } | Condition::Word(word) => self.word(word, context),
            Condition::Binary { left, right, .. } => {
                self.word(left, context);
                self.word(right, context);
            }
        }
    }

    fn new_subshell(&mut self, context: &Context) -> Context {
        let mut inner = deeper(context, false);
        inner.place.scope = self.collector.new_scope(Some(context.place.scope), Options::default());
        inner.place.subshell = true;
        inner
    }

    fn subshell(&mut self, block: Block, context: &Context) {
        let inner = self.new_subshell(context);
        self.sequence(block.body, &inner);
    }

    fn words(&mut self, words: Many<Word>, context: &Context) {
        self.tree[words].iter().for_each(|word| self.word(*word, context));
    }

    /// The substitutions in a word.
    fn word(&mut self, word: Word, context: &Context) {
        self.parts(word.parts, context);
    }

    fn parts(&mut self, parts: Many<Part>, context: &Context) {
        let tree = self.tree;
        for part in &tree[parts] {
            match part.kind {
                PartKind::Double { parts, .. } | PartKind::Set(parts) => self.parts(parts, context),
                PartKind::Substitution(id) => self.subshell(tree[id].block, context),
                PartKind::Arithmetic(expr) => self.expr(expr, context),
                PartKind::ExtGlob(id) => self.words(tree[id].patterns, context),
                PartKind::Assignment(id) => self.assigned(&tree[id], context),
                PartKind::Parameter(id) => {
                    self.subscript(tree[id].subscript, context);
                    match tree[id].operation.map(|operation| operation.operand) {
                        None => {}
                        Some(Operand::Word(word)) => self.word(word, context),
                        Some(Operand::Replace { pattern, replacement }) => {
                            self.word(pattern, context);
                            replacement.into_iter().for_each(|word| self.word(word, context));
                        }
                        Some(Operand::Slice { offset, length }) => {
                            self.expr(offset, context);
                            length.into_iter().for_each(|expr| self.expr(expr, context));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// The substitutions in an arithmetic expression.
    fn expr(&mut self, id: Id<Expr>, context: &Context) {
        let tree = self.tree;
        match tree[id].kind {
            ExprKind::Missing | ExprKind::Number | ExprKind::Unknown => {}
            ExprKind::Variable { subscript, .. } => self.subscript(subscript, context),
            ExprKind::Word(word) => self.word(word, context),
            ExprKind::Prefix { operand, .. } | ExprKind::Postfix { operand, .. } => self.expr(operand, context),
            ExprKind::Group { inner, .. } => self.expr(inner, context),
            ExprKind::Chain(terms) => tree[terms].iter().for_each(|term| self.expr(term.operand, context)),
            ExprKind::Row(operands) => tree[operands].iter().for_each(|operand| self.expr(*operand, context)),
            ExprKind::Ternary { condition, then, otherwise, .. } => {
                [condition, then, otherwise].into_iter().for_each(|expr| self.expr(expr, context));
            }
            ExprKind::Assign { target, value, .. } => {
                self.expr(target, context);
                self.expr(value, context);
            }
        }
    }

    fn subscript(&mut self, subscript: Option<Subscript>, context: &Context) {
        if let Some(subscript) = subscript {
            self.word(subscript.word, context);
        }
    }

    fn assigned(&mut self, assignment: &reader::Assignment, context: &Context) {
        self.subscript(assignment.subscript, context);
        match assignment.value {
            Value::Empty => {}
            Value::Word(word) => self.word(word, context),
            Value::Array { elements, .. } => {
                for element in &self.tree[elements] {
                    self.subscript(element.key, context);
                    element.value.into_iter().for_each(|word| self.word(word, context));
                }
            }
        }
    }

    fn redirect_words(&mut self, redirects: Many<reader::Redirect>, context: &Context) {
        let tree = self.tree;
        for redirect in &tree[redirects] {
            match redirect.heredoc {
                Some(heredoc) => self.parts(tree[heredoc].parts, context),
                None => redirect.target.into_iter().for_each(|word| self.word(word, context)),
            }
        }
    }

    fn assignment(&self, assignment: &reader::Assignment) -> Assignment {
        let value = match assignment.value {
            Value::Empty => Some(String::new()),
            Value::Word(word) => self.arg(word).text,
            Value::Array { .. } => None,
        };
        Assignment { name: self.text[assignment.name.range()].to_owned(), value, span: self.span(assignment.span) }
    }

    fn redirect(&self, redirect: &reader::Redirect) -> Redirect {
        let start = redirect.descriptor.unwrap_or(redirect.operator_span).start();
        Redirect {
            span: self.span(redirect.span),
            operator: self.text[start..redirect.operator_span.end()].to_owned(),
            target: redirect.target.map(|word| self.arg(word)),
        }
    }

    fn arg(&self, word: Word) -> Arg {
        let (raw, span) = (&self.text[word.span.range()], self.span(word.span));
        match &self.tree[word.parts] {
            [Part { kind: PartKind::Literal, .. }] => {
                Arg { span, raw: raw.to_owned(), text: Some(raw.to_owned()), value: None, unsplit: None }
            }
            _ if self.tree.is_unescaped() => Arg::new(&raw.replace(char::from(REMOVED), ""), span),
            _ => Arg::new(raw, span),
        }
    }

    fn span(&self, span: Span) -> Span {
        self.places.span(span.start(), span.end())
    }
}

fn deeper(context: &Context, conditional: bool) -> Context {
    let mut inner = context.clone();
    inner.place.depth += 1;
    inner.place.conditional |= conditional;
    inner
}
