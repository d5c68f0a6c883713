//! `COPY --from` without `--link`.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Off, "0.1.0", &[Check::OnInstruction(&[Keyword::Copy], check)]).linux_only().fix(Fixable::Always);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(from) = step.flag("from").filter(|_| step.flag("link").is_none()) else { return };
    if !cx.model.stage(step.stage).is_some_and(|stage| stage.in_final) {
        return;
    }
    cx.report(from.span, "this layer is rebuilt whenever the base image changes")
        .help(
            "use `COPY --link --from=…` to create an independent layer, which stays cached when the base image changes",
        )
        .fix(Fix::new(Safety::Unsafe, "add `--link`", [Edit::insert(from.span.start(), "--link ")]));
}
