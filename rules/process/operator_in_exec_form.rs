//! Finds shell operators in exec form, where they are plain arguments.

use crate::finding::prelude::*;
use crate::knowledge::programs::{self, Class};
use crate::shell::exec_form::{is_operator, join_words, json_array};

pub const RULE: Rule = Rule::new(
    Level::Warn,
    "0.1.0",
    &[Check::OnInstruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], check)],
)
.linux_only()
.fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(items) = step.instruction.exec_items() else { return };
    let Some(item) = items.iter().skip(1).find(|item| is_operator(&item.value)) else { return };
    let program = items[0].value.rsplit('/').next().unwrap_or_default();
    if programs::class(program).is(Class::TAKES_OPERATORS) {
        return;
    }
    let words: Vec<&str> = items.iter().map(|item| item.value.as_str()).collect();
    let line = join_words(&words);
    let message = format!("`{}` is passed to `{program}` as an argument: exec form does not use a shell", item.value);
    let behind_entrypoint =
        step.keyword() == Keyword::Cmd && cx.model.stages[step.stage].entrypoint(cx.model).is_some();
    let mut found = cx.report(item.span, message);
    let Some(line) = line else {
        found.help("use `[\"sh\", \"-c\", \"first && exec second\"]`, or put the commands in a script");
        return;
    };
    let text = if step.keyword() == Keyword::Run { line } else { json_array(&["sh", "-c", &line]) };
    found.help(format!("use `{text}`, or put the commands in a script"));
    if let (Some(CommandLine::Exec(form)), false) = (step.instruction.command_line(), behind_entrypoint) {
        found.fix(Fix::new(Safety::Unsafe, "run it in a shell", [Edit::replace(form.span, text)]));
    }
}
