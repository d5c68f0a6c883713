//! What an instruction does to the state, and the words in it that BuildKit expands.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use super::expand::{Expansion, Scope, UseStatus, VariableUse, expand, expand_heredoc};
use super::{BuildArgs, PackageSettings, Setting, Shell, State, Variable, VariableKind, Variables, workdir};
use crate::shell::Dialect;
use crate::syntax::WordOrigin;
use crate::syntax::{Args, CommandLine, Instruction, Keyword, Pair, Word};
use crate::text::{Source, Span, steps};

/// Facts that hold for a whole file.
pub(super) struct Facts<'a> {
    pub(super) source: &'a Source,
    pub(super) escape: char,
    pub(super) build_args: &'a BuildArgs,
    /// The names of additional build contexts.
    pub(super) contexts: &'a [&'a str],
    pub(super) budget: Cell<usize>,
    /// Whether any instruction may be one that [`PackageSettings`] is about.
    pub(super) configures: bool,
}

/// The stage of an instruction.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) stage: usize,
    pub(super) windows: bool,
    /// Whether the base image may set variables that the file does not show.
    pub(super) open: bool,
    /// What `/bin/sh` is.
    pub(super) sh: Dialect,
}

/// Findings of the expansion.
#[derive(Default)]
pub(super) struct Found {
    pub(super) uses: Vec<VariableUse>,
    pub(super) faults: Vec<(Span, String)>,
}

impl Found {
    fn take(&mut self, word: Span, expansion: Expansion) -> Option<String> {
        self.uses.extend(expansion.uses);
        self.faults.extend(expansion.error.map(|error| (word, error)));
        expansion.value
    }
}

impl Facts<'_> {
    /// Whether an additional build context has this name.
    pub(super) fn is_context(&self, name: &str) -> bool {
        steps::count(self.contexts.len());
        self.contexts.iter().any(|context| context.eq_ignore_ascii_case(name))
    }

    pub(super) fn scope<'s>(&'s self, variables: &'s Variables, open: bool) -> Scope<'s> {
        Scope { budget: Some(&self.budget), ..Scope::new(variables, open) }
    }

    pub(super) fn expand(&self, word: &Word, of: &Instruction, scope: Scope<'_>) -> Expansion {
        expand(&word.text, WordOrigin::of(word, &of.logical), self.escape, scope)
    }

    /// Expands what BuildKit would, and updates the state for the next instruction.
    ///
    /// `ARG name` takes its value from `globals`.
    pub(super) fn apply(&self, state: &mut State, instruction: &Instruction, at: At, globals: &Variables) -> Found {
        let mut found = Found::default();
        if self.configures {
            state.package_settings = state.package_settings.with(PackageSettings::by(instruction, self.source));
        }
        match (&instruction.args, instruction.keyword) {
            (Args::Pairs(args), Keyword::Arg) => {
                for pair in &args.pairs {
                    let scope = (at.open, globals);
                    self.arg(state, pair, instruction, scope, &mut found);
                }
            }
            (Args::Pairs(args), keyword) => {
                // All values are those in force before the instruction.
                let before = state.variables.clone();
                let scope = self.scope(&before, at.open);
                for pair in &args.pairs {
                    let name = found.take(pair.name.span, self.expand(&pair.name, instruction, scope));
                    let Some(word) = &pair.value else { continue };
                    let (value, value_span) = self.value(word, instruction, scope, &mut found);
                    if keyword == Keyword::Env
                        && let Some(name) = name
                    {
                        let span = Some(pair.span);
                        let set = Variable { value, kind: VariableKind::Env, span, value_span, unset: false };
                        state.variables.insert_mut(name.into(), set);
                    }
                }
            }
            (Args::Words(_), Keyword::Workdir | Keyword::User) => {
                let Some(word) = whole(instruction) else { return found };
                let scope = self.scope(&state.variables, at.open);
                let value = found.take(word.span, self.expand(&word, instruction, scope));
                let setting = |value| Some(Arc::new(Setting { value, span: word.span, stage: at.stage }));
                if instruction.keyword == Keyword::User {
                    state.user = setting(value);
                } else {
                    let root = (!at.open).then_some("/");
                    let before = state.workdir.as_ref().map_or(root, |before| before.value.as_deref());
                    let value = value.and_then(|value| workdir::join(before, &value, at.windows));
                    state.workdir = setting(value);
                }
            }
            (Args::Command(CommandLine::Exec(form)), Keyword::Shell) => {
                let argv = form.items.iter().map(|item| item.value.clone()).collect();
                state.shell = Shell::of_argv(argv, form.span, at.sh);
            }
            _ => {
                let scope = self.scope(&state.variables, at.open);
                for word in words(instruction) {
                    found.take(word.span, self.expand(&word, instruction, scope));
                }
                if matches!(instruction.args, Args::Copy(_)) {
                    for heredoc in instruction.heredocs.iter().filter(|heredoc| heredoc.expand) {
                        let place = WordOrigin::Linear(heredoc.body.start());
                        let body = expand_heredoc(self.source.slice(heredoc.body), place, scope);
                        found.take(heredoc.body, body);
                    }
                }
            }
        }
        found
    }

    /// A word's value, and its place if it is written literally.
    fn value(
        &self,
        word: &Word,
        of: &Instruction,
        scope: Scope<'_>,
        found: &mut Found,
    ) -> (Option<String>, Option<Span>) {
        let expansion = self.expand(word, of, scope);
        let span = match (expansion.pieces.as_slice(), &expansion.value) {
            ([], Some(_)) if word.span.is_empty() => Some(word.span),
            ([piece], Some(value)) if piece.is_literal() => {
                let span = WordOrigin::of(word, &of.logical).span(&piece.at);
                (span.len() == value.len() && self.source.slice(span) == value).then_some(span)
            }
            _ => None,
        };
        (found.take(word.span, expansion), span)
    }

    /// `ARG` in a stage.
    fn arg(
        &self,
        state: &mut State,
        pair: &Pair,
        of: &Instruction,
        (open, globals): (bool, &Variables),
        found: &mut Found,
    ) {
        let name = pair.name.text.as_str();
        let span = Some(pair.span);
        let variable = if let Some(value) = self.build_args.get(name) {
            let value = Some(value.clone());
            Variable { value, kind: VariableKind::BuildArg, span, value_span: None, unset: false }
        } else if let Some(word) = &pair.value {
            let scope = self.scope(&state.variables, open);
            let (value, value_span) = self.value(word, of, scope, found);
            Variable { value, kind: VariableKind::Arg, span, value_span, unset: false }
        } else {
            match globals.get(name) {
                Some(global) if !global.unset => global.clone(),
                // What the stage already has stays.
                _ if state.variables.get(name).is_some() => return,
                _ => Variable { value: None, kind: VariableKind::Arg, span, value_span: None, unset: true },
            }
        };
        state.variables.insert_mut(name.into(), variable);
    }

    /// `ARG` before the first FROM.
    pub(super) fn global(&self, globals: &mut Variables, instruction: &Instruction) -> Found {
        let mut found = Found::default();
        let Args::Pairs(args) = &instruction.args else { return found };
        for pair in &args.pairs {
            let name = pair.name.text.as_str();
            let span = Some(pair.span);
            let variable = match (self.build_args.get(name), &pair.value) {
                (Some(value), _) => {
                    let value = Some(value.clone());
                    Variable { value, kind: VariableKind::BuildArg, span, value_span: None, unset: false }
                }
                (None, Some(word)) => {
                    let (value, value_span) = self.value(word, instruction, self.scope(globals, false), &mut found);
                    Variable { value, kind: VariableKind::Arg, span, value_span, unset: false }
                }
                (None, None) if globals.get(name).is_some() => continue,
                (None, None) => Variable { value: None, kind: VariableKind::Arg, span, value_span: None, unset: true },
            };
            globals.insert_mut(name.into(), variable);
        }
        found
    }
}

/// The words BuildKit expands, of an instruction that does not change the state by them.
fn words(instruction: &Instruction) -> Vec<Cow<'_, Word>> {
    match (&instruction.args, instruction.keyword) {
        (Args::Copy(args), _) => {
            let flags =
                instruction.flags.iter().filter(|flag| matches!(flag.name.as_str(), "chown" | "chmod" | "checksum"));
            let flags = flags.filter_map(|flag| flag.value.as_ref());
            flags.chain(&args.sources).chain(&args.dest).map(Cow::Borrowed).collect()
        }
        (_, Keyword::Run) => {
            let mounts = instruction.flags.iter().filter(|flag| flag.name == "mount");
            mounts
                .flat_map(|mount| mount.fields.iter().filter_map(|field| field.value.as_ref()))
                .map(Cow::Borrowed)
                .collect()
        }
        (Args::Words(args), Keyword::Expose | Keyword::Volume) => args.words.iter().map(Cow::Borrowed).collect(),
        (Args::Words(_), Keyword::Stopsignal) => whole(instruction).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The argument of USER, WORKDIR and STOPSIGNAL: BuildKit takes the whole line, spaces included.
fn whole(instruction: &Instruction) -> Option<Cow<'_, Word>> {
    let Args::Words(args) = &instruction.args else { return None };
    match args.words.as_slice() {
        [] => None,
        [word] => Some(Cow::Borrowed(word)),
        [first, .., last] => {
            let text = instruction.logical.text.clone();
            Some(Cow::Owned(Word { text, span: first.span.cover(last.span) }))
        }
    }
}

impl VariableUse {
    /// Whether the name is not defined: BuildKit expands it to nothing, unless the base image sets it.
    pub fn is_undefined(&self) -> bool {
        self.status == UseStatus::Undefined
    }
}
