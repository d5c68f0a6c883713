//! `.hadolint.yaml` → the `plimsoll.toml` that says the same.
//!
//! What has no counterpart (formats, colours) is left out without a word, what would be missed with a warning. Rules
//! that hadolint has on and plimsoll off, such as the pins of OS packages, stay off unless the file sets their level.

use std::sync::Arc;

use saphyr_parser::{Event, Parser, Span as Place};
use toml::{Table, Value};

use crate::finding::Entry;
use crate::lint::select::Selector;
use crate::text::Problem;
use crate::text::{Source, Span};

/// The names that hadolint looks for.
pub const FILE_NAMES: [&str; 2] = [".hadolint.yaml", ".hadolint.yml"];

/// Rules that hadolint had once, and its parse error, which is no rule.
const GONE: [&str; 2] = ["DL1000", "DL4002"];

/// What it calls a level, the quietest first: of several the loudest counts.
const LEVELS: [(&str, &str); 4] = [("style", "note"), ("info", "note"), ("warning", "warn"), ("error", "error")];

const LABEL_FORMS: [&str; 7] = ["text", "url", "rfc3339", "semver", "hash", "spdx", "email"];

/// Keys that steer how hadolint prints.
const PRINTING: [&str; 4] = ["format", "formats", "no-color", "verbose"];

/// How deep values may lie in one another.
const MAX_DEPTH: usize = 16;

/// The file's values as the keys of `plimsoll.toml`, and what could not be taken over.
pub fn convert(source: &Arc<Source>, rules: &'static [Entry]) -> (Table, Vec<Problem>) {
    let mut reader = Reader { source, rules, out: Table::new(), problems: Vec::new() };
    match tree(source) {
        Ok(Some(Node { value: Tree::Map(entries), .. })) => entries.iter().for_each(|entry| reader.key(entry)),
        Ok(None) => {}
        Ok(Some(Node { value: Tree::Scalar(text), .. })) if is_null(&text) => {}
        Ok(Some(node)) => reader.error("expected keys and values", node.span),
        Err((message, span)) => reader.error(&message, span),
    }
    (reader.out, reader.problems)
}

struct Node {
    span: Span,
    value: Tree,
}

enum Tree {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// The first document; `None` if there is none.
fn tree(source: &Source) -> Result<Option<Node>, (String, Span)> {
    let text = source.text();
    // The parser counts characters.
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let byte = |index: usize| starts.get(index).copied().unwrap_or(text.len());
    let span = |place: &Place| {
        let start = byte(place.start.index());
        Span::new(start, byte(place.end.index()).max(start))
    };
    // What is open, each with the key that waits for its value.
    let mut open: Vec<(Node, Option<Node>)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, place) = event
            .map_err(|error| (format!("this is not YAML: {}", error.info()), Span::at(byte(error.marker().index()))))?;
        let node = |value: Tree| Node { span: span(&place), value };
        let done = match event {
            Event::Alias(_) => return Err(("aliases are not read here".to_owned(), span(&place))),
            Event::Scalar(text, ..) => node(Tree::Scalar(text.into_owned())),
            Event::SequenceStart(..) => {
                open.push((node(Tree::List(Vec::new())), None));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((node(Tree::Map(Vec::new())), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some((node, _)) => node,
                None => continue,
            },
            _ => continue,
        };
        if open.len() > MAX_DEPTH {
            return Err(("values lie too deep in one another".to_owned(), done.span));
        }
        match open.last_mut() {
            None => return Ok(Some(done)),
            Some((Node { value: Tree::List(items), .. }, _)) => items.push(done),
            Some((Node { value: Tree::Map(entries), .. }, key)) => match key.take() {
                Some(key) => entries.push((key, done)),
                None => *key = Some(done),
            },
            Some(_) => {}
        }
    }
    Ok(None)
}

/// How a value that is not there is written.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null")
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    rules: &'static [Entry],
    out: Table,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn error(&mut self, message: &str, span: Span) {
        self.problems.push(Problem::error(message).at(self.source, span));
    }

    fn warning(&mut self, message: String, help: &str, span: Span) {
        self.problems.push(Problem::warning(message).help(help).at(self.source, span));
    }

    fn key(&mut self, (key, value): &(Node, Node)) {
        let Tree::Scalar(name) = &key.value else { return self.error("expected a key", key.span) };
        match name.as_str() {
            "ignored" => {
                let codes = self.codes(value);
                if !codes.is_empty() {
                    self.out.insert("ignore".to_owned(), codes.into());
                }
            }
            "override" => self.levels(value),
            "trustedRegistries" => {
                let trusted: Vec<String> = self.strings(value).into_iter().map(|(text, _)| text).collect();
                self.option("untrusted-registry", "trusted", trusted.into());
            }
            "label-schema" => self.labels(value),
            "strict-labels" => {
                if let Some(strict) = self.bool(value) {
                    self.option("label-schema", "strict", strict.into());
                }
            }
            "failure-threshold" => self.threshold(value),
            "no-fail" | "disable-ignore-pragma" => {
                if self.bool(value) == Some(true) {
                    let flag = if name == "no-fail" { "--exit-zero" } else { "--no-inline-ignore" };
                    self.warning(format!("`{name}` is not taken over"), &format!("run with `{flag}`"), key.span);
                }
            }
            name if PRINTING.contains(&name) => {}
            name => self.warning(format!("hadolint has no key `{name}`"), "it is not taken over", key.span),
        }
    }

    fn strings(&mut self, node: &Node) -> Vec<(String, Span)> {
        let items = match &node.value {
            Tree::List(items) => &items[..],
            Tree::Scalar(text) if is_null(text) => return Vec::new(),
            _ => std::slice::from_ref(node),
        };
        let mut out = Vec::new();
        for item in items {
            match &item.value {
                Tree::Scalar(text) => out.push((text.clone(), item.span)),
                _ => self.error("expected a string", item.span),
            }
        }
        out
    }

    fn bool(&mut self, node: &Node) -> Option<bool> {
        match &node.value {
            Tree::Scalar(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Tree::Scalar(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => {
                self.error("expected `true` or `false`", node.span);
                None
            }
        }
    }

    /// The codes that are rules here.
    fn codes(&mut self, node: &Node) -> Vec<String> {
        let mut known = Vec::new();
        for (code, span) in self.strings(node) {
            if Selector::parse(&code, self.rules).is_ok() {
                known.push(code);
            } else if !GONE.contains(&code.as_str()) && !code.starts_with("SC") {
                self.warning(format!("there is no rule `{code}`"), "it is not taken over", span);
            }
        }
        known
    }

    fn levels(&mut self, node: &Node) {
        let Tree::Map(entries) = &node.value else {
            return self.error("expected levels with lists of rules", node.span);
        };
        let mut levels = Table::new();
        for (theirs, ours) in LEVELS {
            let named = |key: &Node| matches!(&key.value, Tree::Scalar(name) if name == theirs);
            for (_, value) in entries.iter().filter(|(key, _)| named(key)) {
                levels.extend(self.codes(value).into_iter().map(|code| (code, Value::from(ours))));
            }
        }
        if !levels.is_empty() {
            self.out.insert("levels".to_owned(), levels.into());
        }
    }

    fn threshold(&mut self, node: &Node) {
        let Tree::Scalar(text) = &node.value else { return self.error("expected a level", node.span) };
        let level = match text.as_str() {
            "error" => "error",
            "warning" => "warn",
            "info" | "style" | "ignore" | "none" => "note",
            _ => return self.error("expected `error`, `warning`, `info`, `style`, `ignore` or `none`", node.span),
        };
        self.out.insert("fail-on".to_owned(), level.into());
    }

    fn labels(&mut self, node: &Node) {
        let Tree::Map(entries) = &node.value else { return self.error("expected labels with their forms", node.span) };
        let mut labels = Table::new();
        for (label, form) in entries {
            let (Tree::Scalar(label), Tree::Scalar(name)) = (&label.value, &form.value) else {
                self.error("expected a label and a form", form.span);
                continue;
            };
            let name = if name.is_empty() { "text" } else { name };
            match LABEL_FORMS.contains(&name) {
                true => _ = labels.insert(label.clone(), name.into()),
                false => {
                    self.error("expected `text`, `url`, `rfc3339`, `semver`, `hash`, `spdx` or `email`", form.span)
                }
            }
        }
        self.option("label-schema", "labels", labels.into());
    }

    fn option(&mut self, rule: &str, key: &str, value: Value) {
        let rules = self.out.entry("rules").or_insert_with(|| Table::new().into());
        let table = rules.as_table_mut().map(|rules| rules.entry(rule).or_insert_with(|| Table::new().into()));
        if let Some(Value::Table(table)) = table {
            table.insert(key.to_owned(), value);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn converted(text: &str) -> (String, Vec<String>) {
        let (table, problems) = convert(&Arc::new(Source::new(".hadolint.yaml", text)), crate::lint::registry::all());
        (table.to_string(), problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn everything_it_has() {
        let (toml, problems) = converted(
            "# ours\nignored:\n  - DL3008\n  - SC2086\n  - DL4002\noverride:\n  error: [DL3025]\n  info: [DL3025, DL3059]\n\
             trustedRegistries: [docker.io, '*.example.com']\nlabel-schema:\n  author: text\n  version: semver\n\
             strict-labels: true\nfailure-threshold: info\nformat: tty\n",
        );
        assert_eq!(problems, [""; 0]);
        let table: Table = toml.parse().unwrap();
        let expected: Table = r#"
            fail-on = "note"
            ignore = ["DL3008", "SC2086"]
            levels = { DL3025 = "error", DL3059 = "note" }
            [rules.untrusted-registry]
            trusted = ["docker.io", "*.example.com"]
            [rules.label-schema]
            strict = true
            labels = { author = "text", version = "semver" }
        "#
        .parse()
        .unwrap();
        assert_eq!(table, expected);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, message) in [
            ("ignored: [DL9999]", "there is no rule `DL9999`"),
            ("no-fail: true", "`no-fail` is not taken over"),
            ("ignore: [DL3008]", "hadolint has no key `ignore`"),
            ("failure-threshold: loud", "expected `error`, `warning`, `info`, `style`, `ignore` or `none`"),
            ("a: &x [1]\nb: *x", "aliases are not read here"),
            ("- DL3008", "expected keys and values"),
            ("strict-labels: maybe", "expected `true` or `false`"),
        ] {
            assert_eq!(converted(text).1.last().map(String::as_str), Some(message), "{text}");
        }
        assert!(converted("a: [").1[0].starts_with("this is not YAML"));
    }

    #[test]
    fn nothing_is_nothing() {
        for text in ["", "# only a comment\n", "---\n", "ignored:\n", "ignored: []\n"] {
            assert_eq!(converted(text), (String::new(), Vec::new()), "{text:?}");
        }
    }

    #[test]
    fn deep_and_long_ones_end() {
        assert!(!converted(&"[".repeat(50_000)).1.is_empty());
        assert_eq!(converted(&format!("ignored:\n{}", "- DL3008\n".repeat(20_000))).1, [""; 0]);
    }
}
