//! `apk` commands that leave their package index in a layer of the final image.

use super::shared::{cleaned_too_late, left};
use crate::commands::cleanup::Leftover;
use crate::commands::packages::{Manager, installs, refreshes_index, upgrades};
use crate::finding::prelude::*;
use crate::shell::rewrite;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL3019"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let left = left(model, step, Leftover::Apk, leaves);
    let Some(first) = left.first() else { return };
    let verb = first.subcommand().map_or("", |verb| verb.lexeme());
    let mut found =
        cx.report(first.head_span(), format!("`apk {verb}` leaves its package index (2 to 3 MB) in this layer"));
    if let Some(late) = cleaned_too_late(model, step, Leftover::Apk) {
        found.label(late.span, "too late: the earlier layer still contains the index");
    }
    match verb {
        "update" => found.help("omit `apk update`: `apk add --no-cache` fetches the index itself and does not keep it"),
        _ => found.help(format!("use `apk {verb} --no-cache`")),
    };
    found.fix(fix(step, &left, model));
}

fn leaves(command: &Command) -> bool {
    let fetches = refreshes_index(command) == Some(Manager::Apk)
        || installs(command).is_some_and(|install| install.manager == Manager::Apk && !install.dry_run)
        || upgrades(command).is_some_and(|(manager, _)| *manager == Manager::Apk);
    // Installing into another root leaves the index there.
    let elsewhere = ["--no-cache", "--no-network", "-p", "--root", "--cache-dir"];
    fetches && !command.has_flag(&elsewhere)
}

/// Adds `--no-cache` wherever packages are installed, and removes `apk update`, which is then not needed.
fn fix(step: &Step<'_>, left: &[&Command], model: &Model<'_>) -> Option<Fix> {
    let script = model.shipped_script(step).filter(|_| !step.is_exec_form())?;
    let edits = left.iter().map(|command| match refreshes_index(command) {
        Some(_) => rewrite::remove(script, command, model.source),
        None => Some(Edit::insert(command.subcommand()?.span.end(), " --no-cache")),
    });
    let edits: Option<Vec<Edit>> = edits.collect();
    // A script that is not available may rely on the index from `apk update`.
    let updates = left.iter().any(|command| refreshes_index(command).is_some());
    Fix::new(if updates { Safety::Unsafe } else { Safety::Safe }, "use `--no-cache`", edits?)
}
