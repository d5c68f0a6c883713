//! Finds patterns that may expand to an option: `rm *`.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Always).aka(&["SC2035"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let Some((name, args)) = simple.words.split_first() else { continue };
        if matches!(survey.bare(*name), Some("echo" | "printf" | "[")) {
            continue;
        }
        for word in args {
            if survey.bare(*word) == Some("--") {
                break;
            }
            let Some(first) = script.tree()[word.parts].first() else { continue };
            if !matches!(first.kind, PartKind::Star | PartKind::Question) {
                continue;
            }
            let span = script.span(word.span);
            let shown = survey.slice(word.span);
            cx.report(
                script.span(first.span),
                format!("a file whose name starts with `-` makes an option of `{shown}`"),
            )
            .help(format!("use `./{shown}`"))
            .fix(Fix::new(Safety::Unsafe, "start it with `./`", [Edit::insert(span.start(), "./")]));
        }
    }
}
