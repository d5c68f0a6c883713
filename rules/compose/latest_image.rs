//! Finds images with the tag `latest`.

use super::shared::pin;
use crate::finding::compose::*;
use crate::knowledge::bases::end_of_life::end_of_life;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(image) = service.image.as_ref().filter(|image| image.is_sure && service.build.is_none()) else { return };
    // An image that gets no releases has a rule of its own.
    let is_over = end_of_life(&image.name, None).iter().any(|end| end.deprecated_image);
    if image.tag.as_deref() == Some("latest") && image.digest.is_none() && !is_over {
        let name = image.name.replace('`', "'");
        let mut found = cx.at(&image.node, format!("`{name}:latest` changes with every release"));
        found.help("use the version you tested").fix(pin(image, cx));
    }
}
