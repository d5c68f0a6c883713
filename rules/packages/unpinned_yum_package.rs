//! Finds `yum install` of packages without a version.

use super::shared::report_unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(&["yum"], check)]).aka(&["DL3033"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    report_unpinned(command, step, cx, &[Manager::Yum], |name| {
        format!("use `{name}-VERSION`; `yum list --showduplicates {name}` lists versions")
    });
}
