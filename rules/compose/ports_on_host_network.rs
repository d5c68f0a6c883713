//! Finds published ports on the host's network.

use crate::compose::edit::remove_entry;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let (Some(mode), Some((key, ports))) = (service.get("network_mode"), service.entry("ports")) else { return };
    if mode.text() != Some("host") || service.ports.is_empty() {
        return;
    }
    let mut found = cx.at(key, "`ports` has no effect on the host's network");
    found.help("remove `ports`, or `network_mode`").label_at(mode, "the host's network");
    let edit = remove_entry(cx.source, key, ports);
    found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove `ports`", [edit])));
}
