//! Finds `egrep` and `fgrep`.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Always).aka(&["SC2196", "SC2197"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let Some(word) = simple.words.first() else { continue };
        let (code, option) = match survey.bare(*word) {
            Some("egrep") => ("SC2196", "-E"),
            Some("fgrep") => ("SC2197", "-F"),
            _ => continue,
        };
        let name = survey.slice(word.span);
        let span = script.span(word.span);
        cx.report(span, format!("`{name}` is deprecated")).variant(code).help(format!("use `grep {option}`")).fix(
            Fix::new(Safety::Safe, format!("use `grep {option}`"), [Edit::replace(span, format!("grep {option}"))]),
        );
    }
}
