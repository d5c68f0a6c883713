//! Finds service keys in an unusual order.

use super::shared::put_in_order;
use crate::finding::compose::*;
use crate::knowledge::service_keys::group;

pub const RULE: Rule =
    Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes).aka(&["service-keys-order"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    // What files and services that are laid over each other say has no order.
    let own = cx.model.own.get("services").and_then(|services| services.get(&service.name));
    let Some(own) = own.filter(|own| own.style == Style::Lines) else { return };
    let name = |node: &Node| node.text().unwrap_or_default().to_owned();
    let is_here = |key: &Node| own.span.contains(key.span);
    let keys: Vec<_> = own.entries().iter().filter(|(key, _)| is_here(key)).collect();
    let ranked: Vec<_> = keys.iter().filter_map(|(key, _)| Some((key, group(key.text()?)?))).collect();
    let Some(pair) = ranked.windows(2).find(|pair| pair[1].1 < pair[0].1) else { return };
    let mut found = cx.at(pair[1].0, format!("`{}` comes after `{}`", name(pair[1].0), name(pair[0].0)));
    found
        .help("use the order: image, dependencies, volumes, environment, ports and networks, command, restart, labels");
    // A key whose place is free stays after the one above it.
    let mut ranks = std::collections::HashMap::new();
    let mut last = 0;
    for (key, _) in &keys {
        last = group(key.text().unwrap_or_default()).unwrap_or(last);
        ranks.insert(key.span, last);
    }
    found.fix(put_in_order(own, Safety::Safe, |key| ranks.get(&key.span).copied(), cx));
}
