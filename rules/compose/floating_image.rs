//! Finds tags without a version.

use super::shared::pin;
use crate::finding::compose::*;
use crate::knowledge::bases::tag::TagKind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(image) = service.image.as_ref().filter(|image| image.is_sure && service.build.is_none()) else { return };
    if image.digest.is_some() || !image.is_known() {
        return;
    }
    if let TagKind::Floating(why) = image.tag_kind() {
        let tag = image.tag.as_deref().unwrap_or_default().replace('`', "'");
        let mut found = cx.at(&image.node, format!("the tag `{tag}` {why}"));
        found.help("use a tag with a version").fix(pin(image, cx));
    }
}
