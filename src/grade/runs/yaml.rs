//! YAML as a tree, with the line of each value. Aliases are followed and merge keys taken over, within bounds.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser};

/// Values that a file may have, with those that aliases repeat.
const MAX_NODES: usize = 20_000;
/// How deep values may lie in one another.
const MAX_DEPTH: usize = 32;

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// From 1.
    pub(super) line: usize,
    pub(super) value: Tree,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Default for Tree {
    fn default() -> Self {
        Tree::Scalar(String::new())
    }
}

impl Node {
    /// The value of a key, if this is a mapping that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let Tree::Map(entries) = &self.value else { return None };
        entries.iter().rev().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    pub(super) fn entries(&self) -> &[(String, Node)] {
        if let Tree::Map(entries) = &self.value { entries } else { &[] }
    }

    pub(super) fn items(&self) -> &[Node] {
        if let Tree::List(items) = &self.value { items } else { &[] }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Tree::Scalar(text) = &self.value { Some(text) } else { None }
    }

    fn count(&self) -> usize {
        // No deeper than `MAX_DEPTH`.
        1 + match &self.value {
            Tree::Scalar(_) => 0,
            Tree::List(items) => items.iter().map(Node::count).sum(),
            Tree::Map(entries) => entries.iter().map(|(_, node)| node.count()).sum(),
        }
    }

    fn depth(&self) -> usize {
        1 + match &self.value {
            Tree::Scalar(_) => 0,
            Tree::List(items) => items.iter().map(Node::depth).max().unwrap_or(0),
            Tree::Map(entries) => entries.iter().map(|(_, node)| node.depth()).max().unwrap_or(0),
        }
    }
}

/// A list or a mapping that is not yet whole.
struct Open {
    node: Node,
    key: Option<String>,
    anchor: usize,
}

/// The first document of a text.
///
/// # Errors
/// A sentence, with the line.
pub(super) fn read(text: &str) -> Result<Node, (String, usize)> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, Node> = HashMap::new();
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, place) =
            event.map_err(|error| (format!("this is not YAML: {}", error.info()), error.marker().line()))?;
        let line = place.start.line();
        let leaf = |value| Node { line, value };
        if open.len() > MAX_DEPTH {
            return Err(("this is more than can be read".to_owned(), line));
        }
        let (mut done, anchor) = match event {
            Event::Scalar(text, _, anchor, _) => (leaf(Tree::Scalar(text.into_owned())), anchor),
            Event::Alias(anchor) => {
                let node = anchors.get(&anchor).ok_or_else(|| ("an alias of itself".to_owned(), line))?;
                (Node { line, value: node.value.clone() }, 0)
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open { node: leaf(Tree::List(Vec::new())), key: None, anchor });
                continue;
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open { node: leaf(Tree::Map(Vec::new())), key: None, anchor });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(whole) => (whole.node, whole.anchor),
                None => continue,
            },
            _ => continue,
        };
        if let Tree::Map(entries) = &mut done.value {
            merge(entries);
        }
        nodes += done.count();
        if nodes > MAX_NODES || open.len() + done.depth() > MAX_DEPTH {
            return Err(("this is more than can be read".to_owned(), line));
        }
        if anchor != 0 {
            anchors.insert(anchor, done.clone());
        }
        match open.last_mut() {
            None => return Ok(done),
            Some(Open { node: Node { value: Tree::List(items), .. }, .. }) => items.push(done),
            Some(Open { node: Node { value: Tree::Map(entries), .. }, key, .. }) => match key.take() {
                Some(key) => entries.push((key, done)),
                None => *key = Some(done.text().unwrap_or_default().to_owned()),
            },
            Some(_) => {}
        }
    }
    Ok(Node::default())
}

/// What `<<` brings in, for keys that are not there.
fn merge(entries: &mut Vec<(String, Node)>) {
    let Some(at) = entries.iter().position(|(key, _)| key == "<<") else { return };
    let (_, merged) = entries.remove(at);
    let sources = if matches!(merged.value, Tree::List(_)) { merged.items().to_vec() } else { vec![merged] };
    for (key, node) in sources.iter().flat_map(Node::entries) {
        if !entries.iter().any(|(known, _)| known == key) {
            entries.push((key.clone(), node.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_merges() {
        let tree = read("x: &a {k: v, l: w}\ny:\n  <<: *a\n  l: own\nz: [*a]\n").expect("it is YAML");
        let y = tree.get("y").expect("it is there");
        assert_eq!(y.get("k").and_then(Node::text), Some("v"));
        assert_eq!((y.get("l").and_then(Node::text), y.get("l").map(|node| node.line)), (Some("own"), Some(4)));
        assert_eq!(tree.get("z").map(|z| z.items().len()), Some(1));
        assert!(read("a: [").is_err() && read("a: &x [*x]").is_err());
        assert_eq!(read("").expect("nothing is fine"), Node::default());
    }

    #[test]
    fn bombs() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            text += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(", "));
        }
        assert!(read(&text).is_err());
        assert!(read(&"[".repeat(100_000)).is_err());
    }
}
