//! The findings of one file that is built in several ways.

use std::collections::HashMap;

use crate::finding::{Diagnostic, Text, sort};
use crate::text::Span;

/// Rules whose findings say that nothing needs something: true only if it is so in each build.
const OF_ALL: [&str; 2] = ["unused-stage", "unused-ignore"];

/// Joins the findings of several builds of one file, each with what it is called. What holds for some builds only says
/// for which, and has no fix: it may be wrong for the others.
pub fn union(mut builds: Vec<(String, Vec<Diagnostic>)>) -> Vec<Diagnostic> {
    let count = builds.len();
    if let [(_, found)] = &mut builds[..] {
        // In file order, so that what is said twice follows itself.
        let mut found = std::mem::take(found);
        found.dedup_by(|a, b| (a.rule.name, a.variant, a.span, &a.message) == (b.rule.name, b.variant, b.span, &b.message));
        return found;
    }
    let mut order: Vec<Diagnostic> = Vec::new();
    let mut places: HashMap<(&'static str, &'static str, Span, Text), usize> = HashMap::new();
    let mut holds: Vec<Vec<String>> = Vec::new();
    for (name, found) in builds {
        for diagnostic in found {
            let key = (diagnostic.rule.name, diagnostic.variant, diagnostic.span, diagnostic.message.clone());
            let index = *places.entry(key).or_insert_with(|| {
                order.push(diagnostic);
                holds.push(Vec::new());
                order.len() - 1
            });
            if holds[index].last() != Some(&name) {
                holds[index].push(name.clone());
            }
        }
    }
    let mut found = Vec::new();
    for (mut diagnostic, names) in order.into_iter().zip(holds) {
        if names.len() < count {
            if OF_ALL.contains(&diagnostic.rule.name) {
                continue;
            }
            diagnostic.help(format!("so it is when built as {}", names.join(", ")));
            (diagnostic.fix, diagnostic.plan) = (None, None);
        }
        found.push(diagnostic);
    }
    sort(&mut found);
    found
}
