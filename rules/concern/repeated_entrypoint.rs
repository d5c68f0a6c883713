//! Several `ENTRYPOINT` instructions in one stage.

use super::shared::report_repeated;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL4004", "MultipleInstructionsDisallowed"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    report_repeated(stage, cx, Keyword::Entrypoint, HELP);
}

const HELP: &[&str] =
    &["keep one `ENTRYPOINT`; if you need both, use a script that runs the first and then `exec`s the second"];
