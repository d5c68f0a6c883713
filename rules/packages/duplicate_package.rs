//! Finds packages listed twice in one command.

use std::collections::HashMap;

use crate::commands::packages::{Package, PackageKind, installs};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(install) = installs(command) else { return };
    let mut seen: HashMap<&str, &Package> = HashMap::new();
    for package in install.packages.iter().filter(|package| package.kind == PackageKind::Name) {
        let Some(first) = seen.get(package.text.as_str()) else {
            seen.insert(&package.text, package);
            continue;
        };
        let fix = without(package, command, cx).filter(|_| !step.is_exec_form());
        cx.report(package.span, format!("`{}` is listed twice", package.text.replace('`', "'")))
            .label(first.span, "first listed here")
            .help("remove the duplicate")
            .fix(fix);
    }
}

/// Deletes a word with the spaces and the line break before it, unless they include a comment.
fn without(package: &Package, command: &Command, cx: &Cx<'_>) -> Option<Fix> {
    let at = command.args.iter().position(|arg| arg.span == package.span)?;
    let before = command.args.get(at.checked_sub(1)?)?.span.end();
    let gap = Span::new(before, package.span.start());
    let blank = cx.text(gap).chars().all(|c| c.is_whitespace() || c == cx.model.file.escape.as_char());
    let edit = Edit::delete(Span::new(before, package.span.end()));
    Fix::new(Safety::Safe, "remove the duplicate", [edit]).filter(|_| blank)
}
