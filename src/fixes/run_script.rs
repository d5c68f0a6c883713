//! Edits to the script of a RUN.

use crate::model::{Model, Step};
use crate::shell::{Command, rewrite};
use crate::text::{Edit, Span};

/// Runs `what` after this command of a RUN of the shipped image: see [`rewrite::append`].
pub fn append_to_run(model: &Model<'_>, step: &Step<'_>, command: &Command, what: &str) -> Option<Edit> {
    let script = model.shipped_script(step).filter(|_| !step.is_exec_form())?;
    rewrite::append(script, command, what, model.source)
}

/// Removes a RUN with its lines, if this is the only command in it.
pub fn remove_run(model: &Model<'_>, step: &Step<'_>, command: &Command) -> Option<Edit> {
    let script = step.script.as_ref().filter(|script| script.clean && script.commands.len() == 1)?;
    let span = step.instruction.lines_span();
    let alone = script.span == command.full_span() && step.instruction.span == span;
    let text = model.source.slice(span);
    let plain = alone && step.instruction.flags.is_empty() && !text.contains(['\n', '#']);
    plain.then(|| remove_lines(model, Span::new(span.start(), span.end())))
}

/// Deletes lines, and the blank line after them if there is one, or a comment, before them.
pub fn remove_lines(model: &Model<'_>, span: Span) -> Edit {
    let source = model.source;
    let edit = Edit::delete_lines(source, span);
    let text = source.text();
    let (before, after) = (&text[..edit.span.start()], &text[edit.span.end()..]);
    let end = source.line_end();
    let comment = before.lines().next_back().is_some_and(|line| line.trim_start().starts_with('#'));
    let set_off = before.ends_with(&format!("{end}{end}")) || comment;
    match set_off && after.starts_with(end) {
        true => Edit::delete(Span::new(edit.span.start(), edit.span.end() + end.len())),
        false => edit,
    }
}

/// The comment directly above a step, if it contains one of these words: when the step goes, it would describe what
/// follows.
pub fn remove_comment(model: &Model<'_>, step: &Step<'_>, words: &[&str]) -> Option<Edit> {
    let start = step.instruction.lines_span().start();
    let above = model.source.text()[..start].lines().next_back()?;
    let lower = above.trim_start().strip_prefix('#')?.to_ascii_lowercase();
    let line = model.source.line_index(start).checked_sub(1)?;
    let speaks = words.iter().any(|word| lower.contains(word)) && !lower.contains("ignore");
    speaks.then(|| Edit::delete_lines(model.source, model.source.line_span(line)))
}
