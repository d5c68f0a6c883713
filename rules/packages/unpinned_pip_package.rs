//! Finds `pip install` of packages without a version.

use super::shared::report_unpinned;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).aka(&["DL3013"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    report_unpinned(
        command,
        step,
        cx,
        &[Manager::Pip, Manager::Pipx, Manager::Uv, Manager::Pipenv, Manager::Poetry],
        help,
    );
}

fn help(first: &str) -> String {
    if first.contains("git+") {
        return format!("use `{first}@COMMIT`, or a tag");
    }
    format!("use `{first}==VERSION`, or a requirements file: `pip install -r requirements.txt`")
}
