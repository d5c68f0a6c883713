//! Stable versions to pin a floating tag to. All of them exist; the very newest of the day may be missing.

use crate::knowledge::name::canonical;
use crate::knowledge::os::{Distro, is_codename, release_in_word};
use super::tag::{split, tag_kind};
use super::variants::smaller;

/// A version of an image that is stable and maintained on [`crate::knowledge::DATE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    pub image: &'static str,
    /// As tags write it: `3.14`.
    pub version: &'static str,
    /// The release that tags of this version can name: `3.14-slim-trixie`; `None`: they cannot, or it is not known.
    pub codename: Option<&'static str>,
    /// Likewise for Alpine: `3.14-alpine3.23`.
    pub alpine: Option<&'static str>,
}

const fn row(image: &'static str, version: &'static str) -> Current {
    Current { image, version, codename: None, alpine: None }
}

impl Current {
    const fn on(mut self, codename: &'static str) -> Self {
        self.codename = Some(codename);
        self
    }

    const fn alpine(mut self, alpine: &'static str) -> Self {
        self.alpine = Some(alpine);
        self
    }
}

/// Sorted by image.
#[rustfmt::skip]
const CURRENT: &[Current] = &[
    row("almalinux", "9"),
    row("alpine", "3.24"),
    row("amazoncorretto", "21"),
    row("amazonlinux", "2023"),
    row("bash", "5.3"),
    row("buildpack-deps", "trixie"),
    row("busybox", "1.37"),
    row("caddy", "2"),
    row("composer", "2"),
    row("debian", "trixie"),
    row("docker", "29"),
    row("eclipse-temurin", "21").on("noble"),
    row("elixir", "1.19"),
    row("erlang", "28"),
    row("fedora", "44"),
    row("gcc", "15").on("trixie"),
    row("golang", "1.27").on("trixie").alpine("alpine3.24"),
    row("gradle", "9-jdk21"),
    row("haproxy", "3.2"),
    row("httpd", "2.4"),
    row("julia", "1.12"),
    row("mariadb", "11.8"),
    row("maven", "3.9-eclipse-temurin-21"),
    row("mcr.microsoft.com/dotnet/aspnet", "10.0"),
    row("mcr.microsoft.com/dotnet/runtime", "10.0"),
    row("mcr.microsoft.com/dotnet/runtime-deps", "10.0"),
    row("mcr.microsoft.com/dotnet/sdk", "10.0"),
    row("memcached", "1.6"),
    row("mongo", "8.0"),
    row("mysql", "8.4"),
    row("nginx", "1.30"),
    row("node", "24").on("bookworm").alpine("alpine3.23"),
    row("opensuse/leap", "16.0"),
    row("oraclelinux", "9"),
    row("oven/bun", "1"),
    row("perl", "5.42"),
    row("php", "8.5").on("trixie").alpine("alpine3.23"),
    row("postgres", "18").on("trixie").alpine("alpine3.23"),
    row("pypy", "3.11"),
    row("python", "3.14").on("trixie").alpine("alpine3.23"),
    row("rabbitmq", "4.2"),
    row("redis", "8.6"),
    row("registry", "3"),
    row("rockylinux", "9"),
    row("ruby", "4.0").on("trixie").alpine("alpine3.23"),
    row("rust", "1.97").on("trixie").alpine("alpine3.23"),
    row("swift", "6.2").on("noble"),
    row("tianon/gosu", "1.19"),
    row("tomcat", "11.0-jdk21"),
    row("traefik", "v3.7"),
    row("ubi8", "8.10"),
    row("ubi8-micro", "8.10"),
    row("ubi8-minimal", "8.10"),
    row("ubuntu", "26.04"),
    row("wordpress", "6"),
    row("zookeeper", "3.9"),
];

/// All rows, sorted by image.
pub fn all() -> &'static [Current] {
    CURRENT
}

/// The version to pin an image to, if the table has one.
pub fn current(image: &str) -> Option<&'static Current> {
    let name = canonical(image);
    CURRENT.binary_search_by(|row| row.image.cmp(name)).ok().map(|at| &CURRENT[at])
}

/// A pinned tag in place of a floating one, of the same variant: `slim` of `python` becomes `3.14-slim-trixie`,
/// `lts-alpine` of `node` becomes `24-alpine3.23`, `stable-slim` of `debian` becomes `trixie-slim`. `None` when the
/// tag does not float, when it asks for what is not stable (`edge`, `sid`), or when it has words of unknown meaning.
pub fn pin(image: &str, tag: Option<&str>) -> Option<String> {
    if !tag_kind(image, tag).floats() {
        return None;
    }
    let row = current(image)?;
    let tag = tag.unwrap_or("latest").to_ascii_lowercase();
    let mut words = split(&tag);
    words.retain(|word| !matches!(*word, "latest" | "stable" | "lts" | "current" | "mainline"));
    if words.is_empty() {
        return Some(match row.codename {
            Some(codename) if !matches!(row.image, "eclipse-temurin" | "swift") => {
                format!("{}-{codename}", row.version)
            }
            _ => row.version.to_owned(),
        });
    }
    let mut out = vec![row.version.to_owned()];
    let mut says_system = false;
    for word in &words {
        match *word {
            "slim" | "cli" | "fpm" | "apache" | "zts" | "management" | "jdk" | "jre" | "perl" | "minimal" | "curl"
            | "scm" | "dind" | "glibc" | "musl" | "uclibc" => out.push((*word).to_owned()),
            "alpine" => {
                out.push(row.alpine.unwrap_or("alpine").to_owned());
                says_system = true;
            }
            word if is_codename(word) || matches!(release_in_word(word), Some((Distro::Alpine, Some(_)))) => {
                // Whether this version was built on that release is known for one of them only.
                if Some(word) != row.codename && Some(word) != row.alpine {
                    return None;
                }
                out.push(word.to_owned());
                says_system = true;
            }
            _ => return None,
        }
    }
    if let (false, Some(codename)) = (says_system, row.codename) {
        // Node and Swift write `24-bookworm-slim`, the others `3.14-slim-trixie`.
        match matches!(row.image, "node" | "swift") {
            true => out.insert(1, codename.to_owned()),
            false => out.push(codename.to_owned()),
        }
    }
    Some(out.join("-"))
}

/// Whether an image certainly exists, because this table or the one of smaller variants names it. Others may exist, too.
pub fn exists(image: &str, tag: &str) -> bool {
    let Some(row) = current(image) else { return false };
    let named: Vec<String> = pin(image, None).into_iter().chain([row.version.to_owned()]).collect();
    let is_variant = |named: &String| {
        let smaller = smaller(image, Some(named));
        smaller.iter().any(|smaller| smaller.image == row.image && smaller.tag == tag)
    };
    named.iter().any(|named| named == tag || is_variant(named))
}

/// As [`pin`], to another version than the table's. The base of that version's tags is not known, so they name no
/// release.
pub fn pin_to(image: &str, tag: Option<&str>, wanted: &str) -> Option<String> {
    let pinned = pin(image, tag)?;
    let row = current(image)?;
    match row.image {
        "maven" | "gradle" | "tomcat" => return Some(pinned.replace("21", wanted)),
        _ => {}
    }
    let mut words: Vec<&str> = split(&pinned);
    if words.first() != Some(&row.version) || row.version == wanted {
        return (row.version == wanted).then_some(pinned);
    }
    words.remove(0);
    words.retain(|word| Some(*word) != row.codename);
    for word in &mut words {
        if Some(*word) == row.alpine {
            *word = "alpine";
        }
    }
    words.insert(0, wanted);
    Some(words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::super::end_of_life::end_of_life;
    use super::*;

    #[test]
    fn images_to_run_on_are_current() {
        let bases = super::super::variants::run_bases("rust", Some("1.60-alpine3.15"));
        let alpine = bases.iter().find(|base| base.image == "alpine").map(|base| base.tag.as_str());
        assert_eq!(alpine, current("alpine").map(|row| row.version));
    }

    #[test]
    fn what_certainly_exists() {
        for (image, tag, expected) in [
            ("python", "3.14", true),
            ("python", "3.14-slim-trixie", true),
            ("python", "3.14-slim", true),
            ("node", "24-bookworm-slim", true),
            ("eclipse-temurin", "21-jre", true),
            ("debian", "trixie-slim", true),
            // Not in the tables, though it exists; a variant and a version that do not; another image.
            ("python", "3.13-slim", false),
            ("gcc", "15-slim", false),
            ("python", "3.99-slim", false),
            ("phyton", "3.14-slim", false),
        ] {
            assert_eq!(exists(image, tag), expected, "{image}:{tag}");
        }
    }

    #[test]
    fn floating_tags_are_pinned_to_their_variant() {
        let cases: &[(&str, Option<&str>, Option<&str>)] = &[
            ("python", None, Some("3.14-trixie")),
            ("python", Some("latest"), Some("3.14-trixie")),
            ("docker.io/library/python", Some("slim"), Some("3.14-slim-trixie")),
            ("python", Some("slim-trixie"), Some("3.14-slim-trixie")),
            ("python", Some("slim-bullseye"), None),
            ("python", Some("alpine"), Some("3.14-alpine3.23")),
            ("python", Some("3"), None),
            ("python", Some("3.13"), None),
            ("node", Some("lts"), Some("24-bookworm")),
            ("node", Some("lts-alpine"), Some("24-alpine3.23")),
            ("node", Some("slim"), Some("24-bookworm-slim")),
            ("php", Some("fpm"), Some("8.5-fpm-trixie")),
            ("php", Some("fpm-alpine"), Some("8.5-fpm-alpine3.23")),
            ("eclipse-temurin", None, Some("21")),
            ("nginx", Some("stable-alpine"), Some("1.30-alpine")),
            ("nginx", Some("stable-alpine-otel"), None),
            ("debian", None, Some("trixie")),
            ("debian", Some("stable-slim"), Some("trixie-slim")),
            ("debian", Some("sid"), None),
            ("ubuntu", None, Some("26.04")),
            ("ubuntu", Some("rolling"), None),
            ("alpine", Some("edge"), None),
            ("maven", None, Some("3.9-eclipse-temurin-21")),
            ("openjdk", None, None),
            ("acme/app", None, None),
        ];
        for (image, tag, expected) in cases {
            assert_eq!(pin(image, *tag).as_deref(), *expected, "{image}:{tag:?}");
        }
    }

    #[test]
    fn another_version_has_the_same_variant() {
        for (image, tag, wanted, expected) in [
            ("python", Some("slim"), "3.11", "3.11-slim"),
            ("python", None, "3.14", "3.14-trixie"),
            ("node", Some("lts-alpine"), "20", "20-alpine"),
            ("node", Some("slim"), "20", "20-slim"),
            ("maven", None, "17", "3.9-eclipse-temurin-17"),
            ("gradle", None, "17", "9-jdk17"),
            ("eclipse-temurin", None, "17", "17"),
        ] {
            assert_eq!(pin_to(image, tag, wanted).as_deref(), Some(expected), "{image} {wanted}");
        }
    }

    #[test]
    fn what_is_suggested_is_pinned_and_alive() {
        assert!(CURRENT.is_sorted_by(|a, b| a.image < b.image));
        for row in CURRENT {
            let tag = pin(row.image, None).unwrap();
            assert!(!tag_kind(row.image, Some(&tag)).floats(), "{}:{tag}", row.image);
            assert_eq!(end_of_life(row.image, Some(&tag)), [], "{}:{tag}", row.image);
        }
    }
}
