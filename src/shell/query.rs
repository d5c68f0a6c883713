//! The words in which rules ask about a command.

use std::borrow::Cow;

use super::{Arg, Command, Redirect};
use crate::knowledge::command_lines::{self, CommandLine};
use crate::knowledge::programs::{self, Class};
use crate::text::{Span, steps};

/// One argument, or one letter of a cluster such as `-qqy`.
#[derive(Clone, Debug)]
pub enum Token<'a> {
    Flag {
        /// With its dashes, without a value: `-y`, `--yes`.
        name: Cow<'a, str>,
        /// What follows `=`, after the letter, or in the next word, for flags known to take one.
        value: Option<Cow<'a, Arg>>,
        arg: &'a Arg,
    },
    Operand(&'a Arg),
}

/// `-a` to `-z`, `-A` to `-Z`, `-0` to `-9`, without an allocation.
fn letter_flag(letter: char) -> Cow<'static, str> {
    const FLAGS: &str = "-0-1-2-3-4-5-6-7-8-9-A-B-C-D-E-F-G-H-I-J-K-L-M-N-O-P-Q-R-S-T-U-V-W-X-Y-Z\
                         -a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z";
    let at = match letter {
        '0'..='9' => letter as usize - '0' as usize,
        'A'..='Z' => letter as usize - 'A' as usize + 10,
        'a'..='z' => letter as usize - 'a' as usize + 36,
        _ => return Cow::Owned(format!("-{letter}")),
    };
    Cow::Borrowed(&FLAGS[2 * at..2 * at + 2])
}

/// As `==`, of words most of which are not the same: rules ask thousands of times a file.
#[inline]
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.as_bytes().first() == b.as_bytes().first() && a == b
}

/// A shell whose scripts are read.
pub(super) fn is_shell(name: &str) -> bool {
    programs::class(name).is(Class::SHELL)
}

impl Command {
    /// Whether this is its name.
    pub fn is(&self, name: &str) -> bool {
        steps::count(1);
        same(&self.name, name)
    }

    pub fn is_any(&self, names: &[&str]) -> bool {
        steps::count(1);
        names.iter().any(|name| same(&self.name, name))
    }

    /// A POSIX-like shell, by name.
    pub fn is_shell(&self) -> bool {
        is_shell(&self.name)
    }

    /// `runs("apt-get", "install")`: this name, and its first operand is this.
    pub fn runs(&self, name: &str, subcommand: &str) -> bool {
        self.is(name) && self.subcommand().is_some_and(|arg| arg.is(subcommand))
    }

    /// As [`runs`](Command::runs), for several names and subcommands.
    pub fn runs_any(&self, names: &[&str], subcommands: &[&str]) -> bool {
        self.is_any(names)
            && self.subcommand().and_then(|arg| arg.text.as_deref()).is_some_and(|text| subcommands.contains(&text))
    }

    /// The first operand: `install` of `apt-get -o X=y -q install vim`.
    pub fn subcommand(&self) -> Option<&Arg> {
        self.operands().next()
    }

    /// The arguments that are neither flags nor values of flags. Knows which flags of common programs take a
    /// value; everything after `--` is an operand.
    pub fn operands(&self) -> impl Iterator<Item = &Arg> {
        self.tokens().inspect(|_| steps::count(1)).filter_map(|token| match token {
            Token::Operand(arg) => Some(arg),
            Token::Flag { .. } => None,
        })
    }

    /// The operands after the subcommand.
    pub fn rest(&self) -> impl Iterator<Item = &Arg> {
        self.operands().skip(1)
    }

    /// Whether one of these flags is given: `has_flag(&["-y", "--yes"])` holds for `-y`, `-qqy`, `--yes`, `--yes=true`.
    /// Stops at `--`.
    pub fn has_flag(&self, flags: &[&str]) -> bool {
        self.flag(flags).is_some()
    }

    /// The argument in which one of these flags is given; the last, as it is the one that counts.
    pub fn flag(&self, flags: &[&str]) -> Option<&Arg> {
        self.tokens().inspect(|_| steps::count(1)).fold(None, |found, token| match token {
            Token::Flag { name, arg, .. } if flags.contains(&&*name) => Some(arg),
            _ => found,
        })
    }

    /// How often these flags are given, letters in clusters counted one by one: 2 for `-qq`.
    pub fn count_flag(&self, flags: &[&str]) -> usize {
        self.tokens().filter(|token| matches!(token, Token::Flag { name, .. } if flags.contains(&&**name))).count()
    }

    /// The value of the last of these flags that has one: of `--user=me`, `--user me`, `-u me`, `-ume`.
    pub fn flag_value(&self, flags: &[&str]) -> Option<Arg> {
        self.flag_values(flags).pop()
    }

    /// The values of all of these flags.
    pub fn flag_values(&self, flags: &[&str]) -> Vec<Arg> {
        let values = self.tokens().filter_map(|token| match token {
            Token::Flag { name, value, .. } if flags.contains(&&*name) => value.map(Cow::into_owned),
            _ => None,
        });
        values.collect()
    }

    /// Whether some argument is this text.
    pub fn has_arg(&self, text: &str) -> bool {
        self.args.iter().any(|arg| arg.is(text))
    }

    /// Whether an argument is an expansion that may hold flags or operands: `$OPTS`, `"$@"`.
    pub fn has_dynamic_arg(&self) -> bool {
        self.args.iter().any(|arg| arg.is_dynamic() && arg.raw.trim_start_matches('"').starts_with(['$', '`']))
    }

    /// Whether it was found after this wrapper.
    pub fn is_behind(&self, wrapper: &str) -> bool {
        self.wrappers.iter().any(|found| found.name == wrapper)
    }

    /// The value this command is given for a variable (`DEBIAN_FRONTEND=noninteractive apt-get …`): the outer
    /// `None` if it is not given, the inner if the shell has to expand it.
    pub fn assigned(&self, name: &str) -> Option<Option<&str>> {
        self.assignments.iter().rev().find(|found| found.name == name).map(|found| found.value.as_deref())
    }

    /// Where its standard output goes: the file of the last `>`, `>>`, `1>`, `&>` ….
    pub fn stdout_file(&self) -> Option<&Arg> {
        self.redirects.iter().rev().find(|redirect| redirect.writes_stdout()).and_then(|found| found.target.as_ref())
    }

    /// Whether its output is thrown away.
    pub fn is_silenced(&self) -> bool {
        self.stdout_file().is_some_and(|file| file.is("/dev/null"))
    }

    /// From the first word to the end of the last argument or redirection.
    pub fn full_span(&self) -> Span {
        self.redirects.iter().fold(self.span, |span, redirect| span.cover(redirect.span))
    }

    /// The text between this command and the next one. `None` if that one is inside of this one: `a $(b)`.
    pub fn gap_to(&self, next: &Command) -> Option<Span> {
        let (start, end) = (self.full_span().end(), next.full_span().start());
        (start <= end).then(|| Span::new(start, end))
    }

    /// Its name and its subcommand, without what follows: `apt-get -y install`.
    pub fn head_span(&self) -> Span {
        self.subcommand().map_or(self.name_span, |arg| self.name_span.cover(arg.span))
    }

    /// The arguments, flags and operands told apart.
    pub fn tokens(&self) -> Tokens<'_> {
        let tool = self.tool.get_or_init(|| command_lines::command_line(&self.name));
        Tokens { args: &self.args, tool, cluster: None, literal: false }
    }
}

impl Redirect {
    /// Whether standard output goes to its target.
    pub fn writes_stdout(&self) -> bool {
        matches!(self.operator.as_str(), ">" | ">>" | ">|" | "1>" | "1>>" | "1>|" | "&>" | "&>>")
    }

    /// `<<` or `<<-`.
    pub fn is_heredoc(&self) -> bool {
        self.operator.ends_with("<<") || self.operator.ends_with("<<-")
    }
}

/// See [`Command::tokens`].
pub struct Tokens<'a> {
    args: &'a [Arg],
    tool: &'static CommandLine,
    /// The rest of a cluster: the argument and where in its text the next letter stands.
    cluster: Option<(&'a Arg, usize)>,
    /// After `--`.
    literal: bool,
}

impl<'a> Tokens<'a> {
    fn take_next(&mut self) -> Option<Cow<'a, Arg>> {
        let (first, rest) = self.args.split_first()?;
        self.args = rest;
        Some(Cow::Borrowed(first))
    }

    fn letter(&mut self, arg: &'a Arg, at: usize) -> Option<Token<'a>> {
        let lexeme = arg.lexeme();
        let letter = lexeme[at..].chars().next()?;
        let behind = at + letter.len_utf8();
        let rest = &lexeme[behind..];
        let name = letter_flag(letter);
        let mut value = None;
        if self.tool.values.has_letter(letter) {
            value = match rest {
                "" => self.take_next(),
                _ => Some(Cow::Owned(arg.tail(if rest.starts_with('=') { behind + 1 } else { behind }))),
            };
        } else if rest.starts_with('=') {
            value = Some(Cow::Owned(arg.tail(behind + 1)));
        } else if !rest.is_empty() {
            self.cluster = Some((arg, behind));
        }
        Some(Token::Flag { name, value, arg })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some((arg, at)) = self.cluster.take() {
            return self.letter(arg, at);
        }
        loop {
            let (arg, rest) = self.args.split_first()?;
            self.args = rest;
            let lexeme = arg.lexeme();
            if self.literal || lexeme.len() < 2 || !lexeme.starts_with('-') {
                return Some(Token::Operand(arg));
            }
            if lexeme == "--" {
                self.literal = true;
                continue;
            }
            if lexeme.starts_with("--") || self.tool.long_dash || self.tool.values.has(lexeme) {
                let (name, value) = match lexeme.split_once('=') {
                    Some((name, _)) => (name, Some(Cow::Owned(arg.tail(name.len() + 1)))),
                    None if self.tool.values.has(lexeme) => (lexeme, self.take_next()),
                    None => (lexeme, None),
                };
                return Some(Token::Flag { name: Cow::Borrowed(name), value, arg });
            }
            return self.letter(arg, 1);
        }
    }
}
