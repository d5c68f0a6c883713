//! Finds top-level keys in an unusual order.

use super::shared::put_in_order;
use crate::compose::schema::FILE;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnProject(check)])
    .fix(Fixable::Sometimes)
    .aka(&["top-level-properties-order"]);

fn check(cx: &ComposeCx<'_>) {
    let rank = |node: &Node| {
        let name = node.text().unwrap_or_default();
        FILE.keys.iter().position(|(key, _)| *key == name)
    };
    let keys: Vec<_> = cx.model.own.entries().iter().filter_map(|(key, _)| Some((key, rank(key)?))).collect();
    for pair in keys.windows(2) {
        if pair[1].1 < pair[0].1 {
            let name = |at: usize| pair[at].0.text().unwrap_or_default();
            let mut found = cx.at(pair[1].0, format!("`{}` comes after `{}`", name(1), name(0)));
            found.help("use the order `name`, `include`, `services`, `networks`, `volumes`, `secrets`, `configs`");
            // Extensions are first: they hold the anchors.
            let place =
                |node: &Node| rank(node).map(|rank| rank + 1).or_else(|| node.text()?.starts_with("x-").then_some(0));
            found.fix(put_in_order(&cx.model.own, Safety::Safe, place, cx));
        }
    }
}
