//! Linting Dockerfiles: the walk that calls the checks, and where ignore comments are.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::document::Document;
use super::suppress::{IgnoreComment, Reach, read};
use crate::finding::{Check, Cx, Diagnostic, Entry, Level};
use crate::model::{Base, Model, ScriptView, Step, script_views};
use crate::shell::Command;
use crate::syntax::{Instruction, ItemKind, Keyword, TriviaKind, has_template_mark};
use crate::text::{Edit, Source, Span};

impl Document for Model<'_> {
    fn comments(&self) -> Vec<IgnoreComment> {
        collect(self)
    }

    /// `# check=error=true` makes errors of BuildKit's checks.
    fn adjust(&self, found: &mut [Diagnostic]) {
        if self.file.directives().any(|directive| directive.name == "check" && asks_for_errors(&directive.value)) {
            found
                .iter_mut()
                .filter(|found| found.rule.is_buildkit_check())
                .for_each(|found| found.level = Level::Error);
        }
    }

    /// Of a template no line is fixed that is still to be filled in.
    fn plan_fixes(&self, mark_only: bool, found: &mut [Diagnostic]) {
        if !mark_only {
            found.iter_mut().for_each(|diagnostic| diagnostic.plan_fix(self));
        }
        if found.iter().any(|found| found.fix_safety().is_some()) && self.file.is_template(self.source.text()) {
            keep_off_marks(self.source, found);
        }
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

/// `error=true` in the value of a `# check=` directive.
fn asks_for_errors(value: &str) -> bool {
    let value = value.split(' ').next().unwrap_or_default();
    value.split(';').filter_map(|part| part.split_once('=')).any(|(key, value)| {
        key.eq_ignore_ascii_case("error") && matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True")
    })
}

/// What checks are called for, gathered once for all of them.
pub(super) struct Walk<'m, 'a> {
    model: &'m Model<'a>,
    /// By keyword, in file order.
    steps: [Vec<&'m Step<'a>>; Keyword::ALL.len() + 1],
    commands: Vec<(&'m Command, &'m Step<'a>)>,
    /// Indices into `commands`, by the command's name.
    named: HashMap<&'m str, Vec<usize>>,
    scripts: OnceCell<Vec<ScriptView<'m, 'a>>>,
}

impl<'m, 'a> Walk<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>) -> Self {
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
        Self { model, steps, commands, named, scripts: OnceCell::new() }
    }

    fn is_windows(&self, step: &Step<'_>) -> bool {
        self.model.stages[step.stage].windows
    }

    /// The scripts, surveyed when the first rule asks for them.
    fn scripts(&self) -> &[ScriptView<'m, 'a>] {
        self.scripts.get_or_init(|| script_views(self.model))
    }

    /// Whether a `# shellcheck disable=…` in a script covers a finding.
    pub(super) fn is_disabled(&self, found: &Diagnostic) -> bool {
        self.scripts().iter().any(|script| script.disables(found.code(), found.span))
    }

    /// Calls the rule for each thing that it wants to see.
    pub(super) fn call(&self, entry: &Entry, cx: &Cx<'_>) {
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
                Check::OnScript(check) => self.scripts().iter().for_each(|script| check(script, cx)),
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

/// Every ignore comment of the file with what it covers.
fn collect(model: &Model<'_>) -> Vec<IgnoreComment> {
    let whole = Span::new(0, model.source.text().len());
    let mut comments = Vec::new();
    let mut waiting: Vec<(IgnoreComment, Reach)> = Vec::new();
    for item in &model.file.items {
        match &item.kind {
            ItemKind::Directive(directive) if directive.name == "check" => {
                let text = format!("check={}", directive.value);
                let offset = directive.value_span.start().saturating_sub("check=".len());
                if let Some((mut comment, _)) = read(&text, offset) {
                    comment.scope = Some(whole);
                    comments.push(comment);
                }
            }
            ItemKind::Comment => {
                if let Some((mut comment, reach)) = read_line(model, item.span) {
                    if reach == Reach::File {
                        comment.scope = Some(whole);
                        comments.push(comment);
                    } else {
                        waiting.push((comment, reach));
                    }
                }
            }
            ItemKind::Instruction(instruction) => {
                for (mut comment, reach) in waiting.drain(..) {
                    comment.scope = Some(match reach {
                        Reach::Stage => stage_span(model, instruction).unwrap_or(instruction.span),
                        _ => instruction.span,
                    });
                    comments.push(comment);
                }
                for trivia in instruction.trivia.iter().filter(|trivia| trivia.kind == TriviaKind::Comment) {
                    if let Some((mut comment, reach)) = read_line(model, trivia.span) {
                        comment.scope = Some(if reach == Reach::File { whole } else { instruction.span });
                        comments.push(comment);
                    }
                }
            }
            _ => {}
        }
    }
    comments.extend(waiting.into_iter().map(|(comment, _)| comment));
    comments
}

fn stage_span(model: &Model<'_>, from: &Instruction) -> Option<Span> {
    if from.keyword != Keyword::From {
        return None;
    }
    let stage = model.stages.iter().find(|stage| stage.from.span == from.span)?;
    Some(stage.steps.last().map_or(from.span, |step| from.span.cover(step.instruction.span)))
}

fn read_line(model: &Model<'_>, span: Span) -> Option<(IgnoreComment, Reach)> {
    let line = model.source.slice(span);
    let text = line.trim_start().strip_prefix('#')?;
    read(text, span.end() - text.len())
}
