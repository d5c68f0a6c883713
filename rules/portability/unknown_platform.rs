//! Finds platforms that do not exist.

use crate::finding::prelude::*;
use crate::knowledge::platforms::{ARCHITECTURES, SYSTEMS};
use crate::text::suggest;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).aka(&["InvalidBaseImagePlatform"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(platform) = stage.platform.as_ref().filter(|platform| platform.uses.is_empty()) else {
        return;
    };
    let (Some(value), Some(flag)) = (platform.value.as_deref(), stage.from.flag("platform")) else {
        return;
    };
    let span = flag.value.as_ref().map_or(flag.span, |word| word.span);
    let lower = value.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('/').collect();
    let (what, part, known): (_, _, Vec<&str>) = match parts.as_slice() {
        [one] if !one.is_empty() && !SYSTEMS.contains(one) && !ARCHITECTURES.contains(one) => (
            "not a known operating system or architecture",
            one,
            SYSTEMS.iter().chain(ARCHITECTURES).copied().collect(),
        ),
        [system, _, ..] if !SYSTEMS.contains(system) && !system.contains('(') => {
            ("not a known operating system", system, SYSTEMS.to_vec())
        }
        [_, architecture, ..] if !ARCHITECTURES.contains(architecture) => {
            ("not a known architecture", architecture, ARCHITECTURES.to_vec())
        }
        _ => return,
    };
    let alone = parts.len() == 1;
    let mut found = cx.report(span, format!("`{}` is {what}", part.replace('`', "'")));
    match suggest::nearest(part, known) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("use `os/architecture`, such as `linux/amd64` or `linux/arm64`"),
    };
    if !alone {
        // BuildKit queries the registry, which does not have it.
        found.at_most(Level::Warn);
    }
}
