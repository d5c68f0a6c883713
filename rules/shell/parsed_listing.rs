//! Finds the output of `ls` and `ps` read by another command.

use crate::finding::prelude::*;
use crate::shell::survey::Kind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Never)
    .aka(&["SC2009", "SC2010", "SC2011", "SC2012"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for at in 0..survey.nodes.len() {
        let Kind::Pipeline(_) = survey.kind(at) else { continue };
        for (lists, next) in survey.piped(at).zip(survey.piped(at).skip(1)) {
            let Some(lists) = lists else { continue };
            let next = next.map(|next| next.name(survey)).unwrap_or_default();
            let name = lists.name(survey);
            let (code, help) = match (&*name, &*next) {
                ("ps", "grep") => ("SC2009", "use `pgrep`"),
                ("ls", "grep") => ("SC2010", "use a pattern, or `find`"),
                ("ls", "xargs") => ("SC2011", "use `find … -exec`, or a pattern"),
                ("ls", _) => ("SC2012", "use `find`, which prints filenames unchanged"),
                _ => continue,
            };
            cx.report(
                script.place(lists.at),
                format!("the output of `{name}` is meant for people, and may show altered filenames"),
            )
            .variant(code)
            .help(help);
        }
    }
}
