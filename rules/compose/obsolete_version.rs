//! Finds the obsolete key `version`.

use crate::compose::edit::remove_entry;
use crate::finding::compose::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes).aka(&["no-version-field"]);

fn check(cx: &ComposeCx<'_>) {
    let Some((key, value)) = cx.model.own.entry("version") else { return };
    if cx.model.own.entries().len() < 2 {
        return;
    }
    let edit = remove_entry(cx.source, key, value);
    let fix = edit.and_then(|edit| Fix::new(Safety::Safe, "remove `version`", [edit]));
    cx.at(key, "`version` is obsolete: Compose ignores it").help("remove it").fix(fix);
}
