//! Finds `zypper install` of packages without a version.

use super::shared::report_unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(&["zypper"], check)]).aka(&["DL3037"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    report_unpinned(command, step, cx, &[Manager::Zypper], |name| {
        format!("use `{name}=VERSION`; `zypper search --details {name}` lists versions")
    });
}
