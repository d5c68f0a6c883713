//! Finds `zypper install` of packages without a version.

use super::shared::unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(&["zypper"], check)]).aka(&["DL3037"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(found) = unpinned(step, command, &[Manager::Zypper]) else { return };
    let message = format!("{} not pinned to a version", found.subject());
    cx.report(found.span, message)
        .help(format!("use `{}=VERSION`; `zypper search --details {0}` lists versions", found.first()));
}
