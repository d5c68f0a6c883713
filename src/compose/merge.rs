//! How Compose lays one file over another, and a service over the one that it extends.

use std::sync::Arc;

use super::problem::{Problem, ProblemKind};
use crate::text::Span;
use crate::text::yaml::{Node, Style, Value};

/// How many entries may be copied in one project.
const MAX_COPIED: usize = 500_000;

/// Merges trees within bounds.
#[derive(Debug, Default)]
pub struct Merger {
    copied: usize,
}

impl Merger {
    /// Whether so much has been copied that the rest was left out.
    pub fn is_full(&self) -> bool {
        self.copied > MAX_COPIED
    }

    /// `over` on top of `base`; `key` is the key that both are the value of.
    pub fn merge(&mut self, base: &Node, over: &Node, key: &str) -> Node {
        if over.tag.as_ref() == "override" || self.is_full() {
            return over.clone();
        }
        let (base, over) = (normal(base, key, over), normal(over, key, base));
        match (&base.value, &over.value) {
            (Value::Map(below), Value::Map(above)) => {
                self.copied += below.len() + above.len();
                Node { value: Value::Map(self.maps(below, above, key).into()), ..over.clone() }
            }
            (Value::List(_), Value::List(_)) if matches!(key, "command" | "entrypoint" | "test") => over,
            (Value::List(below), Value::List(above)) => {
                self.copied += below.len() + above.len();
                let mut items = below.to_vec();
                items.extend(above.iter().cloned());
                Node { value: Value::List(items.into()), ..over.clone() }
            }
            _ => over,
        }
    }

    fn maps(&mut self, below: &[(Node, Node)], above: &[(Node, Node)], of: &str) -> Vec<(Node, Node)> {
        let position: std::collections::HashMap<&str, usize> =
            below.iter().enumerate().filter_map(|(at, (key, _))| Some((key.text()?, at))).collect();
        let mut entries: Vec<Option<(Node, Node)>> = below.iter().cloned().map(Some).collect();
        for (key, value) in above {
            let at = key.text().and_then(|name| position.get(name)).copied();
            let is_reset = value.tag.as_ref() == "reset";
            match at.and_then(|at| entries.get_mut(at)) {
                Some(slot) if is_reset => *slot = None,
                Some(Some(_)) if keeps_base(of, key, value) => {}
                Some(slot) => {
                    let merged = match slot {
                        Some((_, old)) => self.merge(old, value, key.text().unwrap_or_default()),
                        None => value.clone(),
                    };
                    *slot = Some((key.clone(), merged));
                }
                None if is_reset => {}
                None => entries.push(Some((key.clone(), value.clone()))),
            }
        }
        entries.into_iter().flatten().collect()
    }
}

/// Whether a value without content leaves that of the file below as it is; `of` is the key of the mapping that it is in.
fn keeps_base(of: &str, key: &Node, value: &Node) -> bool {
    let is_cleared = match key.text() {
        Some("command" | "entrypoint" | "test") => true,
        Some("services") => of.is_empty(),
        _ => matches!(of, "environment" | "labels" | "args" | "annotations" | "sysctls"),
    };
    value.is_null() && !is_cleared
}

/// Drops problems with values without content that the file below has a value for.
pub fn drop_filled(base: &Node, own: &Node, problems: &mut Vec<Problem>) {
    let mut filled = std::collections::HashSet::new();
    fill(base, own, "", &mut filled);
    problems.retain(|problem| problem.kind != ProblemKind::Type || !problem.place.is_here() || !filled.contains(&problem.place.span));
}

fn fill(base: &Node, own: &Node, of: &str, filled: &mut std::collections::HashSet<Span>) {
    let below: std::collections::HashMap<&str, &Node> =
        base.entries().iter().filter_map(|(key, value)| Some((key.text()?, value))).collect();
    for (key, value) in own.entries() {
        let name = key.text().unwrap_or_default();
        match below.get(name) {
            Some(base) if keeps_base(of, key, value) && !base.is_null() => {
                filled.insert(value.span);
            }
            Some(base) if value.is_map() && base.is_map() => fill(base, value, name, filled),
            _ => {}
        }
    }
}

/// The long form of what is in short form on one side.
fn normal(node: &Node, key: &str, other: &Node) -> Node {
    match (key, &node.value) {
        ("build", Value::Scalar(_)) if other.is_map() => {
            let key = Node { value: Value::Scalar("context".to_owned()), style: Style::Alias, ..node.clone() };
            Node { value: Value::Map(Arc::new([(key, node.clone())])), ..node.clone() }
        }
        ("environment" | "labels" | "args" | "annotations" | "sysctls" | "depends_on" | "networks", Value::List(items)) => {
            Node { value: Value::Map(pairs(items).into()), ..node.clone() }
        }
        _ => node.clone(),
    }
}

/// The items of a list, `NAME=value` or `NAME`, as entries of a mapping. All parts have the place of the item.
pub fn pairs(items: &[Node]) -> Vec<(Node, Node)> {
    let entry = |item: &Node| {
        let text = item.text()?;
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let part = |text: &str| Node { value: Value::Scalar(text.to_owned()), style: Style::Alias, ..item.clone() };
        let value = match value {
            Some(value) => Node { style: Style::Double, ..part(value) },
            None => Node { style: Style::Plain, open: false, ..part("") },
        };
        Some((part(name), value))
    };
    items.iter().filter_map(entry).collect()
}
