//! Where new instructions go.

use crate::fixes::line_end;
use crate::model::{Model, Step};
use crate::text::Edit;

/// Inserts an instruction above a step and the comments that describe it, set off from them by a blank line where the file
/// sets off what comes before. `None` where nothing ends the line before.
pub fn above(step: &Step<'_>, instruction: &str, model: &Model<'_>) -> Option<Edit> {
    let end = line_end(model.source);
    let start = step.instruction.lines_span().start();
    let before = before_comments(step, model);
    let at = before.len();
    let apart = if at < start && before.ends_with(&format!("{end}{end}")) { end } else { "" };
    before.ends_with('\n').then(|| Edit::insert(at, format!("{}{end}{apart}", cased(instruction, model))))
}

/// An instruction with its keyword in lower case if the file writes keywords so.
pub fn cased(instruction: &str, model: &Model<'_>) -> String {
    let keyword = model.stages.first().map_or("", |stage| stage.from.keyword_text.as_str());
    match instruction.split_once(' ') {
        Some((own, rest)) if !keyword.is_empty() && keyword.chars().all(|char| char.is_ascii_lowercase()) => {
            format!("{} {rest}", own.to_ascii_lowercase())
        }
        _ => instruction.to_owned(),
    }
}

/// The file up to a step and the comment lines directly above it.
fn before_comments<'m>(step: &Step<'_>, model: &'m Model<'_>) -> &'m str {
    let text = &model.source.text()[..step.instruction.lines_span().start()];
    let comments = text.split_inclusive('\n').rev().take_while(|line| line.trim_start().starts_with('#'));
    &text[..text.len() - comments.map(str::len).sum::<usize>()]
}
