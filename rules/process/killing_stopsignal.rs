//! Finds stop signals that a program cannot handle.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Stopsignal], check)]).fix(Fixable::Always);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Words(args) = &step.instruction.args else { return };
    let Some(word) = args.words.first() else { return };
    let Some(value) = cx.model.expand(step, word).value else { return };
    let (variant, what) = match value.to_ascii_uppercase().trim_start_matches("SIG") {
        "KILL" | "9" => ("", "cannot be caught: the program is killed without a chance to clean up"),
        "STOP" | "19" => ("stop", "only suspends the program, which is then killed after 10 seconds"),
        _ => return,
    };
    let edit = Edit::delete_lines(cx.source, step.instruction.lines_span());
    cx.report(word.span, format!("`{value}` {what}"))
        .variant(variant)
        .help("omit `STOPSIGNAL` to use SIGTERM, or specify the signal that makes the program shut down cleanly")
        .fix(Fix::new(Safety::Unsafe, "remove `STOPSIGNAL`", [edit]));
}
