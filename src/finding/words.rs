//! Which rules a file can be about at all, by one look over its text: most files speak of two package managers, and
//! there are rules for twenty.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memchr;

use crate::text::Source;

/// The words that rules may name by [`crate::finding::Rule::words`]. In lower case.
#[rustfmt::skip]
pub const WORDS: &[&str] = &[
    "$", "&", "-key", "/etc/hosts", "/etc/resolv.conf", "<<", "@", "_env", "add", "alioth.", "anonscm.", "apache2",
    "apk", "apt", "apt-key", "arg", "bintray.com", "bun", "bundle", "cargo", "cd", "centos.org", "central.maven",
    "chgrp", "chmod", "chown", "clone", "codeplex.com", "composer", "conda", "curl", "debian_frontend", "debug",
    "dnf", "docker.sock", "dockerproject", "env", "environment", "expose", "from=", "gem", "git://", "go", "golang",
    "googlecode.com", "gpg", "healthcheck", "http://", "httpd", "kubernetes.io", "label", "ld_", "maintainer",
    "mamba", "mount", "network", "nginx", "npm", "pacman", "path", "php-fpm", "pip", "platform", "poetry",
    "profiles_active", "pushd", "security", "sks-keyservers", "stopsignal", "sudo", "syntax", "taobao.org",
    "useradd", "uv", "volume", "webupd8team", "wget", "workdir", "yarn", "yum", "zypper", "|",
];

/// Some of [`WORDS`], as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnyOf(u128);

impl AnyOf {
    /// No word at all: any file will do.
    pub const NOTHING: Self = Self(0);

    /// # Panics
    /// While compiling, for a word that is none of [`WORDS`].
    pub const fn these(words: &[&str]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < words.len() {
            bits |= 1 << number(words[at]);
            at += 1;
        }
        Self(bits)
    }
}

const fn number(word: &str) -> usize {
    let mut at = 0;
    while at < WORDS.len() {
        if same(WORDS[at].as_bytes(), word.as_bytes()) {
            return at;
        }
        at += 1;
    }
    panic!("the word is not in the list of words");
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// The words of one byte, which most files are full of, each with its number.
static SIGNS: LazyLock<Vec<(u8, usize)>> = LazyLock::new(|| {
    let signs = WORDS.iter().enumerate().filter(|(_, word)| word.len() == 1);
    signs.map(|(number, word)| (word.as_bytes()[0], number)).collect()
});

/// The others, and the number of each.
static SEARCH: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let long = WORDS.iter().enumerate().filter(|(_, word)| word.len() > 1);
    let (numbers, words): (Vec<usize>, Vec<&str>) = long.unzip();
    let mut builder = AhoCorasick::builder();
    let search = builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(words);
    (search.expect("there are few words, and they are short"), numbers)
});

/// The words that stand in a file.
pub(crate) struct Words(u128);

impl Words {
    /// Looks for them all at once. A file that breaks a word over two lines counts as having every word.
    pub(crate) fn of(source: &Source) -> Self {
        let text = source.text();
        if breaks_words(text) {
            return Self(u128::MAX);
        }
        let signs = SIGNS.iter().filter(|(sign, _)| memchr(*sign, text.as_bytes()).is_some());
        let signs = signs.fold(0, |bits, (_, number)| bits | 1 << number);
        let (search, numbers) = &*SEARCH;
        let hits = search.find_overlapping_iter(text).map(|hit| numbers[hit.pattern().as_usize()]);
        Self(hits.fold(signs, |bits, number| bits | 1 << number))
    }

    /// Whether it speaks of any of these.
    pub(crate) fn are(&self, any: AnyOf) -> bool {
        any == AnyOf::NOTHING || self.0 & any.0 != 0
    }
}

/// Whether a line goes on in the next within a word: `apt-\` and `get`.
fn breaks_words(text: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:@|&<$=#".contains(byte);
    text.match_indices('\n').any(|(at, _)| {
        let line = text[..at].strip_suffix('\r').unwrap_or(&text[..at]).as_bytes();
        let [.., before, b'\\' | b'`'] = line else { return false };
        is_word(before) && text.as_bytes().get(at + 1).is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        Words::of(&Source::new("Dockerfile", text.as_bytes().to_vec()))
    }

    #[test]
    fn in_lower_case_and_few() {
        assert!(WORDS.iter().all(|word| !word.is_empty() && *word == word.to_ascii_lowercase()));
        assert!(WORDS.len() <= 128 && WORDS.is_sorted());
    }

    #[test]
    fn what_a_file_speaks_of() {
        let yum = AnyOf::these(&["yum", "zypper"]);
        assert!(words("FROM a:1\nRUN yum install a\n").are(yum));
        assert!(words("FROM a:1\nRUN YUM=1\n").are(yum));
        assert!(!words("FROM a:1\nRUN apk add a\n").are(yum));
        assert!(words("FROM a:1\nRUN y\\\num install a\n").are(yum));
        assert!(words("FROM a:1\nRUN y\\\r\num install a\n").are(yum));
        assert!(!words("FROM a:1\nRUN apk \\\n  add a\n").are(yum));
        assert!(words("FROM a:1\n").are(AnyOf::NOTHING));
    }
}
