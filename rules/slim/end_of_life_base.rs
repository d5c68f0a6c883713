//! Base images that are no longer maintained.

use crate::finding::prelude::*;
use crate::fixes::newer_base::{moved_java, newer};
use crate::knowledge::DATE;
use crate::knowledge::end_of_life::{EndOfLife, end_of_life, renewed};
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
    let fix =
        used.step.is_none().then(|| moved_java(used.image, used.stage)).flatten().filter(|_| first.deprecated_image);
    let newer = || newer(image, used.stage, &ended, cx.model).filter(|_| used.step.is_none());
    let fix = fix.or_else(newer);
    let mut found = cx.report(image.span, format!("`{written}` is end-of-life: {}", what.join(", ")));
    if name.starts_with("gcr.io/distroless/") {
        found.help("use the same image on a newer Debian, with a name ending in `-debian13`");
    } else if first.below {
        let newest = first.successor.and_then(|successor| successor.rsplit_once(':')).map(|(_, tag)| tag);
        let newest = newest.map(|tag| format!(", such as `{}`", tag.trim_end_matches("-slim"))).unwrap_or_default();
        found.help(format!("use a tag of `{name}` that is based on a newer {}{newest}", first.product));
    } else if first.deprecated_image {
        if let Some(successor) = first.successor {
            found.help(format!("move to `{successor}`"));
        }
    } else if let Some(successor) = renewed(&name, image.tag_text(), first) {
        found.help(format!("move to `{successor}` or the newest version that your program supports"));
    }
    found.fix(fix);
    found.help(format!("according to vendor support dates as of {DATE}"));
}

/// Why the image is end-of-life, and since when.
fn said(end: &EndOfLife) -> String {
    let since = end.date.map(|date| format!(" on {date}")).unwrap_or_default();
    if end.deprecated_image {
        return format!("its publisher discontinued the image{since}");
    }
    match end.date {
        Some(_) => format!("{} {} got its last updates{since}", end.product, end.version),
        None => format!("{} {} gets no more updates", end.product, end.version),
    }
}
