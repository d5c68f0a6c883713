//! Sources that the build context does not have.

use crate::context::{Confidence, path};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStep(check)]);

/// Folders that tools write their results to, in lower case. Sorted.
const MADE: &[&str] = &[
    "_build", "artifact", "artifacts", "bin", "build", "builds", "classes", "coverage", "debug", "deploy", "deps",
    "dist", "generated", "libs", "node_modules", "obj", "out", "output", "pkg", "publish", "release", "releases",
    "site", "target", "tmp", "vendor", "wheels",
];

/// Endings of files that are built, not written. Sorted.
const MADE_ENDINGS: &[&str] = &[
    "apk", "bin", "crt", "deb", "dll", "ear", "exe", "gz", "jar", "key", "nupkg", "pem", "rpm", "so", "tar", "tgz",
    "war", "whl", "xz", "zip",
];

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return };
    for source in step.context_sources(cx.model) {
        // A pattern may fit nothing, `yarn.lock*` is written for that.
        let skipped = source.is_pattern || source.is_variable || source.path.is_empty();
        if skipped || context.exists(&source.path) || context.ignored(&source.path).is_some() {
            continue;
        }
        let shown = source.text.replace('`', "'");
        let elsewhere = other_case(&source.path, context);
        let found = cx.report(source.span, format!("there is no `{shown}` in the build context"));
        match elsewhere {
            Some(other) => found.help(format!("there is `{other}`: upper and lower case count")),
            None if source.text.contains("..") => found
                .help("`COPY` sees nothing above the build context: build from the folder above, `docker build -f`"),
            None => found.help("paths are relative to the build context, the folder given to `docker build`"),
        };
        if may_be_made(&source.path) {
            found.at_most(Level::Note).help("if a step outside makes it, a first stage can do so instead");
        } else if context.confidence() < Confidence::Certain {
            found.at_most(Level::Warn);
        }
    }
}

/// Whether it looks like something that an earlier step outside of the Dockerfile makes, or that is kept out of the
/// repository.
fn may_be_made(path: &str) -> bool {
    let (lower, name) = (path.to_lowercase(), path.rsplit('/').next().unwrap_or_default());
    let mut parts = lower.split('/');
    let last = lower.rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map(|(_, ending)| ending);
    // `.temp/config.xml`: folders with a dot are seldom kept.
    let hidden =
        lower.split_once('/').is_some_and(|(first, _)| first.len() > 2 && first.starts_with('.') && first != "..");
    hidden
        || parts.any(|part| MADE.binary_search(&part).is_ok())
        || ending.is_some_and(|ending| MADE_ENDINGS.binary_search(&ending).is_ok())
        // `server`, `app`: a program, other than `Pipfile`. `.env`: never in a repository.
        || ending.is_none() && !name.starts_with(|char: char| char.is_ascii_uppercase())
        || last.starts_with(".env")
}

/// A file of that name in another mix of cases.
fn other_case(path: &str, context: &crate::context::Context) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let pattern = if folder.is_empty() { "*".to_owned() } else { format!("{folder}/*") };
    if path::has_wildcard(folder) {
        return None;
    }
    let paths = context.glob(&pattern);
    paths.into_iter().find(|other| other.rsplit('/').next().is_some_and(|other| other.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted() {
        assert!(MADE.is_sorted() && MADE_ENDINGS.is_sorted());
    }
}
