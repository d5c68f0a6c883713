//! How an image is pinned to a version, shared by the rules on tags.

use crate::finding::prelude::*;
use crate::fixes::image_tag::with_tag;
use crate::fixes::pin::{Pin, pin};
use crate::knowledge::bases;
use crate::model::ImageUse;

/// The help for an image whose publisher offers no tags with a version.
pub(super) const PIN_BY_DIGEST: &str =
    "pin it by digest, `@sha256:…`: its publisher does not provide public version tags";

/// How an image is written with a version, such as `python:3.14-slim`; with `…` for the version if none is known.
pub fn example_with_version(image: &ImageRef, model: &Model<'_>) -> Option<String> {
    let name = image.familiar_name()?;
    let tag = pin(&name, None, model).map_or_else(|| "…".to_owned(), |pin| pin.tag);
    Some(format!("{name}:{tag}"))
}

/// Whether a name after `--from=` may be that of a build context or of a stage, because no such image is known.
pub fn may_be_context(used: &ImageUse<'_, '_>, name: &str) -> bool {
    used.step.is_some() && !name.contains('/') && bases::image(name).is_none()
}

/// Writes the pinned tag; `what` is the start of the title: ``pin to the tag``.
pub(super) fn pin_fix(image: &ImageRef, pin: &Pin, what: &str, model: &Model<'_>) -> Option<Fix> {
    let title = format!("{what} `{}`{}", pin.tag, pin.by_file());
    Fix::new(Safety::Unsafe, title, with_tag(image, &pin.tag, model)).map(|fix| fix.in_order(Order::Pin))
}
