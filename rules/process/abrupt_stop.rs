//! Finds web servers that do not shut down gracefully on SIGTERM.

use crate::finding::prelude::*;
use crate::fixes::placement;
use crate::knowledge::bases::{self, Role};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let set = |stage: &Stage<'_>| stage.last(Keyword::Stopsignal).is_some();
    if !stage.is_shipped_last(model) || stage.lineage(model).any(set) {
        return;
    }
    // The official images of these servers set it.
    let role = stage.root_image(model).and_then(|image| bases::role(&image.familiar_name()?));
    if role != Some(Role::Os) {
        return;
    }
    let Some(step) = stage.entrypoint(model).or_else(|| stage.cmd(model)).filter(|step| step.is_exec_form()) else {
        return;
    };
    // Only PID 1 receives the signal.
    let Some(command) = step.script.as_ref().and_then(|script| script.commands.first()) else { return };
    if !command.wrappers.is_empty() {
        return;
    }
    let program = command.name.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.');
    let signal = match program {
        "nginx" | "php-fpm" => "SIGQUIT",
        "apache2" => "SIGWINCH",
        "httpd" if is_apache(command, stage, cx) => "SIGWINCH",
        _ => return,
    };
    let span = command.span;
    let mut found = cx
        .report(span, format!("`{program}` does not shut down gracefully on SIGTERM; in-flight requests are dropped"));
    found.help(format!("use `STOPSIGNAL {signal}`, which drains open connections before exiting"));
    let own = step.stage == stage.index;
    let edit = own.then(|| placement::above(step, &format!("STOPSIGNAL {signal}"), cx.model)).flatten();
    found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("add `STOPSIGNAL {signal}`"), [edit])));
}

/// Whether `httpd` is Apache's: BusyBox has a server of that name, which ignores SIGWINCH.
fn is_apache<'a>(command: &Command, stage: &Stage<'a>, cx: &Cx<'a>) -> bool {
    let is_package = |name: &str| name.starts_with("httpd") || name.starts_with("apache2");
    let mut installs = stage.lineage(cx.model).flat_map(|stage| stage.installs());
    command.path.contains("/apache")
        || installs.any(|(_, _, install)| install.named().any(|package| is_package(&package.name)))
}
