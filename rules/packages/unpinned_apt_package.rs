//! Finds `apt-get install` of packages without a version.

use super::shared::report_unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3008"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    report_unpinned(command, step, cx, &[Manager::Apt], |name| {
        format!("use `{name}=VERSION`; `apt-cache madison {name}` lists versions")
    });
}
