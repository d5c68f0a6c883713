//! Finds scripts that the kernel cannot start: without a `#!` line at the very beginning, or with Windows line endings.

use crate::finding::Report;
use crate::finding::prelude::*;
use crate::knowledge::paths::SEARCH_PATH;
use crate::model::{FileState, Tri, join_path, script_path};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    for step in stage.all(Keyword::Run) {
        let Some(_) = step.script.as_ref().filter(|script| script.clean) else { continue };
        for (index, (command, folder)) in step.commands_in(cx.model).enumerate() {
            if in_run(command, folder.as_deref(), step, index, cx) {
                return;
            }
        }
    }
    if stage.is_final {
        started(stage, cx);
    }
}

/// Reports a script that a RUN starts; a shell runs one without a `#!` line itself.
fn in_run(command: &Command, folder: Option<&str>, step: &Step<'_>, index: usize, cx: &Cx<'_>) -> bool {
    let Some(written) = script_path(command).filter(|_| !command.place.conditional) else { return false };
    let Some(path) = join_path(folder, written, false).filter(|_| written.contains('/') || command.is_shell()) else {
        return false;
    };
    let state = cx.model.file_before(step, Some(index), &path);
    let Some((text, file, copy)) = text(&state, cx) else { return false };
    let fault = if command.is_shell() { fault_for_shell(&text) } else { fault(&text) };
    let Some(fault @ (Fault::LineEndings | Fault::CarriageReturns)) = fault else { return false };
    report(command, &file, copy, &fault, cx).help("the step fails");
    true
}

/// Reports the script that the container starts.
fn started(stage: &Stage<'_>, cx: &Cx<'_>) {
    // With an entrypoint, the CMD is only its arguments; or the image's own program runs the script.
    let started = stage.start_step(cx.model).filter(|_| !stage.base_completes_cmd(cx.model));
    let Some(step) = started else { return };
    let Some(command) = step.script.as_ref().and_then(|script| script.commands.first()) else { return };
    if step.instruction.exec_items().is_none() {
        return;
    }
    let Some(path) = script_path(command) else { return };
    let Some(shipped) = stage.shipped_file(cx.model, step, path) else { return };
    let in_path = || SEARCH_PATH.iter().map(|directory| format!("{directory}/{path}"));
    let places: Vec<String> = match path.contains('/') {
        true => step.resolve(cx.model, path).into_iter().collect(),
        false => in_path().filter(|place| cx.model.file_in(stage, place).exists()).collect(),
    };
    if places.iter().any(|place| cx.model.file_in(stage, place).edited != Tri::No) {
        return;
    }
    let fault = if command.is_shell() { fault_for_shell(&shipped.text) } else { fault(&shipped.text) };
    let Some(fault) = fault else { return };
    let file = shipped.file.as_deref().unwrap_or("the heredoc");
    report(command, file, shipped.step.instruction.span, &fault, cx).at_most(Level::Warn);
}

/// The text of a file as it was copied, its name, and the place of the COPY.
fn text(state: &FileState, cx: &Cx<'_>) -> Option<(String, String, Span)> {
    let origin = state.origin.as_ref().filter(|_| state.exists() && state.edited == Tri::No)?;
    let path = origin.context.clone()?;
    let text = cx.model.context.filter(|it| it.is_sure())?.read(&path)?.into_owned();
    Some((text, path, cx.model.origin_step(origin)?.instruction.span))
}

/// Why the kernel does not start a script.
enum Fault {
    NoInterpreter,
    /// The `#!` line is in this line, from 1.
    NotFirst(usize),
    ByteOrderMark,
    Blank,
    LineEndings,
    /// The same in a script that is given to a shell.
    CarriageReturns,
}

/// Why a shell cannot run a script that it is given.
fn fault_for_shell(text: &str) -> Option<Fault> {
    let is_command = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let first = text.split('\n').take(200).find(is_command)?;
    first.ends_with('\r').then_some(Fault::CarriageReturns)
}

fn fault(text: &str) -> Option<Fault> {
    let first = text.split('\n').next().unwrap_or_default();
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        return rest.starts_with("#!").then_some(Fault::ByteOrderMark).or(Some(Fault::NoInterpreter));
    }
    if first.starts_with("#!") {
        return first.ends_with('\r').then_some(Fault::LineEndings);
    }
    if first.trim_start().starts_with("#!") {
        return Some(Fault::Blank);
    }
    // A license or a comment above it.
    let above = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#') && !line.starts_with("#!");
    let lines = text.lines().take_while(above).take(100).count();
    let below = text.lines().nth(lines).is_some_and(|line| line.starts_with("#!"));
    Some(if below { Fault::NotFirst(lines + 1) } else { Fault::NoInterpreter })
}

fn report<'c>(command: &Command, file: &str, copied: Span, fault: &Fault, cx: &'c Cx<'_>) -> Report<'c> {
    let (variant, why, help) = match fault {
        Fault::NoInterpreter => ("", "it has no `#!` line".to_owned(), "start the script with `#!/bin/sh`"),
        Fault::NotFirst(line) => (
            "not-first",
            format!("its `#!` line is line {line} instead of line 1"),
            "move the `#!` line to the very beginning of the file",
        ),
        Fault::Blank => (
            "space",
            "there is a space before `#!`".to_owned(),
            "remove everything before `#!`, which has to be the first two bytes of the file",
        ),
        Fault::ByteOrderMark => (
            "byte-order-mark",
            "it starts with a byte order mark, not with `#!`".to_owned(),
            "save the file as UTF-8 without a byte order mark",
        ),
        Fault::LineEndings => (
            "line-endings",
            "it has Windows line endings, so the interpreter's name ends in a carriage return".to_owned(),
            "save it with Unix line endings, and keep them with `*.sh text eol=lf` in `.gitattributes`",
        ),
        Fault::CarriageReturns => (
            "line-endings",
            "it has Windows line endings, so the shell treats the carriage returns as part of the commands".to_owned(),
            "save it with Unix line endings, and keep them with `*.sh text eol=lf` in `.gitattributes`",
        ),
    };
    let file = file.replace('`', "'");
    let mut found = cx.report(command.span, format!("`{file}` cannot be started: {why}"));
    found.variant(variant).label(copied, "copied here").help(help);
    found
}
