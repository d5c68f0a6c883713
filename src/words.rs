//! Which rules a file can be about at all, by one look over its text: most files speak of two package managers, and
//! there are rules for twenty.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::rule::Entry;
use crate::rules;
use crate::source::Source;

/// The words of all rules, and a number for each.
struct Vocabulary {
    numbers: BTreeMap<&'static str, usize>,
    search: AhoCorasick,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut numbers: BTreeMap<&'static str, usize> =
        rules::ALL.iter().flat_map(|entry| entry.rule.words).map(|word| (*word, 0)).collect();
    numbers.values_mut().enumerate().for_each(|(at, number)| *number = at);
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(numbers.keys());
    Vocabulary { numbers, search: search.expect("there are few words, and they are short") }
});

/// The words of rules that stand in a file.
pub(crate) struct Words {
    /// By number. Empty where a word may be hidden: see [`Words::of`].
    found: Vec<bool>,
}

impl Words {
    /// Looks for them all at once. A file that breaks a word over two lines counts as having every word.
    pub(crate) fn of(source: &Source) -> Self {
        let text = source.text();
        let mut found = Vec::new();
        if !breaks_words(text.as_bytes()) {
            found.resize(VOCABULARY.numbers.len(), false);
            for hit in VOCABULARY.search.find_overlapping_iter(text) {
                found[hit.pattern().as_usize()] = true;
            }
        }
        Self { found }
    }

    /// Whether the rule may have something to say.
    pub(crate) fn concern(&self, entry: &Entry) -> bool {
        let stands = |word: &&str| VOCABULARY.numbers.get(word).is_none_or(|number| self.found[*number]);
        entry.rule.words.is_empty() || self.found.is_empty() || entry.rule.words.iter().any(stands)
    }
}

/// Whether a line goes on in the next within a word: `apt-\` and `get`.
fn breaks_words(text: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:@|&<$=#".contains(byte);
    text.windows(4).any(|four| {
        let [before, escape, first, second] = four else { return false };
        let next = if *first == b'\r' && *second == b'\n' { None } else { Some(second) };
        is_word(before) && matches!(escape, b'\\' | b'`') && matches!(first, b'\n' | b'\r') && next.is_none_or(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        Words::of(&Source::new("Dockerfile", text.as_bytes().to_vec()))
    }

    #[test]
    fn all_in_lower_case() {
        let words = rules::ALL.iter().flat_map(|entry| entry.rule.words);
        assert!(words.into_iter().all(|word| !word.is_empty() && *word == word.to_ascii_lowercase()));
    }

    #[test]
    fn what_concerns_a_file() {
        let yum = rules::ALL.iter().find(|entry| entry.name == "interactive-yum").expect("there is such a rule");
        assert!(words("FROM a:1\nRUN yum install a\n").concern(yum));
        assert!(words("FROM a:1\nRUN YUM=1\n").concern(yum));
        assert!(!words("FROM a:1\nRUN apk add a\n").concern(yum));
        assert!(words("FROM a:1\nRUN y\\\num install a\n").concern(yum));
        assert!(words("FROM a:1\nRUN y\\\r\num install a\n").concern(yum));
        assert!(!words("FROM a:1\nRUN apk \\\n  add a\n").concern(yum));
    }
}
