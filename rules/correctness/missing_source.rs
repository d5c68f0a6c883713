//! Sources that do not exist in the build context.

use crate::context::{Confidence, Context, path};
use crate::finding::prelude::*;
use crate::knowledge::directories;
use crate::knowledge::file_kinds::{Kind, kind_of_ending};
use crate::model::ContextSource;
use crate::syntax::swallows;

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnInstruction(&[Keyword::Add, Keyword::Copy, Keyword::Run], check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(context) = cx.model.context else { return };
    // `swallowed-instruction` reports that other lines are taken for sources.
    if swallows(step.instruction, cx.source.text()) {
        return;
    }
    for source in step.context_sources(cx.model) {
        let missing = !source.is_pattern && !source.path.is_empty() && !context.exists(&source.path);
        if missing && made_above(&source, step, cx) {
            continue;
        }
        if !context.is_sure() || source.path.is_empty() {
            continue;
        }
        if source.is_pattern {
            pattern(&source, context, cx);
        } else if missing && context.ignored(&source.path).is_none() {
            // `--build-arg` may name another one.
            if !source.is_variable || may_be_made(&source.path) {
                report(&source, context, cx);
            }
        } else if let Some(target) = context.broken_link(&source.path) {
            link(&source, &target, context, cx);
        }
    }
}

fn report(source: &ContextSource, context: &Context, cx: &Cx<'_>) {
    let shown = source.text.replace('`', "'");
    let sure = context.confidence() == Confidence::Certain && !may_be_made(&source.path);
    let end = if sure { ", so the build fails" } else { "" };
    let mut found = cx.report(source.span, format!("`{shown}` does not exist in the build context{end}"));
    match other_case(&source.path, context) {
        Some(other) => found.help(format!("use `{other}`: file names are case-sensitive")),
        None if source.text.contains("..") => {
            found.help("build from the parent directory with `docker build -f`: `COPY` cannot leave the build context")
        }
        None => {
            found.help("check the path: it is relative to the build context, the directory passed to `docker build`")
        }
    };
    if may_be_made(&source.path) {
        found.at_most(Level::Note).help(BUILT_OUTSIDE);
    } else if context.confidence() < Confidence::Certain {
        found.at_most(Level::Warn);
    }
}

const BUILT_OUTSIDE: &str = "if it is built outside the Dockerfile, consider building it in an earlier stage";

/// A pattern may match nothing, but the directory that it is looked for in has to exist.
fn pattern(source: &ContextSource, context: &Context, cx: &Cx<'_>) {
    let parts: Vec<&str> = source.path.split('/').collect();
    let literal = parts.iter().take_while(|part| !path::has_wildcard(part)).count();
    let parent = parts[..literal].join("/");
    let shown = source.text.replace('`', "'");
    if literal > 0 && !context.exists(&parent) {
        let parent = parent.replace('`', "'");
        let sure = context.confidence() == Confidence::Certain && !is_output(&parent);
        let end = if sure { ", so the build fails" } else { "" };
        let mut found = cx.report(
            source.span,
            format!("`{parent}`, the directory of `{shown}`, does not exist in the build context{end}"),
        );
        found.variant("directory");
        if is_output(&parent) {
            found.at_most(Level::Note).help(BUILT_OUTSIDE);
        } else {
            let level = if context.confidence() < Confidence::Certain { Level::Warn } else { Level::Error };
            found.at_most(level).help("check the path: a pattern may match nothing, but its directory must exist");
        }
    }
}

/// Reports a source that an earlier step has put into the image, where `COPY` does not look.
fn made_above(source: &ContextSource, step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let absolute = format!("/{}", source.path);
    let Some(stage) = cx.model.stage(step.stage) else { return false };
    if !source.text.starts_with('/') || step.copy().is_none() {
        return false;
    }
    let holds = |earlier: &&Step<'_>| {
        let dest = earlier.copy_dest(cx.model).map(|dest| dest.trim_end_matches('/'));
        dest.is_some_and(|dest| dest.len() > 1 && (absolute == dest || absolute.starts_with(&format!("{dest}/"))))
    };
    let earlier = stage.steps[..step.index].iter().rev().limited(200).find(holds);
    let state = cx.model.file_before(step, None, &absolute);
    let origin = state.origin.as_ref().filter(|_| state.exists()).and_then(|origin| cx.model.origin_step(origin));
    let Some(earlier) = earlier.or(origin) else { return false };
    let shown = source.text.replace('`', "'");
    let sure = cx.model.context.is_some_and(Context::is_sure);
    let end = if sure { ", so the build fails" } else { "" };
    let mut found =
        cx.report(source.span, format!("`{shown}` is in the image, but `COPY` reads from the build context{end}"));
    found.variant("in-image").label(earlier.instruction.span, "it is added to the image here");
    found.help("copy it within the image with `RUN cp`, or from a stage with `COPY --from`");
    found.at_most(if sure { Level::Error } else { Level::Warn });
    true
}

fn link(source: &ContextSource, target: &str, context: &Context, cx: &Cx<'_>) {
    let (shown, target) = (source.text.replace('`', "'"), target.replace('`', "'"));
    let mut found = cx
        .report(source.span, format!("`{shown}` is a symbolic link to `{target}`, which is not in the build context"));
    found.variant("link").help("copy the file itself into the build context: the builder follows the link and fails");
    if context.confidence() < Confidence::Certain {
        found.at_most(Level::Warn);
    }
}

/// Whether it looks like a file that is built outside the Dockerfile or kept out of the repository.
fn may_be_made(path: &str) -> bool {
    let (lower, name) = (path.to_lowercase(), path.rsplit('/').next().unwrap_or_default());
    let last = lower.rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map(|(_, ending)| ending);
    // `.temp/config.xml`: hidden directories are rarely in a repository.
    let hidden =
        lower.split_once('/').is_some_and(|(first, _)| first.len() > 2 && first.starts_with('.') && first != "..");
    hidden
        || is_output(path)
        || kind_of_ending(ending.unwrap_or_default()).is(Kind::BUILT)
        // `server` and `app` are programs, unlike `Pipfile`; `.env` is never in a repository.
        || ending.is_none() && !name.starts_with(|char: char| char.is_ascii_uppercase())
        || last.starts_with(".env")
}

/// Whether it is, or is in, a directory that builds write to.
fn is_output(path: &str) -> bool {
    path.to_lowercase().split('/').any(|part| directories::OUTPUT.binary_search(&part).is_ok())
}

/// A file whose name differs only in case.
fn other_case(path: &str, context: &Context) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let pattern = if folder.is_empty() { "*".to_owned() } else { format!("{folder}/*") };
    if path::has_wildcard(folder) {
        return None;
    }
    let paths = context.glob(&pattern);
    paths.into_iter().find(|other| other.rsplit('/').next().is_some_and(|other| other.eq_ignore_ascii_case(name)))
}
