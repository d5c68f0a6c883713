//! Operating systems: names, releases and what they bring.

use std::fmt;

use super::managers::Manager;

/// A distribution, or the lack of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distro {
    Alma,
    Alpine,
    Amazon,
    Arch,
    AzureLinux,
    Busybox,
    Centos,
    Debian,
    /// Debian without shell and package manager.
    Distroless,
    Fedora,
    OpenSuse,
    Oracle,
    Photon,
    /// Red Hat Enterprise Linux and its universal base images.
    Rhel,
    Rocky,
    /// One program and nothing around it.
    Scratch,
    Ubuntu,
    Windows,
    /// Wolfi and Chainguard's images on it.
    Wolfi,
}

/// What can run a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shells {
    None,
    /// `sh` alone, busybox's.
    Ash,
    /// `bash`, and `sh` with it.
    Bash,
    /// `cmd`, and PowerShell perhaps.
    Windows,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    Glibc,
    Musl,
}

/// The operating system of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Os {
    pub distro: Distro,
    /// `12`, `24.04`, `3.21`; `None` when the tag leaves it open.
    pub version: Option<String>,
    /// `None`: there is none in the image.
    pub manager: Option<Manager>,
    pub shells: Shells,
    /// `None`: there is none, or it is not known.
    pub libc: Option<Libc>,
}

impl Distro {
    /// What its images have: package manager, shells, C library.
    pub fn traits(self) -> (Option<Manager>, Shells, Option<Libc>) {
        use Distro::*;
        match self {
            Alpine => (Some(Manager::Apk), Shells::Ash, Some(Libc::Musl)),
            Wolfi => (Some(Manager::Apk), Shells::Ash, Some(Libc::Glibc)),
            Debian | Ubuntu => (Some(Manager::Apt), Shells::Bash, Some(Libc::Glibc)),
            Alma | Amazon | AzureLinux | Centos | Fedora | Oracle | Photon | Rhel | Rocky => {
                (Some(Manager::Dnf), Shells::Bash, Some(Libc::Glibc))
            }
            OpenSuse => (Some(Manager::Zypper), Shells::Bash, Some(Libc::Glibc)),
            Arch => (Some(Manager::Pacman), Shells::Bash, Some(Libc::Glibc)),
            Busybox => (None, Shells::Ash, None),
            Distroless => (None, Shells::None, Some(Libc::Glibc)),
            Scratch => (None, Shells::None, None),
            Windows => (None, Shells::Windows, None),
        }
    }
}

impl fmt::Display for Distro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Distro::Alma => "AlmaLinux",
            Distro::Alpine => "Alpine",
            Distro::Amazon => "Amazon Linux",
            Distro::Arch => "Arch Linux",
            Distro::AzureLinux => "Azure Linux",
            Distro::Busybox => "BusyBox",
            Distro::Centos => "CentOS",
            Distro::Debian => "Debian",
            Distro::Distroless => "distroless",
            Distro::Fedora => "Fedora",
            Distro::OpenSuse => "openSUSE",
            Distro::Oracle => "Oracle Linux",
            Distro::Photon => "Photon OS",
            Distro::Rhel => "Red Hat Enterprise Linux",
            Distro::Rocky => "Rocky Linux",
            Distro::Scratch => "scratch",
            Distro::Ubuntu => "Ubuntu",
            Distro::Windows => "Windows",
            Distro::Wolfi => "Wolfi",
        })
    }
}

/// Releases by code name. Sorted.
const CODENAMES: &[(&str, Distro, &str)] = &[
    ("artful", Distro::Ubuntu, "17.10"),
    ("bionic", Distro::Ubuntu, "18.04"),
    ("bookworm", Distro::Debian, "12"),
    ("bullseye", Distro::Debian, "11"),
    ("buster", Distro::Debian, "10"),
    ("cosmic", Distro::Ubuntu, "18.10"),
    ("disco", Distro::Ubuntu, "19.04"),
    ("eoan", Distro::Ubuntu, "19.10"),
    ("etch", Distro::Debian, "4"),
    ("focal", Distro::Ubuntu, "20.04"),
    ("forky", Distro::Debian, "14"),
    ("groovy", Distro::Ubuntu, "20.10"),
    ("hirsute", Distro::Ubuntu, "21.04"),
    ("impish", Distro::Ubuntu, "21.10"),
    ("jammy", Distro::Ubuntu, "22.04"),
    ("jessie", Distro::Debian, "8"),
    ("kinetic", Distro::Ubuntu, "22.10"),
    ("lenny", Distro::Debian, "5"),
    ("lucid", Distro::Ubuntu, "10.04"),
    ("lunar", Distro::Ubuntu, "23.04"),
    ("mantic", Distro::Ubuntu, "23.10"),
    ("noble", Distro::Ubuntu, "24.04"),
    ("oracular", Distro::Ubuntu, "24.10"),
    ("plucky", Distro::Ubuntu, "25.04"),
    ("precise", Distro::Ubuntu, "12.04"),
    ("quantal", Distro::Ubuntu, "12.10"),
    ("questing", Distro::Ubuntu, "25.10"),
    ("raring", Distro::Ubuntu, "13.04"),
    ("resolute", Distro::Ubuntu, "26.04"),
    ("saucy", Distro::Ubuntu, "13.10"),
    ("squeeze", Distro::Debian, "6"),
    ("stretch", Distro::Debian, "9"),
    ("trixie", Distro::Debian, "13"),
    ("trusty", Distro::Ubuntu, "14.04"),
    ("utopic", Distro::Ubuntu, "14.10"),
    ("vivid", Distro::Ubuntu, "15.04"),
    ("wheezy", Distro::Debian, "7"),
    ("wily", Distro::Ubuntu, "15.10"),
    ("xenial", Distro::Ubuntu, "16.04"),
    ("yakkety", Distro::Ubuntu, "16.10"),
    ("zesty", Distro::Ubuntu, "17.04"),
];

/// What tags call a distribution, before its version if there is one: `alpine3.21`, `debian12`. Sorted.
const NAMES: &[(&str, Distro)] = &[
    ("al", Distro::Amazon),
    ("almalinux", Distro::Alma),
    ("alpine", Distro::Alpine),
    ("amazonlinux", Distro::Amazon),
    ("amzn", Distro::Amazon),
    ("archlinux", Distro::Arch),
    ("azurelinux", Distro::AzureLinux),
    ("busybox", Distro::Busybox),
    ("centos", Distro::Centos),
    ("debian", Distro::Debian),
    ("distroless", Distro::Distroless),
    ("fedora", Distro::Fedora),
    ("leap", Distro::OpenSuse),
    ("ltsc", Distro::Windows),
    ("mariner", Distro::AzureLinux),
    ("nanoserver", Distro::Windows),
    ("ol", Distro::Oracle),
    ("opensuse", Distro::OpenSuse),
    ("oracle", Distro::Oracle),
    ("oraclelinux", Distro::Oracle),
    ("photon", Distro::Photon),
    ("rhel", Distro::Rhel),
    ("rockylinux", Distro::Rocky),
    ("scratch", Distro::Scratch),
    ("servercore", Distro::Windows),
    ("ubi", Distro::Rhel),
    ("ubuntu", Distro::Ubuntu),
    ("windowsservercore", Distro::Windows),
    ("wolfi", Distro::Wolfi),
];

/// The release that one word of a tag names: `bookworm`, `alpine3.21`, `ubuntu22.04`, `ubi9`, `alpine`.
pub(crate) fn release_in_word(word: &str) -> Option<(Distro, Option<&str>)> {
    if let Ok(at) = CODENAMES.binary_search_by(|row| row.0.cmp(word)) {
        return Some((CODENAMES[at].1, Some(CODENAMES[at].2)));
    }
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let version = &word[name.len()..];
    let at = NAMES.binary_search_by(|row| row.0.cmp(name)).ok()?;
    let short = matches!(name, "al" | "ol" | "ltsc");
    if version.starts_with('.') || (short && version.is_empty()) {
        return None;
    }
    Some((NAMES[at].1, (!version.is_empty()).then_some(version)))
}

/// Every release that a tag names, in order. `ubuntu-22.04` counts as one; a number after another distribution's name
/// is more likely the version of the image.
pub(crate) fn releases_in_tag<'a>(words: &[&'a str]) -> Vec<(Distro, Option<&'a str>)> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some((distro, version)) = release_in_word(word) else { continue };
        let next = words.get(at + 1).filter(|next| is_year_and_month(next));
        match (distro, version, next) {
            (Distro::Ubuntu, None, Some(next)) => found.push((distro, Some(*next))),
            // `windowsservercore-1803`
            (Distro::Windows, None, _) => found.push((distro, words.get(at + 1).copied().filter(|next| is_windows_release(next)))),
            _ => found.push((distro, version)),
        }
    }
    found
}

/// `1803`
fn is_windows_release(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// `22.04`
fn is_year_and_month(word: &str) -> bool {
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    word.split_once('.').is_some_and(|(year, month)| digits(year) && digits(month))
}

/// The distribution whose name is the last part of an image's: `linuxkit/alpine`.
pub(crate) fn distro_of_name(image: &str) -> Option<Distro> {
    match image.rsplit('/').next()? {
        "alpine" => Some(Distro::Alpine),
        "debian" => Some(Distro::Debian),
        "ubuntu" => Some(Distro::Ubuntu),
        "centos" => Some(Distro::Centos),
        "fedora" => Some(Distro::Fedora),
        "oraclelinux" => Some(Distro::Oracle),
        "busybox" => Some(Distro::Busybox),
        _ => None,
    }
}

/// Whether the word is a release's code name: `bookworm`, `noble`.
pub fn is_codename(word: &str) -> bool {
    CODENAMES.binary_search_by(|row| row.0.cmp(word)).is_ok()
}

/// The code name of a release: `bookworm` for Debian 12.
pub fn codename(distro: Distro, version: &str) -> Option<&'static str> {
    let major = version.split('.').next().unwrap_or(version);
    CODENAMES
        .iter()
        .find(|row| row.1 == distro && (row.2 == version || (distro == Distro::Debian && row.2 == major)))
        .map(|row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_releases() {
        for (word, expected) in [
            ("bookworm", Some((Distro::Debian, Some("12")))),
            ("alpine", Some((Distro::Alpine, None))),
            ("alpine3.21", Some((Distro::Alpine, Some("3.21")))),
            ("ubuntu22.04", Some((Distro::Ubuntu, Some("22.04")))),
            ("al2023", Some((Distro::Amazon, Some("2023")))),
            ("ubi9", Some((Distro::Rhel, Some("9")))),
            ("ltsc2022", Some((Distro::Windows, Some("2022")))),
            ("nanoserver", Some((Distro::Windows, None))),
            ("al", None),
            ("alpinist", None),
            ("3.21", None),
            ("", None),
        ] {
            assert_eq!(release_in_word(word), expected, "{word}");
        }
        assert_eq!(codename(Distro::Debian, "12.5"), Some("bookworm"));
        assert_eq!(codename(Distro::Ubuntu, "24.04"), Some("noble"));
        assert_eq!(codename(Distro::Alpine, "3.21"), None);
    }

    #[test]
    fn the_tables_are_sorted() {
        assert!(CODENAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
