//! Finds `apt` in scripts, where `apt-get` belongs.

use crate::finding::prelude::*;
use crate::knowledge::command_lines::{APT_AS_APT_GET, APT_QUERIES};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["apt"], check)]).fix(Fixable::Sometimes).aka(&["DL3027"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let verb = command.subcommand();
    let text = verb.and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    let end = command.name_span.end();
    let mut edits = vec![Edit::replace(Span::new(end.saturating_sub("apt".len()), end), "apt-get")];
    match (text, verb) {
        // `apt upgrade` also installs new dependencies.
        ("upgrade", Some(verb)) if !command.has_flag(&["--with-new-pkgs", "--without-new-pkgs"]) => {
            edits.push(Edit::insert(verb.span.end(), " --with-new-pkgs"));
        }
        ("full-upgrade", Some(verb)) => edits.push(Edit::replace(verb.span, "dist-upgrade")),
        _ if APT_AS_APT_GET.contains(&text) => {}
        _ => edits.clear(),
    }
    let plain = cx.text(command.name_span).ends_with("apt") && !step.is_exec_form();
    let fix = Fix::new(Safety::Safe, "use `apt-get`", edits).filter(|_| plain);
    let help = match text {
        _ if APT_QUERIES.contains(&text) => "use `apt-cache` for queries, or `dpkg-query` for installed packages",
        _ => "use `apt-get`, whose options and output stay the same across releases",
    };
    cx.report(command.name_span, "`apt` has no stable CLI; use `apt-get` in scripts").help(help).fix(fix);
}
