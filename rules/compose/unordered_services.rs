//! Finds services that are not in alphabetical order.

use super::shared::put_in_order;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnProject(check)])
    .fix(Fixable::Sometimes)
    .aka(&["services-alphabetical-order"]);

fn check(cx: &ComposeCx<'_>) {
    let Some(services) = cx.model.own.get("services") else { return };
    for pair in services.entries().windows(2) {
        let (Some(first), Some(second)) = (pair[0].0.text(), pair[1].0.text()) else { continue };
        if second < first {
            let mut found = cx.at(&pair[1].0, format!("`{second}` comes after `{first}`"));
            found.help("sort the services by name");
            found.fix(put_in_order(services, Safety::Safe, |key| key.text().map(str::to_owned), cx));
        }
    }
}
