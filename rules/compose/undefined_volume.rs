//! Reports volumes that are not defined.

use super::shared::{define, rename};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    cx.report_problems(ProblemKind::UndefinedVolume, |problem, found| {
        found.fix(rename(problem, cx).or_else(|| define(problem, "volumes", cx)));
    });
}
