//! Tags that an image does not have.

use crate::finding::prelude::*;
use crate::fixes::pin::pin;
use crate::knowledge::bases::tag::missing_tag;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)])
    // A tag that does not exist is neither fixed nor floating.
    .instead_of(&["floating-tag", "latest-tag", "untagged-base"]);

fn check(cx: &Cx<'_>) {
    for used in cx.model.images() {
        let image = used.image;
        let known = image.value.is_some() && !image.has_digest() && image.invalid.is_none();
        let Some(name) = image.familiar_name().filter(|_| known) else { continue };
        let Some(missing) = missing_tag(&name, image.tag_text()) else { continue };
        let mut found = cx.report(image.span, format!("`{name}` has no tag `{}`, so the build fails", missing.tag));
        match missing.instead {
            Some(instead) => found.help(format!("use {instead}")),
            None => match pin(&name, None, cx.model) {
                Some(pin) => found.help(format!("use a tag that exists, such as `{name}:{}`", pin.tag)),
                None => found.help("use a tag that exists"),
            },
        };
        let tag_set_at = image.tag.as_ref().and_then(|tag| tag.set_at);
        if let Some(set_at) = tag_set_at.or(image.repository.set_at) {
            // The builder may pass another value.
            found.at_most(Level::Warn).label(set_at, "it is set here");
        }
    }
}
