//! What is known of the thing under the cursor in a Compose file.

use std::fmt::Write as _;

use super::compose_cursor::cursor;
use super::compose_docs;
use super::compose_names::{self, Occurrence};
use super::document::Document;
use super::image_facts;
use super::name::Sort;
use super::session::Session;
use crate::compose::schema::{FILE, Shape};
use crate::compose::{Project, Service, VariableUse};
use crate::text::Span;

/// How many names a list shows.
const MAX_NAMES: usize = 12;

type Found = (Span, String);

/// A variable, a name, an image or a key, whatever is at byte `at`.
pub(super) fn at(session: &Session, document: &Document, at: usize) -> Option<Found> {
    let touches = |span: Span| span.start() <= at && at <= span.end();
    session.project(document, &document.source, |project| {
        let used = project.uses.iter().find(|used| used.place.is_here() && touches(used.place.span));
        if let Some(found) = used.and_then(|used| variable(project, used)) {
            return Some(found);
        }
        let names = compose_names::all(&document.source);
        if let Some(name) = names.iter().find(|name| touches(name.span)) {
            return Some((name.span, name_text(project, name)?));
        }
        let images = project.services.iter().filter_map(|service| service.image.as_ref());
        if let Some(image) = images.into_iter().find(|image| image.node.file == 0 && touches(image.node.span)) {
            let facts = image_facts::facts(&image.name, image.tag.as_deref())?;
            return Some((image.node.span, facts));
        }
        key(document, at)
    })
}

/// A key, with what it means.
fn key(document: &Document, at: usize) -> Option<Found> {
    let text = document.text();
    let line = document.line(document.line_of(at));
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let start = line.start() + text[line.start()..at].rfind(|char| !is_word(char)).map_or(0, |before| before + 1);
    let start = (start..=at).find(|start| text.is_char_boundary(*start))?;
    let end = text[at..].find(|char| !is_word(char)).map_or(text.len(), |after| at + after);
    let name = &text[start..end];
    if name.is_empty() || !text[end..line.end()].starts_with(':') {
        return None;
    }
    let cursor = cursor(text, start);
    let keys = match cursor.path.is_empty() {
        true => vec![&FILE],
        false => {
            let of_shape = |shape: &&'static Shape| if let Shape::Keys(keys) = shape { Some(*keys) } else { None };
            cursor.shapes().iter().filter_map(of_shape).collect()
        }
    };
    let (keys, shape) = keys.into_iter().find_map(|keys| Some((keys, keys.find(name)?)))?;
    let mut about = format!("`{name}`: {}", shape.describe());
    if let Some(doc) = compose_docs::key(keys.what, name) {
        let _ = write!(about, "\n\n{doc}");
    }
    Some((Span::new(start, end), about))
}

fn variable(project: &Project<'_>, used: &VariableUse) -> Option<Found> {
    let text = match (project.variables.get(&used.name), used.word.as_str()) {
        (Some(value), _) => format!("```\n{}={}\n```\n\nfrom `.env`", used.name, value.replace("```", "'''")),
        (None, word) if !word.is_empty() && !used.is_set => {
            format!("`{}` is not set in `.env`; otherwise: `{}`", used.name, word.replace('`', "'"))
        }
        _ => format!("`{}` is not set in `.env`: it is taken from where Compose runs.", used.name),
    };
    Some((used.place.span, text))
}

fn name_text(project: &Project<'_>, name: &Occurrence) -> Option<String> {
    if name.sort == Sort::Service {
        return project.service(&name.name).map(service_text);
    }
    let uses = |service: &&Service| match name.sort {
        Sort::Network => service.joins().contains(&name.name.as_str()),
        Sort::Volume => service.mounts.iter().any(|mount| mount.source == name.name),
        _ => {
            let key = format!("{}s", name.sort.noun());
            let node = service.get(&key);
            let items = node.map(crate::text::yaml::Node::items).unwrap_or_default().iter();
            items.map(|item| item.get("source").unwrap_or(item)).any(|item| item.text() == Some(&name.name))
        }
    };
    let services: Vec<_> = project.services.iter().filter(uses).map(|service| format!("`{}`", service.name)).collect();
    let used = match services.is_empty() {
        true => "no service uses it".to_owned(),
        false => format!("used by {}", list(services)),
    };
    Some(format!("**{}**\n\n{}; {used}", name.name, name.sort.noun()))
}

fn service_text(service: &Service) -> String {
    let mut lines = Vec::new();
    if let Some(image) = service.image.as_ref().and_then(|image| image.node.text()) {
        lines.push(format!("image: `{image}`"));
    }
    if let Some(build) = &service.build {
        let context = build.context.as_ref().and_then(|context| context.text()).unwrap_or(".");
        let target = build.target.as_ref().and_then(|target| target.text());
        let target = target.map(|target| format!(", stage `{target}`")).unwrap_or_default();
        lines.push(format!("built from `{context}`{target}"));
    }
    let ports: Vec<_> = service.ports.iter().filter_map(|port| port.node.text()).map(|it| format!("`{it}`")).collect();
    if !ports.is_empty() {
        lines.push(format!("ports: {}", list(ports)));
    }
    let needs: Vec<_> = service.depends_on.iter().map(|it| format!("`{}`", it.service)).collect();
    if !needs.is_empty() {
        lines.push(format!("starts after {}", list(needs)));
    }
    let networks = service.joins().into_iter().map(|it| format!("`{it}`")).collect();
    if service.has_own_network() {
        lines.push(format!("networks: {}", list(networks)));
    }
    if let Some(user) = service.text("user") {
        lines.push(format!("user: `{user}`"));
    }
    let lines: String = lines.iter().map(|line| format!("- {line}\n")).collect();
    format!("**{}**\n\n{lines}", service.name)
}

fn list(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(MAX_NAMES);
    names.truncate(MAX_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(", ") + &more
}
