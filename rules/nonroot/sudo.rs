use crate::finding::prelude::*;
use crate::model::Tri;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).words(&["sudo"]).fix(Fixable::Sometimes).aka(&["DL3004"]);

/// One `sudo` in a script.
struct Sudo<'m> {
    span: Span,
    command: &'m Command,
    /// `-u NAME`, if that is not root.
    user: Option<String>,
}

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let own = step.script.as_ref().filter(|_| step.keyword() == Keyword::Run);
    let Some(script) = own.or(step.kept.as_ref()) else { return };
    let mut found: Vec<Sudo<'_>> = Vec::new();
    for command in &script.commands {
        let wrapper = command.wrappers.iter().find(|wrapper| wrapper.name == "sudo").map(|wrapper| wrapper.span);
        // `sudo sh -c 'a && b'` is one sudo over two commands.
        let Some(span) = wrapper.filter(|span| found.last().is_none_or(|last| last.span != *span)) else { continue };
        found.push(Sudo { span, command, user: other_user(span, command, cx) });
    }
    let root = step.runs_as_root(cx.model);
    // To step down is not what is meant by the rule's name, but `USER` does it too.
    let to_root = found.iter().filter(|sudo| sudo.user.is_none()).count();
    let first = found.iter().find(|sudo| sudo.user.is_none()).or(found.first());
    let Some(first) = first else { return };
    let (message, help) = match (&first.user, root) {
        (Some(user), _) => (
            format!("`sudo -u {user}` does what `USER` is there for"),
            format!("write `USER {user}` before a step of its own, and `USER root` behind it"),
        ),
        (None, Tri::Yes) => (
            "`sudo` has no place in a Dockerfile".to_owned(),
            "these commands run as root already: leave `sudo` out".to_owned(),
        ),
        (None, _) => (
            "`sudo` has no place in a Dockerfile".to_owned(),
            "switch with `USER root` before the step and back to the unprivileged user behind it".to_owned(),
        ),
    };
    let edits: Option<Vec<Edit>> = found.iter().map(|sudo| left_out(sudo, cx)).collect();
    let fix = edits.filter(|_| root == Tri::Yes).and_then(|it| Fix::new(Safety::Unsafe, "leave `sudo` out", it));
    let report = cx.report(first.span, message);
    for other in found.iter().filter(|sudo| sudo.span != first.span && sudo.user.is_some() == (to_root == 0)).take(8) {
        report.label(other.span, "and here");
    }
    if to_root == 0 {
        report.at_most(Level::Note);
    }
    report.help(help).fix(fix);
}

/// The edit that takes it away: where nothing but blanks stands between it and its command.
fn left_out(sudo: &Sudo<'_>, cx: &Cx<'_>) -> Option<Edit> {
    let name = sudo.command.name_span;
    let plain = sudo.span.end <= name.start && sudo.command.wrappers.len() == 1;
    let between = cx.text(plain.then(|| Span::new(sudo.span.end(), name.start()))?);
    let bare = between.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    bare.then(|| Edit::delete(Span::new(sudo.span.start(), name.start())))
}

/// Whom it is told to run the command as, if not root.
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
