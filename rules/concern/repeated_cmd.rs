//! Several `CMD` instructions in one stage.

use super::shared::report_repeated;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL4003", "MultipleInstructionsDisallowed"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    report_repeated(stage, cx, Keyword::Cmd, HELP);
}

const HELP: &[&str] = &[
    "keep one `CMD`; move preparation to a `RUN` or an entrypoint script",
    "run a second service in its own container",
];
