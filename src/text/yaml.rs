//! YAML as a tree, with the place of each value. Within bounds: a file is hostile until shown otherwise.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser};

use super::{Source, Span};

/// The most values that a file may have, with those that aliases repeat.
const MAX_NODES: usize = 100_000;
/// How deep values may be nested.
const MAX_DEPTH: usize = 32;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub span: Span,
    pub value: Value,
}

/// What a value is. Of scalars the text alone: whether `no` is a word or a truth value depends on who asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Scalar(String),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(Node, Node)>),
}

/// Why a file cannot be read, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlError {
    pub message: String,
    pub span: Span,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        if let Value::Scalar(text) = &self.value { Some(text) } else { None }
    }

    /// The values of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The keys and values of a mapping; none for anything else.
    pub fn entries(&self) -> &[(Node, Node)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The value of a key, of several the last one.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().rev().find(|(name, _)| name.text() == Some(key)).map(|(_, node)| node)
    }

    /// Whether this is nothing: written as `~`, as `null`, or not at all.
    pub fn is_null(&self) -> bool {
        matches!(self.text(), Some("" | "~" | "null"))
    }

    /// How many values there are in it, itself included, and how deep they are nested.
    fn measure(&self) -> (usize, usize) {
        // No deeper than `MAX_DEPTH`.
        let add = |(count, depth): (usize, usize), node: &Node| {
            let (own, deep) = node.measure();
            (count + own, depth.max(deep + 1))
        };
        match &self.value {
            Value::Scalar(_) => (1, 1),
            Value::List(items) => items.iter().fold((1, 1), add),
            Value::Map(entries) => entries.iter().map(|(_, node)| node).fold((1, 1), add),
        }
    }
}

/// A list or a mapping whose end has not been seen yet.
struct Unfinished {
    node: Node,
    /// Of a mapping: the key whose value comes next.
    key: Option<Node>,
    anchor: usize,
}

/// The first document of a file; `None` if there is no document. Aliases are followed, merge keys (`<<`) are applied.
///
/// # Errors
/// When the file is not YAML, or has more or deeper values than are read.
pub fn parse(source: &Source) -> Result<Option<Node>, YamlError> {
    let text = source.text();
    // The parser counts characters, which are bytes in most files.
    let is_ascii = text.is_ascii();
    let starts: Vec<usize> = if is_ascii { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
    let byte = |index: usize| match is_ascii {
        true => index.min(text.len()),
        false => starts.get(index).copied().unwrap_or(text.len()),
    };
    let error = |message: &str, span: Span| YamlError { message: message.to_owned(), span };
    let mut open: Vec<Unfinished> = Vec::new();
    let mut anchors: HashMap<usize, (Node, (usize, usize))> = HashMap::new();
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, place) = event.map_err(|failed| {
            error(&format!("invalid YAML: {}", failed.info()), Span::at(byte(failed.marker().index())))
        })?;
        let start = byte(place.start.index());
        let span = Span::new(start, byte(place.end.index()).max(start));
        let node = |value: Value| Node { span, value };
        let (mut node, anchor, (count, depth)) = match event {
            Event::Scalar(text, _, anchor, _) => (node(Value::Scalar(text.into_owned())), anchor, (1, 1)),
            Event::Alias(anchor) => {
                let (node, size) = anchors.get(&anchor).ok_or_else(|| error("alias refers to itself", span))?;
                (Node { span, value: node.value.clone() }, 0, *size)
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                let is_list = matches!(event, Event::SequenceStart(..));
                let value = if is_list { Value::List(Vec::new()) } else { Value::Map(Vec::new()) };
                open.push(Unfinished { node: node(value), key: None, anchor });
                if open.len() > MAX_DEPTH {
                    return Err(error("values are nested too deeply", span));
                }
                continue;
            }
            // Its values have been counted.
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Unfinished { node, anchor, .. }) => (node, anchor, (1, 1)),
                None => continue,
            },
            _ => continue,
        };
        if let Value::Map(entries) = &mut node.value {
            merge(entries);
        }
        nodes += count;
        if nodes > MAX_NODES || open.len() + depth > MAX_DEPTH {
            return Err(error("more values than are read", span));
        }
        if anchor != 0 {
            let size = node.measure();
            anchors.insert(anchor, (node.clone(), size));
        }
        match open.last_mut() {
            None => return Ok(Some(node)),
            Some(Unfinished { node: Node { value: Value::List(items), .. }, .. }) => items.push(node),
            Some(Unfinished { node: Node { value: Value::Map(entries), .. }, key, .. }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node),
            },
            Some(_) => {}
        }
    }
    Ok(None)
}

/// Replaces `<<` by what it names, for keys that are not there.
fn merge(entries: &mut Vec<(Node, Node)>) {
    let Some(at) = entries.iter().position(|(key, _)| key.text() == Some("<<")) else { return };
    let (_, merged) = entries.remove(at);
    let sources = if matches!(merged.value, Value::List(_)) { merged.items().to_vec() } else { vec![merged] };
    let mut known: HashSet<String> = entries.iter().filter_map(|(key, _)| key.text().map(str::to_owned)).collect();
    for (key, node) in sources.iter().flat_map(Node::entries) {
        if key.text().is_some_and(|name| known.insert(name.to_owned())) {
            entries.push((key.clone(), node.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Node>, YamlError> {
        parse(&Source::new("x.yaml", text))
    }

    #[test]
    fn aliases_and_merge_keys() {
        let text = "x: &a {k: v, l: w}\ny:\n  <<: *a\n  l: own\nz: [*a]\n";
        let tree = read(text).expect("it is YAML").expect("it has a document");
        let y = tree.get("y").expect("it is there");
        assert_eq!(y.get("k").and_then(Node::text), Some("v"));
        let own = y.get("l").expect("it is there");
        assert_eq!((own.text(), &text[own.span.start()..own.span.end()]), (Some("own"), "own"));
        assert_eq!(tree.get("z").map(|z| z.items().len()), Some(1));
        assert!(read("a: [").is_err() && read("a: &x [*x]").is_err());
        for text in ["", "# a comment\n", "---\n"] {
            assert!(read(text).expect("nothing is fine").is_none_or(|node| node.is_null()), "{text:?}");
        }
    }

    #[test]
    fn spans_are_bytes() {
        let text = "é: [ä, ö]\n";
        let tree = read(text).expect("it is YAML").expect("it has a document");
        let spans: Vec<_> =
            tree.entries()[0].1.items().iter().map(|item| &text[item.span.start()..item.span.end()]).collect();
        assert_eq!(spans, ["ä", "ö"]);
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
        assert!(read(&format!("a:\n{}", "- x\n".repeat(50_000))).is_ok());
    }
}
