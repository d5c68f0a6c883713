//! A tree as S-expressions, for tests.

use std::fmt::Write as _;

use super::*;

/// One line for each and-or list; then the extensions and errors.
pub(super) fn dump(tree: &Tree, text: &str) -> String {
    let mut dump = Dump { tree, text: tree.text(text), out: String::new() };
    for (index, item) in tree[tree.body.items].iter().enumerate() {
        if index > 0 {
            dump.out.push('\n');
        }
        dump.item(item);
    }
    let mut out = dump.out;
    for Extension { kind, span } in &tree.extensions {
        let _ = write!(out, "\n+ {kind:?} {:?}", &text[span.range()]);
    }
    for error in &tree.errors {
        let opener = error.opener.map_or(String::new(), |opener| format!(" (opened at {})", opener.start));
        let _ = write!(out, "\n! {}..{} {}{opener}", error.span.start, error.span.end, error.message);
    }
    out
}

struct Dump<'a> {
    tree: &'a Tree,
    text: &'a str,
    out: String,
}

impl Dump<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn text(&mut self, span: Span) {
        let text = &self.text[span.range()];
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>\"".contains(&byte));
        let _ = if plain { write!(self.out, "{text}") } else { write!(self.out, "{text:?}") };
    }

    fn close(&mut self, close: Option<Span>) {
        self.push(if close.is_some() { ")" } else { " …)" });
    }

    fn list(&mut self, list: List) {
        for (index, item) in self.tree[list.items].iter().enumerate() {
            self.push(if index > 0 { " " } else { "" });
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        for pipeline in &self.tree[item.pipelines] {
            if let Some((operator, _)) = pipeline.operator {
                self.push(if operator == AndOr::And { " && " } else { " || " });
            }
            for prefix in &self.tree[pipeline.prefixes] {
                self.text(prefix.span);
                self.push(" ");
            }
            for command in &self.tree[pipeline.commands] {
                if let Some(pipe) = command.pipe {
                    self.push(if pipe.stderr { " |& " } else { " | " });
                }
                self.command(command);
            }
        }
        match item.terminator.map(|terminator| terminator.kind) {
            Some(TerminatorKind::Semicolon) => self.push(";"),
            Some(TerminatorKind::Ampersand) => self.push(" &"),
            _ => {}
        }
    }

    fn command(&mut self, command: &Command) {
        let tree = self.tree;
        match command.kind {
            CommandKind::Missing => self.push("(missing"),
            CommandKind::Simple { assignments, words } => {
                self.push("(");
                let mut first = true;
                for assignment in &tree[assignments] {
                    self.push(if first { "" } else { " " });
                    self.assignment(assignment);
                    first = false;
                }
                for word in &tree[words] {
                    self.push(if first { "" } else { " " });
                    self.word(*word);
                    first = false;
                }
            }
            CommandKind::Subshell(block) => self.block("(subshell ", block),
            CommandKind::Group(block) => self.block("(group ", block),
            CommandKind::If(id) => {
                self.push("(if");
                for branch in &tree[tree[id].branches] {
                    self.push(" [");
                    if let Some(condition) = branch.condition {
                        self.list(condition);
                        self.push(if branch.then.is_some() { " then " } else { " " });
                    }
                    self.list(branch.body);
                    self.push("]");
                }
                self.push(if tree[id].fi.is_some() { "" } else { " …" });
            }
            CommandKind::For(id) => self.for_command(tree[id]),
            CommandKind::Loop(id) => {
                self.push(if tree[id].until { "(until " } else { "(while " });
                self.list(tree[id].condition);
                self.body(tree[id].body);
            }
            CommandKind::Case(id) => self.case(tree[id]),
            CommandKind::Function(id) => {
                self.push("(function ");
                self.word(tree[id].name);
                self.push(" ");
                self.command(&tree[tree[id].body]);
            }
            CommandKind::Test(id) => {
                self.push("([[ ");
                self.condition(tree[id].condition);
                self.push(if tree[id].close.is_some() { "" } else { " …" });
            }
            CommandKind::Arithmetic(id) => {
                self.push("((( ");
                self.expr(tree[id].expr);
            }
            CommandKind::Coproc(id) => {
                self.push("(coproc ");
                if let Some(name) = tree[id].name {
                    self.word(name);
                    self.push(" ");
                }
                self.command(&tree[tree[id].body]);
            }
        }
        for redirect in &tree[command.redirects] {
            self.redirect(redirect);
        }
        self.push(")");
    }

    fn redirect(&mut self, redirect: &Redirect) {
        self.push(" <");
        if let Some(descriptor) = redirect.descriptor {
            self.push(&self.text[descriptor.range()]);
        }
        self.push(&self.text[redirect.operator_span.range()]);
        if let Some(target) = redirect.target {
            self.push(" ");
            self.word(target);
        }
        if let Some(heredoc) = redirect.heredoc {
            let heredoc = self.tree[heredoc];
            self.push(if heredoc.quoted { " literal" } else { "" });
            self.parts(heredoc.parts);
            self.push(if heredoc.terminator.is_some() { "" } else { " …" });
        }
        self.push(">");
    }

    fn block(&mut self, open: &str, block: Block) {
        self.push(open);
        self.list(block.body);
        self.push(if block.close.is_some() { "" } else { " …" });
    }

    fn body(&mut self, body: Body) {
        self.push(if body.open.is_some() { " do " } else { " " });
        self.list(body.list);
        self.push(if body.close.is_some() { "" } else { " …" });
    }

    fn for_command(&mut self, it: For) {
        self.push(if it.select { "(select " } else { "(for " });
        match it.header {
            ForHeader::Words { name, in_keyword, words } => {
                if let Some(name) = name {
                    self.word(name);
                }
                self.push(if in_keyword.is_some() { " in" } else { "" });
                for word in &self.tree[words] {
                    self.push(" ");
                    self.word(*word);
                }
            }
            ForHeader::Arithmetic { expressions, .. } => {
                for (index, expr) in expressions.into_iter().enumerate() {
                    self.push(if index > 0 { "; " } else { "" });
                    self.expr(expr);
                }
            }
        }
        self.body(it.body);
    }

    fn case(&mut self, it: Case) {
        self.push("(case ");
        if let Some(subject) = it.subject {
            self.word(subject);
        }
        for arm in &self.tree[it.arms] {
            self.push(" [");
            for (index, pattern) in self.tree[arm.patterns].iter().enumerate() {
                self.push(if index > 0 { "|" } else { "" });
                self.word(*pattern);
            }
            self.push(") ");
            self.list(arm.body);
            self.push(match arm.terminator {
                None => "]",
                Some((ArmEnd::Break, _)) => ";;]",
                Some((ArmEnd::FallThrough, _)) => ";&]",
                Some((ArmEnd::Continue, _)) => ";;&]",
            });
        }
        self.push(if it.esac.is_some() { "" } else { " …" });
    }

    fn assignment(&mut self, it: &Assignment) {
        self.text(it.name);
        self.subscript(it.subscript);
        self.text(it.operator);
        match it.value {
            Value::Empty => {}
            Value::Word(word) => self.word(word),
            Value::Array { elements, close, .. } => {
                self.push("(array");
                for element in &self.tree[elements] {
                    self.push(" ");
                    self.subscript(element.key);
                    if let Some(operator) = element.operator {
                        self.text(operator);
                    }
                    if let Some(value) = element.value {
                        self.word(value);
                    }
                }
                self.close(close);
            }
        }
    }

    fn subscript(&mut self, subscript: Option<Subscript>) {
        if let Some(subscript) = subscript {
            self.push("[");
            self.word(subscript.word);
            self.push("]");
        }
    }

    fn word(&mut self, word: Word) {
        match &self.tree[word.parts] {
            [] => self.push("''"),
            [part] => self.part(part),
            _ => {
                self.push("<");
                let parts = self.tree[word.parts].to_vec();
                for (index, part) in parts.iter().enumerate() {
                    self.push(if index > 0 { " " } else { "" });
                    self.part(part);
                }
                self.push(">");
            }
        }
    }

    fn parts(&mut self, parts: Many<Part>) {
        for part in &self.tree[parts] {
            self.push(" ");
            self.part(part);
        }
    }

    fn part(&mut self, part: &Part) {
        let tree = self.tree;
        match part.kind {
            PartKind::Literal | PartKind::Escape | PartKind::Single | PartKind::AnsiC => self.text(part.span),
            PartKind::Joint => self.push("~"),
            PartKind::Double { parts, localized } => {
                self.push(if localized { "($dq" } else { "(dq" });
                self.parts(parts);
                self.push(")");
            }
            PartKind::Parameter(id) => self.parameter(tree[id]),
            PartKind::Substitution(id) => {
                let substitution = tree[id];
                self.push(match substitution.kind {
                    SubstitutionKind::Dollar => "$(",
                    SubstitutionKind::Backtick => "`(",
                    SubstitutionKind::Function => "${(",
                    SubstitutionKind::ProcessIn => "<(",
                    SubstitutionKind::ProcessOut => ">(",
                });
                self.list(substitution.block.body);
                self.close(substitution.block.close);
            }
            PartKind::Arithmetic(id) => {
                self.push("$((");
                self.expr(id);
                self.push("))");
            }
            PartKind::Star | PartKind::Question => self.push(&format!("glob{}", &self.text[part.span.range()])),
            PartKind::Set(parts) => {
                self.push("(set");
                self.parts(parts);
                self.push(")");
            }
            PartKind::ExtGlob(id) => {
                self.push(&format!("({}", char::from(tree[id].operator)));
                for pattern in &tree[tree[id].patterns] {
                    self.push(" ");
                    self.word(*pattern);
                }
                self.close(tree[id].close);
            }
            PartKind::Brace(brace) => self.push(match brace {
                Brace::Open => "{{",
                Brace::Comma => ",,",
                Brace::Range => "...",
                Brace::Close => "}}",
            }),
            PartKind::Tilde => {
                self.push("(tilde ");
                self.text(part.span);
                self.push(")");
            }
            PartKind::Assignment(id) => {
                self.push("(assign ");
                self.assignment(&tree[id]);
                self.push(")");
            }
        }
    }

    fn parameter(&mut self, it: Parameter) {
        if !it.braced {
            self.push("$");
            return self.text(it.name);
        }
        self.push("${");
        self.push(if it.length { "#" } else { "" });
        self.push(if it.indirect { "!" } else { "" });
        self.push(&self.text[it.name.range()]);
        self.subscript(it.subscript);
        if let Some(operation) = it.operation {
            self.push(&format!(" {:?} ", operation.kind));
            self.text(operation.operator);
            match operation.operand {
                Operand::Word(word) => {
                    self.push(" ");
                    self.word(word);
                }
                Operand::Replace { pattern, replacement } => {
                    self.push(" ");
                    self.word(pattern);
                    if let Some(word) = replacement {
                        self.push(" / ");
                        self.word(word);
                    }
                }
                Operand::Slice { offset, length } => {
                    self.push(" ");
                    self.expr(offset);
                    if let Some(length) = length {
                        self.push(" : ");
                        self.expr(length);
                    }
                }
            }
        }
        self.push(if it.close.is_some() { "}" } else { " …}" });
    }

    fn condition(&mut self, id: Id<Condition>) {
        let tree = self.tree;
        match tree[id] {
            Condition::Missing(_) => self.push("missing"),
            Condition::Or(operands) | Condition::And(operands) => {
                self.push(if matches!(tree[id], Condition::Or(_)) { "(or" } else { "(and" });
                for operand in &tree[operands] {
                    self.push(" ");
                    self.condition(*operand);
                }
                self.push(")");
            }
            Condition::Not { operand, .. } => {
                self.push("(not ");
                self.condition(operand);
                self.push(")");
            }
            Condition::Group { inner, close, .. } => {
                self.push("(group ");
                self.condition(inner);
                self.close(close);
            }
            Condition::Unary { operator, operand } => {
                self.push("(");
                self.text(operator);
                self.push(" ");
                self.word(operand);
                self.push(")");
            }
            Condition::Binary { left, operator, right, kind } => {
                self.push(&format!("({kind:?} "));
                self.text(operator);
                self.push(" ");
                self.word(left);
                self.push(" ");
                self.word(right);
                self.push(")");
            }
            Condition::Word(word) => self.word(word),
        }
    }

    fn expr(&mut self, id: Id<Expr>) {
        let tree = self.tree;
        match tree[id].kind {
            ExprKind::Missing => self.push("missing"),
            ExprKind::Number | ExprKind::Unknown => self.text(tree[id].span),
            ExprKind::Variable { name, subscript } => {
                self.text(name);
                self.subscript(subscript);
            }
            ExprKind::Word(word) => self.word(word),
            ExprKind::Prefix { operator, operand } => {
                self.push("(");
                self.text(operator);
                self.push(" ");
                self.expr(operand);
                self.push(")");
            }
            ExprKind::Postfix { operator, operand } => {
                self.push("(");
                self.expr(operand);
                self.push(" ");
                self.text(operator);
                self.push(")");
            }
            ExprKind::Chain(terms) => {
                self.push("(");
                for (index, term) in tree[terms].iter().enumerate() {
                    self.push(if index > 0 { " " } else { "" });
                    if let Some(operator) = term.operator {
                        self.text(operator);
                        self.push(" ");
                    }
                    self.expr(term.operand);
                }
                self.push(")");
            }
            ExprKind::Ternary { condition, then, otherwise, .. } => {
                self.push("(? ");
                for (index, expr) in [condition, then, otherwise].into_iter().enumerate() {
                    self.push(if index > 0 { " " } else { "" });
                    self.expr(expr);
                }
                self.push(")");
            }
            ExprKind::Assign { target, operator, value } => {
                self.push("(");
                self.text(operator);
                self.push(" ");
                self.expr(target);
                self.push(" ");
                self.expr(value);
                self.push(")");
            }
            ExprKind::Group { inner, close, .. } => {
                self.push("(group ");
                self.expr(inner);
                self.close(close);
            }
            ExprKind::Row(operands) => {
                self.push("(row");
                for operand in &tree[operands] {
                    self.push(" ");
                    self.expr(*operand);
                }
                self.push(")");
            }
        }
    }
}
