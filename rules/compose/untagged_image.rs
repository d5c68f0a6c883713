//! Finds images without a tag.

use super::shared::pin;
use crate::finding::compose::*;
use crate::knowledge::bases::releases;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)])
    .fix(Fixable::Sometimes)
    .aka(&["service-image-require-explicit-tag", "CL-0004"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(image) = service.image.as_ref().filter(|image| image.is_sure && service.build.is_none()) else { return };
    if image.tag.is_some() || image.digest.is_some() {
        return;
    }
    let name = image.name.replace('`', "'");
    let mut found =
        cx.at(&image.node, format!("`{name}` has no tag, so it means whatever `latest` points to at the time"));
    match releases::pin(&image.name, None) {
        Some(tag) => _ = found.help(format!("use the version you tested, such as `{name}:{tag}`")).fix(pin(image, cx)),
        None => _ = found.help(format!("use the version you tested: `{name}:…`")),
    }
}
