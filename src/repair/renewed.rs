//! Images that were given up, in those that go on with them.

use crate::fix::{Edit, Fix, Safety};
use crate::knowledge::canonical;
use crate::model::{ImageRef, Stage};

/// `openjdk` in the image that goes on with it: the same version, or the next that is maintained for long.
pub fn moved_java(image: &ImageRef, stage: &Stage<'_>) -> Option<Fix> {
    let name = image.familiar_name()?;
    if !matches!(canonical(&name), "openjdk" | "java") || image.has_digest() {
        return None;
    }
    let literal = image.value.as_deref() == Some(image.written.as_str());
    let tag = if image.untagged() { "latest" } else { image.tag_text()? };
    let words: Vec<&str> = tag.split('-').collect();
    let known = |word: &str| {
        let system = [
            "alpine",
            "slim",
            "oracle",
            "oraclelinux",
            "buster",
            "bullseye",
            "bookworm",
            "stretch",
            "jessie",
            "jdk",
            "jre",
            "latest",
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
    let chain = stage.steps.iter().filter_map(|step| step.script.as_ref()).flat_map(|script| &script.commands);
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
}
