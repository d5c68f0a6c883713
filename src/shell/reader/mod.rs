//! Reads shell scripts: POSIX `sh`, dash, busybox's `ash`, bash, and of ksh what bash has too.
//!
//! [`read`] makes a [`Tree`] of a script. It never fails: mistakes are [`Tree::errors`], and the commands around them are
//! there. Time and memory are linear in the text, whatever is in it: nothing is read twice, and constructs are nested at
//! most [`MAX_DEPTH`] deep.
//!
//! # Walking the tree
//!
//! A [`Tree`] consists of flat arenas. A node refers to others by [`Id`] (one) and [`Many`] (a slice); `tree[id]` is a node and
//! `&tree[many]` a slice:
//!
//! ```text
//! tree.body: List ─ items ─► Item ─ pipelines ─► Pipeline ─ commands ─► Command { kind, redirects }
//!   CommandKind::Simple { assignments, words }      Word ─ parts ─► Part { kind, span }
//!   CommandKind::If(id) → tree[id]: If { branches, fi }, and so on
//! ```
//!
//! ```text
//! for item in &tree[tree.body.items] {
//!     for pipeline in &tree[item.pipelines] {
//!         for command in &tree[pipeline.commands] {
//!             if let CommandKind::Simple { words, .. } = command.kind {
//!                 for word in &tree[words] { … &text[word.span.range()] … }
//! ```
//!
//! Nesting is bounded, so recursion is safe. For what does not depend on the place, [`Tree::all`] gives every node of a kind in the script
//! without a walk: `tree.all::<Parameter>()`, `tree.all::<Redirect>()`.
//!
//! * Spans are byte offsets into the text that was read. A missing delimiter or keyword is `None`, and an error says so.
//! * A [`Word`] has no text of its own. Its parts lie side by side; a word that is one [`PartKind::Literal`] stands for itself. Where
//!   backticks have removed backslashes, those are [`PartKind::Joint`] parts; look at [`Tree::text`] rather than at the script then.
//! * Arguments of `export`, `declare`, `local`, `readonly` and `typeset` that assign are one [`PartKind::Assignment`].
//! * The body of a heredoc is reached from its redirection: `redirect.heredoc`.
//! * Keywords and delimiters that a node has no field for are found among [`Tree::tokens`], which cover the text without gaps;
//!   so are comments.
//! * The widest grammar is read: `[[`, arrays, process substitution, … are nodes in a script for dash, too. [`Tree::extensions`] lists every
//!   construct beyond POSIX, and [`ExtensionKind::is_in`] tells which shells have it. [`accepts`] tells whether a
//!   shell would read the script at all.

mod ahead;
mod arithmetic;
mod command_nodes;
mod commands;
mod compound;
mod conditions;
#[cfg(test)]
mod dump;
mod expansions;
mod extensions;
mod heredocs;
mod keywords;
mod patterns;
mod redirects;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod tree;
mod word_nodes;
mod words;

use std::borrow::Cow;

pub use command_nodes::*;
pub use extensions::{Extension, ExtensionKind};
use tree::{Arenas, Stored};
pub use tree::{Error, ErrorKind, Id, Many, Node, Token, TokenKind, Tree};
pub use word_nodes::*;

use super::Dialect;
use crate::text::{Span, steps};
use ahead::Ahead;
use extensions::Grammar;
use heredocs::Pending;
use keywords::Stops;

/// How deep constructs of any kind may be nested: compound commands, substitutions, quotes in expansions, parentheses.
pub const MAX_DEPTH: u32 = 100;

/// What is in [`Tree::text`] for a backslash that a backtick substitution removes.
pub const REMOVED: u8 = 1;

/// Reads a script in the widest grammar.
pub fn read(text: &str) -> Tree {
    Reader::new(text, Grammar::Widest).script()
}

/// Whether this shell's own reader takes the script, as `bash -n`, `dash -n` and `busybox ash -n` tell: not whether it
/// would run without an error.
pub fn accepts(text: &str, dialect: Dialect) -> bool {
    Reader::new(text, Grammar::Only(dialect)).script().is_clean()
}

/// Goes through the text from left to right. Only [`Reader::token`] moves on.
struct Reader<'a> {
    text: Cow<'a, [u8]>,
    pos: usize,
    /// Where reading stops: the end of the text, or of a stretch of it that is read on its own.
    end: usize,
    grammar: Grammar,
    tree: Tree,
    /// Nodes whose parents are not complete yet.
    scratch: Arenas,
    depth: u32,
    too_deep: bool,
    /// Heredocs whose bodies come after the next line break.
    heredocs: Vec<Pending>,
    /// The first of them that belongs to the substitution at work.
    heredoc_floor: usize,
    ahead: Ahead,
    /// No `]` that could end a set stands before this.
    no_set_before: usize,
    /// In `[[ … ]]`.
    in_test: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, grammar: Grammar) -> Reader<'a> {
        Reader {
            text: Cow::Borrowed(text.as_bytes()),
            pos: 0,
            end: text.len(),
            grammar,
            tree: Tree { len: text.len() as u32, tokens: Vec::with_capacity(text.len() / 4), ..Tree::default() },
            scratch: Arenas::default(),
            depth: 0,
            too_deep: false,
            heredocs: Vec::new(),
            heredoc_floor: 0,
            ahead: Ahead::default(),
            no_set_before: 0,
            in_test: false,
        }
    }

    fn script(mut self) -> Tree {
        self.tree.body = self.list(Stops::NONE);
        steps::count(self.tree.steps as usize);
        if let Cow::Owned(text) = self.text {
            // Only ASCII bytes were replaced, by ASCII.
            self.tree.unescaped = String::from_utf8(text).ok().map(String::into_boxed_str);
        }
        self.tree.shrink();
        self.tree
    }

    /// The byte at an offset; 0 at the end.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        if at < self.end { self.text[at] } else { 0 }
    }

    #[inline]
    fn peek(&self) -> u8 {
        self.byte(self.pos)
    }

    #[inline]
    fn peek_at(&self, ahead: usize) -> u8 {
        self.byte(self.pos + ahead)
    }

    #[inline]
    fn done(&self) -> bool {
        self.pos >= self.end
    }

    fn starts_with(&self, text: &[u8]) -> bool {
        self.text[self.pos..self.end].starts_with(text)
    }

    /// Whether the text at an offset is a line continuation.
    #[inline]
    fn is_joint(&self, at: usize) -> bool {
        self.byte(at) == b'\\' && self.byte(at + 1) == b'\n'
    }

    /// The first offset at or after `at` where there is no line continuation.
    fn after_joints(&mut self, mut at: usize) -> usize {
        while self.is_joint(at) {
            at += 2;
            self.tree.steps += 2;
        }
        at
    }

    /// Takes everything up to `end` as one leaf.
    #[inline]
    fn token(&mut self, kind: TokenKind, end: usize) -> Span {
        let span = Span::new(self.pos, end);
        if end > self.pos {
            self.tree.tokens.push(Token { start: span.start, kind });
            self.tree.steps += span.len() as u64;
            self.pos = end;
        }
        span
    }

    /// Takes this many bytes as one leaf.
    #[inline]
    fn take(&mut self, kind: TokenKind, len: usize) -> Span {
        self.token(kind, self.pos + len)
    }

    /// Where the character at `at` ends.
    fn char_end(&self, at: usize) -> usize {
        let len = match self.byte(at) {
            0..0xc0 => 1,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            _ => 4,
        };
        (at + len).min(self.end)
    }

    /// A run of spaces and tabs, as one leaf.
    fn spaces(&mut self) {
        let mut end = self.pos + 1;
        while matches!(self.byte(end), b' ' | b'\t') {
            end += 1;
        }
        self.token(TokenKind::Space, end);
    }

    /// Spaces, line continuations, and a comment.
    fn gap(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\t' => self.spaces(),
                b'\\' if self.is_joint(self.pos) => {
                    self.take(TokenKind::Joint, 2);
                }
                b'#' => {
                    let rest = &self.text[self.pos..self.end];
                    let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    self.take(TokenKind::Comment, len);
                }
                _ => return,
            }
        }
    }

    /// A line break, and the heredocs that begin after it.
    fn newline(&mut self) -> Span {
        let span = self.take(TokenKind::Newline, 1);
        if self.heredocs.len() > self.heredoc_floor {
            self.heredoc_bodies();
        }
        span
    }

    /// Everything that can separate two commands.
    fn newlines(&mut self) {
        loop {
            self.gap();
            if self.peek() != b'\n' || self.done() {
                return;
            }
            self.newline();
        }
    }

    fn error(&mut self, kind: ErrorKind, span: Span, opener: Option<Span>, message: impl Into<String>) {
        if !self.too_deep {
            self.tree.errors.push(Error { kind, span, opener, message: message.into() });
        }
    }

    /// An error about something that is not there.
    fn missing(&mut self, kind: ErrorKind, what: &str) {
        self.error(kind, Span::at(self.pos), None, format!("expected {what}"));
    }

    /// The error for a closing token that is not there.
    fn unclosed(&mut self, expected: &str, opener: Span) {
        let open = String::from_utf8_lossy(&self.text[opener.range()]).into_owned();
        let message = format!("expected `{expected}` to close `{open}`");
        self.error(ErrorKind::Unclosed, Span::at(self.pos), Some(opener), message);
    }

    fn extension(&mut self, kind: ExtensionKind, span: Span) {
        self.tree.extensions.push(Extension { kind, span });
    }

    /// One construct deeper; [`Reader::leave`] has to follow if it is `true`. Where it is too deep, the rest of the text is
    /// skipped.
    fn enter(&mut self) -> bool {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            return true;
        }
        let message = format!("nested more than {MAX_DEPTH} deep; the rest is not read");
        let span = Span::new(self.pos, self.end);
        self.error(ErrorKind::TooDeep, span, None, message);
        self.too_deep = true;
        self.token(TokenKind::Skipped, self.end);
        false
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Where the children of a node begin that are [`Reader::put`] next.
    #[inline]
    fn mark<T: Stored>(&mut self) -> usize {
        T::nodes(&self.scratch).len()
    }

    #[inline]
    fn put<T: Stored>(&mut self, node: T) {
        T::arena(&mut self.scratch).push(node);
    }

    /// The children that were put since `mark`, moved to their place in the tree.
    #[inline]
    fn flush<T: Stored>(&mut self, mark: usize) -> Many<T> {
        let (start, len) = (T::nodes(&self.tree.arenas).len(), T::nodes(&self.scratch).len() - mark);
        if len > 0 {
            T::arena(&mut self.tree.arenas).extend(T::arena(&mut self.scratch).drain(mark..));
        }
        Many::new(start, len)
    }

    #[inline]
    fn add<T: Stored>(&mut self, node: T) -> Id<T> {
        let arena = T::arena(&mut self.tree.arenas);
        arena.push(node);
        Id::new(arena.len() - 1)
    }
}
