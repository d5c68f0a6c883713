//! RUN script → commands with byte spans in the Dockerfile, and the words to ask about them.
//!
//! [`parse_script`] reads a script, [`exec_form()`] a JSON array. Both give a [`Script`]: a flat list of
//! simple commands in file order, each looked at through whatever only passes it on (`sudo`, `env`,
//! `xargs`, an absolute path, …) and through what runs a script of its own (`sh -c`, `su -c`, heredocs
//! for a shell, `$(…)`, `find -exec`).
//!
//! A rule asks a [`Command`] with the words of `query.rs` ([`Command::is`], [`Command::runs`],
//! [`Command::has_flag`], …), and about packages, downloads, what is cleaned up and what is started with the functions
//! of `crate::commands`.

mod collect;
mod dialect;
pub mod exec_form;
mod free_variables;
mod liveness;
mod options;
mod query;
#[allow(dead_code, reason = "the tree is lossless, whatever is asked of it today")]
pub mod reader;
pub mod rewrite;
mod scan;
pub mod survey;
mod text;
mod walk;
pub mod windows;
mod wrappers;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use collect::{exec_form, parse_script};
pub use free_variables::free_variables;
pub use options::{Options, shell_options};
pub use query::Token;
pub use scan::expand_braces;

use std::sync::{Arc, OnceLock};

use crate::knowledge::command_lines::CommandLine;
use crate::text::{Memo, Span};

/// Which shell reads a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    Posix,
    Bash,
    /// ksh, mksh.
    Ksh,
    Zsh,
    /// busybox's, with bash-isms such as `pipefail`.
    Ash,
    PowerShell,
    Cmd,
    /// Something else (python, …): left alone.
    Other,
}

/// One script: the commands in it, in file order.
#[derive(Clone, Debug)]
pub struct Script {
    /// What was read, in the file.
    pub span: Span,
    pub dialect: Dialect,
    /// Whether it parsed without error. If not, the commands are those of the parts that do.
    pub clean: bool,
    pub commands: Vec<Command>,
    /// The shell processes in it; the first is the one that reads the script. See [`Place::scope`].
    pub scopes: Vec<Scope>,
    /// `set -e`, `set +o pipefail`, …: every place where an option changes, in file order.
    pub settings: Vec<Setting>,
    /// The script itself as it was read: none of an exec form, and none of what is too long to be read.
    pub read: Option<Arc<ReadScript>>,
}

/// A text and its syntax tree.
#[derive(Debug, Default)]
pub struct ReadScript {
    pub text: Box<str>,
    pub tree: reader::Tree,
}

/// A shell process: the script's own, a subshell, or one started by a command of the script.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// The shell it inherits options from; `None` for one started afresh (`sh -c`).
    pub parent: Option<u32>,
    /// What it starts with.
    pub options: Options,
}

/// One shell option switched on or off.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Where in the file.
    pub at: u32,
    pub scope: u32,
    pub option: ShellOption,
    pub on: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShellOption {
    Errexit,
    Pipefail,
}

/// A simple command, looked at through `sudo`, `env X=1`, `/usr/bin/`, `sh -c`, `xargs`, ….
#[derive(Clone, Debug)]
pub struct Command {
    /// From the first word (assignments and wrappers included) to the last.
    pub span: Span,
    /// Base name, wrappers and path taken off: `apt-get`. Empty when it is not a literal, and when
    /// there is none (`A=1`, `> file`). `[[ … ]]` and `(( … ))` have the name `[[` and `((`.
    pub name: String,
    /// The whole word: `/usr/bin/apt-get`.
    pub name_span: Span,
    /// That word without quotes, as far as it is a literal: `/usr/bin/apt-get`.
    pub path: String,
    pub args: Vec<Arg>,
    /// What it was found after, outermost first: `sudo`, `env`, `xargs`, `sh`, …. A shell with a
    /// script and `find` with `-exec` are commands of the list too; the others are only here.
    pub wrappers: Vec<Wrapper>,
    /// `A=1 cmd`, `env A=1 cmd`, `sudo A=1 cmd`.
    pub assignments: Vec<Assignment>,
    pub redirects: Vec<Redirect>,
    pub place: Place,
    /// How its arguments are written, looked up once.
    tool: OnceLock<&'static CommandLine>,
    /// What the layer of commands knows about it.
    pub(crate) memo: Memo,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Quotes included, those of a JSON string too. In a script in quotes and holds escapes, the bytes that
    /// the outer shell takes away are not inside at the ends.
    pub span: Span,
    /// As written, as the shell sees it that reads the word.
    pub raw: String,
    /// Without quotes; `None` when the shell has to expand something in it. A glob, braces or a `~` count as text.
    pub text: Option<String>,
    /// What a word with variables becomes, when the Dockerfile and the script set all of them: see [`Arg::known`].
    pub value: Option<String>,
    /// The same, when the shell splits what it becomes into words, or expands patterns in it: `rm -rf $PATHS`.
    pub unsplit: Option<Box<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapper {
    /// Base name.
    pub name: String,
    /// The word that names it.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Assignment {
    pub name: String,
    /// `None` when the shell has to expand something in it, and for an array.
    pub value: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Redirect {
    pub span: Span,
    /// `>`, `>>`, `<`, `2>&`, `<<`, …: with the file descriptor as written, without the target.
    pub operator: String,
    /// The file, the descriptor, or the heredoc's delimiter.
    pub target: Option<Arg>,
}

/// What is between a command and the one before it in its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing: it is the first. Or `;`, `&`, a line break.
    #[default]
    Sequence,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|` or `|&`
    Pipe,
}

/// where a command is in its script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Counts pipelines in the script: commands of one pipeline share it.
    pub pipeline: u32,
    /// Position in that pipeline, from 0, and its length.
    pub pipe_index: u32,
    pub pipe_len: u32,
    /// Counts and-or lists: the commands of `a && b || c` share it.
    pub list: u32,
    pub link: Link,
    /// The shell process it runs in: index into [`Script::scopes`].
    pub scope: u32,
    /// How many commands deep: if/for/while/case bodies, braces and subshells.
    pub depth: u32,
    /// Inside `( … )` or `$( … )` or a wrapper's own shell.
    pub subshell: bool,
    /// It may not run: after `||`, in a branch, a loop or a function.
    pub conditional: bool,
    /// In the background: `cmd &`.
    pub background: bool,
    /// What follows `||` runs if it fails, so that its failure does not end the script: `cmd || other`.
    pub excused: bool,
}
