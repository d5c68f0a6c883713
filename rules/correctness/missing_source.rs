//! Sources that do not exist in the build context.

use crate::context::{Confidence, path};
use crate::finding::prelude::*;
use crate::knowledge::directories;
use crate::knowledge::file_kinds::{Kind, kind_of_ending};

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnInstruction(&[Keyword::Add, Keyword::Copy, Keyword::Run], check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return };
    for source in step.context_sources(cx.model) {
        // A pattern may match nothing: `yarn.lock*` is written for that.
        let skipped = source.is_pattern || source.is_variable || source.path.is_empty();
        if skipped || context.exists(&source.path) || context.ignored(&source.path).is_some() {
            continue;
        }
        let shown = source.text.replace('`', "'");
        let elsewhere = other_case(&source.path, context);
        let mut found = cx.report(source.span, format!("`{shown}` does not exist in the build context"));
        match elsewhere {
            Some(other) => found.help(format!("use `{other}`: file names are case-sensitive")),
            None if source.text.contains("..") => found
                .help("build from the parent directory with `docker build -f`: `COPY` cannot leave the build context"),
            None => found
                .help("check the path: it is relative to the build context, the directory passed to `docker build`"),
        };
        if may_be_made(&source.path) {
            found
                .at_most(Level::Note)
                .help("if it is built outside the Dockerfile, consider building it in an earlier stage");
        } else if context.confidence() < Confidence::Certain {
            found.at_most(Level::Warn);
        }
    }
}

/// Whether it looks like a file that is built outside the Dockerfile or kept out of the repository.
fn may_be_made(path: &str) -> bool {
    let (lower, name) = (path.to_lowercase(), path.rsplit('/').next().unwrap_or_default());
    let mut parts = lower.split('/');
    let last = lower.rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map(|(_, ending)| ending);
    // `.temp/config.xml`: hidden directories are rarely in a repository.
    let hidden =
        lower.split_once('/').is_some_and(|(first, _)| first.len() > 2 && first.starts_with('.') && first != "..");
    hidden
        || parts.any(|part| directories::OUTPUT.binary_search(&part).is_ok())
        || kind_of_ending(ending.unwrap_or_default()).is(Kind::BUILT)
        // `server` and `app` are programs, unlike `Pipfile`; `.env` is never in a repository.
        || ending.is_none() && !name.starts_with(|char: char| char.is_ascii_uppercase())
        || last.starts_with(".env")
}

/// A file whose name differs only in case.
fn other_case(path: &str, context: &crate::context::Context) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let pattern = if folder.is_empty() { "*".to_owned() } else { format!("{folder}/*") };
    if path::has_wildcard(folder) {
        return None;
    }
    let paths = context.glob(&pattern);
    paths.into_iter().find(|other| other.rsplit('/').next().is_some_and(|other| other.eq_ignore_ascii_case(name)))
}
