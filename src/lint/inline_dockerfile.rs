//! Linting the Dockerfiles that are written in a Compose file.

use std::collections::HashSet;

use super::run::{self, Settings};
use crate::compose::{Build, InlineDockerfile, MAX_EDITED, Project, Service};
use crate::finding::{Diagnostic, Fix};
use crate::model::{BuildArgs, Model};
use crate::syntax::{self, Dockerfile, Keyword};
use crate::text::yaml::Style;
use crate::text::{Source, Span};

/// How many of a project are linted.
const MAX_COUNT: usize = 64;
/// The longest that is read, in bytes.
const MAX_LEN: usize = 256 << 10;

/// What is found in the Dockerfiles that the file itself has, at their places in it.
pub(super) fn find(project: &Project<'_>, settings: &Settings, with_ignored: bool) -> Vec<Diagnostic> {
    if settings.rules.iter().all(|(entry, _)| entry.is_compose()) {
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (place, message) in limits(project) {
        found.extend(run::incomplete_at(settings, place, message));
    }
    for (service, inline) in checked(project) {
        let (source, file) = read(project, &inline);
        if is_open(&inline, &file) {
            continue;
        }
        let Some(build) = &service.build else { continue };
        let args: BuildArgs =
            build.args.iter().filter_map(|arg| Some((arg.name.clone(), arg.known()?.to_owned()))).collect();
        let target = build.target.as_ref().and_then(|target| target.text().filter(|_| !target.open));
        let context = project.build_context(build);
        let contexts: Vec<&str> = build.contexts().into_iter().map(|(name, _)| name).collect();
        let model = Model::build_target(&source, &file, &args, context.as_ref(), target, &contexts);
        let of_file = run::check_inline(&model, settings, with_ignored);
        let spans: Vec<Span> = file.instructions().map(|instruction| instruction.span).collect();
        let is_known = |found: &Diagnostic| {
            let before = spans.partition_point(|span| span.start() <= found.span.start());
            let own = before.checked_sub(1).map(|at| spans[at]).filter(|span| span.contains(found.span));
            !inline.is_open_in(own.unwrap_or(found.span))
        };
        let of_file = of_file.into_iter().filter(is_known).map(|found| carried(found, &inline));
        found.extend(of_file.filter(|found| seen.insert((found.span, found.rule.name, found.message.clone()))));
    }
    found
}

/// How many reasons there are that a Dockerfile in the file cannot be built.
pub fn count_inline_errors(project: &Project<'_>) -> usize {
    checked(project).map(|(_, inline)| read(project, &inline).1.errors.len()).sum()
}

/// The Dockerfiles that are written in the file that is checked, each once however many services share it.
fn all<'p>(project: &'p Project<'_>) -> impl Iterator<Item = (&'p Service, InlineDockerfile<'p>)> {
    let (mut places, mut texts) = (HashSet::new(), HashSet::new());
    let mut is_new = move |build: &'p Build| {
        let Some(node) = build.inline.as_ref().filter(|node| node.file == 0) else { return false };
        // A merge key repeats a place, and an alias the text of another place.
        places.insert(node.span) && (texts.insert(node.text()) || node.style != Style::Alias)
    };
    let built = project.services.iter().filter_map(|service| Some((service, service.build.as_ref()?)));
    let built = built.filter(move |(_, build)| is_new(build));
    built.filter_map(|(service, build)| Some((service, InlineDockerfile::of(project, build)?)))
}

/// Those that are linted.
fn checked<'p>(project: &'p Project<'_>) -> impl Iterator<Item = (&'p Service, InlineDockerfile<'p>)> {
    all(project).take(MAX_COUNT).filter(|(_, inline)| inline.text.len() <= MAX_LEN)
}

/// What is left out of those that are too long or too many, each with its place in the Compose file.
fn limits(project: &Project<'_>) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    for (index, (_, inline)) in all(project).enumerate() {
        let message = match () {
            () if index == MAX_COUNT => format!("only the first {MAX_COUNT} Dockerfiles in this file are checked"),
            () if inline.text.len() > MAX_LEN => {
                format!("this Dockerfile is larger than {} KiB and is not checked", MAX_LEN >> 10)
            }
            () if inline.is_too_long_to_edit() => {
                format!("this Dockerfile is larger than {} KiB, so no fixes are offered", MAX_EDITED >> 10)
            }
            () => continue,
        };
        found.push((start(&inline), message));
        if index == MAX_COUNT {
            break;
        }
    }
    found
}

/// Where its first line is in the Compose file.
fn start(inline: &InlineDockerfile<'_>) -> Span {
    Span::at(inline.place(Span::at(0)).start())
}

fn read(project: &Project<'_>, inline: &InlineDockerfile<'_>) -> (Source, Dockerfile) {
    let source = Source::new(project.source.name(), inline.text);
    let file = syntax::parse(source.text());
    (source, file)
}

/// Whether a variable of Compose that is not known decides what the image is: then little can be said.
fn is_open(inline: &InlineDockerfile<'_>, file: &Dockerfile) -> bool {
    let decides = |keyword: Keyword| {
        !matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Label | Keyword::Cmd | Keyword::Expose)
    };
    inline.is_open
        && file.instructions().any(|instruction| decides(instruction.keyword) && inline.is_open_in(instruction.span))
}

/// A finding at its place in the Compose file. Its fix is kept where it can be made there.
fn carried(mut found: Diagnostic, inline: &InlineDockerfile<'_>) -> Diagnostic {
    found.plan = None;
    found.fix = found.fix.take().and_then(|fix| {
        let edits = inline.edits(fix.edits()).filter(|_| fix.new_file().is_none())?;
        let order = fix.order;
        let new = Fix::new(fix.safety, fix.title, edits)?;
        Some(match order {
            Some(order) => Box::new(new.in_order(order)),
            None => Box::new(new),
        })
    });
    found.span = inline.place(found.span);
    match inline.has_lines() {
        true => found.labels.iter_mut().for_each(|label| label.span = inline.place(label.span)),
        false => found.labels.clear(),
    }
    found
}
