//! The walk that makes a survey.

use super::{At, Kind, Node, Role, Simple, Survey};
use crate::shell::reader::{
    Assignment, Block, Command, CommandKind, Condition, Expr, ExprKind, ForHeader, Id, List, Many, Operand,
    OperationKind, Part, PartKind, Redirect, Subscript, Tree, Value, Word,
};

impl<'t> Survey<'t> {
    /// Surveys a script. `text` is what was read.
    pub fn new(text: &'t str, tree: &'t Tree) -> Survey<'t> {
        let survey = Survey {
            text: tree.text(text),
            tree,
            nodes: Vec::with_capacity(64),
            commands: Vec::new(),
            words: Vec::new(),
            parts: Vec::new(),
            simples: Vec::new(),
        };
        let mut builder = Builder { survey, parent: 0 };
        builder.list(tree.body, Role::Script);
        builder.survey
    }
}

struct Builder<'t> {
    survey: Survey<'t>,
    parent: At,
}

impl<'t> Builder<'t> {
    fn node(&mut self, kind: Kind<'t>, role: Role, inside: impl FnOnce(&mut Self, At)) {
        let at = self.survey.nodes.len();
        self.survey.nodes.push(Node { kind, role, parent: self.parent, end: at + 1 });
        let outer = std::mem::replace(&mut self.parent, at);
        inside(self, at);
        self.parent = outer;
        self.survey.nodes[at].end = self.survey.nodes.len();
    }

    fn list(&mut self, list: List, role: Role) {
        let tree = self.survey.tree;
        self.node(Kind::List(list), role, |this, _| {
            for item in &tree[list.items] {
                this.node(Kind::Item(item), Role::Part, |this, _| {
                    for pipeline in &tree[item.pipelines] {
                        this.node(Kind::Pipeline(pipeline), Role::Part, |this, _| {
                            tree[pipeline.commands].iter().for_each(|command| this.command(command));
                        });
                    }
                });
            }
        });
    }

    fn block(&mut self, block: Block) {
        self.list(block.body, Role::Body);
    }

    fn command(&mut self, command: &'t Command) {
        let at = self.survey.nodes.len();
        self.survey.commands.push(at);
        if let CommandKind::Simple { assignments, words } = command.kind {
            let tree = self.survey.tree;
            let simple = Simple {
                at,
                command,
                assignments: &tree[assignments],
                words: &tree[words],
                redirects: &tree[command.redirects],
                first: 0,
            };
            self.survey.simples.push(simple);
        }
        self.node(Kind::Command(command), Role::Part, |this, _| this.inside_command(command));
    }

    fn inside_command(&mut self, command: &'t Command) {
        let tree = self.survey.tree;
        match command.kind {
            CommandKind::Missing => {}
            CommandKind::Simple { assignments, words } => {
                let index = self.survey.simples.len() - 1;
                tree[assignments].iter().for_each(|assignment| self.assignment(assignment));
                self.survey.simples[index].first = self.survey.nodes.len();
                for (index, word) in tree[words].iter().enumerate() {
                    self.word(*word, Role::Argument(index as u32));
                }
            }
            CommandKind::Subshell(block) | CommandKind::Group(block) => self.block(block),
            CommandKind::If(id) => {
                for branch in &tree[tree[id].branches] {
                    self.node(Kind::Branch(branch), Role::Part, |this, _| {
                        if let Some(condition) = branch.condition {
                            this.list(condition, Role::Condition);
                        }
                        this.list(branch.body, Role::Body);
                    });
                }
            }
            CommandKind::For(id) => {
                match tree[id].header {
                    ForHeader::Words { name, words, .. } => {
                        if let Some(name) = name {
                            self.word(name, Role::Name);
                        }
                        tree[words].iter().for_each(|word| self.word(*word, Role::Item));
                    }
                    ForHeader::Arithmetic { expressions, .. } => {
                        expressions.into_iter().for_each(|expr| self.expr(expr));
                    }
                }
                self.list(tree[id].body.list, Role::Body);
            }
            CommandKind::Loop(id) => {
                self.list(tree[id].condition, Role::Condition);
                self.list(tree[id].body.list, Role::Body);
            }
            CommandKind::Case(id) => {
                if let Some(subject) = tree[id].subject {
                    self.word(subject, Role::Subject);
                }
                for arm in &tree[tree[id].arms] {
                    self.node(Kind::Arm(arm), Role::Part, |this, _| {
                        tree[arm.patterns].iter().for_each(|word| this.word(*word, Role::Pattern));
                        this.list(arm.body, Role::Body);
                    });
                }
            }
            CommandKind::Function(id) => self.command(&tree[tree[id].body]),
            CommandKind::Coproc(id) => self.command(&tree[tree[id].body]),
            CommandKind::Test(id) => self.condition(tree[id].condition),
            CommandKind::Arithmetic(id) => self.expr(tree[id].expr),
        }
        tree[command.redirects].iter().for_each(|redirect| self.redirect(redirect));
    }

    fn redirect(&mut self, redirect: &'t Redirect) {
        let tree = self.survey.tree;
        self.node(Kind::Redirect(redirect), Role::Part, |this, _| match redirect.heredoc {
            Some(id) => {
                let heredoc = &tree[id];
                this.node(Kind::Heredoc(heredoc), Role::Part, |this, _| {
                    if !heredoc.quoted {
                        this.parts(heredoc.parts);
                    }
                });
            }
            None => redirect.target.into_iter().for_each(|word| this.word(word, Role::Target)),
        });
    }

    fn assignment(&mut self, assignment: &'t Assignment) {
        let tree = self.survey.tree;
        self.node(Kind::Assignment(assignment), Role::Part, |this, _| {
            this.subscript(assignment.subscript);
            match assignment.value {
                Value::Empty => {}
                Value::Word(word) => this.word(word, Role::Value),
                Value::Array { elements, .. } => {
                    for element in &tree[elements] {
                        this.subscript(element.key);
                        element.value.into_iter().for_each(|word| this.word(word, Role::Element));
                    }
                }
            }
        });
    }

    fn subscript(&mut self, subscript: Option<Subscript>) {
        if let Some(subscript) = subscript {
            self.word(subscript.word, Role::Subscript);
        }
    }

    fn word(&mut self, word: Word, role: Role) {
        self.survey.words.push(self.survey.nodes.len());
        self.node(Kind::Word(word), role, |this, _| this.parts(word.parts));
    }

    fn parts(&mut self, parts: Many<Part>) {
        let tree = self.survey.tree;
        tree[parts].iter().for_each(|part| self.part(part));
    }

    fn part(&mut self, part: &'t Part) {
        let tree = self.survey.tree;
        self.survey.parts.push(self.survey.nodes.len());
        self.node(Kind::Part(part), Role::Part, |this, _| match part.kind {
            PartKind::Double { parts, .. } | PartKind::Set(parts) => this.parts(parts),
            PartKind::Substitution(id) => this.block(tree[id].block),
            PartKind::Arithmetic(expr) => this.expr(expr),
            PartKind::ExtGlob(id) => tree[tree[id].patterns].iter().for_each(|word| this.word(*word, Role::Pattern)),
            PartKind::Assignment(id) => this.assignment(&tree[id]),
            PartKind::Parameter(id) => {
                this.subscript(tree[id].subscript);
                let Some(operation) = tree[id].operation else { return };
                match operation.operand {
                    Operand::Word(word) => {
                        let removes = matches!(
                            operation.kind,
                            OperationKind::RemovePrefix
                                | OperationKind::RemoveSuffix
                                | OperationKind::Upper
                                | OperationKind::Lower
                        );
                        this.word(word, if removes { Role::Removed } else { Role::Operand });
                    }
                    Operand::Replace { pattern, replacement } => {
                        this.word(pattern, Role::Removed);
                        replacement.into_iter().for_each(|word| this.word(word, Role::Operand));
                    }
                    Operand::Slice { offset, length } => {
                        this.expr(offset);
                        length.into_iter().for_each(|expr| this.expr(expr));
                    }
                }
            }
            _ => {}
        });
    }

    fn condition(&mut self, id: Id<Condition>) {
        let tree = self.survey.tree;
        self.node(Kind::Condition, Role::Part, |this, _| match tree[id] {
            Condition::Missing(_) => {}
            Condition::Or(operands) | Condition::And(operands) => {
                tree[operands].iter().for_each(|operand| this.condition(*operand));
            }
            Condition::Not { operand, .. } | Condition::Group { inner: operand, .. } => this.condition(operand),
            Condition::Unary { operand: word, .. } | Condition::Word(word) => this.word(word, Role::Left),
            Condition::Binary { left, right, .. } => {
                this.word(left, Role::Left);
                this.word(right, Role::Right);
            }
        });
    }

    fn expr(&mut self, id: Id<Expr>) {
        let tree = self.survey.tree;
        self.node(Kind::Expr(id), Role::Part, |this, _| match tree[id].kind {
            ExprKind::Missing | ExprKind::Number | ExprKind::Unknown => {}
            ExprKind::Variable { subscript, .. } => this.subscript(subscript),
            ExprKind::Word(word) => this.word(word, Role::Arithmetic),
            ExprKind::Prefix { operand, .. } | ExprKind::Postfix { operand, .. } => this.expr(operand),
            ExprKind::Group { inner, .. } => this.expr(inner),
            ExprKind::Chain(terms) => tree[terms].iter().for_each(|term| this.expr(term.operand)),
            ExprKind::Row(operands) => tree[operands].iter().for_each(|operand| this.expr(*operand)),
            ExprKind::Ternary { condition, then, otherwise, .. } => {
                [condition, then, otherwise].into_iter().for_each(|expr| this.expr(expr));
            }
            ExprKind::Assign { target, value, .. } => {
                this.expr(target);
                this.expr(value);
            }
        });
    }
}
