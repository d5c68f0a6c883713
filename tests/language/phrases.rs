//! The phrases, and what to write instead.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// Whom a text is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    User,
    /// Of a comment: held to the first list only.
    Maintainer,
}

/// Not in any text.
const EVERYWHERE: &[(&str, &str)] = &[
    (r"behind", "after, or: in front of it is"),
    (r"folders?", "directory"),
    (r"(stands?|stood|standing) (in|on|behind|beside|between|there)", "is in, is based on, comes after"),
    (r"(hand|hands|handed|handing) (out|on)", "serve, return; forward, pass on"),
    (r"as (it|they) comes?|in so many words", "without a check; literally"),
    (r"(to|can|could|may) be had", "available"),
    (r"(leave|leaves|leaving|left)( \S+){0,3} away", "omit"),
    (r"whoever|whosoever", "anyone who"),
    (r"in no time|on the way in|for want of|of which there", "quickly; while copying; without; which has"),
    (r"gave up|given up", "stopped; discontinued, retired"),
    (r"(has|have|had) none", "does not have one"),
    (r"(mend|repair)(s|ed|ing)?", "fix"),
    (r"wish(es|ed)?", "expected, requested"),
    (r"heed(s|ed)?", "respect"),
    (r"spare[sd]?", "exempt, skip"),
    (r"blanks?", "space, empty"),
    (r"(held|hold|holds|holding) (\S+ ){0,4}against", "verify, compare with"),
];

/// Not in text for users.
const FOR_USERS: &[(&str, &str)] = &[
    (r"(is|are|was|were) no", "is not a"),
    (r"(has|have|had) not (a|an|the|any|its|it|this|one|enough|to)", "does not have"),
    (r"(has|have|had) not[,.;:)]", "does not"),
    (r"(is|are|was|were|be|been) (told|said)", "is reported, is stated"),
    (r"(says?|said|saying|told|tells?) of", "reported for"),
    (r"(any|every|some|no)body", "anyone, everyone, someone, no one"),
    (r"(he|his|him|himself)", "they"),
    (r"at hand", "available"),
    (r"whatever (it|they) (is|are)", "unseen, without a check"),
    (r"there (is|are) none", "there are no …, without one"),
    (r"else (it|they|the|there|no|is|are|a)", "otherwise"),
    (r"(is|are) there to", "is only needed to"),
    (r"makes? no sense", "is out of range, is invalid"),
    (r"what(ever)? comes (by|from|in|with)", "name the thing"),
    (r"lets? (it|them|none|no) not|let none", "exit 0 even if; do not"),
    (r"comes? to rest", "converge"),
    (r"by (a )?mistakes? of", "internal error"),
    (r"in any case", "always"),
    (r"files? of version", "version 1 files"),
    (r"where (it|they|these|those|this|that) (is|are) known", "if known"),
    (r"nothing of (it|them|these|those)", "none of it"),
    (r"thereby", "and so"),
    (r"also if", "even if"),
    (r"packages? of (Debian|Ubuntu|Alpine|Fedora|npm|pip|RPM)", "Debian packages"),
    (r"whatever (its|their) names?", "regardless of"),
    (r"(leaves?|left|keeps?|kept|remains?) as (it|they) (is|are|was|were)", "does not change"),
];

/// The same words in a true sense.
const TRUE_USES: &[&str] = &[
    r"(left|leaves?|leaving) (\S+ ){0,4}behind",
    r"behind (a|an|the|its|your) (\S+ )?(proxy|proxies|firewall|load balancer|gateway|scenes)",
    r"(idea|reason|thinking) behind",
    r"(close|closed|close the door) behind",
    r"blank (line|cell|page)s?",
    r"there (is|are|was|were) no",
    r"(is|are|was|were) no (longer|more than|different|better|worse|way|need|use|reason|point|wonder|newer|older|larger|later)",
    r"(is|are|was|were|be) told (apart|to)",
    r"(is|are) said to",
    r"hands-on",
    r"(what|who|where|how|much|little|(any|every|some|no)(one|body|thing|where)) else",
    r"has none of (the|these|those)",
    r"whatever (it|they) (is|are) \w+ing",
    r"should not be blank",
    r"spare time",
    r"or else",
    // Words of a table.
    r"directory folder location",
];

static LISTS: LazyLock<[Vec<(Regex, &str)>; 2]> = LazyLock::new(|| [EVERYWHERE, FOR_USERS].map(compile));
static TRUE: LazyLock<Regex> = LazyLock::new(|| regex(&TRUE_USES.join("|")));

fn compile(list: &[(&str, &'static str)]) -> Vec<(Regex, &'static str)> {
    list.iter().map(|(pattern, instead)| (regex(pattern), *instead)).collect()
}

/// Of whole words.
fn regex(pattern: &str) -> Regex {
    let whole = format!(r"(?:^|[^\w-])(?:{pattern})(?:[^\w-]|$)");
    RegexBuilder::new(&whole).case_insensitive(true).build().expect("the pattern is valid")
}

/// Each phrase of the list in `prose`, with the words around it and what to write instead.
pub(crate) fn problems(prose: &str, reader: Reader) -> Vec<String> {
    let prose = prose.split_whitespace().collect::<Vec<_>>().join(" ");
    let prose = TRUE.replace_all(&prose, " … ");
    let lists = if reader == Reader::User { &LISTS[..] } else { &LISTS[..1] };
    let mut found = Vec::new();
    for (pattern, instead) in lists.iter().flatten() {
        for phrase in pattern.find_iter(&prose) {
            let start = prose[..phrase.start()].char_indices().rev().nth(40).map_or(0, |(at, _)| at);
            let end = prose[phrase.end()..].char_indices().nth(40).map_or(prose.len(), |(at, _)| phrase.end() + at);
            let words = phrase.as_str().trim_matches(|char: char| !char.is_alphanumeric());
            found.push(format!("\"{words}\" ({instead}) in \"{}\"", &prose[start..end]));
        }
    }
    found
}

#[test]
fn knows_true_uses() {
    for text in ["leaves the archive behind", "a blank line", "there is no folder-like thing", "it is no longer used"] {
        assert_eq!(problems(text, Reader::User), [""; 0], "{text}");
    }
    for text in ["put it behind `RUN`", "a blank between them", "Whoever pulls it", "this is no archive", "it has none"]
    {
        assert_eq!(problems(text, Reader::User).len(), 1, "{text}");
    }
}
