//! Finds `apt-get` commands that may prompt for confirmation.

use super::shared::report_prompts;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3014"]);

fn check(cx: &Cx<'_>) {
    // It prompts only if there is something to remove.
    report_prompts(cx, Manager::Apt, |_, verb| verb.starts_with("auto"));
}
