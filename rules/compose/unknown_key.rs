//! Reports keys that Compose does not support.

use super::shared::rename;
use crate::finding::compose::*;

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes).aka(&["invalid-schema"]);

fn check(cx: &ComposeCx<'_>) {
    cx.report_problems(ProblemKind::UnknownKey, |problem, found| {
        found.fix(rename(problem, cx));
    });
}
