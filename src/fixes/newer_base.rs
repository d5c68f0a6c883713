//! Moving from end-of-life images to their successors.

use crate::commands::packages::Manager;
use crate::finding::{Fix, Order, Safety};
use crate::fixes::image_tag::with_tag;
use crate::knowledge::end_of_life::{EndOfLife, end_of_life, renewed};
use crate::knowledge::packages;
use crate::knowledge::packages::vanished;
use crate::knowledge::{bases, canonical, os};
use crate::model::{ImageRef, Model, Origin, Stage};
use crate::text::Edit;

/// Files with more stages are left alone, since all pairs of stages are compared: more than any real file has.
const MAX_STAGES: usize = 100;

/// Moves to the newest version of an image, if what the stage uses is known to exist there: for systems whose programs run
/// on the next release, and for Go, which keeps its compatibility promise.
pub fn newer<'a>(image: &ImageRef, stage: &Stage<'a>, ended: &[EndOfLife], model: &Model<'a>) -> Option<Fix> {
    if model.stages.len() > MAX_STAGES {
        return None;
    }
    let tag = new_tag(image, stage, ended, model)?;
    let name = image.familiar_name()?;
    if !partners(image, stage, model).all(|(other, at)| moves_too(other, at, model))
    {
        return None;
    }
    Fix::new(Safety::Unsafe, format!("move to `{}:{tag}`", canonical(&name)), with_tag(image, &tag))
        .map(|fix| fix.in_order(Order::Base))
}

/// The bases of the same release that this one exchanges files with: a program linked in one looks for its libraries in the
/// other.
fn partners<'m, 'a>(
    image: &ImageRef,
    stage: &'m Stage<'a>,
    model: &'m Model<'a>,
) -> impl Iterator<Item = (&'m ImageRef, &'m Stage<'a>)> {
    let system = |image: &ImageRef| {
        let os = bases::os(&image.familiar_name()?, image.tag_text())?;
        Some((os.distro, os.version?))
    };
    let own = system(image);
    let takes = |one: &Stage<'a>, other: &Stage<'a>| {
        let root = |at: usize| model.stages.get(at).map(|stage| stage.root(model).index);
        let from = |origin: &Origin| match origin {
            Origin::Stage(at) => root(*at) == Some(other.index),
            _ => false,
        };
        model
            .stages
            .iter()
            .filter(|stage| stage.root(model).index == one.index)
            .any(|stage| stage.imports.iter().any(|import| from(&import.origin)))
    };
    model.stages.iter().filter_map(move |other| {
        let base = other.image().filter(|_| other.index != stage.index)?;
        let same = own.is_some() && system(base) == own;
        (same && (takes(stage, other) || takes(other, stage))).then_some((base, other))
    })
}

/// Whether the other base moves as well. A Go program needs at most the C library.
fn moves_too<'a>(image: &ImageRef, stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let Some(name) = image.familiar_name() else { return false };
    canonical(&name) == "golang" || new_tag(image, stage, &end_of_life(&name, image.tag_text()), model).is_some()
}

fn new_tag<'a>(image: &ImageRef, stage: &Stage<'a>, ended: &[EndOfLife], model: &Model<'a>) -> Option<String> {
    let text = model.source.text();
    let [end] = ended else { return None };
    let (name, tag) = (image.familiar_name()?, image.tag_text()?);
    if !matches!(canonical(&name), "alpine" | "debian" | "ubuntu" | "golang") || end.below || end.deprecated_image {
        return None;
    }
    let to = renewed(&name, Some(tag), end)?;
    let (new_name, new_tag) = to.rsplit_once(':')?;
    let new_os = bases::os(&name, Some(new_tag));
    if new_name != canonical(&name) || !end_of_life(&name, Some(new_tag)).is_empty() {
        return None;
    }
    if canonical(&name) == "golang" && !builds_in_modules(tag, text) {
        return None;
    }
    // A repository for the old release would not fit the new one.
    let old = bases::os(&name, Some(tag));
    let codename = old.as_ref().and_then(|old| os::codename(old.distro, old.version.as_deref()?));
    if codename.is_some_and(|codename| text.matches(codename).count() > tag.matches(codename).count()) {
        return None;
    }
    let built_on = model.stages.iter().filter(|other| other.root(model).index == stage.index);
    for (_, _, install) in built_on.flat_map(|stage| stage.installs()) {
        let python = matches!(install.manager, Manager::Pip) && canonical(&name) != "golang";
        let bound = |package: &crate::commands::packages::Package| {
            package.version.is_some()
                || is_of_a_release(&package.name)
                // Its next release is another language.
                || package.name.starts_with("php")
                || new_os.as_ref().is_some_and(|new| vanished(new, &package.name).is_some())
        };
        if python || install.manager.is_system() && install.packages.iter().any(bound) {
            return None;
        }
    }
    with_tag(image, new_tag).is_some().then(|| new_tag.to_owned())
}

/// Whether newer Go builds it as well: 1.16 and later need a `go.mod`, and in 1.18 and later `go get` installs no programs.
fn builds_in_modules(tag: &str, text: &str) -> bool {
    let mut numbers = tag.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    let Some((1, minor)) = numbers.next().zip(numbers.next()) else { return false };
    let by_path = ["GO111MODULE=off", "GO111MODULE=auto", "GO111MODULE off", "GO111MODULE auto", "dep ensure", "glide"];
    let module = ["go.mod", "go mod ", "go.sum", "GO111MODULE=on", "GO111MODULE on"];
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    !says(&by_path) && (minor >= 18 || !text.contains("go get ")) && (minor >= 16 || says(&module))
}

/// Package names with a version that differs in the next release: `openjdk-8-jdk`, `libboost1.54-dev`, `php5`.
fn is_of_a_release(package: &str) -> bool {
    let numbered = package.bytes().any(|byte| byte.is_ascii_digit());
    let python = package.strip_prefix("python3").is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    numbered && !python && !package.starts_with("py3-") && !packages::IN_ALL_RELEASES.contains(&package)
}

/// The successor image of `openjdk`: the same version, or the next one with long-term support.
pub fn moved_java(image: &ImageRef, stage: &Stage<'_>) -> Option<Fix> {
    let name = image.familiar_name()?;
    if !matches!(canonical(&name), "openjdk" | "java") || image.has_digest() {
        return None;
    }
    let literal = image.value.as_deref() == Some(image.written.as_str());
    let tag = if image.untagged() { "latest" } else { image.tag_text()? };
    let words: Vec<&str> = tag.split('-').collect();
    let known = |word: &str| {
        // Words of tags of `openjdk` that `eclipse-temurin` has a tag for.
        let system = [
            "alpine", "slim", "oracle", "oraclelinux", "buster", "bullseye", "bookworm", "stretch", "jessie", "jdk",
            "jre", "latest",
        ];
        word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'u' | b'_'))
            || system
                .iter()
                .any(|name| word.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.') == *name)
    };
    let number = words[0].split(['.', 'u', '_']).next().and_then(|word| word.parse::<u32>().ok());
    let version = match number {
        Some(version) => [8, 11, 17, 21, 25].into_iter().find(|long| *long >= version)?,
        None if tag == "latest" || matches!(words[0], "jdk" | "jre" | "slim" | "alpine") => 21,
        None => return None,
    };
    // The new image has Ubuntu's package manager, or Alpine's.
    let chain = stage.steps.iter().flat_map(|step| step.commands());
    if !literal
        || !words.iter().all(|word| known(word))
        || chain.into_iter().any(|command| command.is_any(&["yum", "dnf", "microdnf"]))
    {
        return None;
    }
    let kind = if words.contains(&"jre") { "jre" } else { "jdk" };
    let alpine = if words.iter().any(|word| word.starts_with("alpine")) { "-alpine" } else { "" };
    let to = format!("eclipse-temurin:{version}-{kind}{alpine}");
    Fix::new(Safety::Unsafe, format!("move to `{to}`"), [Edit::replace(image.span, to)])
        .map(|fix| fix.in_order(Order::Base))
}
