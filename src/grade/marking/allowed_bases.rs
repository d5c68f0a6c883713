//! Advice that keeps to the rubric: a base image that it forbids would cost points elsewhere.

use super::analysis::NAME_A_BASE;
use super::checks::START_WITH_FROM;
use crate::grade::rubric::{Criterion, Rubric};
use crate::grade::runs::{NAME_AND_TAG, example_base, instead_of, is_reference};
use crate::grade::sheet::{Loss, Mark};

/// Replaces advice to use base images that the rubric does not allow. The teacher's own hints stay.
pub(super) fn keep_to(rubric: &Rubric, marks: &mut [Mark]) {
    let has_hint = |id: &str| rubric.criteria.iter().any(|one: &Criterion| one.id == id && one.hint.is_some());
    for mark in marks.iter_mut().filter(|mark| !has_hint(&mark.id)) {
        for loss in &mut mark.losses {
            add_example(rubric, loss);
            if !rubric.engine.base_images.is_empty() {
                keep_loss_to(rubric, loss);
            }
        }
    }
}

/// Names an image where the advice is to name one.
fn add_example(rubric: &Rubric, loss: &mut Loss) {
    let Some(advice) = [NAME_AND_TAG, NAME_A_BASE, START_WITH_FROM].into_iter().find(|advice| loss.earn_back.starts_with(advice)) else {
        return;
    };
    let instead = loss.what.split('`').nth(1).unwrap_or_default();
    let any = (advice == NAME_AND_TAG && rubric.engine.base_images.is_empty()).then_some("python:3.13-slim");
    if let Some(example) = example_base(&rubric.engine.base_images, instead).or(any) {
        loss.earn_back.insert_str(advice.len(), &format!(", such as `{example}`"));
    }
}

fn keep_loss_to(rubric: &Rubric, loss: &mut Loss) {
    let forbidden = |image: &str| Some((image.to_owned(), instead_of(&rubric.engine, image)?));
    let codes = || loss.earn_back.split('`').skip(1).step_by(2);
    let named = codes().filter(|code| is_image(code)).find_map(forbidden);
    let written = new_bases(loss.diff.as_deref().unwrap_or_default()).find_map(forbidden);
    let Some((image, allowed)) = named.as_ref().or(written.as_ref()) else { return };
    // `pin it to 3.14` names the image, too.
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    loss.earn_back = match named.is_some() || codes().any(|code| code == tag) {
        true => allowed.clone(),
        false => format!("{}; {allowed}", loss.earn_back),
    };
    loss.diff = loss.diff.take().filter(|_| written.is_none());
}

/// The base images that a diff adds.
fn new_bases(diff: &str) -> impl Iterator<Item = &str> {
    let bases = |sign: char| diff.lines().filter_map(move |line| base(line.strip_prefix(sign)?));
    bases('+').filter(move |image| !bases('-').any(|old| old == *image))
}

fn base(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let is_from = words.next()?.eq_ignore_ascii_case("FROM");
    words.find(|word| !word.starts_with("--")).filter(|image| is_from && is_image(image))
}

/// Whether code is the name of an image with a tag: `python:3.14`, not `node:node`, `db:5432` or `127.0.0.1:80:80`.
fn is_image(code: &str) -> bool {
    let Some((name, tag)) = code.split('@').next().and_then(|code| code.split_once(':')) else { return false };
    let is_port = tag.len() > 2 && tag.bytes().all(|byte| byte.is_ascii_digit());
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && (name.contains('/') || !name.contains('.'))
        && tag.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !tag.contains([':', '/'])
        && !is_port
        && name != tag
        && is_reference(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_in_advice() {
        for (code, expected) in [
            ("python:3.14-slim", true),
            ("python:3", true),
            ("gcr.io/distroless/static:nonroot", true),
            ("python", false),
            ("node:node", false),
            ("db:5432", false),
            ("127.0.0.1:80:80", false),
            ("USER 1000:1000", false),
            ("https://example.org", false),
        ] {
            assert_eq!(is_image(code), expected, "{code}");
        }
        let diff = "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n-FROM python\n-FROM gcc:15\n+FROM --platform=x python:3.14 AS a\n+FROM gcc:15 AS b\n";
        assert_eq!(new_bases(diff).collect::<Vec<_>>(), ["python:3.14"]);
    }
}
