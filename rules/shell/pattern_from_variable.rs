//! Finds unquoted variables in patterns of `case` and of `${x#…}`.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;
use crate::shell::survey::{Kind, Role};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2254", "SC2295"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.words {
        let code = match survey.role(at) {
            Role::Pattern if survey.parent(at).is_some_and(|above| matches!(survey.kind(above), Kind::Arm(_))) => {
                "SC2254"
            }
            Role::Removed => "SC2295",
            _ => continue,
        };
        let Some(word) = survey.word(at) else { continue };
        for part in &script.tree()[word.parts] {
            if matches!(part.kind, PartKind::Parameter(_) | PartKind::Substitution(_)) {
                cx.report(
                    script.span(part.span),
                    format!("the value of `{}` is treated as a pattern", survey.slice(part.span)),
                )
                .variant(code)
                .help("put it in double quotes if it is meant as text");
            }
        }
    }
}
