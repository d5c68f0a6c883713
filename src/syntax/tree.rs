//! What stands where in a Dockerfile.
//!
//! The tree owns what it needs and borrows nothing. Every node has a [`Span`] into the file. Words
//! that are broken over lines have their text joined, as BuildKit sees it; their span still covers
//! the bytes on disk.

use std::sync::OnceLock;

use crate::text::{Edit, Span};

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct Dockerfile {
    /// In file order, covering every byte exactly once.
    pub items: Vec<Item>,
    /// The character that continues a line: `\`, or `` ` `` after `# escape=` says so.
    pub escape: Escape,
    /// What BuildKit would refuse, in file order.
    pub errors: Vec<SyntaxError>,
    /// Stretches whose meaning an error hides, in file order: what else could be said of them follows from that error.
    pub unread: Vec<Span>,
    /// See [`Dockerfile::is_template`].
    template: OnceLock<bool>,
}

impl Dockerfile {
    pub fn instructions(&self) -> impl DoubleEndedIterator<Item = &Instruction> {
        self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Instruction(instruction) => Some(&**instruction),
            _ => None,
        })
    }

    /// Whether a program is still to make a Dockerfile of it: a word at the start of a line or an image is in `{{…}}`,
    /// `<%…%>`, `{%…%}`, `%%…%%` or `@…@`, or there are lines for the C preprocessor. Tools such as Docker's own formats use these marks in RUN and LABEL.
    pub fn is_template(&self, text: &str) -> bool {
        *self.template.get_or_init(|| self.has_template_marks(text))
    }

    fn has_template_marks(&self, text: &str) -> bool {
        // What the templates of development containers are filled in with.
        if text.contains("${templateOption:") {
            return true;
        }
        let is_comment = |item: &&Item| matches!(item.kind, ItemKind::Comment);
        let mut comments = self.items.iter().filter(is_comment).filter_map(|item| text.get(item.span.range()));
        if comments.any(is_preprocessor_line) {
            return true;
        }
        self.instructions().any(|instruction| match instruction.keyword {
            Keyword::Unknown => has_template_mark(&instruction.keyword_text),
            Keyword::From => text.get(instruction.args_span.range()).is_some_and(has_template_mark),
            _ => false,
        })
    }

    /// Whether an error hides the meaning of what is at this byte.
    pub fn is_unread(&self, at: usize) -> bool {
        let next = self.unread.partition_point(|span| span.start() <= at);
        next.checked_sub(1).is_some_and(|index| at <= self.unread[index].end())
    }

    /// Whether an error is reported for exactly this stretch.
    pub fn has_error_at(&self, at: Span) -> bool {
        let first = self.errors.partition_point(|error| error.span.start < at.start);
        self.errors[first..].iter().take_while(|error| error.span.start == at.start).any(|error| error.span == at)
    }

    /// Whether an error lies in a stretch.
    pub fn has_error_in(&self, stretch: Span) -> bool {
        let first = self.errors.partition_point(|error| error.span.start < stretch.start);
        self.errors.get(first).is_some_and(|error| error.span.start <= stretch.end)
    }

    /// Whether `# syntax=` names a frontend that is not BuildKit's own, which may know other instructions.
    pub fn has_foreign_frontend(&self) -> bool {
        self.directives().filter(|directive| directive.name == "syntax").any(|directive| {
            let image = directive.value.split('@').next().unwrap_or_default();
            let last = image.rsplit('/').next().unwrap_or_default();
            !matches!(last.split(':').next(), Some("dockerfile" | "dockerfile-upstream" | ""))
        })
    }

    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Directive(directive) => Some(&**directive),
            _ => None,
        })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    #[default]
    Backslash,
    Backtick,
}

impl Escape {
    pub fn as_char(self) -> char {
        match self {
            Escape::Backslash => '\\',
            Escape::Backtick => '`',
        }
    }
}

/// A stretch of whole lines (the BOM apart): line break included.
#[derive(Clone, Debug)]
pub struct Item {
    pub span: Span,
    pub kind: ItemKind,
}

#[derive(Clone, Debug)]
pub enum ItemKind {
    /// A UTF-8 byte order mark at the very start.
    Bom,
    /// `# syntax=`, `# escape=` or `# check=` where it takes effect.
    Directive(Box<Directive>),
    /// One comment line (`#!…` too).
    Comment,
    /// Blank lines, all that follow each other.
    Blank,
    Instruction(Box<Instruction>),
}

#[derive(Clone, Debug)]
pub struct Directive {
    /// Lower-cased: `syntax`, `escape`, `check`.
    pub name: String,
    pub name_span: Span,
    /// Trimmed.
    pub value: String,
    pub value_span: Span,
}

/// Whether a program is still to fill something in.
pub fn has_template_mark(text: &str) -> bool {
    ["{{", "<%", "{%", "%%"].iter().any(|mark| text.contains(mark)) || has_configure_mark(text)
}

/// `@NAME@`, which configure and CMake replace.
fn has_configure_mark(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|char: char| char.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let mut parts = text.split('@').skip(1).peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_some() && is_name(part) {
            return true;
        }
    }
    false
}

/// A line for the C preprocessor, which is a comment for BuildKit.
fn is_preprocessor_line(line: &str) -> bool {
    let directives = ["#include \"", "#include <", "#ifdef ", "#ifndef ", "#if defined"];
    directives.iter().any(|directive| line.starts_with(directive)) || line.trim_end() == "#endif"
}

/// What an instruction's keyword says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// Not an instruction that BuildKit knows.
    Unknown,
}

impl Keyword {
    pub const ALL: [Keyword; 18] = [
        Keyword::Add,
        Keyword::Arg,
        Keyword::Cmd,
        Keyword::Copy,
        Keyword::Entrypoint,
        Keyword::Env,
        Keyword::Expose,
        Keyword::From,
        Keyword::Healthcheck,
        Keyword::Label,
        Keyword::Maintainer,
        Keyword::Onbuild,
        Keyword::Run,
        Keyword::Shell,
        Keyword::Stopsignal,
        Keyword::User,
        Keyword::Volume,
        Keyword::Workdir,
    ];

    /// Upper case; `?` for an unknown one.
    pub fn as_str(self) -> &'static str {
        match self {
            Keyword::Add => "ADD",
            Keyword::Arg => "ARG",
            Keyword::Cmd => "CMD",
            Keyword::Copy => "COPY",
            Keyword::Entrypoint => "ENTRYPOINT",
            Keyword::Env => "ENV",
            Keyword::Expose => "EXPOSE",
            Keyword::From => "FROM",
            Keyword::Healthcheck => "HEALTHCHECK",
            Keyword::Label => "LABEL",
            Keyword::Maintainer => "MAINTAINER",
            Keyword::Onbuild => "ONBUILD",
            Keyword::Run => "RUN",
            Keyword::Shell => "SHELL",
            Keyword::Stopsignal => "STOPSIGNAL",
            Keyword::User => "USER",
            Keyword::Volume => "VOLUME",
            Keyword::Workdir => "WORKDIR",
            Keyword::Unknown => "?",
        }
    }

    /// In any mix of cases; `Unknown` for anything else.
    pub fn of(text: &str) -> Keyword {
        Self::ALL.into_iter().find(|keyword| keyword.as_str().eq_ignore_ascii_case(text)).unwrap_or(Keyword::Unknown)
    }
}

#[derive(Clone, Debug)]
pub struct Instruction {
    /// From the keyword's first byte to the last byte of the last line, without its line break.
    /// Heredoc bodies and terminators are inside. What ONBUILD keeps starts at its own keyword.
    pub span: Span,
    pub keyword: Keyword,
    /// As written, joined if it is itself broken over lines.
    pub keyword_text: String,
    pub keyword_span: Span,
    pub flags: Vec<Flag>,
    pub args: Args,
    /// What follows the flags, up to the end of the instruction's own lines, trimmed: heredoc
    /// bodies are not inside.
    pub args_span: Span,
    /// What follows the keyword (flags included), as BuildKit reads it: continuations joined,
    /// comments dropped, trimmed.
    pub logical: Logical,
    pub heredocs: Vec<Heredoc>,
    /// Continuations, comments and blank lines inside, in file order. A continuation may stand before the keyword.
    pub trivia: Vec<Trivia>,
}

impl Instruction {
    /// The last flag of that name.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().rev().find(|flag| flag.name == name)
    }

    /// What it runs or starts: of RUN, CMD, ENTRYPOINT and HEALTHCHECK CMD. Not a SHELL's, which runs nothing.
    pub fn command_line(&self) -> Option<&CommandLine> {
        match &self.args {
            Args::Command(command) if self.keyword != Keyword::Shell => Some(command),
            Args::Healthcheck(HealthcheckArgs::Cmd { command, .. }) => Some(command),
            _ => None,
        }
    }

    /// The strings of its exec form.
    pub fn exec_items(&self) -> Option<&[JsonString]> {
        match self.command_line()? {
            CommandLine::Exec(form) => Some(&form.items),
            _ => None,
        }
    }

    /// Where BuildKit says it is: from the first byte of the first line to the end of the last, for an instruction of
    /// the file itself. Starts earlier than [`Instruction::span`] when a lone continuation precedes the keyword.
    pub fn lines_span(&self) -> Span {
        match self.trivia.first() {
            Some(first) if first.span.start < self.span.start => first.span.cover(self.span),
            _ => self.span,
        }
    }
}

/// `--name` or `--name=value`.
#[derive(Clone, Debug)]
pub struct Flag {
    pub span: Span,
    /// Without the dashes, as written.
    pub name: String,
    pub name_span: Span,
    /// As written, quotes kept.
    pub value: Option<Word>,
    /// The comma-separated fields of `--mount` and `--device`, as `key` or `key=value`. Empty
    /// for flags that take a plain value.
    pub fields: Vec<Field>,
}

impl Flag {
    /// The value as BuildKit takes it: quotes gone, `\\x` become `x`, whatever the file's escape character. Variables are
    /// left as written.
    pub fn text(&self) -> Option<String> {
        self.value.as_ref().map(|value| super::flags::unquote(&value.text))
    }

    /// The value of the last field called `key`, as written.
    pub fn field(&self, key: &str) -> Option<&Word> {
        self.fields.iter().rev().find(|field| field.key == key)?.value.as_ref()
    }
}

/// One `key=value` of `--mount=type=bind,source=…`.
#[derive(Clone, Debug)]
pub struct Field {
    pub span: Span,
    /// Lower-cased.
    pub key: String,
    /// Without the quotes that protect it from the shell-like splitting of flags.
    pub value: Option<Word>,
}

/// A word as BuildKit splits it: quotes, escapes and variables as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Joined if broken over lines.
    pub text: String,
    pub span: Span,
}

impl Word {
    /// Without quotes and escapes, when there is no variable in it: what BuildKit would make of it
    /// with no expansion needed. `escape` is the file's.
    pub fn unquoted(&self, escape: Escape) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut quote = None;
        let mut chars = self.text.chars().peekable();
        while let Some(char) = chars.next() {
            match (quote, char) {
                (None, '\'' | '"') => quote = Some(char),
                (Some(open), close) if open == close => quote = None,
                (Some('\''), _) => out.push(char),
                (None, _) if char == escape.as_char() => out.extend(chars.next()),
                (Some(_), _) if char == escape.as_char() => match chars.peek() {
                    Some(&next) if next == '"' || next == '$' || next == escape.as_char() => out.extend(chars.next()),
                    _ => out.push(char),
                },
                _ => out.push(char),
            }
        }
        out
    }
}

/// The arguments by kind of instruction. `ADD` and `COPY` share a shape, and so on.
#[derive(Clone, Debug)]
pub enum Args {
    From(Box<FromArgs>),
    /// RUN, CMD, ENTRYPOINT, and SHELL (exec form or wrong).
    Command(CommandLine),
    Healthcheck(HealthcheckArgs),
    /// COPY and ADD.
    Copy(Box<CopyArgs>),
    /// ENV, LABEL and ARG.
    Pairs(PairArgs),
    /// EXPOSE, VOLUME, USER, WORKDIR, STOPSIGNAL, MAINTAINER, unknown instructions.
    Words(WordArgs),
    /// The instruction that ONBUILD keeps for later. Heredocs are that instruction's, not the ONBUILD's. `None` when
    /// nothing follows it, and for an ONBUILD inside an ONBUILD, which is not looked into.
    Onbuild(Option<Box<Instruction>>),
}

#[derive(Clone, Debug)]
pub struct FromArgs {
    /// `None` for a bare `FROM`.
    pub image: Option<Word>,
    /// The `AS` keyword.
    pub as_keyword: Option<Word>,
    pub name: Option<Word>,
}

#[derive(Clone, Debug)]
pub enum CommandLine {
    /// Nothing there.
    Empty,
    /// Given to the shell in force. The text is the shell view's business: see [`Instruction::args_span`].
    Shell(Span),
    Exec(ExecForm),
}

/// A JSON array of strings.
#[derive(Clone, Debug)]
pub struct ExecForm {
    /// The brackets included.
    pub span: Span,
    pub items: Vec<JsonString>,
}

#[derive(Clone, Debug)]
pub struct JsonString {
    /// Decoded.
    pub value: String,
    /// The quotes included.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum HealthcheckArgs {
    None,
    Cmd {
        keyword: Span,
        command: CommandLine,
    },
    /// Neither NONE nor CMD.
    Other(Vec<Word>),
}

#[derive(Clone, Debug)]
pub struct CopyArgs {
    /// Heredoc openers are in [`Instruction::heredocs`], not here.
    pub sources: Vec<Word>,
    pub dest: Option<Word>,
    /// `["src", "dest"]`: words are decoded strings, their spans include the quotes.
    pub json: bool,
}

#[derive(Clone, Debug)]
pub struct PairArgs {
    pub pairs: Vec<Pair>,
    /// `ENV name the rest is the value`: one pair, no `=`.
    pub legacy: bool,
}

#[derive(Clone, Debug)]
pub struct Pair {
    pub span: Span,
    /// As written; label keys may be quoted.
    pub name: Word,
    /// As written, quotes kept. `None` for `ARG name`; empty for `name=`.
    pub value: Option<Word>,
}

#[derive(Clone, Debug)]
pub struct WordArgs {
    /// USER, WORKDIR, STOPSIGNAL and MAINTAINER take all that follows, spaces included, as one word.
    pub words: Vec<Word>,
    /// VOLUME in JSON form.
    pub json: bool,
}

#[derive(Clone, Debug)]
pub struct Heredoc {
    /// `<<-"EOF"`, with a leading file descriptor if there is one.
    pub opener: Span,
    /// Unquoted delimiter.
    pub delimiter: String,
    /// Between the opener's line and the terminator's: whole lines.
    pub body: Span,
    /// The terminator's line without its line break; `None` when the file ends first.
    pub terminator: Option<Span>,
    /// `<<-`: leading tabs are stripped.
    pub strip_tabs: bool,
    /// Not quoted: variables are expanded.
    pub expand: bool,
    /// The file descriptor written before `<<`, if any.
    pub fd: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trivia {
    pub span: Span,
    pub kind: TriviaKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriviaKind {
    /// The escape character, spaces after it, and the line break.
    Continuation,
    /// A whole comment line between continued lines, line break included.
    Comment,
    /// A whole blank line between continued lines, line break included.
    Blank,
}

/// Text with continuations joined, and the way back to the file.
#[derive(Clone, Debug, Default)]
pub struct Logical {
    pub text: String,
    /// `(offset in text, offset in file)`, ascending; each holds up to the next.
    pub map: Vec<(u32, u32)>,
}

impl Logical {
    /// Where the byte at `at` of the text is in the file.
    pub fn to_file(&self, at: usize) -> usize {
        let index = self.map.partition_point(|(logical, _)| *logical as usize <= at);
        match index.checked_sub(1).and_then(|index| self.map.get(index)) {
            Some((logical, file)) => *file as usize + (at - *logical as usize),
            None => at,
        }
    }

    /// The byte of the text that stands at `at` in the file; `None` if it is before or after the text.
    pub fn index_of(&self, at: usize) -> Option<usize> {
        let index = self.map.partition_point(|(_, file)| *file as usize <= at).checked_sub(1)?;
        let (logical, file) = self.map[index];
        Some(logical as usize + (at - file as usize)).filter(|index| *index <= self.text.len())
    }

    /// Appends text that stands at `file` in the file.
    pub(super) fn push(&mut self, text: &str, file: usize) {
        if !text.is_empty() || self.map.is_empty() {
            self.map.push((self.text.len() as u32, file as u32));
            self.text.push_str(text);
        }
    }

    /// A range of it, counted from 0 again.
    pub(super) fn slice(&self, start: usize, end: usize) -> Logical {
        let first = self.map.partition_point(|(logical, _)| *logical as usize <= start).max(1);
        let last = self.map.partition_point(|(logical, _)| (*logical as usize) < end).max(first);
        let rest = self.map.get(first..last).unwrap_or_default();
        // No longer than needed: each instruction keeps one.
        let mut map = Vec::with_capacity(1 + rest.len());
        map.push((0, self.to_file(start) as u32));
        map.extend(rest.iter().map(|(logical, file)| (logical - start as u32, *file)));
        Logical { text: self.text[start..end].to_owned(), map }
    }

    /// The file's bytes from the first to the last byte of a range of the text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        if start >= end {
            return Span::at(self.to_file(start));
        }
        Span::new(self.to_file(start), self.to_file(end - 1) + 1)
    }
}

/// What BuildKit would refuse.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    pub kind: SyntaxErrorKind,
    pub span: Span,
    /// Starts lower case, no full stop, code in backticks.
    pub message: String,
    pub help: Option<String>,
    /// How to make it right, if there is one way.
    pub repair: Option<Repair>,
}

/// Edits that take an error away.
#[derive(Clone, Debug)]
pub struct Repair {
    /// In the imperative.
    pub title: String,
    pub edits: Vec<Edit>,
}

impl SyntaxError {
    pub(super) fn new(kind: SyntaxErrorKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), help: None, repair: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// One per rule that reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyntaxErrorKind {
    /// A bad or doubled `# escape=`, `# syntax=`, `# check=`.
    Directive,
    UnknownInstruction,
    /// Unknown, doubled, without a value, or with one it cannot have.
    Flag,
    /// Too few, too many, or of the wrong shape.
    Arguments,
    /// Not closed.
    Heredoc,
    /// Meant as a heredoc, and not read as one.
    MissedHeredoc,
    /// A quote or a `${…}` that does not close, a bad substitution.
    Expansion,
    /// Nothing in it.
    EmptyFile,
    /// A line that is longer than BuildKit reads.
    LongLine,
    /// It follows from another error, and is not reported.
    Consequence,
}
