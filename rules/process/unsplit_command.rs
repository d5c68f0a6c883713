//! Finds exec-form commands that are written as one string.

use crate::finding::prelude::*;
use crate::knowledge::programs::{self, Class};
use crate::shell::exec_form::{json_array, literal_words};

pub const RULE: Rule = Rule::new(
    Level::Error,
    "0.1.0",
    &[Check::OnInstruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], check)],
)
.linux_only()
.fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some([item, rest @ ..]) = step.instruction.exec_items() else { return };
    let mut words = item.value.split_whitespace();
    let (Some(program), Some(second)) = (words.next(), words.next()) else { return };
    // Of a `CMD` after an `ENTRYPOINT` it is an argument.
    let stage = &cx.model.stages[step.stage];
    if step.keyword() == Keyword::Cmd && stage.entrypoint(cx.model).is_some() || program.contains(['$', '=', '<', '{'])
    {
        return;
    }
    let known = programs::class(program) != Class::default();
    let script = [".sh", ".py", ".js", ".pl", ".rb"].iter().any(|ending| program.ends_with(ending));
    // `/opt/my program/run` may be a file.
    if !known && !script && program.contains('/') && !second.starts_with('-') {
        return;
    }
    let mut found =
        cx.report(item.span, format!("the whole string is treated as the program's name: {}", shown(&item.value)));
    found.help("use a separate string for the program and each argument");
    found.help(match step.keyword() {
        Keyword::Run => "the step fails: there is no file with that name",
        _ => "the container fails: there is no file with that name",
    });
    if !known {
        found.at_most(Level::Warn);
    }
    let Some(words) = literal_words(&item.value) else { return };
    let items = json_array(&words);
    let inner = items.trim_start_matches('[').trim_end_matches(']');
    found.help(format!("write `[{}{}`", inner.replace('`', "'"), if rest.is_empty() { "]" } else { ", …]" }));
    found.fix(Fix::new(Safety::Unsafe, "split the string into words", [Edit::replace(item.span, inner)]));
}

fn shown(text: &str) -> String {
    format!("`{}`", crate::text::suggest::shorten(text).replace('`', "'"))
}
