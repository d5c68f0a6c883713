//! Finds variables in exec form, where nothing expands them.

use crate::finding::prelude::*;
use crate::knowledge::programs::{self, Class};
use crate::knowledge::variables;
use crate::shell::exec_form::{is_name, is_operator, join_words, json_array};

pub const RULE: Rule = Rule::new(
    Level::Warn,
    "0.1.0",
    &[Check::OnInstruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], check)],
)
.linux_only()
.fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let stage = &cx.model.stages[step.stage];
    let Some(items) = step.instruction.exec_items() else { return };
    let expands = |text: &str| {
        let name = text.rsplit('/').next().unwrap_or_default();
        programs::class(name).is(Class::SHELL.or(Class::EXPANDS_DOLLAR))
            // Flags after which an interpreter is given code.
            || ["-c", "-e", "-r", "--eval", "-lc", "-ec", "-xc"].contains(&text)
    };
    if items.iter().any(|item| expands(&item.value) || is_operator(&item.value)) {
        return;
    }
    let known = |name: &str| variables::SET_AT_START.contains(&name) || step.state.variables.get(name).is_some();
    let Some((item, name)) = items.iter().find_map(|item| Some((item, variable(&item.value).filter(|it| known(it))?)))
    else {
        return;
    };
    let entrypoint = stage.entrypoint(cx.model).filter(|_| step.keyword() == Keyword::Cmd);
    // `exec` is not a program: a shell was intended.
    let words: Vec<&str> = items.iter().map(|item| item.value.as_str()).skip_while(|word| *word == "exec").collect();
    let line = join_words(&words);
    let set = step.state.variables.get(name).and_then(|variable| variable.span);
    let message = format!("`${name}` is not expanded in exec form: the program receives it literally");
    let mut found = cx.report(item.span, message);
    if let Some(set) = set {
        found.label(set, "set here");
    }
    if entrypoint.is_some() {
        found
            .at_most(Level::Note)
            .help("move the variable to the entrypoint, unless the entrypoint expands its arguments");
        return;
    }
    let Some(line) = line else {
        found.help(format!("use a shell to expand it: `[\"sh\", \"-c\", \"exec program \\\"${name}\\\"\"]`"));
        return;
    };
    let text = match step.keyword() {
        Keyword::Run => line,
        _ => json_array(&["sh", "-c", &format!("exec {line}")]),
    };
    found.help(format!("use a shell to expand it: `{text}`"));
    if let Some(CommandLine::Exec(form)) = step.instruction.command_line() {
        found.fix(Fix::new(Safety::Unsafe, "use a shell to expand it", [Edit::replace(form.span, text)]));
    }
}

/// The name of the first `$NAME` or `${NAME…}` in a text that has no other use for a `$`.
fn variable(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once('$')?;
    let inner = rest.strip_prefix('{');
    let rest = inner.unwrap_or(rest);
    let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
    let closed = inner.is_none() || rest[end..].starts_with(['}', ':']);
    // An escaped dollar sign is meant for a later reader.
    (is_name(&rest[..end]) && closed && !before.ends_with('\\')).then(|| &rest[..end])
}
