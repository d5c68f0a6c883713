//! Nodes that are commands, and what belongs to commands: lists, redirections, heredocs.

use super::tree::{Id, Many};
use super::word_nodes::{Assignment, Condition, Expr, Part, Word};
use crate::text::Span;

/// Commands in a row: `a && b; c &`.
#[derive(Clone, Copy, Debug, Default)]
pub struct List {
    pub items: Many<Item>,
    /// From the first to the last command, separators included.
    pub span: Span,
}

/// An and-or list and what ends it.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub pipelines: Many<Pipeline>,
    /// `None` at the end of the script, before a closing `)` and before `;;`.
    pub terminator: Option<Terminator>,
    /// Without the terminator.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminator {
    pub kind: TerminatorKind,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminatorKind {
    Semicolon,
    /// `&`: in the background.
    Ampersand,
    Newline,
}

/// Commands joined by `|`, part of an and-or list.
#[derive(Clone, Copy, Debug)]
pub struct Pipeline {
    /// The `&&` or `||` before it; `None` for the first of its list.
    pub operator: Option<(AndOr, Span)>,
    /// `!` and `time` in front.
    pub prefixes: Many<Prefix>,
    pub commands: Many<Command>,
    /// With its prefixes, without the operator.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AndOr {
    And,
    Or,
}

#[derive(Clone, Copy, Debug)]
pub struct Prefix {
    pub kind: PrefixKind,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrefixKind {
    /// `!`
    Not,
    /// `time`
    Time,
    /// `-p` or `--` after `time`.
    TimeOption,
}

/// One command of a pipeline: simple or compound.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The `|` or `|&` before it; `None` for the first of its pipeline.
    pub pipe: Option<Pipe>,
    pub kind: CommandKind,
    /// In the order written. Those of a simple command are between its words.
    pub redirects: Many<Redirect>,
    /// With redirections (not the heredocs' bodies), without the pipe.
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
pub struct Pipe {
    /// `|&`
    pub stderr: bool,
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
pub enum CommandKind {
    /// Where a command is expected and none is: `a && ;`. The span is empty.
    Missing,
    /// Assignments, then words; either may be empty, and both are where there are only redirections.
    Simple {
        assignments: Many<Assignment>,
        words: Many<Word>,
    },
    /// `( … )`
    Subshell(Block),
    /// `{ …; }`
    Group(Block),
    If(Id<If>),
    /// `for` and `select`.
    For(Id<For>),
    /// `while` and `until`.
    Loop(Id<Loop>),
    Case(Id<Case>),
    Function(Id<Function>),
    /// `[[ … ]]`
    Test(Id<Test>),
    /// `(( … ))`
    Arithmetic(Id<Arithmetic>),
    Coproc(Id<Coproc>),
}

/// A list in delimiters. `close` is `None` where it is missing.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub open: Span,
    pub body: List,
    pub close: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
pub struct If {
    /// `if`, each `elif`, and `else`, in order.
    pub branches: Many<Branch>,
    pub fi: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// `if`, `elif` or `else`.
    pub keyword: Span,
    /// `None` for `else`.
    pub condition: Option<List>,
    pub then: Option<Span>,
    pub body: List,
}

/// `for x in a b; do …; done`, `for ((…; …; …)); do …; done`, `select x in a b; do …; done`.
#[derive(Clone, Copy, Debug)]
pub struct For {
    pub keyword: Span,
    pub select: bool,
    pub header: ForHeader,
    pub body: Body,
}

#[derive(Clone, Copy, Debug)]
pub enum ForHeader {
    /// `in_keyword` is `None` for `for x; do`, which walks through `"$@"`.
    Words { name: Option<Word>, in_keyword: Option<Span>, words: Many<Word> },
    /// `((…; …; …))`: the two delimiters and the expressions; an empty one is `ExprKind::Missing`.
    Arithmetic { open: Span, expressions: [Id<Expr>; 3], close: Option<Span> },
}

/// `do …; done`, or `{ …; }` after `for`.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// `do` or `{`.
    pub open: Option<Span>,
    pub list: List,
    /// `done` or `}`.
    pub close: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
pub struct Loop {
    pub keyword: Span,
    /// `until` rather than `while`.
    pub until: bool,
    pub condition: List,
    pub body: Body,
}

#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub keyword: Span,
    pub subject: Option<Word>,
    pub in_keyword: Option<Span>,
    pub arms: Many<Arm>,
    pub esac: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
pub struct Arm {
    /// The optional `(`.
    pub open: Option<Span>,
    /// Separated by `|`.
    pub patterns: Many<Word>,
    pub close: Option<Span>,
    pub body: List,
    pub terminator: Option<(ArmEnd, Span)>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmEnd {
    /// `;;`
    Break,
    /// `;&`
    FallThrough,
    /// `;;&`
    Continue,
}

#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// `function`
    pub keyword: Option<Span>,
    pub name: Word,
    /// From `(` to `)`.
    pub parens: Option<Span>,
    pub body: Id<Command>,
}

/// `[[ … ]]`
#[derive(Clone, Copy, Debug)]
pub struct Test {
    pub open: Span,
    pub condition: Id<Condition>,
    pub close: Option<Span>,
}

/// `(( … ))`
#[derive(Clone, Copy, Debug)]
pub struct Arithmetic {
    pub open: Span,
    pub expr: Id<Expr>,
    pub close: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
pub struct Coproc {
    pub keyword: Span,
    pub name: Option<Word>,
    pub body: Id<Command>,
}

#[derive(Clone, Copy, Debug)]
pub struct Redirect {
    /// The descriptor: digits, or `{name}`.
    pub descriptor: Option<Span>,
    pub operator: RedirectOperator,
    pub operator_span: Span,
    /// The file, the descriptor, the heredoc's delimiter. `None` where it is missing.
    pub target: Option<Word>,
    pub heredoc: Option<Id<Heredoc>>,
    /// From the descriptor to the end of the target; a heredoc's body is not inside.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectOperator {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>>`
    Append,
    /// `>|`
    Clobber,
    /// `<>`
    ReadWrite,
    /// `<&`
    DuplicateIn,
    /// `>&`
    DuplicateOut,
    /// `&>`
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<<`
    Heredoc,
    /// `<<-`
    HeredocTabs,
    /// `<<<`
    HereString,
}

#[derive(Clone, Copy, Debug)]
pub struct Heredoc {
    /// The body, up to the line of the terminator; after the `<<`'s line.
    pub body: Span,
    /// With a quoted delimiter one literal part; else literals, escapes and expansions.
    pub parts: Many<Part>,
    /// The delimiter is quoted, so nothing in the body is expanded.
    pub quoted: bool,
    /// `<<-`: leading tabs are removed.
    pub tabs: bool,
    /// `None` where it is missing; without the tabs before it.
    pub terminator: Option<Span>,
}
