//! Words that are not Dockerfile instructions.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL1000"]);

fn check(cx: &Cx<'_>) {
    cx.report_syntax(SyntaxErrorKind::UnknownInstruction);
}
