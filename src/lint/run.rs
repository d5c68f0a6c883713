//! Which rules run on a document, and what becomes of what they find.

use std::any::Any;
use std::collections::{HashMap, HashSet};

use super::dockerfile::Walk;
use super::document::Document;
use super::fix_selection::{self, FixPolicy};
use super::{registry, suppress};
use crate::finding::{Cx, Diagnostic, Entry, Level, Sink, Target, Text, sort};
use crate::model::Model;
use crate::shellcheck::{self, Backend, Finding};
use crate::text::{Span, steps};

/// Which rules run, how loud, and with which options.
#[derive(Default)]
pub struct Settings {
    /// The rules to run, at the level to report them at. None is `Off`.
    pub rules: Vec<(&'static Entry, Level)>,
    /// By rule name: the codes of another tool that alone were selected, of a rule that has several.
    pub codes: HashMap<&'static str, Vec<&'static str>>,
    /// Options by rule name, for those rules that take any.
    pub options: HashMap<&'static str, Box<dyn Any + Send + Sync>>,
    /// What the file is meant for; none is Docker alone.
    pub targets: Vec<Target>,
    /// Who looks for ShellCheck's findings.
    pub shellcheck: Backend,
    /// Findings only say that a fix can be made, and do not carry those that take work to plan.
    pub mark_fixes: bool,
    /// By rule name: what becomes of its fixes, where that is set.
    pub fix_policies: HashMap<&'static str, FixPolicy>,
}

impl Settings {
    /// The given rules, each at its own level (`Off` ones at `Warn`), with default options.
    pub fn of(rules: impl IntoIterator<Item = &'static Entry>) -> Self {
        let mut settings = Settings::default();
        for entry in rules {
            let level = if entry.meta.level == Level::Off { Level::Warn } else { entry.meta.level };
            settings.rules.push((entry, level));
            if let Some(read) = entry.options {
                settings.options.insert(entry.meta.name, read(toml::Table::new()).expect("the defaults need no table"));
            }
        }
        settings
    }

    /// What a plain run does: every rule that is on by default, with default options.
    #[cfg(feature = "internals")]
    pub fn standard() -> Self {
        Self::of(registry::all().iter().filter(|entry| entry.meta.level != Level::Off && !entry.meta.preview))
    }
}

/// Everything there is to report about one Dockerfile, in file order: what the rules find and no ignore comment covers,
/// and what is wrong with the comments. `shell` is what somebody else has found in the file's scripts. Pure.
pub fn check(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>) -> Vec<Diagnostic> {
    check_with(model, settings, shell, can_mark(model, settings))
}

fn check_with(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>, marks: bool) -> Vec<Diagnostic> {
    let found = find(model, settings, shell, marks);
    let mut kept = suppress::apply(model.comments(), settings, found).kept;
    model.adjust(&mut kept);
    finish(model, settings, kept)
}

/// The same without regard to what the document itself says: ignore comments, and levels.
pub fn check_all(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>) -> Vec<Diagnostic> {
    finish(model, settings, find(model, settings, shell, can_mark(model, settings)))
}

/// The same for a Dockerfile in a Compose file, `with_ignored` or without. Findings have their fixes, which have to be carried over.
pub(super) fn check_inline(model: &Model<'_>, settings: &Settings, with_ignored: bool) -> Vec<Diagnostic> {
    match with_ignored {
        true => finish(model, settings, find(model, settings, None, false)),
        false => check_with(model, settings, None, false),
    }
}

/// Whether findings only have to say that they can be fixed, and nothing about the document could make a fix impossible.
fn can_mark(model: &Model<'_>, settings: &Settings) -> bool {
    settings.mark_fixes && model.file.errors.is_empty() && !model.file.is_template(model.source.text())
}

/// Those of findings that were made elsewhere, by measuring an image, that the settings select and no comment covers, at the
/// levels of the settings.
pub fn select_measured(model: &Model<'_>, settings: &Settings, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let level = |it: &Diagnostic| settings.rules.iter().find(|(entry, _)| entry.meta == *it.rule).map(|(_, level)| *level);
    let selected = found.into_iter().filter_map(|mut it| {
        let level = level(&it)?;
        // A finding may be less sure than its rule.
        it.level = if it.level < it.rule.level { it.level.min(level) } else { level };
        (level != Level::Off).then_some(it)
    });
    suppress::apply(model.comments(), &Settings::default(), selected.collect()).kept
}

/// How many ignore comments a document has.
pub fn count_ignore_comments(document: &impl Document) -> usize {
    document.comments().len()
}

/// What the rules find, with fixes still to be planned. `marks` is for [`Sink::new`].
fn find(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>, marks: bool) -> Vec<Diagnostic> {
    // What another program finds has to be handed in: nothing is started here.
    let own = shell.is_none() && settings.shellcheck == Backend::Builtin;
    let found = shellcheck::diagnose(shell.unwrap_or_default(), &settings.rules);
    let mut external = found.len();
    let found = Sink::new(found, marks);
    let mut walk = Walk::new(model);
    let rules = settings.rules.iter().filter(|(entry, _)| own || !entry.is_shell_check());
    let rules: Vec<(&Entry, Cx<'_>)> = rules
        .map(|(entry, level)| {
            let options = settings.options.get(entry.meta.name).map(|options| &**options);
            (*entry, Cx::new(model.source, model, &entry.meta, *level, options, &settings.targets, &found))
        })
        .collect();
    rules.iter().for_each(|(entry, cx)| walk.call(entry, cx));
    walk.scripts(&rules);
    let shell_checks: HashSet<&str> =
        rules.iter().filter(|(entry, _)| entry.is_shell_check()).map(|(entry, _)| entry.meta.name).collect();
    drop(rules);
    let mut found = found.take();
    found.retain(|found| {
        if external > 0 {
            external -= 1;
            return true;
        }
        let code = settings.codes.get(found.rule.name);
        let is_code = code.is_none_or(|codes| !found.rule.aka.contains(&found.variant) || codes.contains(&found.variant));
        is_code && !(shell_checks.contains(found.rule.name) && walk.is_disabled(found))
    });
    found.extend(incomplete(settings));
    let file = model.file;
    if !file.unread.is_empty() {
        found.retain(|found| !file.is_unread(found.span.start()) || file.has_error_at(found.span));
    }
    leave_out_lesser(settings, &mut found);
    found
}

/// Leaves out findings at a place where a rule that is reported instead of theirs has one: see
/// [`crate::finding::Rule::instead_of`].
fn leave_out_lesser(settings: &Settings, found: &mut Vec<Diagnostic>) {
    let greater = settings.rules.iter().map(|(entry, _)| *entry).filter(|entry| !entry.instead_of.is_empty());
    let greater: Vec<&Entry> = greater.collect();
    let mut places: HashMap<&str, Vec<Span>> = HashMap::new();
    for one in &*found {
        if let Some(entry) = greater.iter().find(|entry| entry.meta == *one.rule) {
            entry.instead_of.iter().for_each(|name| places.entry(*name).or_default().push(one.span));
        }
    }
    // Sorted, and each reaching as far as any before it, so that one look tells.
    for spans in places.values_mut() {
        spans.sort_unstable();
        let mut end = 0;
        for span in spans {
            end = end.max(span.end());
            *span = Span::new(span.start(), end);
        }
    }
    found.retain(|one| {
        let Some(spans) = places.get(one.rule.name) else { return true };
        let before = spans.partition_point(|span| span.start() < one.span.end().max(one.span.start() + 1));
        before == 0 || spans[before - 1].end() <= one.span.start()
    });
}

/// That a limit has left something out since the last file.
pub(super) fn incomplete(settings: &Settings) -> Option<Diagnostic> {
    let message = "a check reached a limit and did not examine the rest of this file";
    steps::take_cut().then(|| incomplete_at(settings, Span::new(0, 0), message))?
}

/// That a limit has left out what is at a place.
pub(super) fn incomplete_at(settings: &Settings, place: Span, message: impl Into<Text>) -> Option<Diagnostic> {
    let (entry, level) = settings.rules.iter().find(|(entry, _)| entry.meta.name == "incomplete-check")?;
    let mut found = Diagnostic::new(&entry.meta, *level, place, message);
    found.help("split the file, or review the rest manually");
    Some(found)
}

/// Fixes as they are wanted, findings in file order.
pub(super) fn finish(document: &impl Document, settings: &Settings, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    document.plan_fixes(settings.mark_fixes, &mut found);
    fix_selection::apply(&settings.fix_policies, &mut found);
    sort(&mut found);
    found
}
