//! Finds npm packages without a version.

use super::shared::report_unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3016"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    report_unpinned(command, step, cx, &[Manager::Npm, Manager::Yarn, Manager::Pnpm, Manager::Bun], help);
}

fn help(first: &str) -> String {
    if first.contains('/') && !first.starts_with('@') {
        return format!("use `{first}#COMMIT`, or a tag");
    }
    format!("use `{}@VERSION`; `npm view {0} version` shows the newest", bare(first))
}

/// Without a tag such as `@latest`.
fn bare(name: &str) -> &str {
    name.char_indices().skip(1).find(|(_, char)| *char == '@').map_or(name, |(at, _)| &name[..at])
}
