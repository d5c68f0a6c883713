//! Base images that are no longer maintained.

use crate::finding::prelude::*;
use crate::fixes::newer_base::{moved_java, newer, successor};
use crate::knowledge::DATE;
use crate::knowledge::bases::end_of_life::{EndOfLife, end_of_life, renewed};
use crate::knowledge::bases::releases::pin;
use crate::model::ImageUse;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    for used in model.images() {
        report(used, cx);
    }
}

fn report(used: ImageUse<'_, '_>, cx: &Cx<'_>) {
    let image = used.image;
    let Some(name) = image.familiar_name() else { return };
    // A tag from a variable is unknown; a discontinued image is reported whatever its tag.
    let open = image.tag_text().is_none() && !image.untagged();
    let ended: Vec<EndOfLife> =
        end_of_life(&name, image.tag_text()).into_iter().filter(|end| !open || end.deprecated_image).collect();
    let Some(first) = ended.first() else { return };
    let written = image.value.as_deref().unwrap_or(&image.written);
    let what: Vec<String> = ended.iter().map(said).collect();
    let fix = used
        .step
        .is_none()
        .then(|| moved_java(used.image, used.stage, cx.model))
        .flatten()
        .filter(|_| first.deprecated_image);
    let newer = || newer(image, used.stage, &ended, cx.model).filter(|_| used.step.is_none());
    // What is not known to run on the next release is seen to.
    let tried = || successor(image, used.stage, first, cx.model).filter(|_| used.step.is_none());
    let fix = fix.or_else(newer).or_else(tried);
    let mut found = cx.report(image.span, format!("`{written}` is end-of-life: {}", what.join(", ")));
    if name.starts_with("gcr.io/distroless/") {
        found.help("use the same image based on a newer Debian, with a name ending in `-debian13`");
    } else if first.below {
        let newest = first.successor.and_then(|successor| successor.rsplit_once(':')).map(|(_, tag)| tag);
        let newest = newest.map(|tag| format!(", such as `{}`", tag.trim_end_matches("-slim"))).unwrap_or_default();
        match first.product {
            "the variant" => found.help("use a variant without `onbuild`, and add its steps yourself"),
            "the image" => found.help(format!("use a tag of `{name}` that is based on a maintained JDK{newest}")),
            product => found.help(format!("use a tag of `{name}` that is based on a newer {product}{newest}")),
        };
    } else if first.deprecated_image {
        if let Some(successor) = first.successor {
            found.help(format!("move to `{}`", with_version(successor)));
        }
    } else if let Some(successor) = renewed(&name, image.tag_text(), first).filter(|_| !is_foreign(image, &name)) {
        found.help(format!("move to `{successor}` or the newest version that your program supports"));
    }
    found.fix(fix);
    found.help(format!("according to vendor support dates as of {DATE}"));
}

/// Whether it is an image for Windows of a publisher whose newer tags are for Linux.
fn is_foreign(image: &ImageRef, name: &str) -> bool {
    image.is_windows() && !name.starts_with("mcr.microsoft.com/")
}

/// The successor with a tag that is maintained.
fn with_version(successor: &str) -> String {
    match successor.contains(':') {
        true => successor.to_owned(),
        false => pin(successor, None).map_or(successor.to_owned(), |tag| format!("{successor}:{tag}")),
    }
}

/// Why the image is end-of-life, and since when.
fn said(end: &EndOfLife) -> String {
    let since = end.date.map(|date| format!(" on {date}")).unwrap_or_default();
    if end.deprecated_image {
        return format!("its publisher discontinued the image{since}");
    }
    match end.date {
        Some(_) => format!("{} {} got its last updates{since}", end.product, end.version),
        None => format!("{} {} no longer gets updates", end.product, end.version),
    }
}
