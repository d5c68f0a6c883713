//! Changing the tag of an image.

use std::collections::HashMap;

use super::Plans;
use crate::model::{ImageRef, Model, Part};
use crate::text::{Edit, Span};

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
    if let Some(edit) = after_prefix(image, tag) {
        return Some(edit);
    }
    if !literal && !is_used_for_it_alone(image, model) {
        return suffix(image, tag);
    }
    match &image.tag {
        Some(part) => Some(Edit::replace(place(part)?, tag)),
        None if !image.untagged() => None,
        None => Some(Edit::insert(place(&image.repository)?.end(), format!(":{tag}"))),
    }
}

/// If a variable holds only the registry: the tag that is written after it, `${REGISTRY}alpine:3.10`, or the place for one.
fn after_prefix(image: &ImageRef, tag: &str) -> Option<Edit> {
    let (_, own) = image.written.rsplit_once('}').filter(|(before, _)| before.contains("${"))?;
    let repository = image.repository.text.as_deref()?;
    let (name, old) = own.split_once(':').map_or((own, None), |(name, old)| (name, Some(old)));
    let end = image.span.end();
    if name.is_empty() || !repository.ends_with(name) || image.span.len() != image.written.len() {
        return None;
    }
    match old {
        Some(old) if image.tag_text() == Some(old) => Some(Edit::replace(Span::new(end - old.len(), end), tag)),
        None if image.untagged() => Some(Edit::insert(end, format!(":{tag}"))),
        _ => None,
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
    let known = model.memo.get::<Plans>().images.get_or_init(|| Names::of(model));
    let images = known.images.get(&image.written).copied().unwrap_or_default();
    names(&image.written).all(|name| {
        let own = names(&image.written).filter(|other| *other == name).count();
        known.uses.get(name).copied().unwrap_or_default() == images * own
    })
}

/// How often each name is used in a file.
#[derive(Debug)]
pub(super) struct Names {
    /// Images, as written.
    images: HashMap<String, usize>,
    /// Variables.
    uses: HashMap<String, usize>,
}

impl Names {
    fn of(model: &Model<'_>) -> Names {
        let count = |map: &mut HashMap<String, usize>, name: &str| match map.get_mut(name) {
            Some(count) => *count += 1,
            None => _ = map.insert(name.to_owned(), 1),
        };
        let mut found = Names { images: HashMap::new(), uses: HashMap::new() };
        model.images().for_each(|used| count(&mut found.images, &used.image.written));
        names(model.source.text()).for_each(|name| count(&mut found.uses, name));
        found
    }
}

/// The names after each `$` and `${`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}
