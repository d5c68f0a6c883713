//! Finds `HEALTHCHECK` instructions that a later one in the same stage replaces.

use crate::finding::prelude::*;
use crate::syntax::HealthcheckArgs;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .fix(Fixable::Always)
    .aka(&["DL3012", "MultipleInstructionsDisallowed"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // Rendering a template may leave only one of them.
    if stage.overruled(Keyword::Healthcheck).next().is_none() || cx.model.file.is_template(cx.source.text()) {
        return;
    }
    for (earlier, last) in stage.overruled(Keyword::Healthcheck) {
        // What BuildKit rejects is reported elsewhere.
        if [earlier, last].iter().any(|it| matches!(it.instruction.args, Args::Healthcheck(HealthcheckArgs::Other(_))))
        {
            continue;
        }
        let edit = Edit::delete_lines(cx.source, earlier.instruction.lines_span());
        cx.report(earlier.instruction.span, "this `HEALTHCHECK` has no effect: a later one in the stage replaces it")
            .label(last.instruction.span, "only this one takes effect")
            .help("combine the checks in one `HEALTHCHECK`, joined with `&&`")
            .fix(Fix::new(Safety::Safe, "remove the ineffective `HEALTHCHECK`", [edit]));
    }
}
