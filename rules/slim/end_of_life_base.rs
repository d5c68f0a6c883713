use crate::knowledge::end_of_life::{EndOfLife, end_of_life, renewed};
use crate::knowledge::{DATE, canonical};
use crate::model::ImageUse;
use crate::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &mut Cx<'_>) {
    let model = cx.model;
    for used in model.images() {
        report(used, cx);
    }
}

fn report(used: ImageUse<'_, '_>, cx: &mut Cx<'_>) {
    let image = used.image;
    let Some(name) = image.familiar_name() else { return };
    // A tag that only a variable knows; a deprecated image is one whatever its tag.
    let open = image.tag_text().is_none() && !image.untagged();
    let ended: Vec<EndOfLife> =
        end_of_life(&name, image.tag_text()).into_iter().filter(|end| !open || end.deprecated_image).collect();
    let Some(first) = ended.first() else { return };
    let written = image.value.as_deref().unwrap_or(&image.written);
    let what: Vec<String> = ended.iter().map(said).collect();
    let fix = moved_java(used, &name).filter(|_| first.deprecated_image);
    let found = cx.report(image.span, format!("`{written}` gets no more fixes: {}", what.join(", ")));
    if name.starts_with("gcr.io/distroless/") {
        found.help("take the image of the same kind on a newer Debian, whose name ends in `-debian13`");
    } else if first.below {
        let newest = first.successor.and_then(|successor| successor.rsplit_once(':')).map(|(_, tag)| tag);
        let newest = newest.map(|tag| format!(", such as `{}`", tag.trim_end_matches("-slim"))).unwrap_or_default();
        found.help(format!("take a tag of `{name}` that stands on a newer {}{newest}", first.product));
    } else if first.deprecated_image {
        if let Some(successor) = first.successor {
            found.help(format!("move to `{successor}`"));
        }
    } else if let Some(successor) = renewed(&name, image.tag_text(), first) {
        found.help(format!("move to `{successor}` or the newest version that your program runs on"));
    }
    found.fix(fix);
    found.help(format!("by the publishers' calendars as of {DATE}"));
}

/// `openjdk` in the image that goes on with it: the same version, or the next that is maintained for long.
fn moved_java(used: ImageUse<'_, '_>, name: &str) -> Option<Fix> {
    let image = used.image;
    if !matches!(canonical(name), "openjdk" | "java") || image.has_digest() || used.step.is_some() {
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
    let chain = used.stage.steps.iter().filter_map(|step| step.script.as_ref()).flat_map(|script| &script.commands);
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

fn said(end: &EndOfLife) -> String {
    let since = end.date.map(|date| format!(" on {date}")).unwrap_or_default();
    if end.deprecated_image {
        return match end.date {
            Some(_) => format!("its publisher gave the image up{since}"),
            None => "its publisher has given the image up".to_owned(),
        };
    }
    format!("{} {} ended{since}", end.product, end.version)
}
