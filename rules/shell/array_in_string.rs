//! Finds all elements of an array in a place for one text: `"a $@"`, `x="$@"`.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;
use crate::shell::survey::Role;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2124", "SC2145"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.words {
        let Some(word) = survey.word(at) else { continue };
        let Some(array) = survey.array(word) else { continue };
        let shown = survey.slice(array.span);
        match survey.role(at) {
            Role::Value => {
                cx.report(
                    script.span(word.span),
                    format!("`{shown}` expands to several words, but a variable contains only one"),
                )
                .variant("SC2124")
                .help("use `$*` for a single string, or an array: `x=(\"$@\")`");
            }
            Role::Argument(_) | Role::Target => {
                let pieces = survey.flat_parts(word).filter(|part| !matches!(part.kind, PartKind::Joint));
                if pieces.take(2).count() == 2 {
                    cx.report(
                        script.span(array.span),
                        format!("the text around `{shown}` is added only to its first and last element"),
                    )
                    .variant("SC2145")
                    .help("use `$*` for a single string, or pass it as a separate argument");
                }
            }
            _ => {}
        }
    }
}
