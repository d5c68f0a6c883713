//! Images with the tag `latest`.

use super::shared::{PIN_BY_DIGEST, pin_fix};
use crate::finding::prelude::*;
use crate::fixes::pin::pin;
use crate::knowledge::bases::tag::has_version_tags;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3007"]);

fn check(cx: &Cx<'_>) {
    for used in cx.model.images() {
        let image = used.image;
        let Some(tag) = image.tag.as_ref().filter(|tag| tag.text.as_deref() == Some("latest")) else { continue };
        if image.has_digest() || image.invalid.is_some() {
            continue;
        }
        let name = image.familiar_name();
        let pinned = name.as_deref().and_then(|name| pin(name, Some("latest"), cx.model));
        let fix = pinned.as_ref().and_then(|pin| pin_fix(image, pin, "pin to the tag", cx.model));
        let mut found = cx.report(image.span, "`latest` points to a different image after every release");
        match (&name, &pinned) {
            (Some(name), Some(pinned)) => {
                found.help(format!("use the version you tested, such as `{name}:{}`", pinned.tag));
            }
            (Some(name), None) if !has_version_tags(name) => {
                found.at_most(Level::Note).help(PIN_BY_DIGEST);
            }
            _ => {
                found.help("replace `latest` with the version you tested");
            }
        }
        if let Some(set_at) = tag.set_at {
            found.label(set_at, "the tag is set here");
        }
        found.fix(fix);
    }
}
