//! What kind of thing a package is.
//!
//! What an image may well need at run time (`curl`, `ca-certificates`, `tzdata`, `procps`, `git`, a JRE) is in no
//! category.

mod groups;
mod table;
mod vanished;

pub use groups::*;
pub use vanished::{Instead, Vanished, vanished};

use super::managers::Manager;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Compilers, JDKs and what drives them: needed to build, not to run.
    Build,
    /// What runs services that store data.
    Database,
    /// Tools to look into a system or a network.
    Debug,
    /// Graphical desktops, display servers and their clients.
    Desktop,
    Docs,
    Editor,
    /// Headers to compile against: `libpq-dev`, `openssl-devel`.
    Headers,
    /// A first process that reaps children: `tini`.
    Init,
    /// Daemons other than databases.
    Service,
    /// Logins from outside.
    SshServer,
    Sudo,
    /// Runs several processes in one container.
    Supervisor,
}

impl Category {
    /// Of use while building only.
    pub fn is_for_building(self) -> bool {
        matches!(self, Category::Build | Category::Headers)
    }
}

const APK: u8 = 1;
const APT: u8 = 2;
const DNF: u8 = 4;
const PACMAN: u8 = 8;
const ZYPPER: u8 = 16;
const ALL: u8 = APK | APT | DNF | PACMAN | ZYPPER;

fn bit(manager: Manager) -> u8 {
    match manager {
        Manager::Apk => APK,
        Manager::Apt => APT,
        Manager::Dnf | Manager::Yum => DNF,
        Manager::Pacman => PACMAN,
        Manager::Zypper => ZYPPER,
        _ => 0,
    }
}

/// A package's name without version, architecture, repository and the like: `nginx` of `nginx=1.27.*`,
/// `nginx:amd64`, `nginx/bookworm-backports`, `nginx@edge`, `nginx>1.20`. `None` for files and addresses.
pub fn bare_name(package: &str) -> Option<&str> {
    let package = package.trim();
    if package.starts_with(['/', '.', '-', '+']) || package.contains("://") {
        return None;
    }
    if [".deb", ".rpm", ".apk"].iter().any(|end| package.ends_with(end)) {
        return None;
    }
    let (group, rest) = match package.strip_prefix('@') {
        Some(rest) => (1, rest),
        None => (0, package),
    };
    let end = rest.find(['=', ':', '/', '@', '<', '>', '~']).unwrap_or(rest.len());
    let name = &package[..group + end];
    (end > 0).then_some(name)
}

/// What kind of thing a package is; `package` may carry a version. `None`: of no kind in the tables.
pub fn category(manager: Manager, package: &str) -> Option<Category> {
    let name = bare_name(package)?;
    let bit = bit(manager);
    if let Ok(at) = table::PACKAGES.binary_search_by(|row| row.0.cmp(name))
        && table::PACKAGES[at].1 & bit != 0
    {
        return Some(table::PACKAGES[at].2);
    }
    if let Some((_, database)) = service(manager, name) {
        return Some(if database { Category::Database } else { Category::Service });
    }
    by_pattern(manager, name)
}

/// The service that a package brings, and whether it is a database: `("PostgreSQL", true)` for `postgresql-16`.
pub fn service(manager: Manager, package: &str) -> Option<(&'static str, bool)> {
    let name = bare_name(package)?;
    let at = table::SERVICES.binary_search_by(|row| row.0.cmp(name)).ok()?;
    let row = table::SERVICES[at];
    (row.1 & bit(manager) != 0).then_some((row.2, row.3))
}

/// Families of names: headers, JDKs, compilers with their version.
fn by_pattern(manager: Manager, name: &str) -> Option<Category> {
    let numbered = |name: &str, stem: &str| {
        name.strip_prefix(stem).is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_digit()) && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        })
    };
    let compiler = |stems: &[&str]| stems.iter().any(|stem| numbered(name, stem));
    match manager {
        Manager::Apt => {
            let jdk = name.starts_with("openjdk-") && (name.ends_with("-jdk") || name.ends_with("-jdk-headless"))
                || name.starts_with("temurin-") && name.ends_with("-jdk");
            if jdk || compiler(&["gcc-", "g++-", "clang-", "llvm-", "gfortran-", "golang-", "lld-"]) {
                return Some(Category::Build);
            }
            if compiler(&["postgresql-"]) {
                return Some(Category::Database);
            }
            name.ends_with("-dev").then_some(Category::Headers)
        }
        Manager::Apk => {
            if compiler(&["openjdk", "clang", "llvm"]) || name.starts_with("openjdk") && name.ends_with("-jdk") {
                return Some(Category::Build);
            }
            if name.ends_with("-doc") {
                return Some(Category::Docs);
            }
            name.ends_with("-dev").then_some(Category::Headers)
        }
        Manager::Dnf | Manager::Yum | Manager::Zypper => {
            if name.starts_with("java-") && name.ends_with("-devel") || compiler(&["gcc", "gcc-", "clang", "llvm"]) {
                return Some(Category::Build);
            }
            name.ends_with("-devel").then_some(Category::Headers)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_have_kinds() {
        use Category::*;
        use Manager::*;
        let cases: &[(Manager, &str, Option<Category>)] = &[
            (Apt, "vim", Some(Editor)),
            (Apt, "vim-tiny", Some(Editor)),
            (Apk, "nano", Some(Editor)),
            (Dnf, "vim-enhanced", Some(Editor)),
            (Apk, "vim-enhanced", None),
            (Apt, "openssh-server", Some(SshServer)),
            (Apt, "openssh-client", None),
            (Apt, "net-tools", Some(Debug)),
            (Apt, "iputils-ping", Some(Debug)),
            (Apk, "bind-tools", Some(Debug)),
            (Dnf, "bind-utils", Some(Debug)),
            (Dnf, "bind", Some(Service)),
            (Apt, "build-essential", Some(Build)),
            (Apk, "build-base", Some(Build)),
            (Dnf, "gcc-c++", Some(Build)),
            (Dnf, "@development-tools", Some(Build)),
            (Apt, "g++-12", Some(Build)),
            (Apt, "gcc-12-base", None),
            (Apt, "openjdk-17-jdk-headless", Some(Build)),
            (Apt, "openjdk-17-jre-headless", None),
            (Apk, "openjdk17", Some(Build)),
            (Apk, "openjdk17-jre", None),
            (Dnf, "java-17-openjdk-devel", Some(Build)),
            (Dnf, "java-17-openjdk-headless", None),
            (Apt, "libpq-dev", Some(Headers)),
            (Apt, "libpq-dev=15.1-1", Some(Headers)),
            (Apt, "zlib1g-dev:arm64", Some(Headers)),
            (Apk, "openssl-dev", Some(Headers)),
            (Dnf, "openssl-devel-3.0.7", None),
            (Dnf, "openssl-devel", Some(Headers)),
            (Apt, "nginx", Some(Service)),
            (Apk, "nginx@edge", Some(Service)),
            (Apt, "mysql-server", Some(Database)),
            (Apt, "postgresql-16", Some(Database)),
            (Apt, "postgresql-client", None),
            (Apt, "redis-server", Some(Database)),
            (Apk, "redis", Some(Database)),
            (Apt, "php8.2-fpm", Some(Service)),
            (Apt, "cron", Some(Service)),
            (Apk, "cronie", Some(Service)),
            (Apt, "supervisor", Some(Supervisor)),
            (Apt, "man-db", Some(Docs)),
            (Apk, "git-doc", Some(Docs)),
            (Apt, "sudo", Some(Sudo)),
            (Apk, "tini", Some(Init)),
            (Apt, "xfce4", Some(Desktop)),
            (Apt, "curl", None),
            (Apt, "ca-certificates", None),
            (Apt, "tzdata", None),
            (Apt, "procps", None),
            (Apt, "git", None),
            (Apt, "./vim.deb", None),
            (Apt, "https://example.com/vim", None),
            (Apk, ".build-deps", None),
            (Dnf, "@", None),
            (Apt, "", None),
        ];
        for (manager, package, expected) in cases {
            assert_eq!(category(*manager, package), *expected, "{manager:?} {package}");
        }
        assert_eq!(service(Apt, "postgresql-16"), Some(("PostgreSQL", true)));
        assert_eq!(service(Apt, "vim"), None);
        assert!(Headers.is_for_building() && !Editor.is_for_building());
    }

    #[test]
    fn the_tables_are_sorted() {
        assert!(table::PACKAGES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(table::SERVICES.is_sorted_by(|a, b| a.0 < b.0));
        for row in table::SERVICES {
            let both = table::PACKAGES.iter().find(|other| other.0 == row.0 && other.1 & row.1 != 0);
            assert!(both.is_none(), "{} is in both tables", row.0);
        }
    }

    #[test]
    fn what_images_need_is_in_no_category() {
        for needed in
            ["bash", "ca-certificates", "curl", "git", "jq", "procps", "tzdata", "unzip", "wget", "gosu", "su-exec"]
        {
            for manager in [Manager::Apk, Manager::Apt, Manager::Dnf, Manager::Pacman, Manager::Zypper] {
                assert_eq!(category(manager, needed), None, "{needed}");
            }
        }
    }
}
