//! `sudo` in a `RUN`.

use crate::finding::prelude::*;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL3004"]);

/// One `sudo` in a script.
struct Sudo<'m> {
    span: Span,
    command: &'m Command,
    /// `-u NAME`, if that is not root.
    user: Option<String>,
}

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    let mut found: Vec<Sudo<'_>> = Vec::new();
    for command in &script.commands {
        let wrapper = command.wrappers.iter().find(|wrapper| wrapper.name == "sudo").map(|wrapper| wrapper.span);
        // `sudo sh -c 'a && b'` is one sudo over two commands.
        let Some(span) = wrapper.filter(|span| found.last().is_none_or(|last| last.span != *span)) else { continue };
        found.push(Sudo { span, command, user: other_user(span, command, cx) });
    }
    let root = step.runs_as_root(cx.model);
    // `sudo -u` drops privileges, which is less of an offence, but `USER` does that as well.
    let to_root = found.iter().filter(|sudo| sudo.user.is_none()).count();
    let first = found.iter().find(|sudo| sudo.user.is_none()).or(found.first());
    let Some(first) = first else { return };
    let (message, help) = match (&first.user, root) {
        (Some(user), _) => (
            format!("`sudo -u {user}` does the job of `USER`"),
            format!("move the command to its own step, with `USER {user}` before and `USER root` after it"),
        ),
        (None, Tri::Yes) => (
            "`sudo` does not belong in a Dockerfile".to_owned(),
            "omit `sudo`: these commands already run as root".to_owned(),
        ),
        (None, _) => (
            "`sudo` does not belong in a Dockerfile".to_owned(),
            "add `USER root` before the step, and switch back to the unprivileged user afterwards".to_owned(),
        ),
    };
    let edits: Option<Vec<Edit>> = found.iter().map(|sudo| left_out(sudo, cx)).collect();
    let fix = edits.filter(|_| root == Tri::Yes).and_then(|it| Fix::new(Safety::Unsafe, "omit `sudo`", it));
    let mut report = cx.report(first.span, message);
    report.variant(if first.user.is_some() { "as-user" } else { "" });
    for other in found.iter().filter(|sudo| sudo.span != first.span && sudo.user.is_some() == (to_root == 0)).take(8) {
        report.label(other.span, "and here");
    }
    if to_root == 0 {
        report.at_most(Level::Note);
    }
    report.help(help).fix(fix);
}

/// The edit that deletes it, if only spaces separate it from its command.
fn left_out(sudo: &Sudo<'_>, cx: &Cx<'_>) -> Option<Edit> {
    let name = sudo.command.name_span;
    let plain = sudo.span.end <= name.start && sudo.command.wrappers.len() == 1;
    let between = cx.text(plain.then(|| Span::new(sudo.span.end(), name.start()))?);
    let bare = between.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    bare.then(|| Edit::delete(Span::new(sudo.span.start(), name.start())))
}

/// The user that the command runs as, if not root.
fn other_user(sudo: Span, command: &Command, cx: &Cx<'_>) -> Option<String> {
    if sudo.end > command.name_span.start {
        return None;
    }
    let mut words = cx.text(Span::new(sudo.end(), command.name_span.start())).split_whitespace();
    while let Some(word) = words.next() {
        let value = match word {
            // `-Hu me`
            _ if word.starts_with('-') && !word.starts_with("--") && word.ends_with('u') => words.next(),
            "--user" => words.next(),
            _ => word.strip_prefix("--user=").or_else(|| word.strip_prefix("-u").filter(|rest| !rest.is_empty())),
        };
        if let Some(value) = value.map(|value| value.trim_matches(['"', '\''])) {
            return (!matches!(value, "root" | "0" | "#0" | "")).then(|| value.replace('`', "'"));
        }
    }
    None
}
