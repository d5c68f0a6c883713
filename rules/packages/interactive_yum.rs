//! Finds `yum` commands that prompt for confirmation.

use super::shared::report_prompts;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3030"]);

fn check(cx: &Cx<'_>) {
    report_prompts(cx, Manager::Yum, |_, _| false);
}
