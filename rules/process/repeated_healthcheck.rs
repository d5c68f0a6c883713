use crate::finding::prelude::*;
use crate::syntax::HealthcheckArgs;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .words(&["healthcheck"])
    .fix(Fixable::Always)
    .aka(&["DL3012", "MultipleInstructionsDisallowed"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    // Of a template one of them may be left.
    if cx.file.is_template(cx.source.text()) {
        return;
    }
    for (earlier, last) in stage.overruled(Keyword::Healthcheck) {
        // What BuildKit refuses is said already.
        if [earlier, last].iter().any(|it| matches!(it.instruction.args, Args::Healthcheck(HealthcheckArgs::Other(_))))
        {
            continue;
        }
        let edit = Edit::delete_lines(cx.source, earlier.instruction.lines_span());
        cx.report(
            earlier.instruction.span,
            "this `HEALTHCHECK` is never made: a later `HEALTHCHECK` of the stage replaces it",
        )
        .label(last.instruction.span, "only this one counts")
        .help("a container has one state of health: if there are two things to ask, ask them in one command, joined with `&&`")
        .fix(Fix::new(Safety::Safe, "remove the `HEALTHCHECK` that has no effect", [edit]));
    }
}
