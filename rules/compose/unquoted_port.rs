//! Finds ports without quotes.

use crate::compose::edit::quoted;
use crate::finding::compose::*;

pub const RULE: Rule =
    Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Always).aka(&["require-quotes-in-ports"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for port in service.ports.iter().filter(|port| port.node.style == Style::Plain && port.is_short) {
        let written = cx.written(&port.node);
        if !written.contains(':') {
            continue;
        }
        let fix = Fix::new(Safety::Safe, "quote the port", [Edit::replace(port.node.span, quoted(written))]);
        cx.at(&port.node, "this port is not quoted").help("quote it").fix(fix);
    }
}
