//! Labels: the keys that the OCI image specification defines, and the forms of their values.

use std::sync::LazyLock;

use regex::Regex;

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Anything.
    Text,
    /// An absolute address.
    Url,
    /// `2026-01-31T12:00:00Z`.
    Rfc3339,
    /// A licence's short name, or an expression of several.
    Spdx,
    /// A commit.
    Hash,
    /// `1.2.3-rc.1+build`.
    Semver,
    Email,
}

impl Form {
    /// What is expected, for messages.
    pub fn what(self) -> &'static str {
        match self {
            Form::Text => "a text",
            Form::Url => "a URL",
            Form::Rfc3339 => "a date and time as in RFC 3339",
            Form::Spdx => "an SPDX licence expression",
            Form::Hash => "a commit hash",
            Form::Semver => "a semantic version",
            Form::Email => "an e-mail address",
        }
    }

    /// One that fits.
    pub fn example(self) -> &'static str {
        match self {
            Form::Text => "text",
            Form::Url => "https://example.com/app",
            Form::Rfc3339 => "2026-01-31T12:00:00Z",
            Form::Spdx => "MIT",
            Form::Hash => "3f2a1bc",
            Form::Semver => "1.2.3",
            Form::Email => "team@example.com",
        }
    }

    /// hadolint's code for a value in another form; empty for any text.
    pub fn hadolint_code(self) -> &'static str {
        match self {
            Form::Text => "",
            Form::Url => "DL3052",
            Form::Rfc3339 => "DL3053",
            Form::Spdx => "DL3054",
            Form::Hash => "DL3055",
            Form::Semver => "DL3056",
            Form::Email => "DL3058",
        }
    }

    /// Whether a value has it.
    pub fn fits(self, value: &str) -> bool {
        match self {
            Form::Text => true,
            Form::Url => URL.is_match(value),
            Form::Rfc3339 => RFC3339.captures(value).is_some_and(|parts| {
                let number = |at: usize| parts[at].parse::<u32>().unwrap_or(u32::MAX);
                (1..=12).contains(&number(1)) && (1..=31).contains(&number(2)) && number(3) < 24
            }),
            Form::Spdx => is_licence(value),
            Form::Hash => {
                matches!(value.len(), 7..=40 | 64) && value.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
            }
            Form::Semver => SEMVER.is_match(value),
            Form::Email => EMAIL.is_match(value),
        }
    }
}

static URL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/]+\S*|mailto:\S+@\S+|urn:\S+)$"));
static RFC3339: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^\d{4}-(\d{2})-(\d{2})[Tt ](\d{2}):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$")
});
static SEMVER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$",
    )
});
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^(?:[^<>@]+<)?[^\s<>@,;]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}>?$"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of ours")
}

/// What the specification says of the values of its keys.
pub const STANDARD: [(&str, Form); 5] = [
    ("org.opencontainers.image.created", Form::Rfc3339),
    ("org.opencontainers.image.documentation", Form::Url),
    ("org.opencontainers.image.licenses", Form::Spdx),
    ("org.opencontainers.image.source", Form::Url),
    ("org.opencontainers.image.url", Form::Url),
];

/// Keys of the Label Schema convention, and what replaced them.
pub const OUTDATED: [(&str, &str); 9] = [
    ("org.label-schema.build-date", "org.opencontainers.image.created"),
    ("org.label-schema.description", "org.opencontainers.image.description"),
    ("org.label-schema.name", "org.opencontainers.image.title"),
    ("org.label-schema.url", "org.opencontainers.image.url"),
    ("org.label-schema.usage", "org.opencontainers.image.documentation"),
    ("org.label-schema.vcs-ref", "org.opencontainers.image.revision"),
    ("org.label-schema.vcs-url", "org.opencontainers.image.source"),
    ("org.label-schema.vendor", "org.opencontainers.image.vendor"),
    ("org.label-schema.version", "org.opencontainers.image.version"),
];

/// Licences by names that people write and SPDX does not know.
const MISNAMED: [(&str, &str); 22] = [
    ("apache", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("apache 2", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("apache-2", "Apache-2.0"),
    ("apachev2", "Apache-2.0"),
    ("apache license 2.0", "Apache-2.0"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("mit license", "MIT"),
    ("mit-license", "MIT"),
    ("mit-licence", "MIT"),
    ("proprietary", "LicenseRef-Proprietary"),
    ("commercial", "LicenseRef-Commercial"),
    ("gpl", "GPL-3.0-only"),
    ("gplv2", "GPL-2.0-only"),
    ("gplv3", "GPL-3.0-only"),
    ("gpl-3", "GPL-3.0-only"),
    ("agplv3", "AGPL-3.0-only"),
    ("lgplv3", "LGPL-3.0-only"),
    ("bsd", "BSD-3-Clause"),
    ("mpl", "MPL-2.0"),
    ("mpl2", "MPL-2.0"),
];

/// What was probably meant by a licence that SPDX does not know.
pub fn licence_meant(value: &str) -> Option<&'static str> {
    let value = value.trim().to_lowercase();
    MISNAMED.iter().find(|(name, _)| *name == value).map(|(_, meant)| *meant)
}

/// The SPDX License List: its licences, those of them that are deprecated, and its exceptions; each sorted, in lower case.
static SPDX: LazyLock<[Vec<String>; 3]> = LazyLock::new(|| {
    let mut lists: [Vec<String>; 3] = Default::default();
    let paragraphs = include_str!("spdx.txt").split("\n\n").skip(1);
    for (list, paragraph) in lists.iter_mut().zip(paragraphs) {
        list.extend(paragraph.split_whitespace().map(str::to_lowercase));
        list.sort();
    }
    lists
});

fn is_listed(list: &[String], name: &str) -> bool {
    list.binary_search(&name.to_lowercase()).is_ok()
}

/// Whether SPDX has the licence: by its identifier, or as one that the expression's author defines.
fn is_known_licence(name: &str) -> bool {
    let own = ["LicenseRef-", "DocumentRef-"].iter().any(|start| name.starts_with(start));
    let [licences, deprecated, _] = &*SPDX;
    own || [name, name.trim_end_matches('+')].iter().any(|it| is_listed(licences, it) || is_listed(deprecated, it))
}

/// Whether SPDX has deprecated an identifier: `GPL-3.0`, for which there are `GPL-3.0-only` and `GPL-3.0-or-later`.
pub fn is_deprecated_licence(name: &str) -> bool {
    is_listed(&SPDX[1], name)
}

/// Whether it is an SPDX expression of licences that the SPDX License List has.
fn is_licence(value: &str) -> bool {
    let spaced = value.replace('(', " ( ").replace(')', " ) ");
    let (mut depth, mut operand, mut exception) = (0_usize, false, false);
    for word in spaced.split_whitespace() {
        match word {
            "(" if !operand && !exception => depth += 1,
            ")" if operand && depth > 0 => depth -= 1,
            "AND" | "OR" if operand => operand = false,
            "WITH" if operand => (operand, exception) = (false, true),
            "(" | ")" | "AND" | "OR" | "WITH" => return false,
            name if exception && is_listed(&SPDX[2], name) => (operand, exception) = (true, false),
            name if !operand && !exception && is_known_licence(name) => operand = true,
            _ => return false,
        }
    }
    operand && depth == 0
}

/// Upper-case keys that tools read.
pub const UPPER_CASE: &[&str] = &["RUN", "INSTALL", "UNINSTALL", "STOP", "UPDATE", "HELP"];

/// Keys that Red Hat's build service requires; the first identifies its files.
pub const RED_HAT: &[&str] = &["BZComponent", "Name", "Version", "Release", "Architecture", "Vendor"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (form, good, bad) in [
            (
                Form::Url,
                &["https://a.b/c", "http://localhost", "mailto:a@b.c"][..],
                &["example.com", "https:// a", ""][..],
            ),
            (
                Form::Rfc3339,
                &["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+01:00"],
                &["2026-01-31", "2026-13-01T12:00:00Z", ""],
            ),
            (
                Form::Spdx,
                &["MIT", "MIT OR Apache-2.0", "(GPL-2.0-only WITH Classpath-exception-2.0) AND MIT", "LicenseRef-own", "GPL-3.0+"],
                &["", "Apache 2.0", "GPLv3", "MIT OR", "MIT, BSD-3-Clause", "(MIT", "Proprietary", "MIT-licence", "MIT WITH MIT"],
            ),
            (
                Form::Hash,
                &["3f2a1bc", "0123456789012345678901234567890123456789"],
                &["xyz1234", "3F2A1BC", "123", "v1.0.0"],
            ),
            (Form::Semver, &["1.2.3", "1.0.0-rc.1+5"], &["1.2", "v1.2.3", "01.2.3", "latest"]),
            (Form::Email, &["a.b@c.de", "Jo Doe <jo@example.com>"], &["a@b", "a", "a b@c.de", "@c.de"]),
        ] {
            assert!(good.iter().all(|value| form.fits(value)), "{form:?}");
            assert!(!bad.iter().any(|value| form.fits(value)), "{form:?}");
        }
    }
}
