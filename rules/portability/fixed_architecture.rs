//! Finds downloads for one architecture in a file built for several.

use crate::commands::download::downloads;
use crate::finding::prelude::*;
use crate::knowledge::platforms;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&["aria2c", "curl", "wget"], check)]).linux_only();

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(download) = downloads(command) else { return };
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| stage.platform.is_none()) else {
        return;
    };
    // A branch per architecture names each of them.
    if command.place.conditional || !is_for_several(stage, cx) {
        return;
    }
    for url in &download.urls {
        let Some(name) = architecture(&url.raw) else { continue };
        cx.report(
            url.span,
            format!("this download is for `{name}` only, but the file is built for several architectures"),
        )
        .help(format!(
            "declare `ARG TARGETARCH` and use `$TARGETARCH` instead of `{name}`, mapped to the publisher's names"
        ));
        return;
    }
}

/// The architecture named in a URL.
fn architecture(url: &str) -> Option<&str> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    if path.contains("TARGETARCH") || path.contains("arch)") || path.contains("uname") {
        return None;
    }
    let words = path.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    words
        .flat_map(|word| [word, word.rsplit_once("linux_").map_or(word, |(_, rest)| rest)])
        .find(|word| platforms::IN_FILE_NAMES.contains(&word.to_ascii_lowercase().as_str()))
}

/// Whether the file refers to the platform anywhere, and so is built for several.
fn is_for_several(stage: &Stage<'_>, cx: &Cx<'_>) -> bool {
    let text = cx.source.text();
    let says = ["TARGETARCH", "TARGETPLATFORM", "BUILDPLATFORM"].iter().any(|name| text.contains(name));
    says && stage.reaches_final
}
