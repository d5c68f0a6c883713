//! Smaller variants of an image, and images to run what a toolchain has built.
//!
//! Sizes are rough, in MB, uncompressed, of a recent version on amd64: good for "about a tenth", not for sums.

use super::end_of_life::end_of_life;
use crate::knowledge::bases::{self, Role};
use crate::knowledge::name::canonical;
use crate::knowledge::os::{Distro, codename, is_codename, release_in_word};
use super::tag::{TagKind, split, tag_kind, version};

/// Programs of full images that slim ones do not have.
pub const FULL_IMAGE_PROGRAMS: &[&str] = &[
    "git", "curl", "wget", "gcc", "g++", "cc", "c++", "make", "cmake", "unzip", "zip", "svn", "hg", "ssh", "scp",
    "autoconf", "automake", "patch", "file", "gpg", "ssh-keyscan", "bzip2", "xz", "pkg-config", "convert", "mysql",
];

/// Parts of the names of images that are a JDK and nothing else.
const JDKS: &[&str] = &["jdk", "temurin", "corretto", "semeru", "sapmachine", "zulu", "liberica", "graalvm"];

/// Whether this is the image of a JDK alone.
pub fn is_jdk(name: &str) -> bool {
    canonical(name) == "java" || JDKS.iter().any(|part| name.contains(part))
}

/// A smaller image that can replace another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smaller {
    /// Written as the name that was asked for, where only the tag changes.
    pub image: String,
    pub tag: String,
    /// Rough sizes in MB, of this and of what was asked for.
    pub size: Option<u32>,
    pub full_size: Option<u32>,
    /// It has musl in place of glibc: native code has to be built for it.
    pub changes_libc: bool,
}

/// An image to copy a toolchain's result to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunBase {
    pub image: String,
    pub tag: String,
    /// Rough, in MB.
    pub size: Option<u32>,
    /// What has to be true for it to run there.
    pub condition: Option<&'static str>,
}

/// How a publisher names the smaller variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `3.13-slim-bookworm`
    Before,
    /// `22-bookworm-slim`
    After,
    /// No slim one; `-alpine` takes the release's place.
    Alpine,
    /// `9-minimal`
    Minimal,
    /// `21-jdk` → `21-jre`
    Jre,
    /// `jdk21` → `jre21`
    JreWord,
    /// Another image: `ubi9` → `ubi9-minimal`.
    Image(&'static str),
}

struct Variant {
    image: &'static str,
    style: Style,
    full: Option<u32>,
    slim: Option<u32>,
    /// `None`: none is published; `Some(0)`: the size is not known.
    alpine: Option<u32>,
}

const fn row(image: &'static str, style: Style, full: u32, slim: u32, alpine: u32) -> Variant {
    const fn known(size: u32) -> Option<u32> {
        match size {
            0 => None,
            size => Some(size),
        }
    }
    Variant { image, style, full: known(full), slim: known(slim), alpine: known(alpine) }
}

/// Image, style, and the sizes of the full, the slim and the Alpine variant; 0: there is none, or it is not known.
/// Sorted by image.
#[rustfmt::skip]
const VARIANTS: &[Variant] = &[
    row("almalinux", Style::Minimal, 190, 100, 0),
    row("amazoncorretto", Style::Alpine, 470, 0, 300),
    row("debian", Style::After, 117, 75, 0),
    row("eclipse-temurin", Style::Jre, 440, 275, 0),
    row("haproxy", Style::Alpine, 105, 0, 30),
    row("httpd", Style::Alpine, 148, 0, 60),
    row("mcr.microsoft.com/dotnet/aspnet", Style::Alpine, 220, 0, 110),
    row("mcr.microsoft.com/dotnet/runtime", Style::Alpine, 195, 0, 85),
    row("memcached", Style::Alpine, 85, 0, 10),
    row("nginx", Style::Alpine, 190, 0, 50),
    row("node", Style::After, 1100, 225, 155),
    row("oraclelinux", Style::After, 240, 110, 0),
    row("perl", Style::Before, 900, 135, 0),
    row("php", Style::Alpine, 520, 0, 105),
    row("postgres", Style::Alpine, 435, 0, 275),
    row("pypy", Style::Before, 1000, 330, 0),
    row("python", Style::Before, 1020, 125, 50),
    row("rabbitmq", Style::Alpine, 225, 0, 130),
    row("redis", Style::Alpine, 120, 0, 41),
    row("rockylinux", Style::Minimal, 176, 120, 0),
    row("ruby", Style::Before, 990, 200, 90),
    row("rust", Style::Before, 1500, 790, 0),
    row("swift", Style::After, 2600, 290, 0),
    row("tomcat", Style::JreWord, 480, 300, 0),
    row("ubi10", Style::Image("registry.access.redhat.com/ubi10-minimal"), 0, 0, 0),
    row("ubi8", Style::Image("registry.access.redhat.com/ubi8-minimal"), 210, 95, 0),
    row("ubi9", Style::Image("registry.access.redhat.com/ubi9-minimal"), 215, 100, 0),
];

/// Sizes of images without a variant in the table above: image, MB. Sorted.
const SIZES: &[(&str, u32)] = &[
    ("alpine", 8),
    ("amazonlinux", 145),
    ("archlinux", 450),
    ("buildpack-deps", 850),
    ("busybox", 4),
    ("centos", 205),
    ("fedora", 175),
    ("gcc", 1400),
    ("gcr.io/distroless/base-debian13", 21),
    ("gcr.io/distroless/cc-debian13", 24),
    ("gcr.io/distroless/static-debian13", 2),
    ("golang", 840),
    ("jenkins/jenkins", 470),
    ("mcr.microsoft.com/dotnet/sdk", 850),
    ("mongo", 800),
    ("mysql", 600),
    ("opensuse/leap", 110),
    ("ubi8-minimal", 95),
    ("ubi9-micro", 26),
    ("ubi9-minimal", 100),
    ("ubuntu", 78),
];

fn variant(name: &str) -> Option<&'static Variant> {
    VARIANTS.binary_search_by(|row| row.image.cmp(name)).ok().map(|at| &VARIANTS[at])
}

/// Rough size of an image in MB, uncompressed; `None` when it is not known.
pub fn size(image: &str, tag: Option<&str>) -> Option<u32> {
    let name = canonical(image);
    let tag = tag.unwrap_or("latest").to_ascii_lowercase();
    let words = split(&tag);
    let foreign = |word: &&str| match release_in_word(word) {
        Some((Distro::Debian | Distro::Ubuntu, _)) | None => false,
        Some((distro, _)) => bases::image(name).and_then(|row| row.distro) != Some(distro),
    };
    let alpine = words.iter().any(|word| matches!(release_in_word(word), Some((Distro::Alpine, _))));
    let Some(row) = variant(name) else {
        let at = SIZES.binary_search_by(|row| row.0.cmp(name)).ok()?;
        return match words.iter().any(&foreign) {
            false => Some(SIZES[at].1),
            true if name == "golang" && alpine => Some(250),
            true => None,
        };
    };
    let jre = words.iter().any(|word| word.starts_with("jre"));
    let slim = words.iter().any(|word| matches!(*word, "slim" | "minimal"));
    match (alpine, slim || jre) {
        (true, false) => row.alpine,
        (true, true) => None,
        (false, true) => row.slim,
        (false, false) if words.iter().any(foreign) => None,
        (false, false) if words.iter().any(|word| matches!(*word, "chiseled" | "distroless" | "micro")) => None,
        (false, false) => row.full,
    }
}

/// Smaller variants that the same publisher ships for a full one, the most compatible first. Empty when it is slim
/// already, when there is none, or when the tag has words of unknown meaning.
pub fn smaller(image: &str, tag: Option<&str>) -> Vec<Smaller> {
    let name = canonical(image);
    let Some(row) = variant(name) else { return Vec::new() };
    let original = tag.unwrap_or("latest");
    let tag = original.to_ascii_lowercase();
    let words = split(&tag);
    if !words.iter().enumerate().all(|(at, word)| is_plain(at, word)) {
        return Vec::new();
    }
    // Of long past versions not every variant was ever built.
    let old = !end_of_life(name, Some(&tag)).is_empty();
    let release = words.iter().position(|word| is_codename(word));
    let first_with_slim = name != "debian" || release.is_some() || version(&tag).first().is_none_or(|major| *major > 8);
    if old && name != "debian" && release.is_some() || !first_with_slim {
        return Vec::new();
    }
    let latest = tag == "latest";
    let full_size = size(name, Some(&tag));
    let mut found = Vec::new();
    let mut push = |image: &str, tag: String, size: Option<u32>, changes_libc: bool| {
        found.push(Smaller { image: image.to_owned(), tag, size, full_size, changes_libc });
    };
    match row.style {
        Style::Before => {
            let mut words = words.clone();
            match (latest, release) {
                (true, _) => words = vec!["slim"],
                (_, Some(at)) => words.insert(at, "slim"),
                (_, None) => words.push("slim"),
            }
            push(image, words.join("-"), row.slim, false);
        }
        Style::After => {
            let tag = match (latest, name) {
                (true, "debian") => "stable-slim".to_owned(),
                // There is no such tag without a version.
                (true, "oraclelinux") => return Vec::new(),
                (true, _) => "slim".to_owned(),
                _ => format!("{tag}-slim"),
            };
            push(image, tag, row.slim, false);
        }
        Style::Minimal if !latest => push(image, format!("{tag}-minimal"), row.slim, false),
        Style::Jre if !latest && !words.contains(&"jre") => {
            let major = version(&tag).first().copied().unwrap_or_default();
            // Java 9, 10 and 12 to 16 have no JRE there.
            if matches!(major, 8 | 11 | 17..) {
                let rest = words.iter().skip(1).filter(|word| **word != "jdk").copied();
                // A full version may hold an underscore or a hyphen: `21.0.4_7-jdk`.
                let simple = words.iter().skip(1).all(|word| *word == "jdk" || is_codename(word));
                if simple {
                    let parts: Vec<&str> = words.iter().take(1).copied().chain(["jre"]).chain(rest).collect();
                    push(image, parts.join("-"), row.slim, false);
                }
            }
        }
        Style::JreWord if words.iter().any(|word| word.starts_with("jdk")) => {
            push(image, tag.replace("jdk", "jre"), row.slim, false);
        }
        Style::Image(other) => {
            push(other, original.to_owned(), row.slim, false);
        }
        _ => {}
    }
    let alpine = row.alpine.is_some() && !old && !words.iter().any(|word| matches!(*word, "apache" | "jdk" | "jre"));
    if alpine {
        let mut words = words.clone();
        match (latest, release) {
            (true, _) => words = vec!["alpine"],
            (_, Some(at)) => words[at] = "alpine",
            (_, None) => words.push("alpine"),
        }
        push(image, words.join("-"), row.alpine, true);
    }
    found
}

/// A word of a full variant's tag: the version in front, a release of Debian or Ubuntu, or a flavour that the
/// smaller variants have too.
fn is_plain(at: usize, word: &str) -> bool {
    let numbered = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    match word {
        "latest" | "lts" | "current" | "stable" | "mainline" => at == 0,
        "cli" | "fpm" | "zts" | "apache" | "management" | "jdk" | "temurin" | "eclipse" => true,
        word if is_codename(word) => true,
        word if word.starts_with("jdk") => numbered(&word[3..]),
        word => at == 0 && (numbered(word) || !version(word).is_empty()) && !word.contains(['a', 'b']),
    }
}

/// Images to run what this toolchain builds, the best fit first. Empty when the image is no toolchain, when its
/// result needs it, or when the tag leaves open what is needed.
pub fn run_bases(image: &str, tag: Option<&str>) -> Vec<RunBase> {
    let name = canonical(image);
    let tag = tag.unwrap_or("latest").to_ascii_lowercase();
    let words = split(&tag);
    if tag_kind(name, Some(&tag)) == TagKind::Unknown || words.iter().any(|word| matches!(*word, "sid" | "testing")) {
        return Vec::new();
    }
    let base = |image: &str, tag: &str, condition: Option<&'static str>| RunBase {
        image: image.to_owned(),
        tag: tag.to_owned(),
        size: size(image, Some(tag)),
        condition,
    };
    let Some(system) = bases::os(name, Some(&tag)).or_else(|| bases::os(name, None)) else {
        return java(name, &words).into_iter().map(|(image, tag)| base(&image, &tag, None)).collect();
    };
    if system.distro == Distro::Windows {
        return Vec::new();
    }
    // Programs run where the C library is as new as where they were built: the same release, or the newest one where
    // that is not known or no longer maintained.
    let kept = |distro: Distro, image: &str| match &system.version {
        Some(version) if system.distro == distro && end_of_life(image, Some(version)).is_empty() => Some(version),
        _ => None,
    };
    let debian = kept(Distro::Debian, "debian").and_then(|version| codename(Distro::Debian, version));
    let debian_slim = format!("{}-slim", debian.unwrap_or("trixie"));
    let alpine = kept(Distro::Alpine, "alpine").map_or("3.24", String::as_str);
    let musl = system.distro == Distro::Alpine;
    const STATIC: &str = "the program is linked statically: build it with `CGO_ENABLED=0`";
    match name {
        "golang" => {
            let mut found = vec![base("gcr.io/distroless/static-debian13", "nonroot", Some(STATIC))];
            match musl {
                true => found.push(base("alpine", alpine, None)),
                false => found.push(base("debian", &debian_slim, None)),
            }
            found
        }
        "rust" | "rustlang/rust" | "lukemathwalker/cargo-chef" | "haskell" | "dart" | "crystallang/crystal" if musl => {
            vec![base("alpine", alpine, None)]
        }
        "rust" | "rustlang/rust" | "lukemathwalker/cargo-chef" | "haskell" | "dart" => {
            vec![base("debian", &debian_slim, None)]
        }
        "gcc" => {
            const NEWER: Option<&str> = Some(
                "GCC's own runtime libraries are newer than Debian's: link with `-static-libgcc -static-libstdc++`",
            );
            vec![base("debian", &debian_slim, NEWER)]
        }
        "buildpack-deps" => match (system.distro, &system.version) {
            (Distro::Ubuntu, Some(version)) if end_of_life("ubuntu", Some(version)).is_empty() => {
                vec![base("ubuntu", version, None)]
            }
            (Distro::Ubuntu, _) => vec![base("ubuntu", "24.04", None)],
            _ => vec![base("debian", &debian_slim, None)],
        },
        "swift" => smaller(name, Some(&tag))
            .into_iter()
            .map(|slim| RunBase { image: slim.image, tag: slim.tag, size: slim.size, condition: None })
            .collect(),
        "mcr.microsoft.com/dotnet/sdk" | "mcr.microsoft.com/dotnet/core/sdk" => {
            let numbers = version(&tag);
            let [major, minor, ..] = numbers.as_slice() else { return Vec::new() };
            // The SDK's patch numbers are its own; the runtime's tags share major, minor and the system.
            let rest: Vec<&str> = words.iter().skip(1).filter(|word| **word != "aot").copied().collect();
            let tag = [vec![format!("{major}.{minor}")], rest.iter().map(|word| (*word).to_owned()).collect()].concat();
            let (tag, at) = (tag.join("-"), name.trim_end_matches("/sdk"));
            let console = Some("it is not a web application");
            vec![base(&format!("{at}/aspnet"), &tag, None), base(&format!("{at}/runtime"), &tag, console)]
        }
        _ => java(name, &words).into_iter().map(|(image, tag)| base(&image, &tag, None)).collect(),
    }
}

/// The JRE for what a JDK, Maven or Gradle has built.
fn java(name: &str, words: &[&str]) -> Option<(String, String)> {
    let alpine = words.iter().any(|word| matches!(release_in_word(word), Some((Distro::Alpine, _))));
    let java = java_version(name, words).filter(|_| !words.contains(&"jre") && name != "tomcat")?;
    if !matches!(java, 8 | 11 | 17..=30) {
        return None;
    }
    if name == "amazoncorretto" || words.contains(&"amazoncorretto") || words.contains(&"corretto") {
        // Its headless variants are named by the system: only Alpine's smaller one is sure.
        return alpine.then(|| ("amazoncorretto".to_owned(), format!("{java}-alpine")));
    }
    let tag = match alpine {
        true => format!("{java}-jre-alpine"),
        false => format!("{java}-jre"),
    };
    Some(("eclipse-temurin".to_owned(), tag))
}

/// The version of Java in an image of a JDK or JRE, of Maven, Gradle or Tomcat, by the words of its tag.
pub fn java_version(name: &str, words: &[&str]) -> Option<u32> {
    let number = |word: &str| version(word).first().copied();
    match name {
        "eclipse-temurin" | "openjdk" | "java" | "adoptopenjdk" | "amazoncorretto" | "ibm-semeru-runtimes" => {
            words.iter().find_map(|word| number(word))
        }
        // `3.9-eclipse-temurin-21`, `8-jdk21`, `3-jdk-8`, `3.8-openjdk-17-slim`.
        "maven" | "gradle" | "tomcat" => words.iter().enumerate().find_map(|(at, word)| match *word {
            "temurin" | "jdk" | "jre" | "openjdk" | "corretto" | "amazoncorretto" => number(words.get(at + 1)?),
            word => number(word.strip_prefix("jdk").or_else(|| word.strip_prefix("jre"))?),
        }),
        _ => None,
    }
}

/// Bases with certificates, time zones and a user of their own, and no shell: for programs that are linked to nothing, …
pub const DISTROLESS_STATIC: &str = "gcr.io/distroless/static-debian13:nonroot";
/// … to the C library, …
pub const DISTROLESS_BASE: &str = "gcr.io/distroless/base-debian13:nonroot";
/// … and to that of C++ or Rust.
pub const DISTROLESS_CC: &str = "gcr.io/distroless/cc-debian13:nonroot";

/// Whether the image is there to build, and another one can run the result.
pub fn is_toolchain(image: &str, tag: Option<&str>) -> bool {
    let tag = tag.unwrap_or_default().to_ascii_lowercase();
    // Variants that have no compiler: `buildpack-deps:trixie-curl`, `microsoft/dotnet:2.1-runtime`.
    let other = |word: &&str| word.starts_with("jre") || matches!(*word, "runtime" | "aspnetcore" | "curl" | "scm");
    let windows = bases::os(image, Some(&tag)).is_some_and(|os| os.distro == Distro::Windows);
    bases::role(image) == Some(Role::Toolchain) && !windows && !split(&tag).iter().any(other)
}

#[cfg(test)]
#[path = "variants_tests.rs"]
mod tests;
