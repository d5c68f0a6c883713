//! What rules and checks say, in the language of the rubric. A sentence that is not in the tables stays in English.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Language;

/// A text in German, Spanish and French.
type Others = [&'static str; 3];

/// The reasons of rules, by name.
static REASONS: LazyLock<HashMap<&str, Others>> = LazyLock::new(|| table(include_str!("reasons.tsv")));
/// Messages and help, by the English text with holes.
static SENTENCES: LazyLock<HashMap<&str, Others>> = LazyLock::new(|| table(include_str!("sentences.tsv")));

/// What messages that are made of several parts join them with.
const JOINTS: [&str; 2] = ["; ", ": "];

fn table(text: &'static str) -> HashMap<&'static str, Others> {
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        let english = cells.next()?;
        Some((english, [cells.next()?, cells.next()?, cells.next()?]))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
}

impl Language {
    /// The column of the tables; `None` for English.
    pub(super) fn column(self) -> Option<usize> {
        match self {
            Language::En => None,
            Language::De => Some(0),
            Language::Es => Some(1),
            Language::Fr => Some(2),
        }
    }

    /// Why a rule matters, if the language has its reason.
    pub fn reason(self, rule: &str) -> Option<&'static str> {
        let column = self.column()?;
        REASONS.get(rule).map(|others| others[column])
    }

    /// A message or a help text. Of one that has several parts, those that are known are translated.
    pub fn sentence(self, english: &str) -> String {
        let Some(column) = self.column() else { return english.to_owned() };
        translated(english, column).unwrap_or_else(|| english.to_owned())
    }
}

fn translated(english: &str, column: usize) -> Option<String> {
    let (pattern, values) = abstracted(english);
    if let Some(others) = SENTENCES.get(pattern.as_str()) {
        return Some(filled(others[column], &values));
    }
    for joint in JOINTS {
        let parts = parts(english, joint);
        if parts.len() > 1 {
            let own: Vec<Option<String>> = parts.iter().map(|part| translated(part, column)).collect();
            if own.iter().any(Option::is_some) {
                let parts = own.into_iter().zip(parts).map(|(own, part)| own.unwrap_or_else(|| part.to_owned()));
                return Some(parts.collect::<Vec<_>>().join(joint));
            }
        }
    }
    None
}

/// The parts of a text between joints that are not in code.
fn parts<'t>(text: &'t str, joint: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(joint) {
        if text[..at].matches('`').count().is_multiple_of(2) {
            parts.push(&text[start..at]);
            start = at + joint.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The text with holes in place of code and numbers, and what was there.
fn abstracted(text: &str) -> (String, Vec<&str>) {
    let (mut pattern, mut values) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(ch) = rest.chars().next() {
        let is_word = pattern.chars().last().is_some_and(|last| last.is_alphanumeric() || last == '-');
        let len = match ch {
            '`' => rest[1..].find('`').map(|end| end + 2),
            '0'..='9' if !is_word => {
                let end = rest.find(|ch: char| !(ch.is_ascii_digit() || ".,-".contains(ch))).unwrap_or(rest.len());
                Some(rest[..end].trim_end_matches(['.', ',', '-']).len())
            }
            _ => None,
        };
        match len {
            Some(len) => {
                pattern.push_str("{}");
                values.push(&rest[..len]);
                rest = &rest[len..];
            }
            None => {
                pattern.push(ch);
                rest = &rest[ch.len_utf8()..];
            }
        }
    }
    (pattern, values)
}

/// The pattern with values in its holes, in order.
pub(super) fn filled(pattern: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let mut text = String::new();
    for (at, part) in pattern.split("{}").enumerate() {
        if at > 0 {
            text += values.next().copied().unwrap_or_default();
        }
        text += part;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::registry;

    #[test]
    fn tables_are_whole() {
        for (rule, others) in REASONS.iter() {
            assert!(registry::all().iter().any(|entry| entry.meta.name == *rule), "no rule `{rule}`");
            assert!(others.iter().all(|text| text.ends_with('.') && text.matches('`').count() % 2 == 0), "{rule}");
        }
        let holes = |text: &str| text.matches("{}").count();
        for (english, others) in SENTENCES.iter() {
            assert!(others.iter().all(|text| !text.is_empty() && holes(text) == holes(english)), "{english}");
        }
        for (text, table) in [(include_str!("reasons.tsv"), &REASONS), (include_str!("sentences.tsv"), &SENTENCES)] {
            assert_eq!(text.lines().filter(|line| !line.starts_with('#')).count(), table.len(), "a row twice or broken");
        }
    }

    /// The parts of a text that are in no table.
    fn unknown(english: &str) -> Vec<String> {
        let (pattern, _) = abstracted(english);
        let is_code = !pattern.replace("{}", "").contains(char::is_alphabetic);
        if is_code || SENTENCES.contains_key(pattern.as_str()) {
            return Vec::new();
        }
        let split = JOINTS.iter().map(|joint| parts(english, joint)).find(|parts| parts.len() > 1);
        split.map_or_else(|| vec![english.to_owned()], |parts| parts.into_iter().flat_map(unknown).collect())
    }

    #[test]
    fn feedback_of_the_class_is_translated() {
        let texts = include_str!("../../../tests/grade/cases/feedback.md").lines().skip(4);
        let texts = texts.filter_map(|line| line.trim_start().strip_prefix("- "));
        let place = |text: &'static str| text.strip_prefix("Dockerfile:").map_or(text, |rest| rest.split_once(": ").map_or(rest, |(_, rest)| rest));
        let unknown: Vec<String> = texts.map(place).flat_map(unknown).collect();
        assert!(unknown.is_empty(), "{}", unknown.join("\n"));
    }

    #[test]
    fn code_and_numbers_stay() {
        let de = |text: &str| Language::De.sentence(text);
        assert_eq!(de("add the version, such as `python:3.14-slim`"), "die Version ergänzen, etwa `python:3.14-slim`");
        assert_eq!(de("the container exited with code 1"), "der Container endete mit Code 1");
        assert_eq!(
            de("the container exited with code 127: Python finds no module `flask`"),
            "der Container endete mit Code 127: Python findet kein Modul `flask`"
        );
        assert_eq!(de("end the same `RUN` with `a; b`; unheard of"), "dasselbe `RUN` mit `a; b` beenden; unheard of");
        assert_eq!(de("nobody knows"), "nobody knows");
        assert_eq!(Language::En.sentence("add `x`"), "add `x`");
        assert_eq!(
            Language::Fr.sentence("`x` is end-of-life: Debian 9 got its last updates on 2022-06-30"),
            "`x` n'est plus maintenue : Debian 9 a reçu ses dernières mises à jour le 2022-06-30"
        );
        assert!(Language::Es.reason("missing-user").is_some() && Language::En.reason("missing-user").is_none());
    }
}
