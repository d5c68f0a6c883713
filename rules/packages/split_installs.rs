//! Finds consecutive install commands that could be one.

use crate::commands::packages::{Install, PackageKind, installs};
use crate::finding::prelude::*;
use crate::shell::Link;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    for pair in step.commands().windows(2) {
        let (first, second) = (&pair[0], &pair[1]);
        let joined = second.place.link == Link::And && first.place.list == second.place.list;
        if !joined || !is_plain(first) || !is_plain(second) {
            continue;
        }
        let (Some(one), Some(two)) = (installs(first), installs(second)) else { continue };
        if one.manager != two.manager || !one.manager.is_system() || !is_list(one) || !is_list(two) {
            continue;
        }
        if head(first, one) != head(second, two) {
            continue;
        }
        let fix = join(first, second, two, cx).filter(|_| !step.is_exec_form());
        let span = second.name_span.cover(two.verb);
        let written = format!("{} {}", second.name, cx.text(two.verb));
        cx.report(span, format!("`{written}` runs twice in a row"))
            .label(first.name_span.cover(one.verb), "first call")
            .help("list all packages in one command")
            .fix(fix);
    }
}

fn is_plain(command: &Command) -> bool {
    let place = &command.place;
    let straight = place.depth == 0 && place.pipe_len <= 1 && !place.conditional && !place.background;
    straight && command.wrappers.is_empty() && command.redirects.is_empty() && command.assignments.is_empty()
}

/// Whether it lists nothing but names: a file may add the repository that the second command needs.
fn is_list(install: &Install) -> bool {
    let names = install.packages.iter().all(|package| package.kind == PackageKind::Name);
    names && !install.packages.is_empty() && !install.open && !install.dry_run && install.virtual_group.is_none()
        // A package that adds a repository, or that is needed to reach one.
        && !install.packages.iter().any(|it| it.name.contains("release") || it.name.contains("repo") || it.name.contains("https"))
}

/// The words other than packages, sorted: if they are equal, so are the commands.
fn head<'a>(command: &'a Command, install: &Install) -> Vec<&'a str> {
    let words = command.args.iter().filter(|arg| !install.packages.iter().any(|package| package.span == arg.span));
    let mut words: Vec<&str> = words.map(|arg| arg.lexeme()).collect();
    words.sort_unstable();
    words
}

/// Deletes the text between the two lists, if both commands end with their packages.
fn join(first: &Command, second: &Command, install: &Install, cx: &Cx<'_>) -> Option<Fix> {
    let start = install.packages.first()?.span;
    let behind = second.args.iter().skip_while(|arg| arg.span != start).count();
    let at = second.args.len().checked_sub(behind)?;
    let gap = first.gap_to(second)?;
    let blank = |text: &str| !text.contains('#');
    let before = second.args.get(at.checked_sub(1)?)?.span.end();
    let own = cx.text(Span::new(before, start.start()));
    let fits = behind == install.packages.len() && blank(cx.text(gap)) && blank(own);
    let edit = Edit::replace(Span::new(gap.start(), start.start()), own);
    Fix::new(Safety::Unsafe, "merge the two lists", [edit]).filter(|_| fits)
}
