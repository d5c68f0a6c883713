//! Linting Compose files: the walk that calls the checks, and where ignore comments are.

use std::collections::HashSet;

use super::document::Document;
use super::ignore_comment::{IgnoreComment, Reach, read, read_compose};
use super::run::{self, Settings};
use super::{inline_dockerfile, suppress};
use crate::compose::Project;
use crate::finding::{Check, Cx, Diagnostic, Entry, Sink};
use crate::text::Span;
use crate::text::yaml::Node;

impl Document for Project<'_> {
    fn comments(&self) -> Vec<IgnoreComment> {
        collect(self)
    }

    fn adjust(&self, _: &mut [Diagnostic]) {}

    fn plan_fixes(&self, _: bool, _: &mut [Diagnostic]) {}
}

/// Everything there is to report about one Compose file, as [`super::check`] does for a Dockerfile. Pure.
pub fn check_compose(project: &Project<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let mut found = find_compose(project, settings);
    found.extend(inline_dockerfile::find(project, settings, false));
    let kept = suppress::apply(project.comments(), settings, found).kept;
    run::finish(project, settings, kept)
}

/// The same without regard to ignore comments.
pub fn check_compose_all(project: &Project<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let mut found = find_compose(project, settings);
    found.extend(inline_dockerfile::find(project, settings, true));
    run::finish(project, settings, found)
}

/// What the rules find in a Compose file. What an alias repeats is reported once.
fn find_compose(project: &Project<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let new = Sink::default();
    for (entry, level) in settings.rules.iter().filter(|(entry, _)| entry.is_compose()) {
        let options = settings.options.get(entry.meta.name).map(|options| &**options);
        let cx = Cx::new(project.source, project, &entry.meta, *level, options, &settings.targets, &new);
        call(project, entry, &cx);
        let mut seen = HashSet::new();
        found.extend(new.take().into_iter().filter(|found| seen.insert((found.span, found.variant))));
    }
    found.extend(run::incomplete(settings));
    found
}

/// Calls the rule for each thing that it wants to see.
fn call(project: &Project<'_>, entry: &Entry, cx: &Cx<'_, Project<'_>>) {
    let readable = project.is_readable();
    for check in entry.checks {
        match check {
            Check::OnProject(check) => check(cx),
            Check::OnService(check) if readable => project.services.iter().for_each(|service| check(service, cx)),
            _ => {}
        }
    }
}

/// Every ignore comment of the file with what it covers: at the end of a line that line, above an entry all of it.
fn collect(project: &Project<'_>) -> Vec<IgnoreComment> {
    let source = project.source;
    let whole = Span::new(0, source.text().len());
    let entries = entries(project);
    let mut found = Vec::new();
    let mut first_text = None;
    for comment in &project.document.comments {
        let line = source.slice(*comment);
        let text = line.trim_start_matches('#');
        let offset = comment.end() - text.len();
        let comments = match read(text, offset) {
            Some(one) => vec![one],
            None => read_compose(text, offset),
        };
        for (mut comment_found, reach) in comments {
            let own_line = source.line_index(comment.start());
            let span = source.line_span(own_line);
            let is_alone = source.slice(Span::new(span.start(), comment.start())).trim().is_empty();
            let first = *first_text.get_or_insert_with(|| project.own.span.start());
            comment_found.scope = match reach {
                Reach::File => Some(whole),
                Reach::Stage if comment.start() < first => Some(whole),
                Reach::Stage | Reach::Next if !is_alone => Some(span),
                _ => {
                    let after = entries.partition_point(|entry| entry.start() < comment.end());
                    entries.get(after).copied()
                }
            };
            found.push(comment_found);
        }
    }
    found
}

/// The spans of all entries of lists and mappings of the file, by where they begin; of those that begin at one place,
/// the longest first.
fn entries(project: &Project<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Vec<&Node> = project.document.roots.iter().collect();
    while let Some(node) = open.pop() {
        for (key, value) in node.entries() {
            // What a merge key brings is elsewhere.
            if node.span.contains(key.span) {
                found.push(key.span.cover(Span::new(key.span.start(), value.span.end().max(key.span.end()))));
                open.push(value);
            }
        }
        for item in node.items() {
            found.push(item.span);
            open.push(item);
        }
    }
    found.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    found.dedup();
    found
}
