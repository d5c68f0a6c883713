//! `.hadolint.yaml` → the `plimsoll.toml` that says the same.
//!
//! Keys without an equivalent are dropped: silently if they only affect printing (formats, colours), else with a warning.
//! Rules that are on in hadolint and off in plimsoll, such as pinning OS packages, stay off unless the file sets their
//! level.

use std::sync::Arc;

use toml::{Table, Value as Toml};

use super::hadolint_yaml::HadolintYaml;
use crate::finding::Entry;
use crate::lint::select::Selector;
use crate::text::yaml::{Node, Value};
use crate::text::{Problem, Source};

/// The names that hadolint looks for.
pub const FILE_NAMES: [&str; 2] = [".hadolint.yaml", ".hadolint.yml"];

/// A rule that hadolint no longer has, and its parse error, which is not a rule.
const FORMER_CODES: [&str; 2] = ["DL1000", "DL4002"];

/// Its levels and ours, the lowest first: if a rule has several, the highest applies.
const LEVELS: [(&str, &str); 4] = [("style", "note"), ("info", "note"), ("warning", "warn"), ("error", "error")];

const LABEL_FORMATS: [&str; 7] = ["text", "url", "rfc3339", "semver", "hash", "spdx", "email"];

/// Keys that only affect how hadolint prints.
const PRINTING: [&str; 4] = ["format", "formats", "no-color", "verbose"];

/// The file converted to the keys of `plimsoll.toml`, and warnings about what has no equivalent.
pub fn convert(source: &Arc<Source>, rules: &'static [Entry]) -> (Table, Vec<Problem>) {
    let mut importer = Importer { yaml: HadolintYaml::new(source), rules, out: Table::new() };
    for (name, key, value) in importer.yaml.keys() {
        importer.key(&name, &key, &value);
    }
    (importer.out, importer.yaml.problems)
}

struct Importer<'a> {
    yaml: HadolintYaml<'a>,
    rules: &'static [Entry],
    out: Table,
}

impl Importer<'_> {
    fn key(&mut self, name: &str, key: &Node, value: &Node) {
        match name {
            "ignored" => {
                let codes = self.codes(value);
                if !codes.is_empty() {
                    self.out.insert("ignore".to_owned(), codes.into());
                }
            }
            "override" => self.levels(value),
            "trustedRegistries" => {
                let trusted: Vec<String> = self.yaml.strings(value).into_iter().map(|(text, _)| text).collect();
                self.option("untrusted-registry", "trusted", trusted.into());
            }
            "label-schema" => self.labels(value),
            "strict-labels" => {
                if let Some(strict) = self.yaml.bool(value) {
                    self.option("label-schema", "strict", strict.into());
                }
            }
            "failure-threshold" => self.threshold(value),
            "no-fail" | "disable-ignore-pragma" => {
                if self.yaml.bool(value) == Some(true) {
                    let flag = if name == "no-fail" { "--exit-zero" } else { "--no-inline-ignore" };
                    self.yaml.warning(
                        format!("`{name}` has no equivalent here and was ignored"),
                        &format!("use `{flag}` instead"),
                        key.span,
                    );
                }
            }
            name if PRINTING.contains(&name) => {}
            name => self.yaml.warning(format!("hadolint has no key `{name}`"), "it was ignored", key.span),
        }
    }

    /// The codes that are known here.
    fn codes(&mut self, node: &Node) -> Vec<String> {
        let mut known = Vec::new();
        for (code, span) in self.yaml.strings(node) {
            if Selector::parse(&code, self.rules).is_ok() {
                known.push(code);
            } else if !FORMER_CODES.contains(&code.as_str()) && !code.starts_with("SC") {
                self.yaml.warning(format!("unknown rule `{code}`"), "it was ignored", span);
            }
        }
        known
    }

    fn levels(&mut self, node: &Node) {
        let entries = self.yaml.map(node, "expected a mapping of levels to lists of rules");
        let mut levels = Table::new();
        for (theirs, ours) in LEVELS {
            let named = |key: &Node| matches!(&key.value, Value::Scalar(name) if name == theirs);
            for (_, value) in entries.iter().filter(|(key, _)| named(key)) {
                levels.extend(self.codes(value).into_iter().map(|code| (code, Toml::from(ours))));
            }
        }
        if !levels.is_empty() {
            self.out.insert("levels".to_owned(), levels.into());
        }
    }

    fn threshold(&mut self, node: &Node) {
        let Value::Scalar(text) = &node.value else { return self.yaml.error("expected a level", node.span) };
        let level = match text.as_str() {
            "error" => "error",
            "warning" => "warn",
            "info" | "style" | "ignore" | "none" => "note",
            _ => return self.yaml.error("expected `error`, `warning`, `info`, `style`, `ignore` or `none`", node.span),
        };
        self.out.insert("fail-on".to_owned(), level.into());
    }

    fn labels(&mut self, node: &Node) {
        let mut labels = Table::new();
        for (label, form) in self.yaml.map(node, "expected a mapping of labels to formats") {
            let (Value::Scalar(label), Value::Scalar(name)) = (&label.value, &form.value) else {
                self.yaml.error("expected a label and a format", form.span);
                continue;
            };
            let name = if name.is_empty() { "text" } else { name };
            match LABEL_FORMATS.contains(&name) {
                true => _ = labels.insert(label.clone(), name.into()),
                false => {
                    self.yaml.error("expected `text`, `url`, `rfc3339`, `semver`, `hash`, `spdx` or `email`", form.span)
                }
            }
        }
        self.option("label-schema", "labels", labels.into());
    }

    fn option(&mut self, rule: &str, key: &str, value: Toml) {
        let rules = self.out.entry("rules").or_insert_with(|| Table::new().into());
        let table = rules.as_table_mut().map(|rules| rules.entry(rule).or_insert_with(|| Table::new().into()));
        if let Some(Toml::Table(table)) = table {
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
            ("ignored: [DL9999]", "unknown rule `DL9999`"),
            ("no-fail: true", "`no-fail` has no equivalent here and was ignored"),
            ("ignore: [DL3008]", "hadolint has no key `ignore`"),
            ("failure-threshold: loud", "expected `error`, `warning`, `info`, `style`, `ignore` or `none`"),
            ("- DL3008", "expected a mapping of keys to values"),
            ("strict-labels: maybe", "expected `true` or `false`"),
        ] {
            assert_eq!(converted(text).1.last().map(String::as_str), Some(message), "{text}");
        }
        assert!(converted("a: [").1[0].starts_with("invalid YAML"));
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
