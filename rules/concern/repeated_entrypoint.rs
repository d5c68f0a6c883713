use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL4004", "MultipleInstructionsDisallowed"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    // Of a template one of them may be left.
    if cx.file.is_template(cx.source.text()) {
        return;
    }
    for (earlier, last) in stage.overruled(Keyword::Entrypoint) {
        let same = cx.text(earlier.instruction.args_span) == cx.text(last.instruction.args_span);
        // What was meant to run is lost with the line, unless it says the same again.
        let safety = if same { Safety::Safe } else { Safety::Unsafe };
        let edit = Edit::delete_lines(cx.source, earlier.instruction.lines_span());
        cx.report(
            earlier.instruction.span,
            "this `ENTRYPOINT` never runs: a later `ENTRYPOINT` of the stage replaces it",
        )
        .label(last.instruction.span, "only this one counts")
        .help("keep one `ENTRYPOINT`; if both are needed, let one script do the first and `exec` the second")
        .fix(Fix::new(safety, "remove the `ENTRYPOINT` that has no effect", [edit]));
    }
}
