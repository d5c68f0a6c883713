//! Finds downloads for one architecture in a file built for several.

use crate::commands::download::downloads;
use crate::finding::prelude::*;
use crate::knowledge::platforms;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]).linux_only();

fn check(cx: &Cx<'_>) {
    // A file that refers to the platform anywhere is built for several.
    let text = cx.source.text();
    if !["TARGETARCH", "TARGETPLATFORM", "BUILDPLATFORM"].iter().any(|name| text.contains(name)) {
        return;
    }
    let model = cx.model;
    for (step, script) in model.runs().chain(model.kept_runs()) {
        let fits = |stage: &&Stage<'_>| stage.platform.is_none() && stage.reaches_final && !stage.windows;
        if model.stage(step.stage).filter(fits).is_some() {
            script.commands.iter().for_each(|command| check_command(command, cx));
        }
    }
}

fn check_command(command: &Command, cx: &Cx<'_>) {
    // A branch per architecture names each of them.
    if !command.is_any(&["aria2c", "curl", "wget"]) || command.place.conditional {
        return;
    }
    let Some(download) = downloads(command) else { return };
    for url in &download.urls {
        let Some(name) = architecture(&url.raw) else { continue };
        cx.report(
            url.span,
            format!("this download is only for `{name}`, but the file is built for several architectures"),
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
