//! From text to a [`Script`]: the entry points, and what becomes of each list of words.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::reader::{Tree, Word};
use super::text::{Places, decode};
use super::wrappers::{self, Inner};
use super::{Arg, Assignment, Command, Dialect, Options, Place, ReadScript, Redirect, Scope, Script, Wrapper};
use super::{reader, walk};
use crate::shell::options;
use crate::text::Span;

/// Scripts longer than this, in bytes, are not read: no person wrote them.
const MAX_SCRIPT: usize = 1 << 20;

/// How many shells deep (`sh -c "sh -c …"`) scripts are read.
const MAX_NESTING: u8 = 6;

/// Reads a script. `text` is a view of the file that starts at offset `base` and is as long as what it
/// stands for, so that byte `i` of it is byte `base + i` of the file. Never fails: a script that does not
/// parse gives the commands of the parts that do, one in an unknown language gives none.
pub fn parse_script(text: &str, base: usize, dialect: Dialect) -> Script {
    let span = Span::new(base, base + text.len());
    let mut collector = Collector::new(Script::empty(span, dialect));
    let tree = collector.read(text, &Places::Offset(base), dialect, &Context::default());
    let mut script = collector.finish();
    script.read = tree.map(|tree| Arc::new(ReadScript { text: text.into(), tree }));
    script
}

/// Reads a JSON array: decoded strings and where they stand, quotes included. The array is one command;
/// wrappers and the script in `["sh", "-c", "…"]` are looked through. When a string holds escapes, the
/// spans of what is inside it are those of the whole string.
pub fn exec_form(items: &[(String, Span)]) -> Script {
    let span = match (items.first(), items.last()) {
        (Some((_, first)), Some((_, last))) => first.cover(*last),
        _ => return Script::empty(Span::default(), Dialect::Posix),
    };
    let simple = Simple {
        words: items.iter().map(Arg::literal).collect(),
        assignments: Vec::new(),
        redirects: Vec::new(),
        origin: Origin::Json,
        stdin: None,
        span,
    };
    let mut collector = Collector::new(Script::empty(span, Dialect::Posix));
    let mut context = Context::default();
    context.place.pipe_len = 1;
    collector.command(simple, &context);
    collector.finish()
}

/// What holds for the commands of a part of a script.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    pub(super) place: Place,
    pub(super) wrappers: Vec<Wrapper>,
    pub(super) nesting: u8,
}

/// A simple command, not yet looked through.
pub(super) struct Simple<'a> {
    pub(super) words: Vec<Arg>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) redirects: Vec<Redirect>,
    pub(super) origin: Origin<'a>,
    /// The range of the text that is fed to it by a heredoc.
    pub(super) stdin: Option<Range<usize>>,
    /// Where it is when it has no words.
    pub(super) span: Span,
}

/// Where the words of a command come from.
pub(super) enum Origin<'a> {
    /// A text, and the words of the command in it.
    Text { text: &'a str, places: &'a Places, words: &'a [Word] },
    /// Strings of a JSON array.
    Json,
}

/// A script found in a script, to be read after it: the stack stays flat.
struct Pending {
    text: String,
    places: Places,
    dialect: Dialect,
    context: Context,
}

/// Collects the commands of a script and of those in it.
pub(super) struct Collector {
    script: Script,
    pending: VecDeque<Pending>,
    pipelines: u32,
    lists: u32,
}

impl Collector {
    fn new(script: Script) -> Collector {
        Collector { script, pending: VecDeque::new(), pipelines: 0, lists: 0 }
    }

    fn finish(mut self) -> Script {
        while let Some(next) = self.pending.pop_front() {
            self.read(&next.text, &next.places, next.dialect, &next.context);
        }
        self.script.commands.shrink_to_fit();
        self.script.finish()
    }

    fn read(&mut self, text: &str, places: &Places, dialect: Dialect, context: &Context) -> Option<Tree> {
        if !dialect.is_readable() {
            return None;
        }
        if text.len() > MAX_SCRIPT {
            self.script.clean = false;
            return None;
        }
        let tree = reader::read(text);
        self.script.clean &= tree.is_clean();
        walk::walk(self, text, places, &tree, context);
        Some(tree)
    }

    pub(super) fn new_pipeline(&mut self) -> u32 {
        self.pipelines += 1;
        self.pipelines - 1
    }

    pub(super) fn new_list(&mut self) -> u32 {
        self.lists += 1;
        self.lists - 1
    }

    /// A further shell process; a subshell if it has a parent.
    pub(super) fn new_scope(&mut self, parent: Option<u32>, options: Options) -> u32 {
        self.script.scopes.push(Scope { parent, options });
        self.script.scopes.len() as u32 - 1
    }

    /// Looks through a command and keeps it and what it runs. Gives the indices of the words that are
    /// scripts themselves: their substitutions are found there.
    pub(super) fn command(&mut self, simple: Simple<'_>, context: &Context) -> Vec<usize> {
        let seen = wrappers::unwrap(&simple.words);
        let room = wrappers::MAX_WRAPPERS.saturating_sub(context.wrappers.len());
        let mut wrappers = context.wrappers.clone();
        wrappers.extend(seen.wrappers.into_iter().take(room));

        let mut words = simple.words;
        let named = words.get(seen.at);
        let name = named.map_or("", wrappers::base_name).to_owned();
        let path = named.map_or("", |word| word.text.as_deref().unwrap_or_default()).to_owned();
        let shell = named.map(|word| word.span);
        let mut spans = words.iter().map(|word| word.span).chain(simple.assignments.iter().map(|it| it.span));
        let span = spans.next().map_or(simple.span, |first| spans.fold(first, Span::cover));
        let mut assignments = simple.assignments;
        assignments.extend(seen.assignments);
        let first = (seen.at + 1).min(words.len());
        // Most commands run nothing else, and give their words away.
        let is_last = seen.inner == Inner::Nothing && simple.stdin.is_none();
        let args = if is_last { words.split_off(first) } else { words[first..].to_vec() };
        let command = Command {
            tool: Default::default(),
            memo: Default::default(),
            span,
            path,
            name_span: shell.unwrap_or(Span::at(span.start())),
            args,
            name,
            wrappers,
            assignments,
            redirects: simple.redirects,
            place: context.place,
        };
        if is_last {
            self.script.commands.push(command);
            return Vec::new();
        }
        let stdin = simple.stdin.filter(|_| options::reads_stdin(&command));
        let shell = shell.map(|span| Wrapper { name: command.name.clone(), span });
        let args = &words[first..];
        let mut inner =
            Context { wrappers: command.wrappers.clone(), place: context.place, nesting: context.nesting + 1 };
        self.script.commands.push(command);

        let Some(shell) = shell else { return Vec::new() };
        if inner.nesting > MAX_NESTING || inner.wrappers.len() >= wrappers::MAX_WRAPPERS {
            return Vec::new();
        }
        inner.wrappers.push(shell);
        match seen.inner {
            Inner::Nothing => {
                let (Some(stdin), Origin::Text { text, places, .. }) = (stdin, &simple.origin) else {
                    return Vec::new();
                };
                let Some(body) = text.get(stdin.clone()) else { return Vec::new() };
                let dialect = Dialect::from_name(&inner.wrappers[inner.wrappers.len() - 1].name);
                self.enter_shell(&mut inner, options::shell_options(&lexemes(args)));
                self.pending.push_back(Pending {
                    text: body.to_owned(),
                    places: places.part(stdin),
                    dialect,
                    context: inner,
                });
                Vec::new()
            }
            Inner::Script { index, shell } => {
                let flags = &args[..(index - seen.at - 1).min(args.len())];
                self.enter_shell(&mut inner, options::shell_options(&lexemes(flags)));
                self.later(&words[index], index, &simple.origin, Dialect::from_name(&shell), inner);
                vec![index]
            }
            Inner::Eval { index } => {
                self.later(&words[index], index, &simple.origin, Dialect::Bash, inner);
                vec![index]
            }
            Inner::Commands(ranges) => {
                let mut scripts = Vec::new();
                inner.place.conditional = true;
                inner.place.depth += 1;
                for range in ranges {
                    let words = words[range.clone()].to_vec();
                    let span = words.first().map_or(simple.span, |word| word.span);
                    let origin = match &simple.origin {
                        Origin::Text { text, places, words } => {
                            Origin::Text { text, places, words: words.get(range.clone()).unwrap_or_default() }
                        }
                        Origin::Json => Origin::Json,
                    };
                    inner.place.pipeline = self.new_pipeline();
                    (inner.place.pipe_index, inner.place.pipe_len) = (0, 1);
                    let (assignments, redirects) = (Vec::new(), Vec::new());
                    let found =
                        self.command(Simple { words, assignments, redirects, origin, stdin: None, span }, &inner);
                    scripts.extend(found.into_iter().map(|index| index + range.start));
                }
                scripts
            }
        }
    }

    fn enter_shell(&mut self, context: &mut Context, options: Options) {
        context.place.scope = self.new_scope(None, options);
        context.place.subshell = true;
        context.place.depth += 1;
    }

    /// Puts a word that is a script aside.
    fn later(&mut self, word: &Arg, index: usize, origin: &Origin<'_>, dialect: Dialect, context: Context) {
        let (text, places) = match origin {
            Origin::Text { places, words, .. } => {
                let decoded = decode(&word.raw);
                let Some(place) = words.get(index).map(|word| word.span) else { return };
                // Where backticks have removed backslashes, the way back is lost.
                let places = match place.len() == word.raw.len() {
                    true => places.through(place.start(), &decoded.pieces),
                    false => Places::Whole(word.span),
                };
                (decoded.text, places)
            }
            Origin::Json => {
                let plain = word.span.len() == word.raw.len() + 2;
                let places = if plain { Places::Offset(word.span.start() + 1) } else { Places::Whole(word.span) };
                (word.raw.clone(), places)
            }
        };
        self.pending.push_back(Pending { text, places, dialect, context });
    }
}

fn lexemes(words: &[Arg]) -> Vec<&str> {
    words.iter().map(Arg::lexeme).collect()
}
