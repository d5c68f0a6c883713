//! Finds `RUN`, `CMD` and `ENTRYPOINT` without a command.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Run, Keyword::Cmd, Keyword::Entrypoint], check)])
        .fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let keyword = step.keyword();
    let nothing = match step.instruction.command_line() {
        Some(CommandLine::Empty) => true,
        Some(CommandLine::Exec(form)) => keyword == Keyword::Run && form.items.is_empty(),
        Some(CommandLine::Shell(_)) => {
            keyword == Keyword::Run
                && step.instruction.heredocs.is_empty()
                && step.script.as_ref().is_some_and(|script| script.clean && script.commands.is_empty())
                && cx.text(step.instruction.args_span).trim_start().starts_with('#')
        }
        None => false,
    };
    if !nothing {
        return;
    }
    let lines = step.instruction.lines_span();
    let edit = Edit::delete_lines(cx.source, lines);
    let name = keyword.as_str();
    let span = step.instruction.span;
    if keyword == Keyword::Run {
        cx.report(span, "this `RUN` has no command").help("remove it, or add the command").fix(Fix::new(
            Safety::Safe,
            "remove the empty `RUN`",
            [edit],
        ));
    } else {
        cx.report(span, format!("empty `{name}`: the container starts a shell without a command and exits"))
            .variant("no-program")
            .help(format!("add the program, or use `{name} []` to reset the base image's `{name}`"));
    }
}
