//! Sources that the ignore file excludes from the build context.

use crate::context::{Confidence, Context, Pattern};
use crate::finding::prelude::*;
use crate::model::ContextSource;

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnInstruction(&[Keyword::Add, Keyword::Copy, Keyword::Run], check)])
        .aka(&["CopyIgnoredFile"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return };
    for source in step.context_sources(cx.model) {
        if source.path.is_empty() {
            everything(&source, context, cx);
        }
        let Some(pattern) = ignored(&source, context).filter(|_| !source.is_variable) else { continue };
        let file = context.ignore_file().map_or("", |file| file.source().name());
        let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
        let (text, line) = (source.text.replace('`', "'"), pattern.line);
        let end = if context.confidence() == Confidence::Certain { ", so the build fails" } else { "" };
        let message = format!("`{text}` is excluded from the build context by `{file}`{end}");
        let mut found = cx.report(source.span, message);
        found.help(format!(
            "remove line {line} in `{file}` (`{}`), or include the file again by adding `!{}` after it",
            pattern.cleaned.replace('`', "'"),
            source.path.replace('`', "'"),
        ));
        if context.confidence() < Confidence::Certain {
            found.at_most(Level::Warn);
        }
    }
}

/// Reports a copy of the whole context of which nothing is left.
fn everything(source: &ContextSource, context: &Context, cx: &Cx<'_>) {
    let all = |pattern: &&Pattern| !pattern.exception && matches!(pattern.cleaned.as_str(), "*" | "**" | "**/*");
    let Some(file) = context.ignore_file() else { return };
    let patterns = file.patterns();
    let Some(pattern) = patterns.iter().find(all).filter(|_| !patterns.iter().any(|pattern| pattern.exception)) else {
        return;
    };
    let name = file.source().name().rsplit(['/', '\\']).next().unwrap_or_default();
    let (text, line) = (source.text.replace('`', "'"), pattern.line);
    let mut found = cx.report(source.span, format!("`{text}` copies nothing: `{name}` excludes every file"));
    found.variant("everything").at_most(Level::Warn);
    found.help(format!("add exceptions such as `!src` after line {line} in `{name}`"));
}

/// The pattern that excludes the whole source from the context.
fn ignored<'c>(source: &ContextSource, context: &'c Context) -> Option<&'c Pattern> {
    if source.is_pattern {
        let paths = context.glob(&source.text);
        let mut patterns = paths.iter().map(|path| nothing_sent(path, context));
        return patterns.next().flatten().filter(|_| patterns.all(|pattern| pattern.is_some()));
    }
    nothing_sent(&source.path, context)
}

fn nothing_sent<'c>(path: &str, context: &'c Context) -> Option<&'c Pattern> {
    let pattern = context.ignored(path)?;
    // An exception below an ignored directory brings back part of it.
    let below = |pattern: &Pattern| {
        pattern.exception && (pattern.cleaned.contains(['*', '?']) || pattern.cleaned.starts_with(&format!("{path}/")))
    };
    let patterns = context.ignore_file().map(|file| file.patterns()).unwrap_or_default();
    (!patterns.iter().any(below)).then_some(pattern)
}
