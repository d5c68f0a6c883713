//! Finds images with the tag `latest`.

use super::shared::pin;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(image) = service.image.as_ref().filter(|image| image.is_sure && service.build.is_none()) else { return };
    if image.tag.as_deref() == Some("latest") && image.digest.is_none() {
        let name = image.name.replace('`', "'");
        let mut found = cx.at(&image.node, format!("`{name}:latest` changes with every release"));
        found.help("use the version you tested").fix(pin(image, cx));
    }
}
