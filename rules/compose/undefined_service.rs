//! Reports references to services that are not defined.

use super::shared::rename;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    cx.report_problems(ProblemKind::UndefinedService, |problem, found| {
        found.fix(rename(problem, cx));
    });
}
