//! Finds `find | xargs`, which takes names apart at spaces and quotes.

use crate::finding::prelude::*;
use crate::shell::survey::Kind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2038"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for at in 0..survey.nodes.len() {
        let Kind::Pipeline(_) = survey.kind(at) else { continue };
        for (find, xargs) in survey.pipes(at) {
            if find.name(survey) != "find" || xargs.name(survey) != "xargs" {
                continue;
            }
            let separated = find
                .args(survey)
                .iter()
                .any(|word| matches!(&*survey.pattern(*word), "-print0" | "-printf" | "-fprintf"));
            let args = xargs.args(survey);
            if separated || survey.has_option(args, '0', "null") {
                continue;
            }
            cx.report(
                script.place(find.at),
                "`xargs` splits the filenames from `find` on whitespace and interprets quotes",
            )
            .help("use `find … -exec … {} +`, or `-print0` with `xargs -0`");
        }
    }
}
