//! Finds dependencies that are not in alphabetical order.

use super::shared::put_in_order;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)])
    .fix(Fixable::Sometimes)
    .aka(&["service-dependencies-alphabetical-order"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for pair in service.depends_on.windows(2) {
        if pair[1].service < pair[0].service {
            let mut found = cx.at(&pair[1].key, format!("`{}` comes after `{}`", pair[1].service, pair[0].service));
            found.help("sort `depends_on` by name");
            if let Some(list) = service.get("depends_on") {
                found.fix(put_in_order(list, Safety::Safe, |key| key.text().map(str::to_owned), cx));
            }
        }
    }
}
