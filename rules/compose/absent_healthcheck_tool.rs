//! Finds healthchecks that call a program that the image does not have.

use super::shared::{known_test, test_text};
use crate::compose::TOOLS;
use crate::finding::compose::*;
use crate::knowledge::bases::contents;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(check) = service.healthcheck.as_ref().filter(|check| check.is_active()) else { return };
    let Some(test) = check.node.get("test") else { return };
    let text = test_text(check);
    // The first command counts: `curl … || wget …` has two chances.
    let first = text.split_whitespace().next().unwrap_or_default();
    let Some(tool) = TOOLS.into_iter().find(|tool| *tool == first) else { return };
    if TOOLS.iter().any(|other| *other != tool && text.split_whitespace().any(|word| word == *other)) {
        return;
    }
    let Some((name, tag)) = cx.model.base_image(service) else { return };
    let facts = cx.model.build(service);
    if facts.is_some_and(|facts| facts.has_tool(tool) != Tri::No) {
        return;
    }
    let is_missing = contents(name, tag).is_some_and(|contents| contents.program(tool) == Some(false));
    if !is_missing {
        return;
    }
    let image = name.replace('`', "'");
    let mut found = cx.at(test, format!("`{tool}` is not in the image, so the check always fails"));
    found.help(format!("`{image}` does not include `{tool}`: install it, or use the image's language runtime"));
    found.fix(known_test(service, test, cx));
}
