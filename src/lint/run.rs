//! Which rules run on a document, and what becomes of what they find.

use std::any::Any;
use std::collections::HashMap;

use super::dockerfile::Walk;
use super::document::Document;
use super::{registry, suppress};
use crate::finding::{Cx, Diagnostic, Entry, Level, Target};
use crate::model::Model;
use crate::shellcheck::{self, Backend, Finding};

/// Which rules run, how loud, and with which options.
#[derive(Default)]
pub struct Settings {
    /// The rules to run, at the level to report them at. None is `Off`.
    pub rules: Vec<(&'static Entry, Level)>,
    /// Options by rule name, for those rules that take any.
    pub options: HashMap<&'static str, Box<dyn Any + Send + Sync>>,
    /// What the file is meant for; none is Docker alone.
    pub targets: Vec<Target>,
    /// Who looks for ShellCheck's findings.
    pub shellcheck: Backend,
    /// Findings only say that a fix can be made, and do not carry those that take work to plan.
    pub mark_fixes: bool,
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
    let found = find(model, settings, shell);
    let mut kept = suppress::apply(model.comments(), settings, found).kept;
    model.adjust(&mut kept);
    finish(model, settings, kept)
}

/// The same without regard to what the document itself says: ignore comments, and levels.
pub fn check_all(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>) -> Vec<Diagnostic> {
    finish(model, settings, find(model, settings, shell))
}

/// How many ignore comments a document has.
pub fn count_ignore_comments(document: &impl Document) -> usize {
    document.comments().len()
}

/// What the rules find, with fixes still to be planned.
fn find(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>) -> Vec<Diagnostic> {
    // What another program finds has to be handed in: nothing is started here.
    let own = shell.is_none() && settings.shellcheck == Backend::Builtin;
    let mut found = shellcheck::diagnose(shell.unwrap_or_default(), &settings.rules);
    let walk = Walk::new(model);
    for (entry, level) in settings.rules.iter().filter(|(entry, _)| own || !entry.is_shell_check()) {
        let options = settings.options.get(entry.meta.name).map(|options| &**options);
        let cx = Cx::new(model.source, model, &entry.meta, *level, options, &settings.targets);
        walk.call(entry, &cx);
        let mut new = cx.into_found();
        if entry.is_shell_check() {
            new.retain(|found| !walk.is_disabled(found));
        }
        found.append(&mut new);
    }
    found
}

/// Fixes as they are wanted, findings in file order.
fn finish(document: &impl Document, settings: &Settings, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    document.plan_fixes(settings.mark_fixes, &mut found);
    found.sort_by(|a, b| (a.span, a.rule.name, &a.message).cmp(&(b.span, b.rule.name, &b.message)));
    found
}
