//! Finds upgrades of all packages of the base image.

use crate::commands::packages::{Manager, upgrades};
use crate::finding::prelude::*;
use crate::knowledge::command_lines::NARROW_UPGRADE;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3005", "DL3017", "DL3031", "DL3039"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(&(manager, ref packages)) = upgrades(command) else { return };
    // Arch Linux supports nothing else; `zypper dist-upgrade` has its own rule.
    if !manager.is_system() || manager == Manager::Pacman || command.runs_any(&["zypper"], &["dist-upgrade", "dup"]) {
        return;
    }
    if !packages.is_empty()
        || command.has_dynamic_arg()
        || command.has_flag(NARROW_UPGRADE)
        || command.has_arg("--downloadonly")
    {
        return;
    }
    let Some(verb) = command.subcommand() else { return };
    let shipped = cx.model.stage(step.stage).is_some_and(Stage::is_shipped);
    let verb_text = verb.lexeme().replace('`', "'");
    let size = if shipped { "; both old and new files stay in the image" } else { "" };
    let message = format!("`{} {verb_text}` upgrades all packages in the base image{size}", command.name);
    cx.report(command.name_span.cover(verb.span), message)
        .variant(if shipped { "" } else { "in-build-stage" })
        .help("use a current base image (`docker build --pull`), and upgrade urgent packages by name");
}
