//! Nodes that are words, and what is made of words: parts, expansions, assignments, conditions, arithmetic.

use super::command_nodes::Block;
use super::tree::{Id, Many};
use crate::text::Span;

/// A word: never empty, but for operands of expansions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word {
    pub parts: Many<Part>,
    pub span: Span,
}

/// A piece of a word. The parts of a word lie side by side and cover it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub kind: PartKind,
    /// With delimiters.
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
pub enum PartKind {
    /// Text that stands for itself.
    Literal,
    /// A backslash and the character after it.
    Escape,
    /// A backslash and a line break, or a backslash that a backtick substitution has removed: nothing.
    Joint,
    /// `'…'`
    Single,
    /// `$'…'`
    AnsiC,
    /// `"…"`, or `$"…"` if `localized`.
    Double { parts: Many<Part>, localized: bool },
    /// `$x`, `${x…}`
    Parameter(Id<Parameter>),
    /// `$(…)`, `` `…` ``, `<(…)`, `>(…)`
    Substitution(Id<Substitution>),
    /// `$((…))`, `$[…]`
    Arithmetic(Id<Expr>),
    /// `*`
    Star,
    /// `?`
    Question,
    /// `[a-z]`, a set of a pattern; quotes and expansions in it are parts.
    Set(Many<Part>),
    /// `@(a|b)`
    ExtGlob(Id<ExtGlob>),
    /// `{`, `,`, `..` or `}` of a brace expansion. They nest.
    Brace(Brace),
    /// `~` or `~user` at the start of a word or after `=` or `:`.
    Tilde,
    /// An argument of `export`, `declare`, `local`, … that assigns: then it is the only part of its word.
    Assignment(Id<Assignment>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brace {
    Open,
    Comma,
    /// `..`
    Range,
    Close,
}

/// `@(a|b)`
#[derive(Clone, Copy, Debug)]
pub struct ExtGlob {
    /// `?`, `*`, `+`, `@` or `!`
    pub operator: u8,
    /// Separated by `|`; they may be empty.
    pub patterns: Many<Word>,
    pub close: Option<Span>,
}

/// `$x`, `${x}`, `${x:-y}`, `${!x}`, `${#x[@]}`, ….
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub braced: bool,
    /// `x`, `1`, `@`; empty in `${}` and other mistakes.
    pub name: Span,
    /// `${!x}`
    pub indirect: bool,
    /// `${#x}`
    pub length: bool,
    pub subscript: Option<Subscript>,
    pub operation: Option<Operation>,
    pub close: Option<Span>,
}

/// The operator in `${x…}` and what it works with.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub kind: OperationKind,
    /// `:-`, `##`, `//`, ….
    pub operator: Span,
    pub operand: Operand,
}

#[derive(Clone, Copy, Debug)]
pub enum Operand {
    /// May be empty.
    Word(Word),
    /// `/pattern/replacement`; `None` without the second slash.
    Replace { pattern: Word, replacement: Option<Word> },
    /// `:offset:length`; `None` without the second colon.
    Slice { offset: Id<Expr>, length: Option<Id<Expr>> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// `-`, `:-`
    Default,
    /// `=`, `:=`
    Assign,
    /// `?`, `:?`
    Error,
    /// `+`, `:+`
    Alternate,
    /// `#`, `##`
    RemovePrefix,
    /// `%`, `%%`
    RemoveSuffix,
    /// `/`, `//`, `/#`, `/%`
    Replace,
    /// `:`
    Slice,
    /// `^`, `^^`
    Upper,
    /// `,`, `,,`
    Lower,
    /// `@`: the operand is a letter.
    Transform,
    /// `${!x*}` and `${!x@}`: the names that start with `x`.
    Names,
    /// Not an operator that any shell knows: `${x y}`.
    Unknown,
}

/// Commands in a word.
#[derive(Clone, Copy, Debug)]
pub struct Substitution {
    pub kind: SubstitutionKind,
    pub block: Block,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubstitutionKind {
    /// `$(…)`
    Dollar,
    /// `` `…` ``
    Backtick,
    /// `${ …; }`, `${| …; }`: without a subshell.
    Function,
    /// `<(…)`
    ProcessIn,
    /// `>(…)`
    ProcessOut,
}

/// A node of an arithmetic expression. Shells look at it when they run it, and so nothing in it is an error.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
pub enum ExprKind {
    /// Where an operand is expected and none is.
    Missing,
    /// `1`, `0x1f`, `16#ff`
    Number,
    /// `x`, `x[i]`
    Variable {
        name: Span,
        subscript: Option<Subscript>,
    },
    /// Expansions, quotes and what is glued to them: `$x`, `${x}1`, `"$x"`.
    Word(Word),
    /// `-x`, `!x`, `++x`
    Prefix {
        operator: Span,
        operand: Id<Expr>,
    },
    /// `x++`
    Postfix {
        operator: Span,
        operand: Id<Expr>,
    },
    /// Operators of one precedence, from left to right: `a + b - c`, `a, b`.
    Chain(Many<Term>),
    /// `a ? b : c`
    Ternary {
        condition: Id<Expr>,
        question: Span,
        then: Id<Expr>,
        colon: Option<Span>,
        otherwise: Id<Expr>,
    },
    /// `x = a`, `x += a`
    Assign {
        target: Id<Expr>,
        operator: Span,
        value: Id<Expr>,
    },
    Group {
        open: Span,
        inner: Id<Expr>,
        close: Option<Span>,
    },
    /// Operands without an operator between them: `$a $op $b`.
    Row(Many<Id<Expr>>),
    /// A character that no expression has.
    Unknown,
}

/// An operand of [`ExprKind::Chain`], with the operator before it.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub operator: Option<Span>,
    pub operand: Id<Expr>,
}

/// `A=1`, `A+=1`, `A[i]=1`, `A=(1 2)`.
#[derive(Clone, Copy, Debug)]
pub struct Assignment {
    pub name: Span,
    /// `[i]`
    pub subscript: Option<Subscript>,
    /// `=` or `+=`
    pub operator: Span,
    pub append: bool,
    pub value: Value,
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// `A=`
    Empty,
    Word(Word),
    /// `(a b [k]=c)`
    Array {
        open: Span,
        elements: Many<Element>,
        close: Option<Span>,
    },
}

/// One element of an array: `a`, `[k]=a`.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    pub key: Option<Subscript>,
    /// `=` or `+=` after a key.
    pub operator: Option<Span>,
    pub value: Option<Word>,
}

/// `[i]`, `[@]`, `["$key"]`. Whether it is arithmetic or a string depends on how the array was declared.
#[derive(Clone, Copy, Debug)]
pub struct Subscript {
    pub kind: SubscriptKind,
    /// What is between the brackets.
    pub word: Word,
    /// With the brackets.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptKind {
    /// `[@]`
    At,
    /// `[*]`
    Star,
    Index,
}

/// A node of the expression in `[[ … ]]`.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    Missing(Span),
    /// `a || b || c`: two or more operands. The operators are the tokens between them.
    Or(Many<Id<Condition>>),
    And(Many<Id<Condition>>),
    Not {
        operator: Span,
        operand: Id<Condition>,
    },
    Group {
        open: Span,
        inner: Id<Condition>,
        close: Option<Span>,
    },
    /// `-f x`
    Unary {
        operator: Span,
        operand: Word,
    },
    /// `a == b`, `a -lt b`, `a =~ b`, `a < b`; `operator` is the operator as written.
    Binary {
        left: Word,
        operator: Span,
        kind: TestOperator,
        right: Word,
    },
    /// A word alone: true if it is not empty.
    Word(Word),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestOperator {
    /// `=`, `==`, `!=`: the right side is a pattern.
    Pattern,
    /// `=~`
    Regex,
    /// `<`, `>`
    Order,
    /// `-eq`, `-ne`, `-lt`, `-le`, `-gt`, `-ge`: both sides are arithmetic.
    Number,
    /// `-nt`, `-ot`, `-ef`
    File,
}
