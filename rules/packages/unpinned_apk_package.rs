//! Finds `apk add` of packages without a version.

use super::shared::report_unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(&["apk"], check)]).aka(&["DL3018"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    report_unpinned(command, step, cx, &[Manager::Apk], |name| {
        format!("use `{name}=VERSION` or `{name}~MAJOR.MINOR`; `apk policy {name}` lists versions")
    });
}
