//! Finds `gem install` of gems without a version.

use super::shared::unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&["gem"], check)]).aka(&["DL3028"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(found) = unpinned(step, command, &[Manager::Gem]) else { return };
    let message = format!("{} not pinned to a version", found.subject());
    cx.report(found.span, message)
        .help(format!("use `{}:VERSION` or `gem install {0} --version VERSION`", found.first()));
}
