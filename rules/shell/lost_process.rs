//! Finds background processes that are still running when their `RUN` ends.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    let Some(last) = script.commands.iter().rev().find(|command| command.place.background && !command.is("")) else {
        return;
    };
    let list = script.commands.iter().filter(|command| command.place.list == last.place.list);
    let Some(first) = list.clone().next().filter(|_| script.ends_with(last)) else { return };
    // `wait` keeps the `RUN` going until the process exits.
    if script.after(last).any(|command| command.is("wait")) {
        return;
    }
    let span = list.fold(first.span, |span, command| span.cover(command.full_span()));
    cx.report(span, "this background process is killed at the end of the `RUN`")
        .help("remove the `&` if this is part of the build; use `CMD` for a program that should run in the container");
}
