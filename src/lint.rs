//! The walk: which rule is called when, and what becomes of what it says.

use std::any::Any;
use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Level};
use crate::fix::Edit;
use crate::model::{Model, Step};
use crate::rule::{self, Check, Entry};
use crate::shell::Command;
use crate::shellcheck::{self, Engine, Finding};
use crate::source::{Source, Span};
use crate::syntax::{Dockerfile, SyntaxErrorKind, has_template_mark};
use crate::target::Target;
use crate::words::Words;

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
    pub shellcheck: Engine,
}

impl Settings {
    /// The given rules, each at its own level (`Off` ones at `Warn`), with default options.
    pub fn of(rules: impl IntoIterator<Item = &'static Entry>) -> Self {
        let mut settings = Settings::default();
        for entry in rules {
            let level = if entry.rule.level == Level::Off { Level::Warn } else { entry.rule.level };
            settings.rules.push((entry, level));
            if let Some(read) = entry.rule.options {
                settings.options.insert(entry.name, read(toml::Table::new()).expect("the defaults need no table"));
            }
        }
        settings
    }

    /// What a plain run does: every rule that is on by default, with default options.
    pub fn standard() -> Self {
        Self::of(rule::all().iter().filter(|entry| entry.rule.level != Level::Off && !entry.rule.preview))
    }
}

/// What a rule is given.
pub struct Cx<'a> {
    pub source: &'a Source,
    pub file: &'a Dockerfile,
    pub model: &'a Model<'a>,
    settings: &'a Settings,
    entry: &'static Entry,
    level: Level,
    found: Vec<Diagnostic>,
}

impl<'a> Cx<'a> {
    /// Says that something is wrong at `span`.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.found.push(Diagnostic::new(self.entry, self.level, span, message));
        self.found.last_mut().expect("just pushed")
    }

    /// The rule's options, as the configuration sets them.
    ///
    /// # Panics
    /// When the rule did not declare `T` by [`crate::rule::Rule::options`]: a test finds that.
    pub fn options<T: 'static>(&self) -> &'a T {
        self.settings
            .options
            .get(self.entry.name)
            .and_then(|any| any.downcast_ref())
            .expect("options are declared by the rule")
    }

    /// The first of the targets for which this holds: what the user says the file is built and run with.
    pub fn target(&self, holds: impl Fn(Target) -> bool) -> Option<Target> {
        let targets = if self.settings.targets.is_empty() { &[Target::Docker][..] } else { &self.settings.targets };
        targets.iter().copied().find(|target| holds(*target))
    }

    /// More lines than any real file has: rules that look over the whole file at each step stay out of it, since they
    /// would take time by its square.
    pub fn is_huge(&self) -> bool {
        self.file.items.len() > 2000
    }

    /// Says what the parser found of that kind. Of a template only the very first, as a note: the rest follows from it.
    /// Nothing where another frontend than BuildKit's own reads the file.
    pub fn report_syntax(&mut self, kind: SyntaxErrorKind) {
        if self.file.errors.iter().all(|error| error.kind != kind) || self.file.has_foreign_frontend() {
            return;
        }
        let template = self.file.is_template(self.source.text());
        let most = if template { 1 } else { usize::MAX };
        for error in self.file.errors.iter().take(most).filter(|error| error.kind == kind) {
            let found = self.report(error.span, error.message.as_str());
            if template {
                found.at_most(Level::Note);
                found.help("this looks like a template: check the Dockerfile that is made from it");
            } else if let Some(help) = &error.help {
                found.help(help.as_str());
            }
        }
    }

    pub fn text(&self, span: Span) -> &'a str {
        self.source.slice(span)
    }
}

/// Everything the rules say about one file, in file order. Pure.
pub fn lint(model: &Model<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let shell = match settings.shellcheck {
        Engine::Builtin => shellcheck::builtin(model, &settings.rules),
        // What another program finds has to be handed in: nothing is started here.
        Engine::External | Engine::Off => Vec::new(),
    };
    lint_with(model, settings, shell)
}

/// The same, with what somebody else has found in the file's scripts.
pub fn lint_with(model: &Model<'_>, settings: &Settings, shell: Vec<Finding>) -> Vec<Diagnostic> {
    let mut found = shellcheck::diagnose(shell, &settings.rules);
    let words = Words::of(model.source);
    let walk = Walk::new(model);
    for (entry, level) in settings.rules.iter().filter(|(entry, _)| words.are(entry.rule.words)) {
        let mut cx =
            Cx { source: model.source, file: model.file, model, settings, entry, level: *level, found: Vec::new() };
        for check in entry.rule.checks {
            walk.call(check, &mut cx);
        }
        found.append(&mut cx.found);
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
