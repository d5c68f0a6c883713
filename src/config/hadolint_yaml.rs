//! The values of hadolint's configuration file, with a problem at each that is of the wrong kind.

use std::sync::Arc;

use crate::text::yaml::{self, Node, Value};
use crate::text::{Problem, Source, Span};

/// Reads one file.
pub(super) struct HadolintYaml<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> HadolintYaml<'a> {
    pub(super) fn new(source: &'a Arc<Source>) -> Self {
        Self { source, problems: Vec::new() }
    }

    pub(super) fn error(&mut self, message: &str, span: Span) {
        self.problems.push(Problem::error(message).at(self.source, span));
    }

    pub(super) fn warning(&mut self, message: String, help: &str, span: Span) {
        self.problems.push(Problem::warning(message).help(help).at(self.source, span));
    }

    /// The keys of the file with their names.
    pub(super) fn keys(&mut self) -> Vec<(String, Node, Node)> {
        let node = match yaml::parse(self.source) {
            Ok(Some(node)) => node,
            Ok(None) => return Vec::new(),
            Err(error) => {
                self.error(&error.message, error.span);
                return Vec::new();
            }
        };
        let mut keys = Vec::new();
        for (key, value) in self.map(&node, "expected a mapping of keys to values") {
            match &key.value {
                Value::Scalar(name) => keys.push((name.clone(), key.clone(), value.clone())),
                _ => self.error("expected a key", key.span),
            }
        }
        keys
    }

    /// The entries of a mapping; none of nothing.
    pub(super) fn map<'n>(&mut self, node: &'n Node, expected: &str) -> &'n [(Node, Node)] {
        match &node.value {
            Value::Map(entries) => entries,
            _ if node.is_null() => &[],
            _ => {
                self.error(expected, node.span);
                &[]
            }
        }
    }

    /// The strings of a list, or a single one, with their places.
    pub(super) fn strings(&mut self, node: &Node) -> Vec<(String, Span)> {
        let items = match &node.value {
            Value::List(items) => &items[..],
            _ if node.is_null() => return Vec::new(),
            _ => std::slice::from_ref(node),
        };
        let mut out = Vec::new();
        for item in items {
            match &item.value {
                Value::Scalar(text) => out.push((text.clone(), item.span)),
                _ => self.error("expected a string", item.span),
            }
        }
        out
    }

    pub(super) fn bool(&mut self, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Scalar(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Scalar(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => {
                self.error("expected `true` or `false`", node.span);
                None
            }
        }
    }
}
