//! Stage names with capital letters.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes).aka(&["StageNameCasing"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(name) = stage.name.filter(|name| name.text.chars().any(|char| char.is_ascii_uppercase())) else { return };
    let lower = name.text.to_ascii_lowercase();
    // Every use of this name, in any case.
    let uses = stage
        .uses_of(cx.model)
        .map(|(_, import)| import.span)
        .filter(|span| cx.text(*span).eq_ignore_ascii_case(&lower));
    let places = std::iter::once(name.span).chain(uses).filter(|span| cx.text(*span) != lower);
    let edits: Vec<_> = places.map(|span| Edit::replace(span, lower.as_str())).collect();
    let whole = name.span.len() == name.text.len();
    let title = format!("rename the stage to `{lower}` everywhere");
    let fix = Fix::new(Safety::Safe, title, edits).filter(|_| whole);
    cx.report(name.span, format!("stage name `{}` should be lowercase", name.text))
        .help(format!("use `{lower}`: BuildKit stores names in lowercase, so `FROM {}` would not match", name.text))
        .fix(fix);
}
