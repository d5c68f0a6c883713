//! Quotes a rule's page.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::finding::Meta;

/// The longest reason before it is cut to whole sentences, in bytes.
const MAX_REASON: usize = 400;

/// The first two sentences of `## Why`, or the summary of a page without that section.
pub(super) fn why(entry: &Meta) -> String {
    let section = entry.page.split("\n## ").find_map(|section| section.strip_prefix("Why\n"));
    let paragraph = section.and_then(|section| section.split("\n\n").map(str::trim).find(|text| !text.is_empty()));
    let Some(paragraph) = paragraph.filter(|text| !text.starts_with("```")) else { return entry.summary() };
    let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    without_emphasis(&sentences(&text, 2))
}

/// Removes emphasis: exports show plain text with code in backticks.
fn without_emphasis(text: &str) -> String {
    let mut code = false;
    let keep = |ch: &char| {
        code ^= *ch == '`';
        code || *ch != '*'
    };
    text.chars().filter(keep).collect()
}

/// The rule whose reason this is.
pub(super) fn rule_of(reason: &str) -> Option<&'static str> {
    static RULES: LazyLock<HashMap<String, &str>> =
        LazyLock::new(|| crate::lint::registry::all().iter().map(|entry| (why(&entry.meta), entry.meta.name)).collect());
    RULES.get(reason).copied()
}

/// The reason of the rule with this name; empty if there is no such rule.
pub(super) fn why_of(rule: &str) -> String {
    crate::lint::registry::all()
        .iter()
        .find(|entry| entry.meta.name == rule)
        .map(|entry| why(&entry.meta))
        .unwrap_or_default()
}

/// The first sentences. A full stop in code or before a lower-case letter does not end a sentence.
fn sentences(text: &str, count: usize) -> String {
    let (mut left, mut code) = (count, false);
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for (index, (at, ch)) in chars.iter().enumerate() {
        match ch {
            '`' => code = !code,
            '.' | '!' | '?' if !code => {
                let next = chars.get(index + 1).map(|(_, ch)| *ch);
                let after = chars.get(index + 2).map(|(_, ch)| *ch);
                let begins = after.is_none_or(|ch| ch.is_uppercase() || ch == '`' || ch.is_ascii_digit());
                if next.is_none() || next == Some(' ') && begins {
                    left -= 1;
                    if left == 0 || *at > MAX_REASON {
                        return text[..=*at].to_owned();
                    }
                }
            }
            _ => {}
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_end() {
        let text = "Python 3.12 was `latest. Really`. A second e.g. here. A third.";
        assert_eq!(sentences(text, 2), "Python 3.12 was `latest. Really`. A second e.g. here.");
        assert_eq!(sentences("no end", 2), "no end");
        assert_eq!(without_emphasis("it *needs* `a/*` and **more**"), "it needs `a/*` and more");
    }

    #[test]
    fn every_rule_has_a_reason() {
        for entry in crate::rules::ALL {
            let why = why(&entry.meta);
            assert!(why.len() > 20 && why.len() < 900, "{}: {why}", entry.meta.name);
        }
    }
}
