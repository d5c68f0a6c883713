//! Finds container variables that Compose expands on the host.

use crate::compose::{Fallback, Variable};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(test) = service.get("healthcheck").and_then(|check| check.get("test")) else { return };
    let items = if test.is_list() { test.items() } else { std::slice::from_ref(test) };
    for item in items.iter().filter(|item| item.file == 0 && item.style != Style::Alias) {
        let inside = |span: Span| item.span.contains(span) && span != item.span;
        let uses = cx.model.uses.iter().filter(|used| used.place.file == item.file && inside(used.place.span));
        let swallowed: Vec<_> = uses
            .filter(|used| !used.is_set && used.fallback == Fallback::None)
            .filter(|used| service.variable(&used.name).is_some_and(|variable| !is_from_host(variable, &used.name, cx)))
            .collect();
        let Some(first) = swallowed.first() else { continue };
        let message = format!("Compose expands `{}` on the host, where it is not set", first.text.replace('`', "'"));
        let mut found = cx.at(first.place, message);
        found.help(format!("write `${}`, so that the shell in the container expands it", first.text.replace('`', "'")));
        if let Some(variable) = service.variable(&first.name) {
            found.label_at(&variable.key, "set only in the container");
        }
        let is_exec = test.is_list() && test.items().first().and_then(Node::text) == Some("CMD");
        if !is_exec {
            let edits = swallowed.iter().map(|used| Edit::insert(used.place.span.start(), "$"));
            found.fix(Fix::new(Safety::Unsafe, "write `$$`", edits));
        }
    }
}

/// Whether a container gets the host's variable of this name: then both have the same value.
fn is_from_host(variable: &Variable, name: &str, cx: &ComposeCx<'_>) -> bool {
    let node = &variable.node;
    let is_inside = |place: Place| place.file == node.file && node.span.contains(place.span);
    variable.value.is_none() || cx.model.uses.iter().any(|used| used.name == name && is_inside(used.place))
}
