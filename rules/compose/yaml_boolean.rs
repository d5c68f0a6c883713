//! Finds Booleans written as `yes` or `no`.

use crate::compose::scalar::truth;
use crate::compose::schema::{SERVICE, Shape};
use crate::finding::compose::*;
use crate::knowledge::service_images::OLD_TRUTH_VALUES;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Always);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for (key, node) in service.node.entries() {
        let is_bool = key.text().and_then(|key| SERVICE.find(key)).is_some_and(|shape| matches!(shape, Shape::Bool));
        let Some(text) = node.text().filter(|_| is_bool && node.style == Style::Plain && node.file == 0) else {
            continue;
        };
        let word = text.to_ascii_lowercase();
        if !OLD_TRUTH_VALUES.contains(&word.as_str()) {
            continue;
        }
        let Some(value) = truth(text) else { continue };
        let fix = Fix::new(Safety::Safe, format!("write `{value}`"), [Edit::replace(node.span, value.to_string())]);
        cx.at(node, format!("`{text}` is a string in YAML 1.2")).help(format!("write `{value}`")).fix(fix);
    }
}
