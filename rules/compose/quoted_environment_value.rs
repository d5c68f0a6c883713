//! Finds quotes that become part of a value.

use crate::compose::edit::replace_scalar;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for variable in service.environment.iter().filter(|variable| variable.in_list && variable.key.file == 0) {
        let Some(value) = variable.value.as_deref() else { continue };
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let Some(quote) = quote.filter(|quote| value.len() > 1 && value.ends_with(*quote)) else { continue };
        let inner = &value[1..value.len() - 1];
        let written = cx.written(&variable.key);
        // JSON is meant to have quotes.
        if inner.contains(quote) || inner.starts_with(['{', '[']) {
            continue;
        }
        let mut found = cx.at(&variable.key, format!("the quotes are part of the value of `{}`", variable.name));
        found.help("remove them, or put the whole entry in quotes");
        if written == format!("{}={value}", variable.name) {
            let node = Node { style: Style::Plain, ..variable.key.clone() };
            let edit = replace_scalar(&node, &format!("{}={inner}", variable.name));
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove the quotes", [edit])));
        }
    }
}
