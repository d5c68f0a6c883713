//! Finds installations of R packages that cannot fail.

use crate::commands::r_packages::{checks_packages, installs_unnoticed};
use crate::finding::prelude::*;
use crate::knowledge::command_lines::LITTLER_INSTALL_OR_FAIL;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let commands = || stage.steps.iter().filter(|step| step.keyword() == Keyword::Run).flat_map(Step::commands);
    if commands().any(checks_packages) {
        return;
    }
    let mut calls = commands().filter_map(|command| Some((command, installs_unnoticed(command)?)));
    let Some((first, call)) = calls.next() else { return };
    let script = first.is(call);
    let mut found = cx.report(
        first.name_span,
        format!("`{call}` only warns if a package cannot be installed, and the build continues"),
    );
    let others: Vec<(&Command, &str)> = calls.collect();
    for (other, _) in others.iter().take(8) {
        found.label(other.name_span, "and here");
    }
    if script {
        let all = std::iter::once(first).chain(others.iter().map(|(command, _)| *command));
        let able: Vec<&Command> = all.filter(|command| command.is(LITTLER_INSTALL_OR_FAIL)).collect();
        let edits = able.iter().map(|command| Edit::insert(command.name_span.end(), " --error"));
        found.help(format!("use `{LITTLER_INSTALL_OR_FAIL} --error`"));
        found.fix(Fix::new(Safety::Unsafe, "add `--error`", edits));
    } else {
        found.help(
            "set `options(warn = 2)` first, load the package afterwards with `library`, or use `install2.r --error`",
        );
    }
}
