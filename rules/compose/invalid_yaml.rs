//! Reports files that are not valid YAML.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)]).aka(&["yaml-syntax"]);

fn check(cx: &ComposeCx<'_>) {
    cx.report_problems(ProblemKind::Yaml, |_, _| {});
}
