//! Finds services that may gain privileges.

use crate::compose::edit::{add_entry, add_item};
use crate::finding::compose::*;

pub const RULE: Rule =
    Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes).aka(&["CL-0003"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let options = service.texts("security_opt");
    if !options.iter().any(|node| node.text().is_some_and(|text| text.starts_with("no-new-privileges"))) {
        let mut found = cx.at(&service.key, format!("`{}` can gain privileges through setuid programs", service.name));
        found.help("add `no-new-privileges:true` to `security_opt`");
        let option = "no-new-privileges:true";
        let edit = match service.get("security_opt") {
            Some(list) => add_item(cx.source, list, option),
            None => add_entry(cx.source, &service.node, &["security_opt:", &format!("  - {option}")]),
        };
        found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "disable new privileges", [edit])));
    }
}
