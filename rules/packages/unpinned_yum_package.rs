use super::shared::unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(check)]).words(&["yum"]).aka(&["DL3033"]);

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(found) = unpinned(step, command, &[Manager::Yum]) else { return };
    let message = format!("{} installed in whatever version the servers have today", found.subject());
    cx.report(found.span, message)
        .help(format!("write `{}-VERSION`: `yum list --showduplicates {0}` shows which there are", found.first()));
}
