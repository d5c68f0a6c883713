//! Images referenced without a tag.

use super::shared::{PIN_BY_DIGEST, may_be_context, pin_fix};
use crate::finding::prelude::*;
use crate::fixes::pin::pin;
use crate::knowledge::bases::tag::has_version_tags;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["DL3006"]);

fn check(cx: &Cx<'_>) {
    for used in cx.model.images() {
        let image = used.image;
        let Some(name) = image.familiar_name().filter(|_| image.untagged() && image.invalid.is_none()) else {
            continue;
        };
        // `--from=assets` may be a named build context.
        if may_be_context(&used, &name) || name == "scratch" {
            continue;
        }
        let tag = pin(&name, None, cx.model);
        let fix = tag.as_ref().and_then(|pin| pin_fix(image, pin, &format!("pin `{name}` to"), cx.model));
        let set_at = image.repository.set_at;
        let mut found = cx.report(
            image.span,
            format!("`{name}` has no tag, so each build uses whatever `latest` points to at the time"),
        );
        match &tag {
            Some(tag) => found.help(format!("use the version you tested, such as `{name}:{}`", tag.tag)),
            None if !has_version_tags(&name) => found.at_most(Level::Note).help(PIN_BY_DIGEST),
            None => found.help(format!("use the version you tested: `{name}:…`")),
        };
        if let Some(set_at) = set_at {
            found.label(set_at, "the image is set here");
        }
        found.fix(fix);
    }
}
