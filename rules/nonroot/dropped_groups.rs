//! `USER name:group` that drops groups the account was added to.

use std::collections::HashMap;

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let users = stage.all(Keyword::User).filter_map(|step| {
        let Args::Words(words) = &step.instruction.args else { return None };
        let word = words.words.first()?;
        let value = cx.model.expand(step, word).value.filter(|value| value.contains(':'))?;
        Some((step, word, value))
    });
    let users: Vec<_> = users.collect();
    if users.is_empty() {
        return;
    }
    // By account: the commands that add it to groups, in order, each with its group. Repetitions are left out.
    let mut joined: HashMap<String, Vec<(&Command, String)>> = HashMap::new();
    for command in stage.history(cx.model).flat_map(Step::commands) {
        for (user, group) in joins(command) {
            let groups = joined.entry(user).or_default();
            if groups.last().is_none_or(|(_, last)| *last != group) {
                groups.push((command, group));
            }
        }
    }
    for (step, word, value) in users {
        let Some((user, group)) = value.split_once(':') else { continue };
        let groups = joined.get(user).map_or(&[][..], Vec::as_slice);
        let before = groups.partition_point(|(command, _)| command.span.end <= step.instruction.span.start);
        let Some((command, joined)) = groups[..before].iter().rfind(|(_, joined)| joined != group) else { continue };
        let at = word.text.find(':').filter(|_| word.text == value);
        let edit = at.map(|at| Edit::delete(Span::new(word.span.start() + at, word.span.end())));
        cx.report(word.span, format!("`USER {value}` gives the process only the group `{group}`, not `{joined}`"))
            .label(command.span, "account added to that group here")
            .help(format!("use `USER {user}`, which keeps all of the account's groups"))
            .fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "omit the group", [edit])));
    }
}

/// The accounts that a command adds to a supplementary group, each with the group.
fn joins(command: &Command) -> Vec<(String, String)> {
    let operands = || command.operands().filter_map(|arg| arg.text.clone());
    match command.name.as_str() {
        "usermod" | "useradd" => {
            let Some(groups) = command.flag_value(&["-G", "--groups", "-aG"]).and_then(|arg| arg.text) else {
                return Vec::new();
            };
            operands().map(|user| (user, groups.clone())).collect()
        }
        // `adduser USER GROUP`, `addgroup USER GROUP`.
        "adduser" | "addgroup" => match operands().collect::<Vec<_>>().as_slice() {
            [user, group] => vec![(user.clone(), group.clone())],
            _ => Vec::new(),
        },
        "gpasswd" => {
            let user = command.flag_value(&["-a", "--add"]).and_then(|arg| arg.text);
            user.zip(operands().last()).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
