//! The walk: which rule is called when, and what becomes of what it says.

use std::any::Any;
use std::collections::HashMap;

use super::suppress;
use crate::finding::words::Words;
use crate::finding::{Check, Cx, Diagnostic, Entry, Level, Target};
use crate::lint::registry;
use crate::model::{Base, Model, Step};
use crate::shell::Command;
use crate::shellcheck::{self, Backend, Finding};
use crate::syntax::{Keyword, has_template_mark};
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
    pub fn standard() -> Self {
        Self::of(registry::all().iter().filter(|entry| entry.meta.level != Level::Off && !entry.meta.preview))
    }
}

/// Everything there is to report about one file, in file order: what the rules find and no ignore comment covers, and
/// what is wrong with the comments. `shell` is what somebody else has found in the file's scripts. Pure.
pub fn check(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>) -> Vec<Diagnostic> {
    let found = find(model, settings, shell);
    let mut kept = suppress::apply(model, settings, found).kept;
    plan_fixes(model, settings, &mut kept);
    kept
}

/// The same without regard to ignore comments.
pub fn check_all(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>) -> Vec<Diagnostic> {
    let mut found = find(model, settings, shell);
    plan_fixes(model, settings, &mut found);
    found
}

/// What the rules find, with fixes still to be planned.
fn find(model: &Model<'_>, settings: &Settings, shell: Option<Vec<Finding>>) -> Vec<Diagnostic> {
    let shell = match (shell, settings.shellcheck) {
        (Some(shell), _) => shell,
        (None, Backend::Builtin) => shellcheck::builtin(model, &settings.rules),
        // What another program finds has to be handed in: nothing is started here.
        (None, Backend::External | Backend::Off) => Vec::new(),
    };
    let mut found = shellcheck::diagnose(shell, &settings.rules);
    let words = Words::of(model.source);
    let walk = Walk::new(model);
    for (entry, level) in settings.rules.iter().filter(|(entry, _)| words.are(entry.words)) {
        let options = settings.options.get(entry.meta.name).map(|options| &**options);
        let cx = Cx::new(model.source, model, &entry.meta, *level, options, &settings.targets);
        walk.call(entry, &cx);
        found.append(&mut cx.into_found());
    }
    found.sort_by(|a, b| (a.span, a.rule.name, &a.message).cmp(&(b.span, b.rule.name, &b.message)));
    found
}

/// Makes the fixes that are wanted. Of a template no line is fixed that is still to be filled in.
fn plan_fixes(model: &Model<'_>, settings: &Settings, found: &mut [Diagnostic]) {
    if !settings.mark_fixes {
        found.iter_mut().for_each(|diagnostic| diagnostic.plan_fix(model));
    }
    if found.iter().any(|found| found.fix_safety().is_some()) && model.file.is_template(model.source.text()) {
        keep_off_marks(model.source, found);
    }
}

fn keep_off_marks(source: &Source, found: &mut [Diagnostic]) {
    let marked = |edit: &Edit| {
        let lines = source.line_index(edit.span.start())..=source.line_index(edit.span.end());
        lines.into_iter().any(|line| has_template_mark(source.slice(source.line_span(line))))
    };
    for diagnostic in found {
        diagnostic.plan = None;
        if diagnostic.fix.as_ref().is_some_and(|fix| fix.edits().iter().any(marked)) {
            diagnostic.fix = None;
        }
    }
}

/// What checks are called for, gathered once for all of them.
struct Walk<'m, 'a> {
    model: &'m Model<'a>,
    /// By keyword, in file order.
    steps: [Vec<&'m Step<'a>>; Keyword::ALL.len() + 1],
    commands: Vec<(&'m Command, &'m Step<'a>)>,
    /// Indices into `commands`, by the command's name.
    named: HashMap<&'m str, Vec<usize>>,
}

impl<'m, 'a> Walk<'m, 'a> {
    fn new(model: &'m Model<'a>) -> Self {
        let scripts = model.runs().chain(model.kept_runs());
        let commands = scripts.flat_map(|(step, script)| script.commands.iter().map(move |command| (command, step)));
        let commands: Vec<_> = commands.collect();
        let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, (command, _)) in commands.iter().enumerate() {
            named.entry(command.name.as_str()).or_default().push(index);
        }
        let mut steps = std::array::from_fn(|_| Vec::new());
        for step in model.steps() {
            steps[step.keyword() as usize].push(step);
        }
        Self { model, steps, commands, named }
    }

    fn is_windows(&self, step: &Step<'_>) -> bool {
        self.model.stages[step.stage].windows
    }

    fn call(&self, entry: &Entry, cx: &Cx<'_>) {
        let all = !entry.linux_only;
        for check in entry.checks {
            match check {
                Check::OnFile(check) => check(cx),
                Check::OnStage(check) => {
                    self.model.stages.iter().filter(|stage| all || !stage.windows).for_each(|stage| check(stage, cx));
                }
                Check::OnFrom(check) => {
                    for stage in self.model.stages.iter().filter(|stage| all || !stage.windows) {
                        if let Base::Image(image) = &stage.base {
                            check(image, stage, cx);
                        }
                    }
                }
                Check::OnInstruction(keywords, check) => self.instructions(keywords, all, |step| check(step, cx)),
                Check::OnRun(check) => self.instructions(&[Keyword::Run], all, |step| check(step, cx)),
                Check::OnCopy(check) => self.instructions(&[Keyword::Copy, Keyword::Add], all, |step| check(step, cx)),
                Check::OnCommand(names, check) => self.commands(names, all, |command, step| check(command, step, cx)),
            }
        }
    }

    /// In file order.
    fn instructions(&self, keywords: &[Keyword], all: bool, mut call: impl FnMut(&'m Step<'a>)) {
        let mut call = |step: &'m Step<'a>| {
            if all || !self.is_windows(step) {
                call(step);
            }
        };
        match keywords {
            [] => self.model.steps().for_each(call),
            [keyword] => self.steps[*keyword as usize].iter().for_each(|step| call(step)),
            _ => {
                let steps = keywords.iter().flat_map(|keyword| &self.steps[*keyword as usize]);
                let mut steps: Vec<_> = steps.collect();
                steps.sort_by_key(|step| (step.stage, step.index));
                steps.into_iter().for_each(|step| call(step));
            }
        }
    }

    /// In file order.
    fn commands(&self, names: &[&str], all: bool, mut call: impl FnMut(&'m Command, &'m Step<'a>)) {
        let mut call = |(command, step): (&'m Command, &'m Step<'a>)| {
            if all || !self.is_windows(step) {
                call(command, step);
            }
        };
        if names.is_empty() {
            return self.commands.iter().copied().for_each(call);
        }
        let mut indices: Vec<usize> = names.iter().filter_map(|name| self.named.get(name)).flatten().copied().collect();
        indices.sort_unstable();
        indices.into_iter().for_each(|index| call(self.commands[index]));
    }
}
