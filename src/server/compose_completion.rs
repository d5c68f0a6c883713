//! Completion in Compose files: keys, their values, and the names that the project has.

use lsp_types::CompletionItemKind;

use super::completion::Items;
use super::compose_cursor::{Cursor, Part, cursor};
use super::compose_docs;
use super::name::Sort;
use super::session::Session;
use crate::compose::Project;
use crate::compose::schema::{FILE, Keys, Shape};
use crate::knowledge::choices;
use crate::text::Source;
use crate::text::yaml::{self, Node};

impl Items<'_> {
    pub(super) fn compose(&mut self, session: &Session) {
        let document = self.document;
        let line = document.line(document.line_of(self.at));
        let before = &document.text()[line.start()..self.at];
        if before.trim_start().starts_with('#') {
            return self.comment(before);
        }
        let cursor = cursor(document.text(), self.at);
        self.from = cursor.from.min(self.at);
        let source = self.readable_text();
        session.project(document, &source, |project| match cursor.part {
            Part::Key => self.compose_key(project, &cursor),
            Part::Value | Part::Item => self.compose_value(project, &cursor),
        });
    }

    /// The text, without the line that is being written if it could not be read with it.
    fn readable_text(&self) -> Source {
        let document = self.document;
        let line = document.line(document.line_of(self.at));
        let text = document.text();
        let text = match yaml::parse(&document.source) {
            Ok(_) => text.to_owned(),
            Err(_) => format!("{}{}", &text[..line.start()], &text[line.end()..]),
        };
        Source::new(document.source.name(), text)
    }

    fn compose_key(&mut self, project: &Project<'_>, cursor: &Cursor) {
        if cursor.path.is_empty() {
            return self.keys(&FILE);
        }
        for shape in cursor.shapes() {
            match shape {
                Shape::Keys(keys) => self.keys(keys),
                Shape::Named(_) if cursor.is_in_service(&["build", "args"]) => self.build_args(project, cursor, ": "),
                Shape::Named(_) => self.names_at(project, cursor, ":"),
                _ => {}
            }
        }
    }

    fn keys(&mut self, keys: &'static Keys) {
        for (key, shape) in keys.keys {
            let is_scalar = !matches!(shape, Shape::Keys(_) | Shape::Named(_) | Shape::List(_) | Shape::Any);
            let text = if is_scalar { format!("{key}: ") } else { format!("{key}:") };
            let doc = compose_docs::key(keys.what, key).map_or_else(|| shape.describe(), str::to_owned);
            let item = self.documented(&text, CompletionItemKind::PROPERTY, &doc);
            item.label = (*key).to_owned();
        }
    }

    fn compose_value(&mut self, project: &Project<'_>, cursor: &Cursor) {
        let written = self.document.text()[self.from..self.at].to_owned();
        let is_item = cursor.part == Part::Item;
        let key = cursor.path.iter().rev().find(|key| !key.is_empty()).map(String::as_str).unwrap_or_default();
        match key {
            "image" if cursor.is_in_service(&["image"]) => return self.image(&written),
            "target" if cursor.is_in_service(&["build", "target"]) => return self.build_stages(project, cursor),
            "args" if is_item && cursor.is_in_service(&["build", "args"]) => {
                return self.build_args(project, cursor, "=");
            }
            "network_mode" => {
                choices::NETWORK_MODES.iter().for_each(|mode| _ = self.push(mode, CompletionItemKind::ENUM_MEMBER, None));
                return self.compose_names(project, Sort::Service, "service:", "");
            }
            "restart" if cursor.is_in_service(&["restart"]) => {
                return choices::RESTARTS.iter().for_each(|it| _ = self.push(it, CompletionItemKind::ENUM_MEMBER, None));
            }
            "stop_signal" => {
                return choices::SIGNALS.iter().for_each(|it| _ = self.push(it, CompletionItemKind::ENUM_MEMBER, None));
            }
            "service" if cursor.is_in_service(&["extends", "service"]) => {
                return self.compose_names(project, Sort::Service, "", "");
            }
            "context" | "dockerfile" | "env_file" | "file" | "path" | "include" | "label_file" => {
                return project.context.into_iter().for_each(|context| self.context_paths(context, &written));
            }
            "volumes" if is_item && written.starts_with(['.', '/']) => {
                return project.context.into_iter().for_each(|context| self.context_paths(context, &written));
            }
            _ => {}
        }
        if is_item {
            self.names_at(project, cursor, if key == "volumes" { ":" } else { "" });
        }
        // Of a list, what its items may be.
        let shapes = cursor.shapes();
        for shape in shapes {
            match shape {
                Shape::Word(words) => words.iter().for_each(|it| _ = self.push(it, CompletionItemKind::ENUM_MEMBER, None)),
                Shape::Bool => ["true", "false"].iter().for_each(|it| _ = self.push(it, CompletionItemKind::VALUE, None)),
                Shape::List(Shape::Either(shapes)) if is_item => {
                    let keys = shapes.iter().filter_map(|shape| match shape {
                        Shape::Keys(keys) => Some(*keys),
                        _ => None,
                    });
                    keys.for_each(|keys| self.keys(keys));
                }
                _ => {}
            }
        }
    }

    /// The names that a service refers to at this place.
    fn names_at(&mut self, project: &Project<'_>, cursor: &Cursor, after: &str) {
        let sort = match cursor.path.last().map(String::as_str) {
            Some("depends_on" | "links" | "volumes_from") => Sort::Service,
            Some("networks") => Sort::Network,
            Some("volumes") => Sort::Volume,
            Some("secrets") => Sort::Secret,
            Some("configs") => Sort::Config,
            Some("models") => Sort::Model,
            _ => return,
        };
        if cursor.service().is_some() {
            self.compose_names(project, sort, "", after);
        }
    }

    /// The names of this sort that the project defines.
    fn compose_names(&mut self, project: &Project<'_>, sort: Sort, before: &str, after: &str) {
        let resources = match sort {
            Sort::Network => &project.networks,
            Sort::Volume => &project.volumes,
            Sort::Secret => &project.secrets,
            Sort::Config => &project.configs,
            _ => &Vec::new(),
        };
        let services = project.services.iter().filter(|_| sort == Sort::Service).map(|service| &service.name);
        let models = project.root.get("models").filter(|_| sort == Sort::Model).map(Node::entries);
        let models = models.unwrap_or_default().iter().filter_map(|(key, _)| key.text().map(str::to_owned));
        let names: Vec<_> = resources.iter().map(|it| &it.name).chain(services).cloned().chain(models).collect();
        for name in names {
            let item = self.push(&format!("{before}{name}{after}"), CompletionItemKind::REFERENCE, None);
            item.label = format!("{before}{name}");
        }
    }

    fn build_stages(&mut self, project: &Project<'_>, cursor: &Cursor) {
        let service = cursor.service().and_then(|name| project.service(name));
        let facts = service.and_then(|service| project.build(service));
        for stage in facts.iter().flat_map(|facts| &facts.stages) {
            self.push(stage, CompletionItemKind::CLASS, None);
        }
    }

    fn build_args(&mut self, project: &Project<'_>, cursor: &Cursor, after: &str) {
        let service = cursor.service().and_then(|name| project.service(name));
        let facts = service.and_then(|service| project.build(service));
        let mut args: Vec<_> = facts.iter().flat_map(|facts| &facts.args).collect();
        args.sort();
        args.dedup();
        for arg in args {
            self.push(&format!("{arg}{after}"), CompletionItemKind::VARIABLE, None).label = arg.clone();
        }
    }
}
