//! Changing the tag of an image.

use crate::model::{ImageRef, Part};
use crate::text::Edit;

/// The edit that gives an image this tag in place of the one it has, in the `ARG` that sets it if one does. `None` if
/// the tag is composed of parts, and beside a digest, which a tag does not change.
pub fn with_tag(image: &ImageRef, tag: &str) -> Option<Edit> {
    if image.digest.is_some() || image.invalid.is_some() {
        return None;
    }
    let literal = image.value.as_deref() == Some(image.written.as_str());
    let place = |part: &Part| part.set_at.or(part.span.filter(|_| literal));
    match &image.tag {
        Some(part) => Some(Edit::replace(place(part)?, tag)),
        None if !image.untagged() => None,
        None => Some(Edit::insert(place(&image.repository)?.end(), format!(":{tag}"))),
    }
}
