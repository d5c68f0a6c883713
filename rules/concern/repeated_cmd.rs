use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL4003", "MultipleInstructionsDisallowed"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    // Of a template one of them may be left.
    if cx.file.is_template(cx.source.text()) {
        return;
    }
    for (earlier, last) in stage.overruled(Keyword::Cmd) {
        let same = cx.text(earlier.instruction.args_span) == cx.text(last.instruction.args_span);
        // What was meant to run is lost with the line, unless it says the same again.
        let safety = if same { Safety::Safe } else { Safety::Unsafe };
        let edit = Edit::delete_lines(cx.source, earlier.instruction.lines_span());
        cx.report(earlier.instruction.span, "this `CMD` never runs: a later `CMD` of the stage replaces it")
            .label(last.instruction.span, "only this one counts")
            .help("keep one `CMD`; what has to happen before belongs in a `RUN` or in an entrypoint script")
            .help("a second service belongs in a container of its own")
            .fix(Fix::new(safety, "remove the `CMD` that has no effect", [edit]));
    }
}
