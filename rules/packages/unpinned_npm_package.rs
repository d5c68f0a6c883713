//! Finds npm packages without a version.

use super::shared::unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3016"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(found) = unpinned(step, command, &[Manager::Npm, Manager::Yarn, Manager::Pnpm, Manager::Bun]) else {
        return;
    };
    let message = format!("{} not pinned to a version", found.subject());
    let first = found.first();
    let help = if first.contains('/') && !first.starts_with('@') {
        format!("use `{first}#COMMIT`, or a tag")
    } else {
        format!("use `{}@VERSION`; `npm view {0} version` shows the newest", bare(first))
    };
    cx.report(found.span, message).help(help);
}

/// Without a tag such as `@latest`.
fn bare(name: &str) -> &str {
    name.char_indices().skip(1).find(|(_, char)| *char == '@').map_or(name, |(at, _)| &name[..at])
}
