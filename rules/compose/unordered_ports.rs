//! Finds unsorted ports.

use super::shared::put_in_order;
use crate::compose::Port;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)])
    .fix(Fixable::Sometimes)
    .aka(&["service-ports-alphabetical-order"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for pair in service.ports.windows(2) {
        let published = |port: &Port| port.published.map(|range| range.first);
        let number = |at: usize| published(&pair[at]);
        if let (Some(first), Some(second)) = (number(0), number(1))
            && second < first
        {
            let mut found = cx.at(&pair[1].node, format!("port {second} comes after {first}"));
            found.help("sort the ports by number");
            if let Some(list) = service.get("ports") {
                let port =
                    |node: &Node| service.ports.iter().find(|port| port.node.span == node.span).and_then(published);
                found.fix(put_in_order(list, Safety::Unsafe, port, cx));
            }
        }
    }
}
