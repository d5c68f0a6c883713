//! Finds an assignment before a pipe: `x=date | cut -c1-4`.

use crate::finding::prelude::*;
use crate::shell::survey::Kind;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).aka(&["SC2036"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in survey.simples.iter().filter(|simple| simple.words.is_empty()) {
        let Some(first) = simple.assignments.first() else { continue };
        let before_pipe = survey.parent(simple.at).is_some_and(|above| {
            matches!(survey.kind(above), Kind::Pipeline(_))
                && !survey.is_last(simple.at, above)
                && simple.command.pipe.is_none()
        });
        if before_pipe {
            let name = survey.slice(first.name);
            cx.report(script.span(first.span), format!("`{name}` does not get the output of this pipeline"))
                .help(format!("use `{name}=$(… | …)`"));
        }
    }
}
