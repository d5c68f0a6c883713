//! YAML as a tree, with the place and style of each value, and the comments. Within bounds: a file is hostile until shown
//! otherwise. What aliases repeat is shared, not copied.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{Source, Span};

/// The most values that a file may have, with those that aliases repeat.
const MAX_NODES: usize = 200_000;
/// How deep values may be nested.
const MAX_DEPTH: usize = 32;
/// How much text aliases may repeat, in bytes.
const MAX_REPEATED: usize = 64 << 20;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Of an alias, the alias itself; of a list or a mapping, without the anchor and the tag in front.
    pub span: Span,
    pub value: Value,
    pub style: Style,
    /// Which of the files of a project it is in; 0 where there is one file.
    pub file: u16,
    /// A variable without known value is a part of it.
    pub open: bool,
    /// `reset` of `!reset`; empty if there is no tag.
    pub tag: Arc<str>,
}

/// What a value is. Of scalars the text alone: whether `no` is a word or a truth value depends on who asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Scalar(String),
    List(Arc<[Node]>),
    /// In the order of the file.
    Map(Arc<[(Node, Node)]>),
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Single,
    Double,
    /// `|` or `>`.
    Block,
    /// `[…]` or `{…}`.
    Flow,
    /// A list or a mapping over lines.
    Lines,
    /// `*name`.
    Alias,
}

/// Why a file cannot be read, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlError {
    pub message: String,
    pub span: Span,
}

/// A key that a mapping has twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    pub key: String,
    pub first: Span,
    pub again: Span,
    /// The value of the second one.
    pub value: Span,
}

/// All that is in a file.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The values at the top: one for each document of the file.
    pub roots: Vec<Node>,
    /// With their `#`, in file order.
    pub comments: Vec<Span>,
    pub duplicates: Vec<Duplicate>,
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
        self.entry(key).map(|(_, node)| node)
    }

    /// A key and its value, of several the last one.
    pub fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        self.entries().iter().rev().find(|(name, _)| name.text() == Some(key))
    }

    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    pub fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// Whether this is nothing: written as `~`, as `null`, or not at all.
    pub fn is_null(&self) -> bool {
        matches!(self.text(), Some("" | "~" | "null")) && matches!(self.style, Style::Plain | Style::Alias)
    }

    fn measure(&self) -> Size {
        // No deeper than `MAX_DEPTH`.
        let add = |sum: Size, node: &Node| {
            let own = node.measure();
            Size { count: sum.count + own.count, depth: sum.depth.max(own.depth + 1), bytes: sum.bytes + own.bytes }
        };
        match &self.value {
            Value::Scalar(text) => Size { bytes: text.len(), ..Size::ONE },
            Value::List(items) => items.iter().fold(Size::ONE, add),
            Value::Map(entries) => entries.iter().map(|(_, node)| node).fold(Size::ONE, add),
        }
    }
}

/// How large a value is.
#[derive(Clone, Copy)]
struct Size {
    /// How many values there are in it, itself included.
    count: usize,
    /// How deep they are nested.
    depth: usize,
    /// How long the texts in it are together.
    bytes: usize,
}

impl Size {
    /// A value of its own, without what is in it.
    const ONE: Size = Size { count: 1, depth: 1, bytes: 0 };
}

/// A list or a mapping whose end has not been seen yet.
struct Unfinished {
    node: Node,
    items: Vec<Node>,
    entries: Vec<(Node, Node)>,
    is_list: bool,
    /// Of a mapping: the key whose value comes next.
    key: Option<Node>,
    anchor: usize,
}

/// What becomes of the text of a scalar that is not a key: its text with variables filled in, and whether one of them has
/// no known value. `None` leaves it as it is.
pub type Fill<'f> = &'f mut dyn FnMut(&str, Span, Style) -> Option<(String, bool)>;

/// The first document of a file; `None` if there is no document. Aliases are followed, merge keys (`<<`) are applied.
///
/// # Errors
/// When the file is not YAML, or has more or deeper values than are read.
pub fn parse(source: &Source) -> Result<Option<Node>, YamlError> {
    Ok(read(source, 0, &mut |_, _, _| None)?.roots.into_iter().next())
}

/// Everything in a file, which is number `file` of a project.
///
/// # Errors
/// As [`parse`].
pub fn read(source: &Source, file: u16, fill: Fill<'_>) -> Result<Document, YamlError> {
    let text = source.text();
    // Other parsers take a closing bracket at the start of a line; this one wants it further in.
    match read_text(text, text, file, fill) {
        Err(error) => match closing_brackets_joined(text).map(|joined| read_text(&joined, text, file, fill)) {
            Some(Ok(document)) => Ok(document),
            _ => Err(error),
        },
        document => document,
    }
}

/// The text with each line that begins with a closing bracket joined to the one before; as long as it was. `None` if there
/// is no such line.
fn closing_brackets_joined(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    // Where the last line begins.
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with([']', '}']) && !out.is_empty() {
            changed = true;
            let comment = match out[start..].starts_with('#') {
                true => Some(start),
                false => out[start..].find(" #").map(|at| start + at),
            };
            let end = out.trim_end_matches(['\r', '\n']).len();
            let keep = comment.unwrap_or(end).min(end);
            let blanks = out.len() - keep;
            out.truncate(keep);
            out.extend(std::iter::repeat_n(' ', blanks));
        }
        start = out.len();
        out.push_str(line);
    }
    changed.then_some(out)
}

/// Parses `text`, which differs from the file's in white space and comments only.
fn read_text(text: &str, written: &str, file: u16, fill: Fill<'_>) -> Result<Document, YamlError> {
    // The parser counts characters, which are bytes in most files.
    let is_ascii = text.is_ascii();
    let starts: Vec<usize> = if is_ascii { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
    let byte = |index: usize| match is_ascii {
        true => index.min(text.len()),
        false => starts.get(index).copied().unwrap_or(text.len()),
    };
    let mut reader = Reader::default();
    let no_tag: Arc<str> = Arc::from("");
    for event in Parser::new_from_str(text) {
        let (event, place) = event.map_err(|failed| YamlError {
            message: format!("invalid YAML: {}", failed.info()),
            span: Span::at(byte(failed.marker().index())),
        })?;
        let start = byte(place.start.index());
        let end = byte(place.end.index()).max(start);
        let span = Span::new(start, end);
        match event {
            Event::Scalar(scalar, style, anchor, tag) => {
                let style = style_of(style);
                let span = Span::new(start, quoted_end(text, start, style).unwrap_or(end));
                // What is not written is `~` to the parser, at the place of what comes next.
                let is_written = scalar != "~" || text[start..].starts_with('~');
                let span = if is_written { span } else { Span::at(start) };
                let is_key = reader.wants_key();
                let filled = if is_key { None } else { fill(&scalar, span, style) };
                let (filled, open) = filled.unwrap_or_else(|| (scalar.into_owned(), false));
                let tag = tag.map_or_else(|| Arc::clone(&no_tag), |tag| Arc::from(tag.suffix.as_str()));
                let is_header = style == Style::Block && text[start..].starts_with(['|', '>']);
                // A block without text ends before its first line.
                let from = if is_header { line_end(text, start) } else { span.start() };
                reader.scalars.push(Span::new(from, span.end().max(from)));
                let node = Node { span, value: Value::Scalar(filled), style, file, open, tag };
                reader.add(node, anchor, Size::ONE)?;
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = reader.anchors.get(&anchor) else {
                    return Err(YamlError { message: "alias refers to itself".to_owned(), span });
                };
                let (node, size) = (Node { span, style: Style::Alias, ..node.clone() }, *size);
                reader.add(node, 0, size)?;
            }
            Event::SequenceStart(anchor, ref tag) | Event::MappingStart(anchor, ref tag) => {
                let is_list = matches!(event, Event::SequenceStart(..));
                let style = if text[start..].starts_with(['[', '{']) { Style::Flow } else { Style::Lines };
                let tag = tag.as_ref().map_or_else(|| Arc::clone(&no_tag), |tag| Arc::from(tag.suffix.as_str()));
                let value = Value::Scalar(String::new());
                let node = Node { span, value, style, file, open: false, tag };
                let (items, entries) = Default::default();
                reader.open.push(Unfinished { node, items, entries, is_list, key: None, anchor });
                if reader.open.len() > MAX_DEPTH {
                    return Err(YamlError { message: "values are nested too deeply".to_owned(), span });
                }
            }
            Event::SequenceEnd | Event::MappingEnd => reader.close(span)?,
            _ => {}
        }
    }
    let comments = comments(written, &reader.scalars);
    Ok(Document { roots: reader.roots, comments, duplicates: reader.duplicates })
}

#[derive(Default)]
struct Reader {
    open: Vec<Unfinished>,
    anchors: HashMap<usize, (Node, Size)>,
    nodes: usize,
    /// How long the texts are that aliases repeat.
    repeated: usize,
    roots: Vec<Node>,
    duplicates: Vec<Duplicate>,
    /// Where comments cannot begin.
    scalars: Vec<Span>,
}

impl Reader {
    fn wants_key(&self) -> bool {
        self.open.last().is_some_and(|open| !open.is_list && open.key.is_none())
    }

    /// Ends the innermost list or mapping.
    fn close(&mut self, end: Span) -> Result<(), YamlError> {
        let Some(Unfinished { mut node, items, mut entries, is_list, anchor, .. }) = self.open.pop() else {
            return Ok(());
        };
        let (first, last) = match is_list {
            true => (items.first().map(|item| item.span), items.last().map(|item| item.span)),
            false => (entries.first().map(|(key, _)| key.span), entries.last().map(|(_, value)| value.span)),
        };
        if node.style == Style::Flow {
            node.span = node.span.cover(end);
        } else if let (Some(first), Some(last)) = (first, last) {
            // The dash of a list belongs to it.
            let start = if is_list { node.span.start().min(first.start()) } else { first.start() };
            node.span = Span::new(start, last.end().max(first.end()));
        }
        node.value = if is_list {
            Value::List(items.into())
        } else {
            self.find_duplicates(&entries);
            self.nodes += merge(&mut entries);
            Value::Map(entries.into())
        };
        self.add(node, anchor, Size::ONE)
    }

    fn find_duplicates(&mut self, entries: &[(Node, Node)]) {
        let mut seen: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
        for (key, value) in entries {
            let Some(name) = key.text() else { continue };
            if let Some(first) = seen.get(name) {
                let (key, first, again) = (name.to_owned(), *first, key.span);
                self.duplicates.push(Duplicate { key, first, again, value: value.span });
            } else {
                seen.insert(name, key.span);
            }
        }
    }

    /// A value that is complete: `size` is what has not been counted of it.
    fn add(&mut self, node: Node, anchor: usize, size: Size) -> Result<(), YamlError> {
        self.nodes += size.count;
        if self.nodes > MAX_NODES || self.open.len() + size.depth > MAX_DEPTH {
            let message = format!("more values than are read: {MAX_NODES}, {MAX_DEPTH} deep");
            return Err(YamlError { message, span: node.span });
        }
        self.repeated += size.bytes;
        if self.repeated > MAX_REPEATED {
            let message = format!("aliases repeat more text than is read: {} MiB", MAX_REPEATED >> 20);
            return Err(YamlError { message, span: node.span });
        }
        if anchor != 0 {
            let size = node.measure();
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            None => self.roots.push(node),
            Some(open) if open.is_list => open.items.push(node),
            Some(open) => match open.key.take() {
                Some(key) => {
                    let mut node = node;
                    // What is not written has the place of its key's end, not of what comes next.
                    if node.span.is_empty() && node.style == Style::Plain {
                        node.span = Span::at(key.span.end());
                    }
                    open.entries.push((key, node));
                }
                None => open.key = Some(node),
            },
        }
        Ok(())
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}

/// Where a quoted scalar ends: for the parser, what follows on its line belongs to it.
fn quoted_end(text: &str, start: usize, style: Style) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = match style {
        Style::Single => b'\'',
        Style::Double => b'"',
        _ => return None,
    };
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 1,
            byte if byte == quote => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

fn line_end(text: &str, from: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[from..]).map_or(text.len(), |at| from + at)
}

/// A `#` at the start of a line or after a space that is not in a scalar begins a comment.
fn comments(text: &str, scalars: &[Span]) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut scalars = scalars.iter().peekable();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'#', &bytes[from..]).map(|at| from + at) {
        while scalars.next_if(|scalar| scalar.end() <= at).is_some() {}
        if let Some(scalar) = scalars.peek().filter(|scalar| scalar.start() <= at) {
            from = scalar.end().max(at + 1);
            continue;
        }
        from = at + 1;
        if at == 0 || bytes[at - 1].is_ascii_whitespace() {
            let end = line_end(text, at);
            let end = if bytes[..end].ends_with(b"\r") { end - 1 } else { end };
            found.push(Span::new(at, end.max(at)));
            from = end.max(at + 1);
        }
    }
    found
}

/// Replaces `<<` by what it names, for keys that are not there; returns how many there are.
fn merge(entries: &mut Vec<(Node, Node)>) -> usize {
    if !entries.iter().any(|(key, _)| is_merge_key(key)) {
        return 0;
    }
    let mut sources: Vec<Node> = Vec::new();
    entries.retain(|(key, value)| {
        if is_merge_key(key) {
            match value.is_list() {
                true => sources.extend(value.items().iter().cloned()),
                false => sources.push(value.clone()),
            }
        }
        !is_merge_key(key)
    });
    let mut known: HashSet<String> = entries.iter().filter_map(|(key, _)| key.text().map(str::to_owned)).collect();
    let before = entries.len();
    for (key, node) in sources.iter().flat_map(Node::entries) {
        if key.text().is_some_and(|name| known.insert(name.to_owned())) {
            entries.push((key.clone(), node.clone()));
        }
    }
    entries.len() - before
}

fn is_merge_key(key: &Node) -> bool {
    key.text() == Some("<<") && key.style == Style::Plain
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
    fn closing_bracket_at_the_start_of_a_line() {
        let text = "a:\n  b: [\n    x,  # one\n    y\n  ]\n  c: 1\n";
        let tree = read(text).expect("others read it").expect("it has a document");
        let a = tree.get("a").expect("it is there");
        assert_eq!(a.get("b").map(|list| list.items().len()), Some(2));
        assert_eq!(a.entry("c").map(|(key, _)| &text[key.span.range()]), Some("c"));
    }

    #[test]
    fn comments_and_duplicates() {
        let text = "# top\na: 'x # no'  # yes\nb: |  # header\n  # text\n  y\nc: x#y\n# end\na: 2\n";
        let document = super::read(&Source::new("x.yaml", text), 0, &mut |_, _, _| None).expect("it is YAML");
        let comments: Vec<_> = document.comments.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(comments, ["# top", "# yes", "# header", "# end"]);
        assert_eq!(document.duplicates.len(), 1);
        assert_eq!(document.duplicates[0].first, Span::new(6, 7));
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
        let long = |aliases: usize| format!("x: &x {}\ny:\n{}", "x".repeat(1 << 20), "- *x\n".repeat(aliases));
        assert!(read(&long(60)).is_ok() && read(&long(1000)).is_err());
        assert!(read(&format!("a:\n{}", "- x\n".repeat(50_000))).is_ok());
    }
}
