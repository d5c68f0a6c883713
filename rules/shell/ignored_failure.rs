//! Finds `;` after commands whose failure should stop the build.

use super::shared::Joined;
use crate::commands::class::{Work, mends, work};
use crate::finding::prelude::*;
use crate::shell::Link;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    // Lines of a heredoc are the task of `unchecked-heredoc`.
    if step.is_exec_form() || step.instruction.heredocs.iter().any(|heredoc| heredoc.body.contains(script.span)) {
        return;
    }
    let commands = &script.commands;
    let mut joined: Option<Joined> = None;
    let mut at = 0;
    while let Some(first) = commands.get(at) {
        let len = commands[at..].iter().take_while(|other| other.place.list == first.place.list).count().max(1);
        let list = &commands[at..at + len];
        at += len;
        if let Some((command, kind)) = ignored(list, script)
            && let Some(last) = list.last()
        {
            report(command, kind, last, script, &mut joined, cx);
        }
    }
}

/// The most important command of an and-or list whose failure nothing handles.
fn ignored<'c>(list: &'c [Command], script: &Script) -> Option<(&'c Command, Work)> {
    let straight = |command: &&Command| {
        let place = &command.place;
        place.depth == 0
            && place.scope == 0
            && place.pipe_index + 1 == place.pipe_len.max(1)
            && !(place.conditional || place.background || place.subshell)
    };
    if list.iter().any(|command| command.place.link == Link::Or) {
        return None;
    }
    let (command, kind) =
        list.iter().filter(straight).filter_map(|command| Some((command, work(command)?))).max_by_key(|it| it.1)?;
    (!script.has_errexit(command)).then_some((command, kind))
}

fn report(command: &Command, kind: Work, last: &Command, script: &Script, joined: &mut Option<Joined>, cx: &Cx<'_>) {
    let end = last.full_span().end();
    let Some(next) = script.after(last).next() else { return };
    let gap = Span::new(end, next.span.start());
    let text = cx.text(gap);
    // The list ends here: no `&& for …;`.
    let blank = |char: char| char.is_whitespace() || char == '\\' || char == cx.model.file.escape.as_char();
    let semicolon = text.len() - text.trim_start_matches(blank).len();
    if !text[semicolon..].starts_with(';') {
        return;
    }
    // Handled: `a; if [ $? …`. Or intended: `a; true`.
    let bytes = cx.source.bytes();
    let near = &bytes[end..(end + 200).min(bytes.len())];
    let asked = near.windows(2).any(|pair| pair == b"$?");
    // `dpkg -i x.deb; apt-get install -f`
    if command.is("dpkg") && script.after(last).take(16).any(mends) {
        return;
    }
    let given_up = script.after(last).all(|other| other.is_any(&["true", ":", "exit"]));
    if given_up || asked {
        return;
    }
    let place = Span::new(end + semicolon, end + semicolon + 1);
    let shown = match command.subcommand().and_then(|arg| arg.text.as_deref()) {
        Some(verb) if verb.chars().all(|char| char.is_ascii_alphabetic()) => format!("{} {verb}", command.name),
        _ => command.name.clone(),
    };
    let mut found = cx.report(place, format!("`;` continues the script even if `{shown}` fails"));
    found.label(command.span, "may fail");
    found.help("use `&&`, or start the script with `set -e`");
    found.fix(joined.get_or_insert_with(|| Joined::new(script, cx)).fix(command));
    if kind != Work::Install {
        // The next command usually fails as well.
        found.at_most(Level::Note);
    }
}
