//! Finds `dnf` commands that prompt for confirmation.

use super::shared::report_prompts;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3038"]);

fn check(cx: &Cx<'_>) {
    // It never prompts itself, but on some images the name belongs to dnf 5, which does.
    report_prompts(cx, Manager::Dnf, |command, _| command.is("microdnf"));
}
