//! Finds services that listen on 127.0.0.1 and publish a port.

use crate::finding::compose::*;
use crate::knowledge::service_images::ADDRESS_FLAGS;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    if service.ports.is_empty() || !service.has_own_network() {
        return;
    }
    let Some((_, node)) = service.entry("command") else { return };
    let words = service.words("command");
    let flags = ADDRESS_FLAGS;
    let is_own =
        |value: &str| value.starts_with("127.0.0.1") || value == "localhost" || value.starts_with("localhost:");
    let by_flag = words.windows(2).any(|pair| flags.contains(&pair[0].as_str()) && is_own(&pair[1]));
    let joined = words
        .iter()
        .any(|word| word.split_once('=').is_some_and(|(flag, value)| flags.contains(&flag) && is_own(value)));
    if by_flag || joined {
        let mut found = cx.at(node, "the service listens on 127.0.0.1, so its published port is unreachable");
        found.help("listen on 0.0.0.0");
    }
}
