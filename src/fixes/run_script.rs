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
    plain.then(|| Edit::delete_lines(model.source, Span::new(span.start(), span.end())))
}
