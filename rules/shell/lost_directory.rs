//! Finds `cd` as the last command of a `RUN`, where it has no effect.

use crate::finding::prelude::*;
use crate::fixes::placement;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["cd", "pushd"], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    if !command.is_plain() || script.after(command).next().is_some() {
        return;
    }
    let to = command.operands().next();
    let Some(path) = to.and_then(|to| to.text.as_deref()).filter(|path| !path.starts_with(['-', '~'])) else {
        cx.report(command.span, "this `cd` has no effect: it lasts only until the end of its `RUN`")
            .variant("no-effect")
            .help("use `WORKDIR` to change the directory for later instructions");
        return;
    };
    // Without one, the container is all that starts somewhere.
    let what = if cx.model.after(step).next().is_some() { "next instruction" } else { "container" };
    let message = format!("the {what} does not start in `{path}`: `cd` lasts only until the end of its `RUN`");
    let found = cx.source.slice(command.span).to_owned();
    let alone = script.commands.len() == 1 && step.instruction.flags.is_empty() && !step.is_exec_form();
    let bare = !path.contains(|char: char| char.is_whitespace() || "'\"\\$#".contains(char));
    let keyword = step.instruction.span;
    let fix = (alone && bare && found == cx.source.slice(step.instruction.args_span))
        .then(|| Edit::replace(keyword, placement::cased(&format!("WORKDIR {path}"), cx.model)))
        .and_then(|edit| Fix::new(Safety::Unsafe, format!("use `WORKDIR {path}`"), [edit]));
    let mut found = cx.report(command.span, message);
    found.help(format!("use `WORKDIR {path}`, which applies to all later instructions")).fix(fix);
    // It returns from another directory.
    if script.named("cd").count() > 1 {
        found.at_most(Level::Note).help("remove it: you do not need to change back");
    }
}
