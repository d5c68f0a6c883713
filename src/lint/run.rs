//! The walk: which rule is called when, and what becomes of what it says.

use std::any::Any;
use std::collections::HashMap;

use crate::finding::words::Words;
use crate::finding::{Check, Cx, Diagnostic, Entry, Level, Target};
use crate::lint::registry;
use crate::model::{Model, Step};
use crate::shell::Command;
use crate::shellcheck::{self, Backend, Finding};
use crate::syntax::has_template_mark;
use crate::text::Edit;
use crate::text::Source;

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
    pub fn standard() -> Self {
        Self::of(registry::all().iter().filter(|entry| entry.meta.level != Level::Off && !entry.meta.preview))
    }
}

/// Everything the rules say about one file, in file order. Pure.
pub fn lint(model: &Model<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let shell = match settings.shellcheck {
        Backend::Builtin => shellcheck::builtin(model, &settings.rules),
        // What another program finds has to be handed in: nothing is started here.
        Backend::External | Backend::Off => Vec::new(),
    };
    lint_with(model, settings, shell)
}

/// The same, with what somebody else has found in the file's scripts.
pub fn lint_with(model: &Model<'_>, settings: &Settings, shell: Vec<Finding>) -> Vec<Diagnostic> {
    let mut found = shellcheck::diagnose(shell, &settings.rules);
    let words = Words::of(model.source);
    let walk = Walk::new(model);
    for (entry, level) in settings.rules.iter().filter(|(entry, _)| words.are(entry.words)) {
        let options = settings.options.get(entry.meta.name).map(|options| &**options);
        let mut cx = Cx::new(model, &entry.meta, *level, options, &settings.targets);
        for check in entry.checks {
            walk.call(check, &mut cx);
        }
        found.append(&mut cx.into_found());
    }
    if found.iter().any(|found| found.fix.is_some()) && model.file.is_template(model.source.text()) {
        keep_off_marks(model.source, &mut found);
    }
    found.sort_by(|a, b| (a.span, a.rule.name, &a.message).cmp(&(b.span, b.rule.name, &b.message)));
    found
}

/// Of a template no line is repaired that is still to be filled in.
fn keep_off_marks(source: &Source, found: &mut [Diagnostic]) {
    let marked = |edit: &Edit| {
        let lines = source.line_index(edit.span.start())..=source.line_index(edit.span.end());
        lines.into_iter().any(|line| has_template_mark(source.slice(source.line_span(line))))
    };
    for diagnostic in found {
        if diagnostic.fix.as_ref().is_some_and(|fix| fix.edits().iter().any(marked)) {
            diagnostic.fix = None;
        }
    }
}

/// What checks are called for, gathered once for all of them.
struct Walk<'m, 'a> {
    model: &'m Model<'a>,
    steps: Vec<&'m Step<'a>>,
    commands: Vec<(&'m Command, &'m Step<'a>)>,
}

impl<'m, 'a> Walk<'m, 'a> {
    fn new(model: &'m Model<'a>) -> Self {
        let scripts = model.runs().chain(model.kept_runs());
        let commands = scripts.flat_map(|(step, script)| script.commands.iter().map(move |command| (command, step)));
        Self { model, steps: model.steps().collect(), commands: commands.collect() }
    }

    fn call(&self, check: &Check, cx: &mut Cx<'_>) {
        match check {
            Check::OnFile(check) => check(cx),
            Check::OnStage(check) => self.model.stages.iter().for_each(|stage| check(stage, cx)),
            Check::OnStep(check) => self.steps.iter().for_each(|step| check(step, cx)),
            Check::OnCommand(check) => self.commands.iter().for_each(|(command, step)| check(command, step, cx)),
        }
    }
}
