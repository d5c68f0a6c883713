//! Finds `links`.

use crate::compose::edit::remove_entry;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some((key, links)) = service.entry("links") else { return };
    let mut found = cx.at(key, "`links` is a legacy feature, because services can reach each other by name");
    found.help("remove it, and use `depends_on` for the start order");
    let is_covered = links.items().iter().all(|link| {
        let text = link.text().unwrap_or_default();
        let is_known = service.depends_on.iter().any(|dependency| dependency.service == text);
        is_known && !text.contains(':')
    });
    let shared = links.items().iter().filter_map(Node::text).all(|name| {
        let other = cx.model.service(name);
        other.is_some_and(|other| other.joins().iter().any(|network| service.joins().contains(network)))
    });
    if is_covered && shared && service.has_own_network() {
        let edit = remove_entry(cx.source, key, links);
        found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove `links`", [edit])));
    }
}
