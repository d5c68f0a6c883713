//! Finds duplicate keys in a mapping.

use crate::compose::edit::line_end;
use crate::finding::compose::*;
use crate::text::yaml::Duplicate;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    let duplicates = &cx.model.document.duplicates;
    cx.report_problems(ProblemKind::DuplicateKey, |problem, found| {
        let duplicate = duplicates.iter().find(|duplicate| duplicate.again == problem.place.span);
        if let Some(duplicate) = duplicate.filter(|duplicate| duplicate.key == "<<") {
            found.fix(join(cx, duplicate));
        } else if let Some(duplicate) = duplicate {
            found.fix(remove_copy(cx, duplicate));
        }
    });
}

/// Removes the second of two entries of one line each that are the same.
fn remove_copy(cx: &ComposeCx<'_>, duplicate: &Duplicate) -> Option<Fix> {
    let line = |at: usize| cx.source.line_span(cx.source.line_index(at));
    let (first, again) = (line(duplicate.first.start()), line(duplicate.again.start()));
    let (one, two) = (cx.text(first).trim_end(), cx.text(again).trim_end());
    let is_whole = duplicate.value.end() <= again.end() && two.trim_start().starts_with(&duplicate.key);
    let has_value = two.trim_start().len() > duplicate.key.len() + 1 && !two.contains(['&', '{', '[', '|', '>']);
    (first != again && one == two && is_whole && has_value)
        .then(|| Fix::new(Safety::Unsafe, "remove the second one", [Edit::delete(again)]))?
}

/// One `<<` with a list, in the place of the first, with the comments of both.
fn join(cx: &ComposeCx<'_>, duplicate: &Duplicate) -> Option<Fix> {
    let source = cx.source;
    let (first, again) = (source.line_index(duplicate.first.start()), source.line_index(duplicate.again.start()));
    let line = |index: usize| source.line_span(index);
    let (first_text, again_text) = (cx.text(line(first)), cx.text(line(again)));
    let parts = |text: &str| {
        let (value, comment) = match text.split_once(" #") {
            Some((value, comment)) => (value, format!("  #{}", comment.trim_end())),
            None => (text, String::new()),
        };
        let alias = value.trim().strip_prefix("<<:")?.trim();
        let is_alias = alias.len() > 1
            && alias.starts_with('*')
            && alias[1..].bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        is_alias.then(|| (alias.to_owned(), comment))
    };
    let ((one, comment), (two, other)) = (parts(first_text)?, parts(again_text)?);
    let indent = &first_text[..first_text.len() - first_text.trim_start().len()];
    let end = line_end(source);
    let text = match other.is_empty() {
        true => format!("{indent}<<: [{one}, {two}]{comment}{end}"),
        false => format!("{indent}<<:{end}{indent}  - {one}{comment}{end}{indent}  - {two}{other}{end}"),
    };
    let edits = [Edit::replace(line(first), text), Edit::delete(line(again))];
    Fix::new(Safety::Safe, "combine the merge keys in a list", edits)
}
