//! Where everything in a script stands: its syntax tree as one table of nodes that know what they are in.
//!
//! A [`Tree`] leads from a command down to its words. Checks mostly go the other way: they find a word, or an expansion, and
//! ask what it is part of. A [`Survey`] is made by one walk through the tree. Its nodes are in the order of that walk, so what
//! stands inside a node follows it directly, up to [`Node::end`].
//!
//! * [`Survey::commands`], [`Survey::words`] and [`Survey::parts`] list the nodes of these kinds.
//! * [`Survey::ancestors`] goes outward; [`Survey::children`] and [`Survey::inside`] go inward.
//! * [`Survey::simples`] has every simple command with its name.
//! * [`Survey::quoting`] tells whether an expansion is split, and why not.
//! * [`Variables`] follows what variables hold.

mod brackets;
mod build;
mod flow;
mod literal;
mod quoting;
mod shape;
mod simple_command;
mod status;
mod variables;

pub use brackets::compares_numbers;
pub use flow::Event;
pub use quoting::Quoting;
pub use shape::{Piece, can_be_equal};
pub use simple_command::Simple;
pub use status::Stale;
pub use variables::{Content, Use, Variables};

use super::reader::{
    Arm, Assignment, Branch, Command, CommandKind, Expr, Heredoc, Id, Item, List, Part, PartKind, Pipeline, Redirect,
    Tree, Word,
};
use crate::text::{Span, steps};

/// The index of a node.
pub type At = usize;

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'t> {
    List(List),
    Item(&'t Item),
    Pipeline(&'t Pipeline),
    Command(&'t Command),
    Branch(&'t Branch),
    Arm(&'t Arm),
    Assignment(&'t Assignment),
    Redirect(&'t Redirect),
    Heredoc(&'t Heredoc),
    Word(Word),
    Part(&'t Part),
    Condition,
    Expr(Id<Expr>),
}

/// What a node is to the one that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The whole script.
    Script,
    /// A list: what `if`, `elif`, `while` and `until` ask.
    Condition,
    /// A list: what is run, in a branch, a loop, `( … )`, `{ …; }`, `$( … )`.
    Body,
    /// A word of a simple command, counted from 0: the name.
    Argument(u32),
    /// The value of an assignment.
    Value,
    /// An element of an array.
    Element,
    /// `a[…]`
    Subscript,
    /// The target of a redirection.
    Target,
    /// What `case` looks at.
    Subject,
    /// A pattern of `case`, or of `@(…)`.
    Pattern,
    /// The variable of `for`.
    Name,
    /// A word that `for` walks through.
    Item,
    /// An operand in `[[ … ]]`: left or only, or right.
    Left,
    Right,
    /// The operand of `${x:-…}` and its like.
    Operand,
    /// The pattern of `${x#…}`, `${x%…}`, `${x/…}`.
    Removed,
    /// In `$((…))`.
    Arithmetic,
    /// Anything else: a part of a word, a command of a pipeline.
    Part,
}

/// A node: a piece of the script.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    pub kind: Kind<'t>,
    pub role: Role,
    /// The node it is in; itself for the first.
    pub parent: At,
    /// Where the nodes in it end.
    pub end: At,
}

/// See the module.
pub struct Survey<'t> {
    /// As the shell reads it: [`Tree::text`].
    pub text: &'t str,
    pub tree: &'t Tree,
    pub nodes: Vec<Node<'t>>,
    /// Commands of all kinds.
    pub commands: Vec<At>,
    pub words: Vec<At>,
    /// Parts of words and of heredocs, those in double quotes too.
    pub parts: Vec<At>,
    pub simples: Vec<Simple<'t>>,
}

impl<'t> Survey<'t> {
    pub fn kind(&self, at: At) -> Kind<'t> {
        self.nodes[at].kind
    }

    pub fn role(&self, at: At) -> Role {
        self.nodes[at].role
    }

    pub fn parent(&self, at: At) -> Option<At> {
        Some(self.nodes[at].parent).filter(|parent| *parent != at)
    }

    /// What it is in, from the inside out.
    pub fn ancestors(&self, at: At) -> impl Iterator<Item = At> + '_ {
        std::iter::successors(self.parent(at), |at| self.parent(*at)).inspect(|_| steps::count(1))
    }

    /// The nodes right below it.
    pub fn children(&self, at: At) -> impl Iterator<Item = At> + '_ {
        let end = self.nodes[at].end;
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            steps::count(1);
            next = self.nodes[child].end;
            Some(child)
        })
    }

    /// All nodes in it, at any depth.
    pub fn inside(&self, at: At) -> std::ops::Range<At> {
        at + 1..self.nodes[at].end
    }

    pub fn part(&self, at: At) -> Option<&'t Part> {
        match self.kind(at) {
            Kind::Part(part) => Some(part),
            _ => None,
        }
    }

    pub fn command(&self, at: At) -> Option<&'t Command> {
        match self.kind(at) {
            Kind::Command(command) => Some(command),
            _ => None,
        }
    }

    /// The word that a node is, or nothing.
    pub fn word(&self, at: At) -> Option<Word> {
        match self.kind(at) {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The innermost command that it is in.
    pub fn command_of(&self, at: At) -> Option<At> {
        self.ancestors(at).find(|at| matches!(self.kind(*at), Kind::Command(_)))
    }

    /// The simple command at a node.
    pub fn simple(&self, at: At) -> Option<&Simple<'t>> {
        let index = self.simples.binary_search_by_key(&at, |simple| simple.at).ok()?;
        self.simples.get(index)
    }

    /// The simple command that this word is an argument of.
    pub fn simple_of(&self, at: At) -> Option<&Simple<'t>> {
        self.simple(self.parent(at)?)
    }

    /// The name of the variable that a part expands: `x` for `$x` and `${x…}`.
    pub fn name(&self, part: &Part) -> Option<&'t str> {
        match part.kind {
            PartKind::Parameter(id) => Some(self.slice(self.tree[id].name)),
            _ => None,
        }
    }

    pub fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    pub fn span(&self, at: At) -> Span {
        match self.kind(at) {
            Kind::List(list) => list.span,
            Kind::Item(item) => item.span,
            Kind::Pipeline(pipeline) => pipeline.span,
            Kind::Command(command) => command.span,
            Kind::Branch(branch) => branch.keyword.cover(branch.body.span),
            Kind::Arm(arm) => arm.span,
            Kind::Assignment(assignment) => assignment.span,
            Kind::Redirect(redirect) => redirect.span,
            Kind::Heredoc(heredoc) => heredoc.body,
            Kind::Word(word) => word.span,
            Kind::Part(part) => part.span,
            Kind::Condition => Span::default(),
            Kind::Expr(id) => self.tree[id].span,
        }
    }

    /// Whether its exit status is looked at: in a condition, or before `&&` or `||`, in a list, a pipeline or a substitution there.
    pub fn is_condition(&self, at: At) -> bool {
        let mut below = at;
        for above in self.ancestors(at) {
            match self.kind(above) {
                Kind::List(_) if self.role(above) == Role::Condition => return self.is_last(below, above),
                // All but the last of an and-or list are asked.
                Kind::Item(_) if !self.is_last(below, above) => return true,
                Kind::Command(Command { kind: CommandKind::Function(_), .. }) => return false,
                _ => {}
            }
            below = above;
        }
        false
    }

    /// Whether a node is the last of those right below another.
    pub fn is_last(&self, below: At, above: At) -> bool {
        self.nodes[below].end == self.nodes[above].end
    }
}
