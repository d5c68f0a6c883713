//! Package sources of versions that are end-of-life.

use crate::finding::prelude::*;
use crate::knowledge::bases::end_of_life::end_of_life;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let text = cx.text(step.instruction.span);
    if !text.contains("nodesource.com/") {
        return;
    }
    for (at, host) in text.match_indices("nodesource.com/") {
        let Some((offset, word, version)) = release(&text[at + host.len()..]) else { continue };
        let ended = end_of_life("node", Some(version)).into_iter().find(|end| !end.below);
        let Some(date) = ended.and_then(|end| end.date) else { continue };
        let start = step.instruction.span.start() + at + host.len() + offset;
        cx.report(Span::new(start, start + word.len()), format!("Node.js {version} got its last updates on {date}"))
            .help("use a maintained version, such as `setup_24.x`, or copy Node.js from its image: `node:24-bookworm-slim`");
        return;
    }
}

/// `setup_16.x` and `node_16.x`: where it is, and the version in it.
fn release(text: &str) -> Option<(usize, &str, &str)> {
    let url = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')')).next()?;
    let mut offset = 0;
    for word in url.split('/') {
        let version = word.split_once('_').filter(|(kind, _)| matches!(*kind, "setup" | "node" | "pub"));
        let version = version.and_then(|(_, rest)| rest.strip_suffix(".x"));
        if let Some(version) =
            version.filter(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
        {
            return Some((offset, word, version));
        }
        offset += word.len() + 1;
    }
    None
}
