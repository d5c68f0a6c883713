//! Finds `ADD` of a URL without a checksum.

use super::shared::shorten;
use crate::commands::download::verifies;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnInstruction(&[Keyword::Add], check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(copy) = step.copy().filter(|_| step.flag("checksum").is_none()) else { return };
    if step.tests_only(cx.model) {
        return;
    }
    for word in &copy.sources {
        let Some(url) = cx.model.expand(step, word).value else { continue };
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let is_file = (url.starts_with("http://") || url.starts_with("https://")) && !path.ends_with(".git");
        // Fetched to invalidate the cache, not for its content.
        let is_signal = ["//api.github.com/", "//www.random.org", "worldtimeapi"].iter().any(|host| url.contains(host));
        // Text for people.
        let is_text = [".txt", ".md", ".rst", ".pdf", "/LICENSE"].iter().any(|end| path.ends_with(end));
        if is_file && !is_signal && !is_text && !is_verified_later(step, cx) {
            cx.report(word.span, format!("`{}` is added without a checksum", shorten(&url)))
                .help("add its checksum: `ADD --checksum=sha256:… …`");
        }
    }
}

fn is_verified_later(step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let Some(stage) = cx.model.stage(step.stage) else { return false };
    let scripts = stage.steps[step.index..].iter().limited(50).filter_map(|step| step.script.as_ref());
    scripts.flat_map(|script| &script.commands).any(verifies)
}
