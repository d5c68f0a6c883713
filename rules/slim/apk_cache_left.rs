use crate::prelude::*;
use crate::shell::cleanup::Leftover;
use crate::shell::packages::{Manager, installs, refreshes_index, upgrades};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStep(check)]).aka(&["DL3019"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let model = cx.model;
    let Some(first) = model.left(step, Leftover::Apk, leaves).first().copied() else { return };
    let verb = first.subcommand().map_or("", |verb| verb.lexeme());
    let found = cx.report(first.span, format!("`apk {verb}` leaves its package index (2 to 3 MB) in this layer"));
    if let Some(late) = model.cleaned_too_late(step, Leftover::Apk) {
        found.label(late.span, "too late here: a layer never shrinks, it stays in the earlier one");
    }
    match verb {
        "update" => found.help("leave `apk update` out: `apk add --no-cache` fetches the index itself and keeps none"),
        _ => found.help(format!("write `apk {verb} --no-cache`")),
    };
}

fn leaves(command: &Command) -> bool {
    let fetches = refreshes_index(command) == Some(Manager::Apk)
        || installs(command).is_some_and(|install| install.manager == Manager::Apk && !install.dry_run)
        || upgrades(command).is_some_and(|(manager, _)| manager == Manager::Apk);
    // An installation into another root leaves its index there.
    let elsewhere = ["--no-cache", "--no-network", "-p", "--root", "--cache-dir"];
    fetches && !command.has_flag(&elsewhere)
}
