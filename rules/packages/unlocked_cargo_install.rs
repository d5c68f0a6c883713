//! Finds `cargo install` without `--locked`.

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&["cargo"], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(install) = installs(command).filter(|install| install.manager == Manager::Cargo && !install.locked) else {
        return;
    };
    let other = ["--list", "--offline", "--help", "-h"];
    if !command.subcommand().is_some_and(|verb| verb.is("install"))
        || command.has_flag(&other)
        || install.open && !command.has_flag(&["--version", "--vers"])
    {
        return;
    }
    let edit = Edit::insert(install.verb.end(), " --locked");
    let fix = Fix::new(Safety::Unsafe, "add `--locked`", [edit]).filter(|_| !step.is_exec_form());
    cx.report(
        command.name_span.cover(install.verb),
        "`cargo install` without `--locked` ignores the program's `Cargo.lock`",
    )
    .help("use `cargo install --locked`")
    .fix(fix);
}
