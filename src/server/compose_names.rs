//! Names in Compose files: services, networks, volumes, secrets and configs, where they are defined and used, in all files
//! of a project.

use super::document::Document;
use super::name::{Name, Place, Sort};
use super::session::{Loaded, Session};
use super::uri;
use crate::compose::{MountKind, read_mount};
use crate::text::yaml::{self, Node, Style};
use crate::text::{Source, Span};

/// The sections of a file that define names.
const SECTIONS: [(Sort, &str); 6] = [
    (Sort::Service, "services"),
    (Sort::Network, "networks"),
    (Sort::Volume, "volumes"),
    (Sort::Secret, "secrets"),
    (Sort::Config, "configs"),
    (Sort::Model, "models"),
];

/// A name in one file.
#[derive(Clone, Debug)]
pub(super) struct Occurrence {
    pub(super) sort: Sort,
    pub(super) name: String,
    /// Without quotes.
    pub(super) span: Span,
    pub(super) is_definition: bool,
}

/// The name at a byte of an open Compose file, with its places in all files of the project.
pub(super) fn at<'s>(session: &'s Session, document: &'s Document, at: usize) -> Option<Name<'s>> {
    let own = all(&document.source);
    let hit = own.iter().find(|found| found.span.start() <= at && at <= found.span.end())?.clone();
    let mut files = vec![Loaded::Open(document)];
    let mut found: Vec<(usize, Occurrence)> = own.into_iter().map(|found| (0, found)).collect();
    let paths = session.project(document, &document.source, |project| project.files.clone());
    for file in paths.iter().skip(1) {
        let Some(loaded) = beside(session, document, &file.path) else { continue };
        found.extend(all(&loaded.source).into_iter().map(|found| (files.len(), found)));
        files.push(loaded);
    }
    let (same, others): (Vec<_>, Vec<_>) = found
        .into_iter()
        .filter(|(_, found)| found.sort == hit.sort)
        .partition(|(_, found)| found.name == hit.name);
    let place = |(file, found): (usize, Occurrence)| Place {
        file,
        span: found.span,
        is_definition: found.is_definition,
        indirect: false,
    };
    let places: Vec<_> = same.into_iter().map(place).collect();
    let is_target = |place: &Place| place.is_definition && (place.file, place.span) == (0, hit.span);
    let target = places.iter().position(is_target).or_else(|| places.iter().position(|place| place.is_definition));
    Some(Name {
        sort: hit.sort,
        files,
        hit: hit.span,
        // What nothing defines may be defined elsewhere.
        is_renamable: target.is_some(),
        places,
        target,
        taken: others.into_iter().map(|(_, found)| found.name).collect(),
    })
}

/// The document at a path beside another one.
fn beside<'s>(session: &'s Session, document: &Document, path: &str) -> Option<Loaded<'s>> {
    let directory = uri::path(&document.uri)?;
    session.load(&directory.parent()?.join(path), "")
}

/// All names that are written in a file.
pub(super) fn all(source: &Source) -> Vec<Occurrence> {
    let Ok(Some(root)) = yaml::parse(source) else { return Vec::new() };
    let mut names = Names { source, found: Vec::new() };
    for (sort, key) in SECTIONS {
        for (key, _) in root.get(key).map(Node::entries).unwrap_or_default() {
            names.push(sort, key, true);
        }
    }
    for (_, service) in root.get("services").map(Node::entries).unwrap_or_default() {
        names.service(service);
    }
    // What aliases and merge keys repeat is written once.
    names.found.sort_by_key(|found| (found.span, !found.is_definition));
    names.found.dedup_by_key(|found| found.span);
    names.found
}

struct Names<'a> {
    source: &'a Source,
    found: Vec<Occurrence>,
}

impl Names<'_> {
    fn push(&mut self, sort: Sort, node: &Node, is_definition: bool) {
        if let Some(name) = node.text() {
            self.part(sort, node, 0, name, is_definition);
        }
    }

    /// A name that is a part of a value, from its byte `start` on.
    fn part(&mut self, sort: Sort, node: &Node, start: usize, name: &str, is_definition: bool) {
        let quote = usize::from(matches!(node.style, Style::Single | Style::Double));
        let start = node.span.start() + quote + start;
        let span = Span::new(start, start + name.len());
        let is_written = self.source.text().get(span.range()) == Some(name);
        // With a variable in it, it is not the name.
        if is_written && !name.is_empty() && !name.contains('$') && node.style != Style::Alias {
            self.found.push(Occurrence { sort, name: name.to_owned(), span, is_definition });
        }
    }

    /// The items of a list, or the keys of a mapping.
    fn each(&mut self, sort: Sort, node: Option<&Node>) {
        let Some(node) = node else { return };
        node.items().iter().for_each(|item| self.push(sort, item, false));
        node.entries().iter().for_each(|(key, _)| self.push(sort, key, false));
    }

    /// The name after a prefix: `service:db`.
    fn after(&mut self, prefix: &str, node: Option<&Node>) {
        let Some(node) = node else { return };
        if let Some(name) = node.text().and_then(|text| text.strip_prefix(prefix)) {
            self.part(Sort::Service, node, prefix.len(), name, false);
        }
    }

    /// Items that are a name or have it as their `source`.
    fn sources(&mut self, sort: Sort, node: Option<&Node>) {
        for item in node.map(Node::items).unwrap_or_default() {
            self.push(sort, item.get("source").unwrap_or(item), false);
        }
    }

    fn service(&mut self, service: &Node) {
        let get = |key: &str| service.get(key);
        let build = |key: &str| get("build").and_then(|build| build.get(key));
        self.each(Sort::Service, get("depends_on"));
        self.each(Sort::Network, get("networks"));
        self.each(Sort::Model, get("models"));
        for (sort, key) in [(Sort::Secret, "secrets"), (Sort::Config, "configs")] {
            self.sources(sort, get(key));
        }
        self.sources(Sort::Secret, build("secrets"));
        for key in ["network_mode", "ipc", "pid"] {
            self.after("service:", get(key));
        }
        for item in ["links", "volumes_from"].into_iter().filter_map(get).flat_map(Node::items) {
            let text = item.text().unwrap_or_default();
            let name = text.split(':').next().unwrap_or_default();
            if name != "container" {
                self.part(Sort::Service, item, 0, name, false);
            }
        }
        match get("extends") {
            Some(extends) if extends.is_map() && extends.get("file").is_none() => {
                extends.get("service").into_iter().for_each(|node| self.push(Sort::Service, node, false));
            }
            Some(extends) if !extends.is_map() => self.push(Sort::Service, extends, false),
            _ => {}
        }
        for (_, context) in build("additional_contexts").map(Node::entries).unwrap_or_default() {
            self.after("service:", Some(context));
        }
        for item in get("volumes").map(Node::items).unwrap_or_default() {
            if let Ok(mount) = read_mount(item)
                && mount.kind == MountKind::Volume
            {
                self.part(Sort::Volume, item.get("source").unwrap_or(item), 0, &mount.source, false);
            }
        }
    }
}
