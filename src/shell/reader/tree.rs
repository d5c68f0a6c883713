//! The syntax tree of a script: flat arenas, linked by typed indices.
//!
//! A node holds [`Id`]s of single children and [`Many`]s, which are slices of an arena. `tree[id]` is the node,
//! `&tree[many]` the slice. All spans are byte offsets into the script's text.

use std::marker::PhantomData;
use std::ops::Index;

use super::command_nodes::*;
use super::extensions::Extension;
use super::word_nodes::*;
use crate::text::{Seldom, Span};

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
    (often { $($often:ident: $frequent:ty,)* } rarely { $($rarely:ident: $rare:ty,)* }) => {
        /// The nodes, by kind.
        #[derive(Debug, Default)]
        pub(super) struct Arenas {
            $(pub(super) $often: Vec<$frequent>,)*
            /// None as long as they are all empty: most scripts are short, and a file may have many of them.
            rare: Option<Box<RareArenas>>,
        }

        /// Those of which most scripts have no node.
        #[derive(Debug, Default)]
        struct RareArenas {
            $($rarely: Vec<$rare>,)*
        }

        impl Arenas {
            /// Gives back the memory that was kept for more nodes.
            fn shrink(&mut self) {
                $(self.$often.shrink_to_fit();)*
                if let Some(rare) = &mut self.rare {
                    $(rare.$rarely.shrink_to_fit();)*
                }
            }
        }

        $(
            impl Stored for $frequent {
                fn arena(arenas: &mut Arenas) -> &mut Vec<$frequent> {
                    &mut arenas.$often
                }

                fn nodes(arenas: &Arenas) -> &[$frequent] {
                    &arenas.$often
                }
            }
        )*

        $(
            impl Stored for $rare {
                fn arena(arenas: &mut Arenas) -> &mut Vec<$rare> {
                    &mut arenas.rare.get_or_insert_default().$rarely
                }

                fn nodes(arenas: &Arenas) -> &[$rare] {
                    arenas.rare.as_ref().map_or(&[], |rare| &rare.$rarely)
                }
            }
        )*

        arenas! { index $($frequent,)* $($rare,)* }
    };
    (index $($node:ty,)*) => {
        $(
            impl Index<Id<$node>> for Tree {
                type Output = $node;

                fn index(&self, id: Id<$node>) -> &$node {
                    &<$node>::nodes(&self.arenas)[id.index()]
                }
            }

            impl Index<Many<$node>> for Tree {
                type Output = [$node];

                fn index(&self, many: Many<$node>) -> &[$node] {
                    &<$node>::nodes(&self.arenas)[many.start as usize..(many.start + many.len) as usize]
                }
            }

            impl Node for $node {
                fn all(tree: &Tree) -> &[$node] {
                    <$node>::nodes(&tree.arenas)
                }
            }
        )*
    };
}

/// Where nodes are kept.
pub(super) trait Stored: Sized {
    fn arena(arenas: &mut Arenas) -> &mut Vec<Self>;

    fn nodes(arenas: &Arenas) -> &[Self];
}

/// What lives in an arena of its own.
pub trait Node: Sized {
    /// All nodes of this kind, children before their parents.
    fn all(tree: &Tree) -> &[Self];
}

arenas! {
    often {
        items: Item,
        pipelines: Pipeline,
        commands: Command,
        assignments: Assignment,
        redirects: Redirect,
        words: Word,
        parts: Part,
        parameters: Parameter,
    }
    rarely {
        elements: Element,
        prefixes: Prefix,
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
        substitutions: Substitution,
        extglobs: ExtGlob,
        exprs: Expr,
        expr_ids: Id<Expr>,
        terms: Term,
    }
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
    pub errors: Seldom<Error>,
    /// Every construct beyond the POSIX grammar, in the order found.
    pub extensions: Seldom<Extension>,
    /// The text, where reading a backtick substitution has removed backslashes from it; see [`Tree::text`].
    pub(super) unescaped: Option<Box<str>>,
    pub(super) steps: u64,
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
    /// Gives back the memory that was kept for more: a file may have many short scripts.
    pub(super) fn shrink(&mut self) {
        self.arenas.shrink();
        self.tokens.shrink_to_fit();
        self.errors.shrink_to_fit();
        self.extensions.shrink_to_fit();
    }

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
