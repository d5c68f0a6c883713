//! Finds patterns that may expand to an option: `rm *`.

use crate::finding::prelude::*;
use crate::knowledge::programs::{self, Class};
use crate::shell::reader::PartKind;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2035"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let Some((name, args)) = simple.words.split_first() else { continue };
        if matches!(survey.bare(*name), Some("echo" | "printf" | "[")) {
            continue;
        }
        // Others may compare the pattern with names that have no `./`: `find -name *.go`, `unzip x *.txt`.
        let takes_files = survey.bare(*name).is_some_and(|name| programs::class(name).is(Class::FILE_TOOL));
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
            let fix = Fix::new(Safety::Unsafe, "start it with `./`", [Edit::insert(span.start(), "./")]);
            cx.report(script.span(first.span), format!("`{shown}` expands to an option if a filename starts with `-`"))
                .help(format!("use `./{shown}`"))
                .fix(fix.filter(|_| takes_files));
        }
    }
}
