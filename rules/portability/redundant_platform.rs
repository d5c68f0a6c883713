//! Finds `FROM --platform=$TARGETPLATFORM`, which is the default.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)])
    .fix(Fixable::Always)
    .aka(&["DL3065", "RedundantTargetPlatform"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(flag) = stage.from.flag("platform") else {
        return;
    };
    let text = flag.text().unwrap_or_default();
    if !matches!(text.as_str(), "$TARGETPLATFORM" | "${TARGETPLATFORM}") {
        return;
    }
    // A global `ARG` may have given the variable another value.
    let own = cx.model.globals.get("TARGETPLATFORM").is_some_and(|variable| variable.span.is_some());
    if own {
        return;
    }
    let gap = cx.text(Span::new(flag.span.end(), stage.from.args_span.end().max(flag.span.end())));
    let blank = gap.len() - gap.trim_start_matches([' ', '\t']).len();
    let edit = Edit::delete(Span::new(flag.span.start(), flag.span.end() + blank));
    cx.report(flag.span, "`$TARGETPLATFORM` is already the default for `FROM`")
        .help("omit `--platform`")
        .fix(Fix::new(Safety::Safe, "remove the flag", [edit]));
}
