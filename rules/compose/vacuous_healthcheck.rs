//! Finds healthchecks that never fail.

use super::shared::{is_idle, known_test, test_text};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    // Nothing runs in it that could fail.
    if is_idle(service) {
        return;
    }
    let Some(check) = service.healthcheck.as_ref().filter(|check| check.is_active()) else { return };
    let Some(test) = check.node.get("test") else { return };
    let text = test_text(check);
    let text = text.trim();
    let never_fails = text.ends_with("|| true") || text.ends_with("|| exit 0") || text.ends_with("; exit 0");
    if matches!(text, "true" | "exit 0" | "/bin/true" | ":") || never_fails {
        let mut found = cx.at(test, "this healthcheck never fails");
        found
            .help("test whether the service responds, and exit with 1 if it does not")
            .fix(known_test(service, test, cx));
    }
}
