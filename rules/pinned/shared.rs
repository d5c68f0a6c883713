//! How an image is pinned to a version, shared by the rules on tags.

use crate::finding::prelude::*;
use crate::fixes::image_tag::with_tag;
use crate::fixes::pin::Pin;

/// The help for an image whose publisher offers no tags with a version.
pub(super) const PIN_BY_DIGEST: &str = "pin it by digest, `@sha256:…`: its publisher offers no public version tags";

/// Writes the pinned tag; `what` is the start of the title: ``pin to the tag``.
pub(super) fn pin_fix(image: &ImageRef, pin: &Pin, what: &str) -> Option<Fix> {
    let title = format!("{what} `{}`{}", pin.tag, pin.by_file());
    Fix::new(Safety::Unsafe, title, with_tag(image, &pin.tag)).map(|fix| fix.in_order(Order::Pin))
}
