//! Where the cursor is in a Compose file that may not be YAML yet: found by indentation alone.

use crate::compose::schema::{self, Shape};

/// What is written at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A key of a mapping, or what may become one.
    Key,
    /// The value of the last key of the path.
    Value,
    /// An item of the list that the path leads to.
    Item,
}

/// A place in the tree of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Keys from the top; an empty one stands for an item of a list.
    pub(super) path: Vec<String>,
    pub(super) part: Part,
    /// The first byte of what is being written.
    pub(super) from: usize,
}

/// A line, as indentation shows it.
struct Line<'t> {
    /// Where the first `-` is, if it begins an item.
    dash: Option<usize>,
    /// Where what follows the dashes begins.
    content: usize,
    key: Option<&'t str>,
    /// What follows the key and its colon; the whole content of a line without a key.
    value: &'t str,
}

impl<'t> Line<'t> {
    fn read(line: &'t str) -> Self {
        let mut content = line.len() - line.trim_start_matches(' ').len();
        let mut dash = None;
        while line[content..].starts_with("- ") || &line[content..] == "-" {
            dash.get_or_insert(content);
            let rest = &line[content + 1..];
            content += 1 + rest.len() - rest.trim_start_matches(' ').len();
        }
        let text = &line[content..];
        let colon = match text.find(": ") {
            Some(at) => Some(at),
            None => text.trim_end().strip_suffix(':').map(str::len),
        };
        // In quotes or brackets a colon means something else.
        let colon = colon.filter(|at| !text[..*at].contains(['"', '\'', '[', '{']));
        let key = colon.map(|at| text[..at].trim());
        let value = colon.map_or(text, |at| text[at + 1..].trim_start());
        Self { dash, content, key, value }
    }
}

/// The place at byte `at` of a text.
pub(super) fn cursor(text: &str, at: usize) -> Cursor {
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    let line = Line::read(&text[start..at]);
    let part = match (line.key, line.dash) {
        (Some(_), _) => Part::Value,
        (None, Some(_)) => Part::Item,
        (None, None) => Part::Key,
    };
    let mut path = Vec::new();
    path.extend(line.key.map(str::to_owned));
    // What the parent has to be further left than, and whether it is a list.
    let (mut limit, mut is_item) = match line.dash {
        Some(dash) => {
            path.extend(line.key.map(|_| String::new()));
            (dash, true)
        }
        None => (line.content, false),
    };
    for above in text[..start].lines().rev() {
        if limit == 0 && !is_item {
            break;
        }
        if above.trim().is_empty() || above.trim_start().starts_with('#') {
            continue;
        }
        let line = Line::read(above);
        let is_parent = match is_item {
            true => line.content <= limit && (line.dash.is_none() || line.content < limit || line.dash < Some(limit)),
            false => line.content < limit,
        };
        match (line.key, line.dash) {
            (Some(key), dash) if is_parent && line.value.is_empty() => {
                path.push(key.to_owned());
                (limit, is_item) = (line.content, false);
                if let Some(dash) = dash {
                    path.push(String::new());
                    (limit, is_item) = (dash, true);
                }
            }
            // The first key of the item that this one is in.
            (_, Some(dash)) if !is_item && line.content == limit => {
                path.push(String::new());
                (limit, is_item) = (dash, true);
            }
            _ => {}
        }
    }
    path.reverse();
    let word = text[..at].rfind([' ', '\n', '"', '\'', '[', ',', '{']).map_or(0, |before| before + 1);
    Cursor { path, part, from: word.max(start) }
}

impl Cursor {
    /// Whether the path is one of services: `services`, any name, and then these keys.
    pub(super) fn is_in_service(&self, keys: &[&str]) -> bool {
        self.path.len() == keys.len() + 2
            && self.path[0] == "services"
            && self.path[2..].iter().zip(keys).all(|(own, key)| own == key)
    }

    pub(super) fn service(&self) -> Option<&str> {
        (self.path.first()? == "services").then(|| self.path.get(1)).flatten().map(String::as_str)
    }

    /// What may be at the end of the path.
    pub(super) fn shapes(&self) -> Vec<&'static Shape> {
        let mut shapes: Vec<&'static Shape> = Vec::new();
        let mut path = self.path.iter();
        match path.next() {
            Some(key) => shapes.extend(schema::FILE.find(key)),
            None => return shapes,
        }
        for key in path {
            shapes = alternatives(shapes);
            let step = |shape: &&'static Shape| match shape {
                Shape::Keys(keys) => keys.find(key),
                Shape::Named(inner) if !key.is_empty() => Some(*inner),
                Shape::List(inner) if key.is_empty() => Some(*inner),
                _ => None,
            };
            shapes = shapes.iter().filter_map(step).collect();
        }
        alternatives(shapes)
    }
}

/// The shapes, each alternative for itself.
fn alternatives(shapes: Vec<&'static Shape>) -> Vec<&'static Shape> {
    let mut found = Vec::new();
    for shape in shapes {
        match shape {
            Shape::Either(inner) => found.extend(alternatives(inner.iter().collect())),
            shape => found.push(shape),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> (String, Part) {
        let at = text.find('|').expect("a cursor");
        let found = cursor(&text.replacen('|', "", 1), at);
        (found.path.join("/"), found.part)
    }

    #[test]
    fn places() {
        for (text, path, part) in [
            ("ser|", "", Part::Key),
            ("services:\n  |", "services", Part::Key),
            ("services:\n  web:\n    im|", "services/web", Part::Key),
            ("services:\n  web:\n    image: |", "services/web/image", Part::Value),
            ("services:\n  db:\n    image: x\n  web:\n    depends_on:\n      - |", "services/web/depends_on", Part::Item),
            ("services:\n  web:\n    depends_on:\n    - a\n    - |", "services/web/depends_on", Part::Item),
            ("services:\n  web:\n    build:\n      args:\n        A: 1\n      tar|", "services/web/build", Part::Key),
            ("services:\n  web:\n    ports:\n      - target: 80\n        |", "services/web/ports/", Part::Key),
            ("services:\n  web:\n    ports:\n      - target: |", "services/web/ports//target", Part::Value),
            ("services:\n  web:\n    # note\n\n    depends_on:\n      db:\n        condition: |", "services/web/depends_on/db/condition", Part::Value),
            ("volumes:\n  data:\nservices:\n  web:\n    volumes:\n      - |", "services/web/volumes", Part::Item),
        ] {
            assert_eq!(at(text), (path.to_owned(), part), "{text}");
        }
    }
}
