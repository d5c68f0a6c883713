//! A file against the table of keys: what is unknown, missing, or of the wrong type.

use super::problem::{Problem, ProblemKind};
use super::scalar;
use super::schema::{self, Keys, NULL, Shape, TEXT, WHOLE};
use crate::text::suggest::{nearest, shorten};
use crate::text::yaml::{Node, Value};
use crate::text::{Source, Span};

/// Checks a file. What an alias repeats is checked where it is written, and once.
pub fn validate(source: &Source, root: &Node) -> Vec<Problem> {
    let mut validator = Validator { source, problems: Vec::new(), seen: std::collections::HashSet::new() };
    validator.keys(root, &schema::FILE, "");
    validator.problems
}

struct Validator<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
    /// What has been checked, by where it is in memory, and as what.
    seen: std::collections::HashSet<(usize, usize)>,
}

impl Validator<'_> {
    fn report(&mut self, kind: ProblemKind, node: &Node, message: String, help: String) {
        self.problems.push(Problem::new(kind, node, message).help(help));
    }

    fn value(&mut self, node: &Node, shape: &'static Shape, name: &str) {
        if matches!(node.tag.as_ref(), "reset" | "override") {
            return;
        }
        if let Some(contents) = contents(node)
            && !self.seen.insert((contents, std::ptr::from_ref(shape) as usize))
        {
            return;
        }
        match shape {
            Shape::Any => {}
            Shape::Keys(keys) => self.keys(node, keys, name),
            Shape::Named(shape) => match node.entries() {
                _ if !node.is_map() => self.wrong(node, &[name], &Shape::Named(shape).describe()),
                entries => entries.iter().for_each(|(key, value)| {
                    let key = key.text().unwrap_or_default();
                    if !key.starts_with("x-") {
                        self.value(value, shape, key);
                    }
                }),
            },
            Shape::List(shape) => match node.items() {
                _ if !node.is_list() => self.wrong(node, &[name], "a list"),
                items => items.iter().for_each(|item| self.value(item, shape, name)),
            },
            Shape::Either(shapes) => self.either(node, shapes, name),
            _ => self.scalar(node, shape, name),
        }
    }

    /// Of several shapes, the one that fits what is written.
    fn either(&mut self, node: &Node, shapes: &'static [Shape], name: &str) {
        let fits = |shape: &&Shape| match (shape, &node.value) {
            (Shape::Keys(_) | Shape::Named(_), Value::Map(_)) | (Shape::List(_), Value::List(_)) => true,
            (Shape::Keys(_) | Shape::Named(_) | Shape::List(_), _) => false,
            (_, Value::Scalar(_)) => true,
            _ => false,
        };
        match shapes.iter().find(fits) {
            Some(shape) if matches!(node.value, Value::Scalar(_)) => {
                let before = self.problems.len();
                self.scalar(node, shape, name);
                if self.problems.len() > before && matches!(shape, Shape::Scalar(_)) {
                    self.problems.truncate(before);
                    let texts: Vec<_> = shapes.iter().map(Shape::describe).collect();
                    self.wrong(node, &[name], &texts.join(" or "));
                }
            }
            Some(shape) => self.value(node, shape, name),
            None => {
                let texts: Vec<_> = shapes.iter().map(Shape::describe).collect();
                self.wrong(node, &[name], &texts.join(" or "));
            }
        }
    }

    fn wrong(&mut self, node: &Node, path: &[&str], expected: &str) {
        let name = path.last().copied().unwrap_or_default();
        let name = if name.is_empty() { "the file".to_owned() } else { format!("`{}`", shorten(name)) };
        let found = match &node.value {
            Value::Map(_) => "a mapping",
            Value::List(_) => "a list",
            Value::Scalar(_) if node.is_null() => "empty",
            Value::Scalar(_) => "something else",
        };
        let (message, help) = match found {
            "empty" => (format!("{name} is empty"), format!("set it to {expected}, or remove it")),
            "something else" => (format!("{name} must be {expected}"), String::new()),
            found => (format!("{name} must be {expected}, not {found}"), String::new()),
        };
        self.report(ProblemKind::Type, node, message, help);
    }

    fn keys(&mut self, node: &Node, keys: &'static Keys, name: &str) {
        if !node.is_map() {
            if !(keys.or_null && node.is_null()) {
                self.wrong(node, &[name], "a mapping");
            }
            return;
        }
        for (key, value) in node.entries() {
            let Some(text) = key.text() else { continue };
            if text.starts_with("x-") {
                continue;
            }
            match keys.find(text) {
                Some(shape) => {
                    if name.is_empty() && matches!(shape, Shape::Named(_)) {
                        self.names(value);
                    }
                    self.value(value, shape, text);
                }
                None => self.unknown(key, text, keys, |name| node.get(name).is_some()),
            }
        }
        for required in keys.required {
            if node.get(required).is_none() {
                let (what, needs) = (keys.what, required);
                let message = match name {
                    "" => format!("this {what} has no `{needs}`"),
                    name => format!("`{}` has no `{needs}`", shorten(name)),
                };
                let start = Span::new(node.span.start(), node.span.start() + first_line(self.source, node.span));
                let problem = Problem::new(ProblemKind::Type, super::Place::new(node.file, start), message);
                self.problems.push(problem.help(format!("add `{needs}`")));
            }
        }
    }

    /// The names of services, networks and so on.
    fn names(&mut self, node: &Node) {
        for (key, _) in node.entries() {
            let Some(name) = key.text() else { continue };
            let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
            if !name.bytes().all(is_valid) || name.is_empty() {
                let message = format!("`{}` is not a valid name", shorten(name).replace('`', "'"));
                let help = "use letters, digits, `.`, `_` and `-`".to_owned();
                self.report(ProblemKind::Value, key, message, help);
            }
        }
    }

    fn unknown(&mut self, key: &Node, text: &str, keys: &'static Keys, is_taken: impl Fn(&str) -> bool) {
        let shown = shorten(text).replace('`', "'");
        let mut message = format!("`{shown}` is not a valid key in a {}", keys.what);
        if keys.what.starts_with(['a', 'e', 'i', 'o', 'u']) {
            message = format!("`{shown}` is not a valid key in an {}", keys.what);
        }
        let own = keys.keys.iter().map(|(name, _)| *name);
        let near = nearest(text, own);
        let help = match near {
            Some("version") if std::ptr::eq(keys, &schema::FILE) => "remove it: `version` is obsolete, too".to_owned(),
            Some(near) => format!("did you mean `{near}`?"),
            None if std::ptr::eq(keys, &schema::FILE) && schema::SERVICE.find(text).is_some() => {
                format!("move `{shown}` into a service")
            }
            None if keys.what == "service" && schema::FILE.find(text).is_some() => {
                format!("indent `{shown}` less: it is a top-level key")
            }
            None if keys.what == "service" && schema::DEPLOY.find(text).is_some() => {
                format!("move `{shown}` into `deploy`")
            }
            None if schema::SERVICE.find(text).is_some() => "check the indentation: this is a key of a service".to_owned(),
            None => "remove it, or start its name with `x-` to use it as an extension".to_owned(),
        };
        let problem = Problem::new(ProblemKind::UnknownKey, key, message).help(help);
        self.problems.push(problem.instead(text, near.filter(|near| *near != "version" && !is_taken(near))));
    }

    fn scalar(&mut self, node: &Node, shape: &'static Shape, name: &str) {
        let Some(text) = node.text() else { return self.wrong(node, &[name], &shape.describe()) };
        let written = if node.file == 0 { self.source.slice(node.span) } else { "" };
        let kind = scalar::kind(node, written);
        let shown = format!("`{}`", shorten(name));
        let is_empty = node.open && text.is_empty();
        let fits = match shape {
            Shape::Scalar(kinds) => {
                if kind & kinds & !WHOLE != 0 || kinds & WHOLE != 0 && kind & WHOLE != 0 {
                    return;
                }
                return self.mistyped(node, *kinds, kind, &shown, shape);
            }
            Shape::Word(words) => words.contains(&text),
            Shape::Bool => scalar::truth(text).is_some(),
            Shape::Int => text.parse::<i64>().is_ok() || kind & WHOLE != 0,
            Shape::Float => text.parse::<f64>().is_ok(),
            Shape::Bytes => scalar::is_size(text),
            Shape::Memory if kind & TEXT == 0 => {
                return self.mistyped(node, TEXT, kind, &shown, shape);
            }
            Shape::Memory => scalar::is_size(text),
            Shape::Time => {
                if kind & TEXT == 0 {
                    return self.mistyped(node, TEXT, kind, &shown, shape);
                }
                scalar::duration_mistake(text).is_none()
            }
            _ => return,
        };
        if fits {
            return;
        }
        if is_empty {
            let message = format!("{shown} is empty because `{}` is not set", first_variable(written));
            let help = format!("set it in `.env`, or give it a default: `${{{}:-…}}`", first_variable(written));
            return self.report(ProblemKind::EmptyVariable, node, message, help);
        }
        if node.open {
            return;
        }
        let message = match node.is_null() {
            true => format!("{shown} is empty"),
            false => format!("{shown} must be {}", shape.describe()),
        };
        let help = match shape {
            Shape::Word(words) => nearest(text, words.iter().copied()).map(|near| format!("did you mean `{near}`?")),
            Shape::Time => scalar::duration_mistake(text).filter(|_| !node.is_null()),
            _ => None,
        };
        self.report(ProblemKind::Value, node, message, help.unwrap_or_default());
    }

    fn mistyped(&mut self, node: &Node, kinds: u8, kind: u8, shown: &str, shape: &'static Shape) {
        if kind & NULL != 0 {
            let help = format!("set it to {}, or remove it", shape.describe());
            return self.report(ProblemKind::Type, node, format!("{shown} is empty"), help);
        }
        let help = match kinds & TEXT != 0 {
            true if matches!(shape, Shape::Time) => format!("write it with a unit, in quotes: `\"{}s\"`", node.text().unwrap_or_default()),
            true if matches!(shape, Shape::Memory) => format!("quote it: `\"{}\"`", node.text().unwrap_or_default()),
            true => format!("quote it: `\"{}\"`", shorten(node.text().unwrap_or_default())),
            false => String::new(),
        };
        self.report(ProblemKind::Type, node, format!("{shown} must be {}", shape.describe()), help);
    }
}

/// Where the contents of a list or a mapping are in memory.
fn contents(node: &Node) -> Option<usize> {
    match &node.value {
        Value::Scalar(_) => None,
        Value::List(items) => Some(items.as_ptr() as usize),
        Value::Map(entries) => Some(entries.as_ptr() as usize),
    }
}

fn first_line(source: &Source, span: Span) -> usize {
    source.slice(span).lines().next().map_or(0, str::len)
}

/// The name of the first variable in a text.
pub(super) fn first_variable(text: &str) -> String {
    let name = text.split_once('$').map_or("", |(_, rest)| rest.trim_start_matches('{'));
    name.chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect()
}
