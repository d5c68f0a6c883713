//! The syntax tree of a script: flat arenas, linked by typed indices.
//!
//! A node holds [`Id`]s of single children and [`Many`]s, which are slices of an arena. `tree[id]` is the node,
//! `&tree[many]` the slice. All spans are byte offsets into the script's text.

use std::marker::PhantomData;
use std::ops::Index;

use super::extensions::Extension;
use crate::text::Span;

/// The index of one node in its arena.
pub struct Id<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

/// A slice of an arena.
pub struct Many<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<T> Eq for Id<T> {}

impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.index)
    }
}

impl<T> Id<T> {
    pub(super) fn new(index: usize) -> Self {
        Id { index: index as u32, of: PhantomData }
    }

    /// Its index in the arena, for side tables.
    pub fn index(self) -> usize {
        self.index as usize
    }
}

impl<T> Clone for Many<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Many<T> {}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many::new(0, 0)
    }
}

impl<T> std::fmt::Debug for Many<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}+{}", self.start, self.len)
    }
}

impl<T> Many<T> {
    pub(super) fn new(start: usize, len: usize) -> Self {
        Many { start: start as u32, len: len as u32, of: PhantomData }
    }

    pub fn len(self) -> usize {
        self.len as usize
    }

    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The indices of its nodes.
    pub fn ids(self) -> impl ExactSizeIterator<Item = Id<T>> {
        (self.start as usize..(self.start + self.len) as usize).map(Id::new)
    }
}

macro_rules! arenas {
    ($($arena:ident: $node:ty,)*) => {
        /// The nodes, by kind.
        #[derive(Debug, Default)]
        pub(super) struct Arenas {
            $(pub(super) $arena: Vec<$node>,)*
        }

        $(
            impl Index<Id<$node>> for Tree {
                type Output = $node;

                fn index(&self, id: Id<$node>) -> &$node {
                    &self.arenas.$arena[id.index()]
                }
            }

            impl Index<Many<$node>> for Tree {
                type Output = [$node];

                fn index(&self, many: Many<$node>) -> &[$node] {
                    &self.arenas.$arena[many.start as usize..(many.start + many.len) as usize]
                }
            }

            impl Stored for $node {
                fn arena(arenas: &mut Arenas) -> &mut Vec<$node> {
                    &mut arenas.$arena
                }
            }

            impl Node for $node {
                fn all(tree: &Tree) -> &[$node] {
                    &tree.arenas.$arena
                }
            }
        )*
    };
}

/// Where nodes are kept.
pub(super) trait Stored: Sized {
    fn arena(arenas: &mut Arenas) -> &mut Vec<Self>;
}

/// What lives in an arena of its own.
pub trait Node: Sized {
    /// All nodes of this kind, children before their parents.
    fn all(tree: &Tree) -> &[Self];
}

arenas! {
    items: Item,
    pipelines: Pipeline,
    prefixes: Prefix,
    commands: Command,
    assignments: Assignment,
    elements: Element,
    redirects: Redirect,
    heredocs: Heredoc,
    ifs: If,
    branches: Branch,
    fors: For,
    loops: Loop,
    cases: Case,
    arms: Arm,
    functions: Function,
    tests: Test,
    arithmetics: Arithmetic,
    coprocs: Coproc,
    conditions: Condition,
    condition_ids: Id<Condition>,
    words: Word,
    parts: Part,
    parameters: Parameter,
    substitutions: Substitution,
    extglobs: ExtGlob,
    exprs: Expr,
    expr_ids: Id<Expr>,
    terms: Term,
}

/// A script as it is written.
#[derive(Debug, Default)]
pub struct Tree {
    pub(super) arenas: Arenas,
    pub body: List,
    /// Every byte of the text, once, in order: where a token starts and what it is. It ends where the next starts.
    pub(super) tokens: Vec<Token>,
    pub(super) len: u32,
    /// What is wrong, in the order found.
    pub errors: Vec<Error>,
    /// Every construct beyond the POSIX grammar, in the order found.
    pub extensions: Vec<Extension>,
    /// The text, where reading a backtick substitution has removed backslashes from it; see [`Tree::text`].
    pub(super) unescaped: Option<String>,
    pub(super) steps: u64,
}

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
    /// `((…; …; …))`: the two delimiters and the expressions; an empty one is [`ExprKind::Missing`].
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

/// A leaf: a stretch of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub(super) start: u32,
    pub kind: TokenKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Spaces and tabs.
    Space,
    Newline,
    /// A backslash and a line break, or a removed backslash.
    Joint,
    Comment,
    /// `if`, `{`, `[[`, `!`, ….
    Keyword,
    /// `;`, `&&`, `(`, `>`, `2>`, ….
    Operator,
    /// Part of a word.
    Text,
    /// A quote, or the delimiter of an expansion: `"`, `${`, `$(`, `}`.
    Delimiter,
    /// A heredoc's terminator, with the tabs before it.
    Terminator,
    /// What makes no sense where it stands.
    Skipped,
}

/// A mistake that keeps a shell from reading the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: ErrorKind,
    /// Where it is noticed; empty where something is missing.
    pub span: Span,
    /// What it belongs to: the `if` of a missing `fi`.
    pub opener: Option<Span>,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A closing keyword or delimiter is missing: `fi`, `)`, `"`.
    Unclosed,
    /// `then`, `do`, `in`, a name, … is missing.
    Missing,
    /// A command is missing: `a &&`, `then fi`.
    MissingCommand,
    /// A token that cannot be there: `fi`, `)`, `;;`.
    Unexpected,
    /// Nested deeper than [`super::MAX_DEPTH`]; the rest is not read.
    TooDeep,
    /// Only the dialect that is asked about does not have it.
    Dialect,
}

impl Tree {
    /// Whether there is no error in it.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// All nodes of one kind in the script, at any depth.
    pub fn all<T: Node>(&self) -> &[T] {
        T::all(self)
    }

    /// The text as the shell reads it. As long as `script`, the text that was read: only backslashes that a backtick
    /// substitution removes (``` `\$x` ```) are [`REMOVED`](super::REMOVED) here.
    pub fn text<'a>(&'a self, script: &'a str) -> &'a str {
        self.unescaped.as_deref().unwrap_or(script)
    }

    /// Whether [`Tree::text`] differs from the script.
    pub fn is_unescaped(&self) -> bool {
        self.unescaped.is_some()
    }

    /// The leaves with their spans, in order: they cover the text without gaps.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = (TokenKind, Span)> + '_ {
        (0..self.tokens.len()).map(|index| self.token(index))
    }

    /// The leaf that the byte at `at` belongs to.
    pub fn token_at(&self, at: usize) -> Option<(TokenKind, Span)> {
        let after = self.tokens.partition_point(|token| token.start as usize <= at);
        (at < self.len as usize && after > 0).then(|| self.token(after - 1))
    }

    fn token(&self, index: usize) -> (TokenKind, Span) {
        let end = self.tokens.get(index + 1).map_or(self.len, |next| next.start);
        (self.tokens[index].kind, Span { start: self.tokens[index].start, end })
    }
}
