//! Finds `gem install` of gems without a version.

use super::shared::report_unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&["gem"], check)]).aka(&["DL3028"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    report_unpinned(command, step, cx, &[Manager::Gem], |name| {
        format!("use `{name}:VERSION` or `gem install {name} --version VERSION`")
    });
}
