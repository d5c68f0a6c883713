//! Reports service volumes that Compose cannot parse.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)]);

fn check(cx: &ComposeCx<'_>) {
    cx.report_problems(ProblemKind::Mount, |_, _| {});
}
