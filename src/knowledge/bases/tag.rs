//! What a tag pins.
//!
//! A tag is read in whole words, split at `-`, `_` and `+`, without regard to case:
//!
//! 1. No tag, or `latest` alone: [`TagKind::Latest`].
//! 2. A day anywhere (`20250113`, `2025-01-13`, `2025.01.13`): [`TagKind::Date`].
//! 3. 7 to 64 hexadecimal digits, letters and numbers among them, alone or after `sha`, `git` or `commit`:
//!    [`TagKind::Commit`].
//! 4. The first word is a version, `v` in front or not: one number is [`TagKind::MajorOnly`] (so are `2.x` and
//!    Node's and the like release names, `iron`), two or more are [`TagKind::MinorOrMore`]. In images that are an
//!    operating system a code name is a version too: [`TagKind::Codename`].
//! 5. In an image that the tables know, only the first word speaks for the image: `slim-bookworm`, `alpine3.21` and
//!    `jdk21` say what it is based on, and float. In others any word with a number may be the version, and a release
//!    of an operating system may be what the image is.
//! 6. A channel's name (`stable`, `lts`, `edge`, `main`) floats; so does a tag all of whose words are variants.
//! 7. Anything else is [`TagKind::Unknown`], on which rules are silent.

use std::fmt;

use crate::knowledge::bases::{self, Role};
use crate::knowledge::name::canonical;
use crate::knowledge::os::{is_codename, release_in_word};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagKind {
    /// No tag, or `latest`.
    Latest,
    /// Names no version: what it means changes without notice.
    Floating(Why),
    /// `3`, `v1`, `17-jre`.
    MajorOnly,
    /// `3.13`, `3.13.1-slim`.
    MinorOrMore,
    /// A release of an operating system: `bookworm` of `debian`.
    Codename,
    /// A day's build.
    Date,
    /// A commit's build.
    Commit,
    Unknown,
}

/// Why a tag floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// `stable`, `lts`, `edge`.
    Channel,
    /// `slim`, `fpm`, `jre`.
    Variant,
    /// `bookworm` of `python`: a release of the system below, no version of the image's own.
    OsOnly,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Channel => "specifies a channel, which moves with every release",
            Why::Variant => "specifies a variant, not a version",
            Why::OsOnly => "specifies the operating system, not the version of the image itself",
        })
    }
}

impl TagKind {
    /// It follows every release, major ones included.
    pub fn floats(self) -> bool {
        matches!(self, TagKind::Latest | TagKind::Floating(_))
    }
}

/// Sorted.
const CHANNELS: &[&str] = &[
    "alpha", "beta", "canary", "current", "daily", "dev", "devel", "develop", "development", "edge", "experimental",
    "head", "innovation", "insiders", "latest", "lts", "main", "mainline", "master", "next", "nightly", "oldoldstable",
    "oldstable", "preview", "prod", "production", "qa", "rawhide", "rc", "rolling", "sid", "snapshot", "stable",
    "staging", "stream", "testing", "tip", "trunk", "unstable", "weekly",
];

/// Words for how an image is made or what is in it. Sorted.
const VARIANTS: &[&str] = &[
    "apache", "base", "builder", "chiseled", "cli", "corretto", "curl", "debug", "default", "dind", "eclipse", "fat",
    "fpm", "full", "git", "glibc", "gpu", "hotspot", "jdk", "jre", "lite", "management", "micro", "minimal", "musl",
    "nonroot", "onbuild", "openj9", "openjdk", "openssl", "otel", "perl", "rootless", "runtime", "scm", "sdk",
    "semeru", "slim", "temurin", "threaded", "tiny", "uclibc", "unprivileged", "zts",
];

/// Releases with a name instead of a number, by image. Sorted.
const NAMED_RELEASES: &[(&str, &[&str])] = &[
    (
        "node",
        &["argon", "boron", "carbon", "dubnium", "erbium", "fermium", "gallium", "hydrogen", "iron", "jod", "krypton"],
    ),
    ("ros", ROS),
    ("traefik", &["cantal", "cappuccino", "chevrotin", "livarot", "maroilles", "montdor", "munster", "saintmarcellin"]),
];
const ROS: &[&str] = &[
    "ardent", "bouncy", "crystal", "dashing", "eloquent", "foxy", "galactic", "humble", "indigo", "iron", "jade",
    "jazzy", "kilted", "kinetic", "lunar", "lyrical", "melodic", "noetic",
];

/// What a tag pins; `None`: there is no tag. See the module for the rules.
pub fn tag_kind(image: &str, tag: Option<&str>) -> TagKind {
    let image = canonical(image);
    let Some(tag) = tag else { return TagKind::Latest };
    let tag = tag.to_ascii_lowercase();
    if tag == "latest" {
        return TagKind::Latest;
    }
    let words = split(&tag);
    if has_day(&words) {
        return TagKind::Date;
    }
    if is_commit(&words) {
        return TagKind::Commit;
    }
    let Some(first) = words.first() else { return TagKind::Unknown };
    if let Some(kind) = version_kind(first) {
        return kind;
    }
    if let Some((_, names)) = NAMED_RELEASES.iter().find(|row| row.0 == image)
        && words.iter().any(|word| names.contains(word))
    {
        return TagKind::MajorOnly;
    }
    let known = bases::image(image);
    let is_system = match known {
        Some(known) => known.role == Role::Os || known.system_tags,
        None => true,
    };
    let channel = words.iter().any(|word| CHANNELS.binary_search(word).is_ok());
    if is_system {
        let release = words.iter().find(|word| is_codename(word));
        let release = release.or_else(|| words.iter().find(|w| matches!(release_in_word(w), Some((_, Some(_))))));
        if release.is_some() {
            return TagKind::Codename;
        }
    }
    if known.is_none() || known.is_some_and(|known| known.version_anywhere) {
        let numbered = words.iter().filter(|word| release_in_word(word).is_none());
        if let Some(kind) = numbered.filter_map(|word| version_within(word)).next() {
            return kind;
        }
    }
    if channel {
        return TagKind::Floating(Why::Channel);
    }
    let os_word = |word: &&&str| release_in_word(word).is_some();
    if words.iter().all(|word| os_word(&word)) {
        return TagKind::Floating(Why::OsOnly);
    }
    // `jdk21`, `eclipse-temurin-21`, `jre17-alpine3.21`: a number after a variant is what the image is based on.
    let bare = |word: &&str| word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let fits = |word: &&str| {
        let name = &word[..bare(word)];
        name.is_empty() || VARIANTS.binary_search(&name).is_ok() || release_in_word(word).is_some()
    };
    match words.iter().all(fits) {
        true => TagKind::Floating(Why::Variant),
        false => TagKind::Unknown,
    }
}

/// Whether the publisher gives the image tags that name versions; without them only a digest pins it.
pub fn has_version_tags(image: &str) -> bool {
    let image = canonical(image);
    // Neither do rolling distributions.
    if matches!(image, "clearlinux" | "kalilinux/kali-rolling" | "opensuse/tumbleweed") {
        return false;
    }
    !["gcr.io/distroless/", "cgr.dev/chainguard/", "bitnami/", "bitnamisecure/"].iter().any(|at| image.starts_with(at))
}

/// The version that a tag begins with, as numbers: `[3, 13]` for `3.13-slim`, `v3.13`. At most four.
pub fn version(tag: &str) -> Vec<u32> {
    let tag = tag.strip_prefix(['v', 'V']).unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(tag.len());
    // A release of an operating system glued to it, `9.2u1`, `8u131`: the number before counts.
    tag[..end].split('.').take(4).map_while(|part| part.parse().ok()).collect()
}

pub(crate) fn split(tag: &str) -> Vec<&str> {
    tag.split(['-', '_', '+']).filter(|word| !word.is_empty()).collect()
}

fn version_kind(word: &str) -> Option<TagKind> {
    let word = word.strip_prefix('v').unwrap_or(word);
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    match &word[end..] {
        "" | ".x" | "." => Some(TagKind::MajorOnly),
        _ => Some(TagKind::MinorOrMore),
    }
}

/// The version in a word such as `php8.2` or `gzserver11`.
fn version_within(word: &str) -> Option<TagKind> {
    let start = word.find(|c: char| c.is_ascii_digit())?;
    version_kind(&word[start..])
}

fn has_day(words: &[&str]) -> bool {
    let number = |word: &str, len: usize| -> Option<u32> {
        (word.len() == len && word.bytes().all(|byte| byte.is_ascii_digit())).then(|| word.parse().ok()).flatten()
    };
    let day = |year: &str, month: &str, day: &str| {
        matches!((number(year, 4), number(month, 2), number(day, 2)), (Some(1990..=2099), Some(1..=12), Some(1..=31)))
    };
    let compact = words.iter().any(|word| {
        let word = word.strip_prefix('v').unwrap_or(word);
        word.len() == 8 && word.is_ascii() && day(&word[..4], &word[4..6], &word[6..])
    });
    compact
        || words.windows(3).any(|three| day(three[0], three[1], three[2]))
        || words.iter().any(|word| {
            let word = word.strip_prefix("release.").unwrap_or(word);
            let mut parts = word.split('.');
            let three = (parts.next(), parts.next(), parts.next());
            matches!(three, (Some(a), Some(b), Some(c)) if day(a, b, c))
        })
        || words.windows(3).any(|three| {
            // `RELEASE.2025-01-13T10-00-00Z`
            let year = three[0].strip_prefix("release.").unwrap_or(three[0]);
            day(year, three[1], three[2].split('t').next().unwrap_or_default())
        })
}

fn is_commit(words: &[&str]) -> bool {
    let hash = match words {
        [hash] | ["sha" | "git" | "commit" | "main" | "master", hash] => hash,
        _ => return false,
    };
    let hex = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let letters = hash.bytes().any(|byte| byte.is_ascii_lowercase());
    let digits = hash.bytes().any(|byte| byte.is_ascii_digit());
    hex && letters && digits && (7..=64).contains(&hash.len())
}

#[cfg(test)]
#[path = "tag_tests.rs"]
mod tests;

/// A tag that an image does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingTag {
    pub tag: String,
    /// What to write, as Markdown.
    pub instead: Option<&'static str>,
}

/// Images without a tag `latest`, and a tag that they have. Sorted.
const WITHOUT_LATEST: &[(&str, &str)] = &[
    ("elasticsearch", "a version: `elasticsearch:9.4.0`"),
    ("kibana", "a version: `kibana:9.4.0`"),
    ("logstash", "a version: `logstash:9.4.0`"),
    ("mcr.microsoft.com/windows", "a release of Windows: `mcr.microsoft.com/windows:ltsc2019`"),
    ("mcr.microsoft.com/windows/nanoserver", "a release of Windows: `mcr.microsoft.com/windows/nanoserver:ltsc2022`"),
    ("mcr.microsoft.com/windows/server", "a release of Windows: `mcr.microsoft.com/windows/server:ltsc2022`"),
    ("mcr.microsoft.com/windows/servercore", "a release of Windows: `mcr.microsoft.com/windows/servercore:ltsc2022`"),
    ("nvidia/cuda", "a version, such as `nvidia/cuda:12.8.1-base-ubuntu24.04`"),
    ("nvidia/cudagl", "a version, such as `nvidia/cudagl:11.4.2-base-ubuntu20.04`"),
    ("oraclelinux", "a version: `oraclelinux:9`"),
    ("rockylinux", "a release, such as `rockylinux/rockylinux:9`"),
];

/// Variants that an image was never published in: image, words of a tag. Sorted.
const NEVER_PUBLISHED: &[(&str, &[&str])] = &[
    ("alpine", &["slim"]),
    ("busybox", &["slim", "alpine"]),
    ("golang", &["slim"]),
    ("mariadb", &["slim", "alpine"]),
    ("mongo", &["slim", "alpine"]),
    ("mysql", &["slim", "alpine"]),
    ("php", &["slim"]),
    ("ubuntu", &["slim", "alpine"]),
];

/// What is known not to exist in an image: `latest`, written or not, or a variant. `None`: the tag may exist.
pub fn missing_tag(image: &str, tag: Option<&str>) -> Option<MissingTag> {
    let name = canonical(image);
    let tag = tag.unwrap_or("latest");
    let missing = |instead| Some(MissingTag { tag: tag.to_owned(), instead });
    if tag == "latest" {
        let at = WITHOUT_LATEST.binary_search_by_key(&name, |row| row.0).ok()?;
        return missing(Some(WITHOUT_LATEST[at].1));
    }
    // Debian's own tags with `slim` name a release, or a channel.
    if name == "debian" && tag == "slim" {
        return missing(Some("`debian:stable-slim`, or better a release: `debian:trixie-slim`"));
    }
    let at = NEVER_PUBLISHED.binary_search_by_key(&name, |row| row.0).ok()?;
    let lower = tag.to_ascii_lowercase();
    let words = split(&lower);
    NEVER_PUBLISHED[at].1.iter().any(|variant| words.contains(variant)).then_some(())?;
    missing(None)
}

#[cfg(test)]
mod missing_tests {
    use super::*;

    #[test]
    fn missing_tags() {
        assert!(WITHOUT_LATEST.is_sorted() && NEVER_PUBLISHED.is_sorted());
        for (image, tag, missing) in [
            ("nvidia/cuda", None, true),
            ("nvidia/cuda", Some("latest"), true),
            ("nvidia/cuda", Some("12.8.1-base-ubuntu24.04"), false),
            ("docker.elastic.co/elasticsearch/elasticsearch", None, true),
            ("golang", Some("1.25-slim"), true),
            ("golang", Some("1.25-alpine"), false),
            ("mysql", Some("8-alpine"), true),
            ("debian", Some("slim"), true),
            ("debian", Some("12-slim"), false),
            ("rockylinux", None, true),
            ("rockylinux", Some("9"), false),
            ("ubuntu", Some("latest"), false),
            ("acme/ubuntu", Some("slim"), false),
        ] {
            assert_eq!(missing_tag(image, tag).is_some(), missing, "{image} {tag:?}");
        }
    }
}
