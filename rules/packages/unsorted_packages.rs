//! Finds package lists, one package per line, that are not sorted.

use crate::commands::packages::{Package, PackageKind, installs};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(install) = installs(command).filter(|install| install.manager.is_system()) else { return };
    // The list: the words at the end of the command, one per line.
    let Some(first) = install.packages.first().map(|package| package.span.start) else { return };
    let words: Vec<Span> = command.args.iter().map(|arg| arg.span).filter(|span| span.start >= first).collect();
    let plain =
        |package: &Package| package.kind == PackageKind::Name && !cx.text(package.span).contains(['\n', '"', '\'']);
    if words.len() < 2 || words.len() != install.packages.len() || !install.packages.iter().all(plain) {
        return;
    }
    let listed = words.windows(2).all(|pair| {
        let gap = cx.text(Span::new(pair[0].end(), pair[1].start()));
        gap.contains('\n') && gap.chars().all(|c| c.is_whitespace() || c == cx.model.file.escape.as_char())
    });
    let key = |span: &Span| (cx.text(*span).to_ascii_lowercase(), cx.text(*span));
    let Some(wrong) = words.windows(2).find(|pair| key(&pair[0]) > key(&pair[1])).filter(|_| listed) else { return };
    let mut sorted = words.clone();
    sorted.sort_by_key(key);
    let moved = words.iter().zip(&sorted).filter(|(at, word)| cx.text(**at) != cx.text(**word));
    let edits = moved.map(|(at, word)| Edit::replace(*at, cx.text(*word)));
    let fix = Fix::new(Safety::Safe, "sort the list", edits).filter(|_| !step.is_exec_form());
    let (before, after) = (cx.text(wrong[0]).replace('`', "'"), cx.text(wrong[1]).replace('`', "'"));
    cx.report(wrong[1], format!("package list is not sorted: `{after}` comes after `{before}`"))
        .label(wrong[0], "sorts after the next one")
        .help("sort the packages alphabetically")
        .fix(fix);
}
