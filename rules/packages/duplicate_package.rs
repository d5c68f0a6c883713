//! Finds packages listed twice in one command.

use std::collections::HashMap;

use crate::commands::packages::{Package, PackageKind, installs};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(install) = installs(command) else { return };
    let mut seen: HashMap<&str, &Package> = HashMap::new();
    let mut again: Vec<(&Package, Span)> = Vec::new();
    for package in install.packages.iter().filter(|package| package.kind == PackageKind::Name) {
        match seen.get(package.text.as_str()) {
            Some(first) => again.push((package, first.span)),
            None => _ = seen.insert(&package.text, package),
        }
    }
    let Some((package, first)) = again.first() else { return };
    let name = package.text.replace('`', "'");
    let others = again.len() - 1;
    let message = match others {
        0 => format!("`{name}` is listed twice"),
        1 => format!("`{name}` and one more package are listed twice"),
        _ => format!("`{name}` and {others} more packages are listed twice"),
    };
    // By its place, the place of the word before it.
    let before: HashMap<Span, Span> = command.args.windows(2).map(|pair| (pair[1].span, pair[0].span)).collect();
    let edits: Option<Vec<Edit>> = again.iter().map(|(package, _)| without(package, &before, cx)).collect();
    let edits = edits.filter(|_| !step.is_exec_form());
    let mut found = cx.report(package.span, message);
    found.label(*first, "first listed here");
    for (package, _) in &again[1..] {
        found.label(package.span, "listed again");
    }
    found.help(if others == 0 { "remove the duplicate" } else { "remove the duplicates" });
    found.fix(edits.and_then(|edits| Fix::new(Safety::Safe, "remove the duplicates", edits)));
}

/// Deletes a word with the spaces and the line break before it, unless they include a comment.
fn without(package: &Package, before: &HashMap<Span, Span>, cx: &Cx<'_>) -> Option<Edit> {
    let before = before.get(&package.span)?.end();
    let gap = Span::new(before, package.span.start());
    let blank = cx.text(gap).chars().all(|c| c.is_whitespace() || c == cx.model.file.escape.as_char());
    blank.then(|| Edit::delete(Span::new(before, package.span.end())))
}
