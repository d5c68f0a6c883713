//! Finds `$?` after a test or `echo`, whose status says nothing of the command that was meant.

use crate::finding::prelude::*;
use crate::shell::survey::Stale;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2319", "SC2320"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    for (at, stale) in script.survey.stale_statuses() {
        let (code, message) = match stale {
            Stale::Test => ("SC2319", "`$?` is the exit status of the test, not of a command before it"),
            Stale::Echo => ("SC2320", "`$?` is the exit status of `echo`, not of a command before it"),
        };
        cx.report(script.place(at), message).variant(code).help("store the status in a variable first: `status=$?`");
    }
}
