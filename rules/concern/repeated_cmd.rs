//! Several `CMD` instructions in one stage.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL4003", "MultipleInstructionsDisallowed"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // In a template, only one of them may remain.
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    for (earlier, last) in stage.overruled(Keyword::Cmd) {
        let same = cx.text(earlier.instruction.args_span) == cx.text(last.instruction.args_span);
        // Deleting the line loses what was meant to run, unless both are the same.
        let safety = if same { Safety::Safe } else { Safety::Unsafe };
        let edit = Edit::delete_lines(cx.source, earlier.instruction.lines_span());
        cx.report(earlier.instruction.span, "this `CMD` never runs: a later `CMD` in the stage replaces it")
            .label(last.instruction.span, "only this one takes effect")
            .help("keep one `CMD`; move preparation to a `RUN` or an entrypoint script")
            .help("run a second service in its own container")
            .fix(Fix::new(safety, "remove the `CMD` that has no effect", [edit]));
    }
}
