//! Finds databases that others depend on and that have no healthcheck.

use super::shared::{has_healthcheck, health_test, kind_of};
use crate::compose::edit::{add_healthcheck, quoted};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(kind) = kind_of(cx.model, service) else { return };
    let test = health_test(service, kind);
    if test.is_empty() {
        return;
    }
    if has_healthcheck(cx.model, service) != Some(false) || service.healthcheck.is_some() {
        return;
    }
    // Nobody waits for it.
    let is_used = cx.model.services.iter().any(|other| other.depends_on.iter().any(|on| on.service == service.name));
    if !is_used {
        return;
    }
    let mut found = cx.at(&service.key, format!("`{}` has no healthcheck", service.name));
    found.help(format!("add one: `test: [\"CMD-SHELL\", {}]`", quoted(test).replace('`', "'")));
    let edit = add_healthcheck(cx.source, service, test, kind.is_slow);
    found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "add a healthcheck", [edit])));
}
