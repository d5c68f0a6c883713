//! Edits to the script of a RUN.

use crate::model::{Model, Step};
use crate::shell::{Command, rewrite};
use crate::text::{Edit, Span};

/// Runs `what` after this command of a RUN of the shipped image: see [`rewrite::append`].
pub fn append_to_run(model: &Model<'_>, step: &Step<'_>, command: &Command, what: &str) -> Option<Edit> {
    let script = model.shipped_script(step).filter(|_| !step.is_exec_form())?;
    rewrite::append(script, command, what, model.source)
}

/// Removes a RUN with its lines, if this is the only command in it, and none of the steps that the comments count.
pub fn remove_run(model: &Model<'_>, step: &Step<'_>, command: &Command) -> Option<Edit> {
    let script = step.script.as_ref().filter(|script| script.clean && script.commands.len() == 1)?;
    if step.is_numbered(model) {
        return None;
    }
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
    let set_off = before.is_empty() || before.ends_with(&format!("{end}{end}")) || comment;
    match set_off && after.starts_with(end) {
        true => Edit::delete(Span::new(edit.span.start(), edit.span.end() + end.len())),
        false => edit,
    }
}

/// The comment directly above a step, if it contains one of these words or describes nothing else: when the step goes, it
/// would describe what follows.
pub fn remove_comment(model: &Model<'_>, step: &Step<'_>, words: &[&str]) -> Option<Edit> {
    let comment = step.comment_above(model);
    let above = model.source.slice(comment);
    let last = above.lines().next_back()?;
    let lower = last.to_ascii_lowercase();
    // A directive for a linter, and a step that was commented out.
    if lower.contains("ignore") || lower.contains("=") {
        return None;
    }
    if words.iter().any(|word| lower.contains(word)) {
        let start = comment.end() - above.split_inclusive('\n').next_back()?.len();
        return Some(Edit::delete(Span::new(start, comment.end())));
    }
    let after = &model.source.text()[step.instruction.lines_span().end()..];
    let next = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after);
    let next = next.lines().next().unwrap_or_default().trim();
    let alone = above.lines().count() == 1 && (next.is_empty() || next.starts_with('#'));
    alone.then(|| Edit::delete(comment))
}
