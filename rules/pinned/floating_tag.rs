//! Tags that do not name a version.

use super::shared::{PIN_BY_DIGEST, pin_fix};
use crate::finding::prelude::*;
use crate::fixes::pin::pin;
use crate::knowledge::bases;
use crate::knowledge::bases::tag::{TagKind, Why, has_version_tags, tag_kind};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    for used in cx.model.images() {
        let image = used.image;
        let Some(name) = image.familiar_name().filter(|_| !image.has_digest() && image.invalid.is_none()) else {
            continue;
        };
        let Some(tag) = &image.tag else { continue };
        let Some(text) = tag.text.as_deref() else { continue };
        let TagKind::Floating(why) = tag_kind(&name, Some(text)) else { continue };
        // The number in `openjdk-8-jre`, or in a tag of an unknown image, may be its version.
        if text.contains(|char: char| char.is_ascii_digit()) && (bases::image(&name).is_none() || why == Why::Variant) {
            continue;
        }
        let pinned = pin(&name, Some(text), cx.model);
        let fix = pinned.as_ref().and_then(|pin| pin_fix(image, pin, "pin to the tag", cx.model));
        let mut found = cx.report(image.span, format!("the tag `{text}` {why}"));
        found.variant(match why {
            Why::Channel => "channel",
            Why::Variant => "variant",
            Why::OsOnly => "system",
        });
        match &pinned {
            Some(pinned) => found.help(format!("add the version, such as `{name}:{}`", pinned.tag)),
            None if !has_version_tags(&name) => found.help(PIN_BY_DIGEST),
            None => found.help("use a tag that starts with the version you tested"),
        };
        if let Some(set_at) = tag.set_at {
            found.label(set_at, "the tag is set here");
        }
        found.fix(fix);
    }
}
