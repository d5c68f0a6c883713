use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).words(&["stopsignal"]).fix(Fixable::Always);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Args::Words(args) = &step.instruction.args else { return };
    let Some(word) = args.words.first().filter(|_| step.keyword() == Keyword::Stopsignal) else { return };
    let Some(value) = cx.model.expand(step, word).value else { return };
    let what = match value.to_ascii_uppercase().trim_start_matches("SIG") {
        "KILL" | "9" => "cannot be caught: the program is cut off without a chance to finish its work",
        "STOP" | "19" => "does not end the program, it only freezes it, and after 10 seconds it is killed",
        _ => return,
    };
    let edit = Edit::delete_lines(cx.source, step.instruction.lines_span());
    cx.report(word.span, format!("`{value}` {what}"))
        .help("leave `STOPSIGNAL` away, which means SIGTERM, or name the signal on which the program finishes cleanly")
        .fix(Fix::new(Safety::Unsafe, "remove the `STOPSIGNAL`", [edit]));
}
