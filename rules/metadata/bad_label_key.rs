//! Finds label keys that break Docker's guidelines.

use crate::finding::prelude::*;
use crate::knowledge::labels;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes).aka(&["DL3048"]);

/// Namespaces reserved for Docker.
const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let for_red_hat = stage.labels(model).any(|label| label.key.as_deref() == Some(labels::RED_HAT[0]));
    let is_asked_for = |key: &str| labels::UPPER_CASE.contains(&key) || for_red_hat && labels::RED_HAT.contains(&key);
    for label in stage.labels(model) {
        let Some(key) = label.key.filter(|key| !is_asked_for(key)) else { continue };
        let span = label.pair.name.span;
        if let Some(prefix) = RESERVED.iter().find(|prefix| key.starts_with(**prefix)) {
            // Docker requires these keys for Docker Desktop extensions.
            if !key.starts_with("com.docker.extension.") && !key.starts_with("com.docker.desktop.") {
                cx.report(span, format!("keys that start with `{prefix}` are reserved for Docker"))
                    .variant("reserved")
                    .help("use a domain you own, in reverse: `com.example.…`");
            }
            continue;
        }
        let allowed = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._/-".contains(char);
        let lower = key.to_ascii_lowercase();
        let (variant, why) = if key.is_empty() {
            continue;
        } else if key.chars().any(|char| char.is_ascii_uppercase()) && is_fine(&lower) {
            ("capitals", "contains uppercase letters".to_owned())
        } else if let Some(odd) = lower.chars().find(|char| !allowed(*char)) {
            ("", format!("contains `{}`", if odd == '`' { '\'' } else { odd }))
        } else if !lower.starts_with(|char: char| char.is_ascii_lowercase()) {
            ("start", "does not start with a letter".to_owned())
        } else if lower.ends_with(['.', '_', '/', '-']) {
            ("end", "does not end with a letter or digit".to_owned())
        } else if lower.contains("..") || lower.contains("--") {
            ("separators", "contains consecutive separators".to_owned())
        } else {
            continue;
        };
        let mut found = cx.report(span, format!("label key `{}` {why}", key.replace('`', "'")));
        found.variant(variant);
        found.help("use lowercase letters, digits, and single `.`, `-`, `_` and `/` between them");
        if is_fine(&lower) && label.pair.name.text == key {
            let fix = Fix::new(Safety::Unsafe, format!("rename to `{lower}`"), [Edit::replace(span, lower)]);
            found.fix(fix);
        }
    }
}

fn is_fine(key: &str) -> bool {
    let bytes = key.as_bytes();
    key.starts_with(|char: char| char.is_ascii_lowercase())
        && !key.ends_with(['.', '_', '/', '-'])
        && !key.contains("..")
        && !key.contains("--")
        && bytes.iter().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"._/-".contains(it))
}
