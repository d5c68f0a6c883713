//! Linting Dockerfiles: the walk that calls the checks, and where ignore comments are.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::document::Document;
use super::ignore_comment::{IgnoreComment, Reach, read, trailing};
use crate::finding::{Check, Cx, Diagnostic, Entry, Level, Safety};
use crate::model::{Base, Disabled, Model, Step, each_script_view};
use crate::shell::Command;
use crate::syntax::{Instruction, ItemKind, Keyword, SyntaxErrorKind, TriviaKind, has_template_mark};
use crate::text::{Edit, Source, Span, steps};

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

    /// Of a template no line is fixed that is still to be filled in, and nothing where an instruction was cut short.
    fn plan_fixes(&self, mark_only: bool, found: &mut [Diagnostic]) {
        if !mark_only {
            found.iter_mut().for_each(|diagnostic| diagnostic.plan_fix(self));
        }
        if !self.file.errors.is_empty() {
            keep_off_errors(self, found);
        }
        keep_off_torn(self, found);
        if self.is_generated() {
            found.iter_mut().for_each(show_only);
        }
        if found.iter().any(|found| found.fix_safety().is_some()) && self.file.is_template(self.source.text()) {
            keep_off_marks(self.source, found);
        }
    }
}

/// Takes away fixes of instructions that did not parse, except those that are about how they are written.
fn keep_off_errors(model: &Model<'_>, found: &mut [Diagnostic]) {
    let broken: Vec<Span> = (model.file.instructions().map(|instruction| instruction.lines_span()))
        .filter(|span| model.file.has_error_in(*span))
        .collect();
    let is_broken = |edit: &Edit| {
        let next = broken.partition_point(|span| span.start <= edit.span.end);
        next.checked_sub(1).is_some_and(|index| edit.span.start <= broken[index].end)
    };
    for diagnostic in found.iter_mut().filter(|found| !matches!(found.rule.practice, "correctness" | "process")) {
        if diagnostic.fix.as_ref().is_some_and(|fix| fix.edits().iter().any(is_broken)) {
            diagnostic.fix = None;
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

/// Turns an unsafe fix into one that is only shown: the next run of the generator would undo it.
fn show_only(found: &mut Diagnostic) {
    if let Some(plan) = found.plan.as_mut().filter(|plan| plan.safety == Safety::Unsafe) {
        plan.safety = Safety::Display;
    }
    if let Some(fix) = found.fix.as_mut().filter(|fix| fix.safety == Safety::Unsafe) {
        fix.safety = Safety::Display;
        fix.title.to_mut().push_str(" (shown only: the file is generated)");
    }
}

/// Drops fixes of instructions whose last lines are read as other instructions.
fn keep_off_torn(model: &Model<'_>, found: &mut [Diagnostic]) {
    let unknown = model.file.errors.iter().filter(|error| error.kind == SyntaxErrorKind::UnknownInstruction);
    let mut starts: Vec<usize> = unknown.map(|error| error.span.start()).collect();
    if starts.is_empty() {
        return;
    }
    starts.sort_unstable();
    let torn = |span: Span| {
        let at = model.file.items.partition_point(|item| item.span.end() <= span.start());
        let item = model.file.items.get(at).map(|item| item.span);
        item.is_some_and(|item| {
            let first = starts.partition_point(|start| *start <= item.start());
            starts.get(first).is_some_and(|start| *start < item.end())
        })
    };
    for diagnostic in found.iter_mut().filter(|found| found.fix_safety().is_some()) {
        let edits = diagnostic.fix.as_ref().map(|fix| fix.edits().iter().any(|edit| torn(edit.span)));
        if edits.unwrap_or_else(|| torn(diagnostic.span)) {
            (diagnostic.fix, diagnostic.plan) = (None, None);
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
    /// Programs for other interpreters in heredocs that a shell expands: `expanded-heredoc` reports what it does there.
    programs: OnceCell<Vec<Span>>,
    /// What comments in scripts disable, by where the scripts are, in file order.
    disabled: Vec<(Span, Disabled<'m>)>,
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
        for step in model.steps().chain(model.kept_steps()) {
            steps[step.keyword() as usize].push(step);
        }
        if model.kept_steps().next().is_some() {
            steps.iter_mut().for_each(|steps| steps.sort_by_key(|step| (step.stage, step.index)));
        }
        Self { model, steps, commands, named, disabled: Vec::new(), programs: OnceCell::new() }
    }

    fn is_windows(&self, step: &Step<'_>) -> bool {
        self.model.stages[step.stage].windows
    }

    /// Whether a `# shellcheck disable=…` in a script covers a finding.
    pub(super) fn is_disabled(&self, found: &Diagnostic) -> bool {
        let programs = self.programs.get_or_init(|| {
            let source = self.model.source;
            let steps = self.model.steps();
            steps.flat_map(|step| step.expanded_programs(source)).map(|(heredoc, _)| heredoc.body).collect()
        });
        let next = programs.partition_point(|span| span.start <= found.span.start);
        if next.checked_sub(1).is_some_and(|index| found.span.start < programs[index].end) {
            return true;
        }
        // No script is in another.
        let begun = self.disabled.partition_point(|(script, _)| script.start <= found.span.start);
        let last = begun.checked_sub(1).map(|last| &self.disabled[last]);
        last.is_some_and(|(script, disabled)| script.contains(found.span) && disabled.has(found.code(), found.span))
    }

    /// Calls the rules that read scripts, script by script.
    pub(super) fn scripts(&mut self, rules: &[(&Entry, Cx<'_>)]) {
        let checks = rules.iter().flat_map(|(entry, cx)| {
            let checks = entry.checks.iter();
            checks.filter_map(move |check| if let Check::OnScript(check) = check { Some((*check, cx)) } else { None })
        });
        let checks: Vec<_> = checks.collect();
        if !checks.is_empty() || rules.iter().any(|(entry, _)| entry.is_shell_check()) {
            each_script_view(self.model, |script| {
                steps::count(checks.len());
                checks.iter().for_each(|(check, cx)| check(script, cx));
                self.disabled.extend(script.disabled().map(|disabled| (script.whole(), disabled)));
            });
        }
    }

    /// Calls the rule for each thing that it wants to see, but scripts.
    pub(super) fn call(&self, entry: &Entry, cx: &Cx<'_>) {
        let all = !entry.linux_only;
        for check in entry.checks {
            steps::count(1);
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
                Check::OnScript(_) | Check::OnProject(_) | Check::OnService(_) => {}
            }
        }
    }

    /// In file order.
    fn instructions(&self, keywords: &[Keyword], all: bool, mut call: impl FnMut(&'m Step<'a>)) {
        let mut call = |step: &'m Step<'a>| {
            steps::count(1);
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
            steps::count(1);
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
                comments.extend(trailing_comment(model, instruction));
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

/// An ignore comment at the end of one of the instruction's own lines.
fn trailing_comment(model: &Model<'_>, instruction: &Instruction) -> Option<IgnoreComment> {
    let end = instruction.heredocs.first().map_or(instruction.span.end(), |heredoc| heredoc.body.start());
    let text = model.source.slice(Span::new(instruction.span.start(), end.max(instruction.span.start())));
    let is_comment = |at: usize| {
        let mut comments = instruction.trivia.iter().filter(|trivia| trivia.kind == TriviaKind::Comment);
        comments.any(|trivia| trivia.span.start() <= at && at < trivia.span.end())
    };
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let offset = instruction.span.start() + from;
        from += line.len();
        if let Some(comment) = trailing(line, offset).filter(|comment| !is_comment(comment.span.start())) {
            return Some(comment);
        }
    }
    None
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
