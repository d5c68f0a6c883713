use crate::commands::packages::{Manager, upgrades};
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(check)]).aka(&["DL3005", "DL3017", "DL3031", "DL3039"]);

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(&(manager, ref packages)) = upgrades(command) else { return };
    // Arch Linux has no other way; `zypper dist-upgrade` is a rule of its own.
    if !manager.is_system() || manager == Manager::Pacman || command.runs_any(&["zypper"], &["dist-upgrade", "dup"]) {
        return;
    }
    let narrow = [
        "--security", "--bugfix", "--advisory", "--advisories", "--cve", "--cves", "-s", "--simulate", "--dry-run",
        "--download-only",
    ];
    if !packages.is_empty()
        || command.has_dynamic_arg()
        || command.has_flag(&narrow)
        || command.has_arg("--downloadonly")
    {
        return;
    }
    let Some(verb) = command.subcommand() else { return };
    let shipped = cx.model.stage(step.stage).is_some_and(Stage::is_shipped);
    let verb_text = verb.lexeme().replace('`', "'");
    let size = if shipped { "; the image keeps both the old and the new files" } else { "" };
    let message = format!("`{} {verb_text}` upgrades whatever has changed by today{size}", command.name);
    cx.report(command.name_span.cover(verb.span), message).help(
        "build on a current base image instead (`docker build --pull`), and upgrade by name what cannot wait for it",
    );
}
