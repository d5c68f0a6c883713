//! Finds unquoted variables in the patterns of `for`.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;
use crate::shell::survey::Role;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2231"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in survey.words.iter().filter(|at| survey.role(**at) == Role::Item) {
        let Some(word) = survey.word(at).filter(|word| survey.is_glob(*word)) else { continue };
        for part in &script.tree()[word.parts] {
            if !matches!(part.kind, PartKind::Parameter(_) | PartKind::Substitution(_)) {
                continue;
            }
            let span = script.span(part.span);
            let edits = [Edit::insert(span.start(), "\""), Edit::insert(span.end(), "\"")];
            let shown = survey.slice(part.span);
            cx.report(span, format!("spaces in the value of `{shown}` split this pattern"))
                .help("put only the expansion in double quotes")
                .fix(Fix::new(Safety::Unsafe, "put it in quotes", edits));
        }
    }
}
