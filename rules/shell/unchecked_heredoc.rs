//! Finds heredoc scripts that continue after a failed command.

use std::collections::HashSet;

use crate::commands::class::{mends, work};
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::shell::Link;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

/// A failure of these hardly matters.
const UNIMPORTANT: Class = Class::PRINTS.or(Class::NO_OP).or(Class::CONDITION).or(Class::SHELL_STATE);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = &step.script else { return };
    let Some(heredoc) = step.instruction.heredocs.iter().find(|heredoc| heredoc.body.contains(script.span)) else {
        return;
    };
    // The exit status of the last list is that of the step.
    let Some(last) = script.commands.iter().rev().find(|command| command.place.scope == 0) else { return };
    let mended = script.commands.iter().any(mends);
    // `… || exit 1`, `… || true`: the failure is handled.
    let excused: HashSet<u32> =
        script.commands.iter().filter(|it| it.place.link == Link::Or).map(|it| it.place.list).collect();
    let ignored = |command: &&Command| {
        let place = &command.place;
        place.list != last.place.list
            && place.scope == 0
            && !place.background
            // A false condition is not a failure.
            && (place.depth == 0) != place.conditional
            && !script.has_errexit(command)
            && !excused.contains(&place.list)
            && !(mended && command.is("dpkg"))
            && !command.name.is_empty()
            && !command.class().is(UNIMPORTANT)
    };
    let ignored: Vec<&Command> = script.commands.iter().filter(ignored).collect();
    // The first command that does real work, otherwise the first of all.
    let Some(first) = ignored.iter().find(|command| work(command).is_some()).or(ignored.first()) else { return };
    let text = cx.text(heredoc.body);
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let at = if text.starts_with("#!") { text.find('\n').map_or(text.len(), |end| end + 1) } else { 0 };
    let first_line = text[at..].lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let indent = &first_line[..first_line.len() - first_line.trim_start().len()];
    let start = heredoc.body.start() + at;
    // `set -x`
    let own =
        first_line.trim().strip_prefix("set -").filter(|flags| flags.bytes().all(|byte| matches!(byte, b'x' | b'u')));
    let edit = match own.and(text[at..].find("set -")) {
        Some(set) => Edit::insert(start + set + "set -".len(), "e"),
        None => Edit::insert(start, format!("{indent}set -e{line_end}")),
    };
    let fix = Fix::new(Safety::Unsafe, "start with `set -e`", [edit]).filter(|_| script.clean && !mended);
    let sure = work(first).is_some();
    let message =
        format!("the script continues even if `{}` fails: only the last command's exit status counts", first.name);
    let mut found = cx.report(heredoc.opener, message);
    found.label(first.span, "a failure here is ignored").help("add `set -e` as the first line of the script").fix(fix);
    if !sure {
        found.at_most(Level::Note);
    }
}
