//! Finds health conditions on a service that has no healthcheck.

use super::shared::{has_healthcheck, health_test, kind_of};
use crate::compose::Condition;
use crate::compose::edit::add_healthcheck;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for dependency in service.depends_on.iter().filter(|dependency| dependency.condition == Condition::Healthy) {
        let Some(other) = cx.model.service(&dependency.service) else { continue };
        if has_healthcheck(cx.model, other) != Some(false) {
            continue;
        }
        let place = dependency.node.get("condition").unwrap_or(&dependency.key);
        let mut found = cx.at(place, format!("`{}` has no healthcheck, so this condition is never met", other.name));
        found.label_at(&other.key, "this service needs a `healthcheck`");
        found.help("add a `healthcheck` there; without one, Compose stops at this dependency");
        let edit = kind_of(cx.model, other)
            .and_then(|kind| add_healthcheck(cx.source, other, health_test(other, kind), kind.is_slow));
        found.fix(
            edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("add a healthcheck to `{}`", other.name), [edit])),
        );
    }
}
