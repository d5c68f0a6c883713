//! Finds `apt-get install` of packages without a version.

use super::shared::unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3008"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(found) = unpinned(step, command, &[Manager::Apt]) else { return };
    let message = format!("{} not pinned to a version", found.subject());
    cx.report(found.span, message)
        .help(format!("use `{}=VERSION`; `apt-cache madison {0}` lists versions", found.first()));
}
