//! Finds `pip install` of packages without a version.

use super::shared::unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3013"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(found) =
        unpinned(step, command, &[Manager::Pip, Manager::Pipx, Manager::Uv, Manager::Pipenv, Manager::Poetry])
    else {
        return;
    };
    let message = format!("{} not pinned to a version", found.subject());
    cx.report(found.span, message).help(help(found.first()));
}

fn help(first: &str) -> String {
    if first.contains("git+") {
        return format!("use `{first}@COMMIT`, or a tag");
    }
    format!("use `{first}==VERSION`, or a requirements file: `pip install -r requirements.txt`")
}
