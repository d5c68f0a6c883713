//! Finds keys of the retired Label Schema convention.

use crate::finding::prelude::*;
use crate::knowledge::labels::OUTDATED;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let keys: Vec<String> = stage.labels(model).filter_map(|label| label.key).collect();
    let present = |key: &str| keys.iter().any(|other| other == key);
    let present: Vec<&str> = OUTDATED.iter().map(|row| row.1).filter(|key| present(key)).collect();
    for label in stage.labels(model) {
        let Some(key) = label.key.as_ref().filter(|key| key.starts_with("org.label-schema.")) else { continue };
        let span = label.pair.name.span;
        let now = OUTDATED.iter().find(|row| row.0 == key).map(|row| row.1);
        let mut found =
            cx.report(span, format!("`{}` belongs to the retired Label Schema convention", key.replace('`', "'")));
        match now {
            Some(now) if present.contains(&now) => {
                found.help(format!("remove it unless a tool still reads it: its replacement, `{now}`, is already set"))
            }
            Some(now) if label.pair.name.text == *key => {
                let fix = Fix::new(Safety::Unsafe, format!("rename to `{now}`"), [Edit::replace(span, now)]);
                found.help(format!("use `{now}`")).fix(fix)
            }
            Some(now) => found.help(format!("use `{now}`")),
            None => found.help("remove it, or use your own key (`com.example.…`), because it has no replacement"),
        };
    }
}
