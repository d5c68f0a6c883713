//! Ignore files that match nothing in the build context.

use crate::finding::prelude::*;
use crate::knowledge::directories;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]);

/// A list with more patterns than this is generic, not written for this project.
const FEW: usize = 40;

fn check(cx: &Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure() && !context.truncated()) else { return };
    let Some(file) = context.ignore_file() else { return };
    let patterns: Vec<_> = file.patterns().iter().filter(|pattern| !pattern.exception).collect();
    let Some((step, whole)) = cx.model.steps().find_map(|step| Some((step, step.whole_context(cx.model)?))) else {
        return;
    };
    if patterns.is_empty() || patterns.len() > FEW || cx.model.stage(step.stage).is_none_or(|stage| stage.windows) {
        return;
    }
    let idle = |path: &str| patterns.iter().any(|pattern| pattern.matches(path));
    if context.entries().iter().any(|entry| idle(&entry.path)) {
        return;
    }
    // Files that builds and tools create do not exist in a fresh checkout.
    let later = |path: &&str| idle(path) || idle(&format!("a/{path}"));
    if directories::CREATED_LATER.iter().any(later) {
        return;
    }
    cx.report(whole, "this copies the whole build context, because `.dockerignore` matches none of its files")
        .help("check its patterns: they are relative to the build context's root, and `**/name` matches at any depth");
}
