//! Changing the tag of an image.

use crate::model::{ImageRef, Model, Part};
use crate::text::Edit;

/// The edit that gives an image this tag in place of the one it has, in the `ARG` that sets it if one does. `None` if
/// the tag is composed of parts, and beside a digest, which a tag does not change.
///
/// An `ARG` that is used for anything else, in a path or a label, keeps its value.
pub fn with_tag(image: &ImageRef, tag: &str, model: &Model<'_>) -> Option<Edit> {
    if image.digest.is_some() || image.invalid.is_some() {
        return None;
    }
    let literal = image.value.as_deref() == Some(image.written.as_str());
    let place = |part: &Part| part.set_at.or(part.span.filter(|_| literal));
    if !literal && !is_used_for_it_alone(image, model) {
        return suffix(image, tag);
    }
    match &image.tag {
        Some(part) => Some(Edit::replace(place(part)?, tag)),
        None if !image.untagged() => None,
        None => Some(Edit::insert(place(&image.repository)?.end(), format!(":{tag}"))),
    }
}

/// What the tag adds to that of a variable, written after the variable.
fn suffix(image: &ImageRef, tag: &str) -> Option<Edit> {
    let part = image.tag.as_ref().filter(|part| part.set_at.is_some())?;
    let added = tag.strip_prefix(part.text.as_deref()?).filter(|added| added.starts_with('-'))?;
    image.written.ends_with('}').then(|| Edit::insert(image.span.end(), added))
}

/// Whether every use of the variables in an image's name is one of the same image.
fn is_used_for_it_alone(image: &ImageRef, model: &Model<'_>) -> bool {
    let text = model.source.text();
    let images = model.images().filter(|used| used.image.written == image.written).count();
    names(&image.written).all(|name| {
        let own = names(&image.written).filter(|other| *other == name).count();
        let all = names(text).filter(|other| *other == name).take(images * own + 1).count();
        all == images * own
    })
}

/// The names after each `$` and `${`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}
