//! Images referenced without a digest.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    for used in cx.model.images() {
        let image = used.image;
        // An unknown value may contain a digest.
        let Some(value) = image.value.as_deref().filter(|value| *value != "scratch") else { continue };
        if image.has_digest() || image.invalid.is_some() {
            continue;
        }
        let tag = if image.untagged() { ":…" } else { "" };
        let set_at = image.tag.as_ref().unwrap_or(&image.repository).set_at;
        let mut found = cx.report(image.span, format!("`{value}` can point to another image at any time"));
        found.help(format!(
            "add the digest, `{value}{tag}@sha256:…`, and let a tool such as Renovate or Dependabot update it"
        ));
        if let Some(set_at) = set_at {
            found.label(set_at, "it is set here");
        }
    }
}
