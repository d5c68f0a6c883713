//! Reports required variables that are not set.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnProject(check)]);

fn check(cx: &ComposeCx<'_>) {
    cx.report_problems(ProblemKind::RequiredVariable, |_, _| {});
}
