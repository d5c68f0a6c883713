//! RUN script → commands with byte spans in the Dockerfile, and the words to ask about them.

use crate::source::Span;

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
}

/// A simple command, looked at through `sudo`, `env X=1`, `/usr/bin/`, `sh -c`, `xargs`, ….
#[derive(Clone, Debug)]
pub struct Command {
    /// From the first word (assignments and wrappers included) to the last.
    pub span: Span,
    /// Base name, wrappers and path taken off: `apt-get`. Empty when it is not a literal.
    pub name: String,
    pub name_span: Span,
    pub args: Vec<Arg>,
    /// What it was found behind, outermost first: `sudo`, `env`, `xargs`, `sh`, ….
    pub wrappers: Vec<Wrapper>,
    /// `A=1 cmd`.
    pub assignments: Vec<Assignment>,
    pub redirects: Vec<Redirect>,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub struct Arg {
    pub span: Span,
    /// As written.
    pub raw: String,
    /// Without quotes; `None` when the shell has to expand something in it. A glob or a `~` counts as text.
    pub text: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Wrapper {
    pub name: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Assignment {
    pub name: String,
    /// `None` when the shell has to expand something in it.
    pub value: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Redirect {
    pub span: Span,
    /// `>`, `>>`, `<`, `2>&1`, `<<` …
    pub operator: String,
    pub target: Option<Arg>,
}

/// Where a command stands in its script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Counts pipelines in the script: commands of one pipeline share it.
    pub pipeline: u32,
    /// Position in that pipeline, from 0, and its length.
    pub pipe_index: u32,
    pub pipe_len: u32,
    /// How many commands deep: if/for/while/case bodies, braces and subshells.
    pub depth: u32,
    /// Inside `( … )` or `$( … )` or a wrapper's own shell.
    pub subshell: bool,
    /// It may not run: behind `||`, in a branch or a loop.
    pub conditional: bool,
    /// In the background: `cmd &`.
    pub background: bool,
}
