//! Well-known base images: what they are for and contain, how long they are maintained, which versions and smaller
//! variants there are.

mod contents;
pub mod end_of_life;
pub mod releases;
mod table;
pub mod tag;
pub mod variants;

pub use contents::{ACCOUNT_CHANGES, Contents, OF_APPLICATIONS, Entrypoint, contents, is_of_shell};

use super::name::canonical;
use tag::{split, version};

use super::os::{Distro, Libc, Os, Shells, distro_of_name, release_in_word, releases_in_tag};

/// What an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A bare operating system.
    Os,
    /// Runs programs of a language; may bring compilers along (`python`, `node`).
    Runtime,
    /// Compiles programs: the result does not need it (`golang`, `maven`, `dotnet/sdk`).
    Toolchain,
    Database,
    WebServer,
    /// A ready program that is run, or configured and run.
    Application,
}

/// An account of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// `None`: it has a number and no name.
    pub name: Option<&'static str>,
    /// `None`: not known, or not the same in all versions.
    pub uid: Option<u32>,
}

impl Account {
    pub const ROOT: Account = Account { name: Some("root"), uid: Some(0) };

    pub fn is_root(self) -> bool {
        self.uid == Some(0) || self.name == Some("root")
    }
}

/// One row of the table: an image and what holds for its plain tags. Ask the functions of this module, which look at
/// the tag too.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// Canonical; a row of the families ends in `/`.
    pub name: &'static str,
    pub role: Role,
    /// Of tags that do not name one; `None`: differs, or not known.
    pub distro: Option<Distro>,
    /// Whom it runs as; `None`: not known.
    pub user: Option<Account>,
    /// Unprivileged accounts made for running things.
    pub accounts: &'static [Account],
    /// Its entrypoint starts as root and goes on as this account.
    pub steps_down_to: Option<&'static str>,
    /// Its tags name releases of the operating system: `buildpack-deps:bookworm`.
    pub(crate) system_tags: bool,
    /// Its version need not be the first word of a tag: `open-17-jre`.
    pub(crate) version_anywhere: bool,
}

/// The table's row for an image, if it is a well-known one.
pub fn image(image: &str) -> Option<&'static Image> {
    let name = canonical(image);
    match table::IMAGES.binary_search_by(|row| row.name.cmp(name)) {
        Ok(at) => Some(&table::IMAGES[at]),
        Err(_) => table::FAMILIES.iter().filter(|row| name.starts_with(row.name)).max_by_key(|row| row.name.len()),
    }
}

/// What an image is for.
pub fn role(name: &str) -> Option<Role> {
    image(name).map(|row| row.role)
}

/// The operating system of an image: what the tag says, else what the image is known for. An unknown image whose
/// tag names a release (`acme/app:1.2-alpine3.20`) is taken at its word.
pub fn os(name: &str, tag: Option<&str>) -> Option<Os> {
    let name = canonical(name);
    let row = image(name);
    let tag = tag.unwrap_or("latest").to_ascii_lowercase();
    let words = split(&tag);
    let in_tag = releases_in_tag(&words).into_iter().max_by_key(|found| found.1.is_some());
    let system = row.filter(|row| row.role == Role::Os).and_then(|row| row.distro);
    let (distro, release) = match (in_tag, system) {
        // `ubuntu:24.04`, `debian:12-slim`.
        (None, Some(distro)) => {
            let numbers: Vec<String> = version(&tag).iter().map(u32::to_string).collect();
            let release = match (distro, numbers.as_slice()) {
                (_, []) => None,
                (Distro::Ubuntu, [year, month, ..]) => Some(format!("{year}.{month:0>2}")),
                (Distro::Alpine | Distro::OpenSuse | Distro::Photon | Distro::AzureLinux, [major, minor, ..]) => {
                    Some(format!("{major}.{minor}"))
                }
                (_, [major, ..]) => Some(major.clone()),
            };
            (distro, release.or_else(|| release_of_name(name)))
        }
        (Some((Distro::Distroless, _)), _) if system.is_some_and(|distro| distro != Distro::Distroless) => {
            (system?, None)
        }
        (Some((distro, release)), _) => (distro, release.map(str::to_owned)),
        (None, None) => by_version(name, &tag)
            .or_else(|| Some((row?.distro?, release_of_name(name))))
            // Most likely a copy of it, with a version of its own perhaps.
            .or_else(|| row.is_none().then_some((distro_of_name(name)?, None)))?,
    };
    let (mut manager, mut shells, mut libc) = distro.traits();
    let bare = words.iter().any(|word| matches!(*word, "distroless" | "chiseled")) || name.ends_with("-micro");
    match distro {
        Distro::Distroless if words.contains(&"debug") => shells = Shells::Ash,
        Distro::Distroless if name.contains("/static") => libc = None,
        Distro::Busybox => {
            libc = match (words.contains(&"musl"), words.contains(&"glibc")) {
                (true, _) => Some(Libc::Musl),
                (_, true) => Some(Libc::Glibc),
                _ => None,
            }
        }
        // The variants without `-dev` have neither.
        Distro::Wolfi
            if name.starts_with("cgr.dev/chainguard/") && !name.ends_with("/wolfi-base") && !words.contains(&"dev") =>
        {
            (manager, shells) = (None, Shells::None);
        }
        _ => {}
    }
    if name == "bash" || name.starts_with("cgr.dev/chainguard/bash") {
        shells = Shells::Bash;
    }
    if bare && distro != Distro::Distroless {
        manager = None;
        if !name.ends_with("-micro") {
            shells = Shells::None;
        }
    }
    Some(Os { distro, version: release, manager, shells, libc })
}

/// The working directory that an image brings, where that is known.
pub fn workdir(name: &str) -> Option<&'static str> {
    contents(name, None)?.workdir()
}

/// Whether an image surely does not set a variable of that name.
pub fn lacks_variable(name: &str, variable: &str) -> bool {
    contents(name, None).is_some_and(|contents| contents.lacks_variable(variable))
}

/// As [`os`], with the release that a system's `latest` is today.
pub fn current_os(name: &str, tag: Option<&str>) -> Option<Os> {
    let found = os(name, tag)?;
    let latest = matches!(tag, None | Some("latest")) && found.version.is_none();
    let version = match found.distro {
        Distro::Debian if latest && canonical(name) == "debian" => "13",
        Distro::Ubuntu if latest && canonical(name) == "ubuntu" => "26.04",
        _ => return Some(found),
    };
    Some(Os { version: Some(version.to_owned()), ..found })
}

/// The account that an image runs as when nothing sets another.
pub fn default_user(name: &str, tag: Option<&str>) -> Option<Account> {
    let row = image(name)?;
    let tag = tag.unwrap_or_default().to_ascii_lowercase();
    let words = split(&tag);
    let name = row.name;
    if name == "gcr.io/distroless/" {
        return Some(match words.contains(&"nonroot") {
            true => Account { name: Some("nonroot"), uid: Some(65532) },
            false => Account::ROOT,
        });
    }
    if name == "docker" && words.contains(&"rootless") {
        return Some(Account { name: Some("rootless"), uid: Some(1000) });
    }
    if name.starts_with("mcr.microsoft.com/dotnet/") && words.iter().any(|w| matches!(*w, "chiseled" | "distroless")) {
        // A number in images of .NET 8 and later, before that a name with another number.
        return match version(&tag).first() {
            Some(8..) => Some(Account { name: Some("app"), uid: Some(1654) }),
            _ => None,
        };
    }
    match os(name, Some(&tag)).map(|os| os.distro) {
        Some(Distro::Windows) => None,
        // The first releases ran as root.
        _ if name == "mcr.microsoft.com/mssql/server" && tag.starts_with("2017") => Some(Account::ROOT),
        _ => row.user,
    }
}

/// Unprivileged accounts that an image brings and that are there to run things as: `node` of `node`, `app` of .NET.
pub fn accounts(name: &str, tag: Option<&str>) -> &'static [Account] {
    let Some(row) = image(name) else { return &[] };
    let tag = tag.unwrap_or_default();
    let dotnet = row.name.starts_with("mcr.microsoft.com/dotnet/");
    let early = version(tag).first().is_some_and(|major| *major < 8);
    let windows = os(name, Some(tag)).is_some_and(|os| os.distro == Distro::Windows);
    match row.name {
        // Since 23.04; by then `latest` had long been newer.
        "ubuntu" => {
            let release = os(name, Some(tag)).and_then(|os| os.version);
            match release.as_deref().map(version) {
                Some(release) if release < vec![23, 4] => &[],
                _ => &[Account { name: Some("ubuntu"), uid: Some(1000) }],
            }
        }
        _ if (dotnet && early) || windows => &[],
        _ => row.accounts,
    }
}

/// Where the release is part of the name: `gcr.io/distroless/static-debian12`, `ubi9-minimal`.
fn release_of_name(name: &str) -> Option<String> {
    let words = name.rsplit('/').next().unwrap_or_default();
    words.split('-').filter_map(|word| release_in_word(word)?.1).next().map(str::to_owned)
}

/// Images whose plain tags moved from one distribution to another.
fn by_version(name: &str, tag: &str) -> Option<(Distro, Option<String>)> {
    let numbers = version(tag);
    let slim = split(tag).contains(&"slim");
    let debian = |release: &str| Some((Distro::Debian, Some(release.to_owned())));
    match (name, numbers.first()?) {
        (
            "mcr.microsoft.com/dotnet/sdk"
            | "mcr.microsoft.com/dotnet/aspnet"
            | "mcr.microsoft.com/dotnet/runtime"
            | "mcr.microsoft.com/dotnet/runtime-deps",
            major,
        ) => match major {
            5 => debian("10"),
            6 | 7 => debian("11"),
            8 | 9 => debian("12"),
            10 => Some((Distro::Ubuntu, Some("24.04".to_owned()))),
            _ => None,
        },
        ("openjdk", 6..=11) => Some((Distro::Debian, None)),
        ("openjdk", 12..) if slim => Some((Distro::Debian, None)),
        ("openjdk", 12..) => Some((Distro::Oracle, None)),
        ("mysql", 5) => None,
        ("mysql", 8..) => Some((Distro::Oracle, None)),
        ("mongo", 1..=3) => None,
        _ => None,
    }
}

#[cfg(test)]
#[path = "bases/tests.rs"]
mod tests;

// Used by the table only.
impl Image {
    const fn new(name: &'static str, role: Role, distro: Option<Distro>) -> Self {
        Self {
            name,
            role,
            distro,
            user: Some(Account::ROOT),
            accounts: &[],
            steps_down_to: None,
            system_tags: false,
            version_anywhere: false,
        }
    }

    /// It does not run as root.
    const fn runs_as(mut self, name: Option<&'static str>, uid: Option<u32>) -> Self {
        self.user = Some(Account { name, uid });
        self
    }

    const fn user_unknown(mut self) -> Self {
        self.user = None;
        self
    }

    const fn with(mut self, accounts: &'static [Account]) -> Self {
        self.accounts = accounts;
        self
    }

    const fn steps_down(mut self, name: &'static str, accounts: &'static [Account]) -> Self {
        self.steps_down_to = Some(name);
        self.accounts = accounts;
        self
    }

    const fn system_tags(mut self) -> Self {
        self.system_tags = true;
        self
    }

    const fn version_anywhere(mut self) -> Self {
        self.version_anywhere = true;
        self
    }
}
