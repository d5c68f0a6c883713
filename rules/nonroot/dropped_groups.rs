//! `USER name:group` that drops groups the account was added to.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnInstruction(&[], check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| !stage.windows && !cx.is_huge()) else { return };
    let Args::Words(words) = &step.instruction.args else { return };
    let Some(word) = words.words.first().filter(|_| step.keyword() == Keyword::User) else { return };
    let Some(value) = cx.model.expand(step, word).value else { return };
    let Some((user, group)) = value.split_once(':') else { return };
    let before = stage.steps.iter().take(step.index);
    let steps = stage.chain(cx.model).flat_map(|stage| &stage.steps).chain(before);
    let commands = steps.filter_map(|step| step.script.as_ref()).flat_map(|script| &script.commands);
    let joined =
        commands.filter_map(|command| Some((command, joins(command, user)?))).filter(|(_, joined)| joined != group);
    let Some((command, joined)) = joined.last() else { return };
    let edit = word
        .text
        .find(':')
        .filter(|_| word.text == value)
        .map(|at| Edit::delete(Span::new(word.span.start() + at, word.span.end())));
    cx.report(word.span, format!("`USER {value}` gives the process only the group `{group}`, not `{joined}`"))
        .label(command.span, "the account is added to that group here")
        .help(format!("use `USER {user}`: without a group, all of the account's groups apply"))
        .fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "omit the group", [edit])));
}

/// The supplementary group that a command adds the account to.
fn joins(command: &Command, user: &str) -> Option<String> {
    let operands: Vec<&str> = command.operands().filter_map(|arg| arg.text.as_deref()).collect();
    match command.name.as_str() {
        "usermod" | "useradd" if operands.contains(&user) => {
            let flags: &[&str] = &["-G", "--groups", "-aG"];
            command.flag_value(flags)?.text
        }
        // `adduser USER GROUP`, `addgroup USER GROUP`.
        "adduser" | "addgroup" => match operands.as_slice() {
            [name, group] if *name == user => Some((*group).to_owned()),
            _ => None,
        },
        "gpasswd" => {
            (command.flag_value(&["-a", "--add"])?.is(user)).then(|| operands.last().map(|it| (*it).to_owned()))?
        }
        _ => None,
    }
}
