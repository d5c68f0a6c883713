//! Finds variables set as the last command of a `RUN`, where they have no effect.

use crate::finding::prelude::*;
use crate::fixes::placement;
use crate::fixes::run_script::remove_run;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["export", "declare", "typeset", "readonly", ""], check)])
        .fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    if !command.is_plain() || !script.ends_with(command) || !command.redirects.is_empty() {
        return;
    }
    let words: Vec<&str> = match command.name.as_str() {
        // `A=1` alone.
        "" if command.args.is_empty() => command.assignments.iter().map(|it| it.name.as_str()).collect(),
        "" => return,
        _ => command.operands().map(|arg| arg.lexeme()).collect(),
    };
    let Some(name) = words.first().and_then(|word| word.split('=').next()).filter(|name| !name.is_empty()) else {
        return;
    };
    // In a script that stops at failures, `x=$(…)` may be there for its exit status.
    if command.name.is_empty() && script.commands.len() > 1 {
        return;
    }
    let written = command.operands().next().and_then(|arg| arg.raw.split_once('=')).map(|(_, value)| value);
    let value = written.filter(|value| is_plain_value(value, step));
    let fix = value.and_then(|value| {
        let alone = command.is("export") && command.args.len() == 1 && script.commands.len() == 1;
        let whole = alone && step.instruction.flags.is_empty() && step.instruction.args_span == command.span;
        if set_next(step, name, value, cx) {
            let edit = remove_run(cx.model, step, command)?;
            return Fix::new(Safety::Safe, "remove the `RUN`", [edit]).filter(|_| whole);
        }
        let edit = Edit::replace(step.instruction.span, placement::cased(&format!("ENV {name}={value}"), cx.model));
        Fix::new(Safety::Unsafe, format!("use `ENV {name}={value}`"), [edit]).filter(|_| whole)
    });
    let shown = value.filter(|value| !value.contains('`')).unwrap_or("…");
    cx.report(command.span, format!("setting `{name}` has no effect: the shell ends with this `RUN`"))
        .help(format!("use `ENV {name}={shown}`, or set it in the `RUN` that needs it"))
        .fix(fix);
}

/// Whether the next instruction is an ENV that sets the variable to the same value.
fn set_next(step: &Step<'_>, name: &str, value: &str, cx: &Cx<'_>) -> bool {
    let next = cx.model.stage(step.stage).and_then(|stage| stage.steps.get(step.index + 1));
    let Some(Args::Pairs(args)) = next.filter(|next| next.keyword() == Keyword::Env).map(|next| &next.instruction.args)
    else {
        return false;
    };
    let bare = |text: &str| text.trim_matches(['"', '\'']).to_owned();
    args.pairs
        .iter()
        .any(|pair| pair.name.text == name && pair.value.as_ref().is_some_and(|other| bare(&other.text) == bare(value)))
}

/// Whether a value means the same in ENV as in a shell.
fn is_plain_value(value: &str, step: &Step<'_>) -> bool {
    let known = value.split('$').skip(1).all(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        let name = &rest[..end];
        name == "PATH" || step.state.variables.contains_key(name)
    });
    let quotes = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let plain = |char: char| char.is_ascii_alphanumeric() || "_./:@%+,-${}=".contains(char);
    known && !quotes.is_empty() && quotes.chars().all(|char| plain(char) || (char == ' ' && quotes.len() < value.len()))
}
