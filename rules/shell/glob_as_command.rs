//! Finds patterns in the place of a command's name.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2211"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        if let Some(word) = simple.words.first().filter(|word| survey.is_glob(**word)) {
            cx.report(
                script.span(word.span),
                "this pattern runs the first matching file, with the others as arguments",
            )
            .help("specify the file");
        }
    }
}
