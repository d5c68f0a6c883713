//! Finds commands that an operator was forgotten before, so that they are arguments of the command above.

use crate::commands::joined::joined_command;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, _: &Step<'_>, cx: &Cx<'_>) {
    let Some(arg) = joined_command(command) else { return };
    let Some(before) = command.args.iter().rev().find(|other| other.span.end <= arg.span.start) else { return };
    // A line ends in between, and nothing else.
    let gap = cx.text(Span::new(before.span.end(), arg.span.start()));
    if !gap.contains('\n') {
        return;
    }
    let plain = gap.chars().all(|char| char.is_whitespace() || char == cx.model.file.escape.as_char());
    let fix = Fix::new(Safety::Unsafe, "insert `&&`", [Edit::insert(before.span.end(), " &&")]);
    cx.report(
        arg.span,
        format!("`{}` is an argument of `{}` here: an operator is missing", arg.lexeme(), command.name),
    )
    .label(Span::at(before.span.end()), "this line continues without an operator")
    .help("end the line above with `&& \\`")
    .fix(fix.filter(|_| plain));
}
