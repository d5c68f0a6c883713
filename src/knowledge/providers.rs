//! Which packages bring a program.
//!
//! Three small databases as text: `providers/programs.txt` names the programs that are known, and the packages that
//! contain them; `apt.txt`, `apk.txt` and `dnf.txt` say what other packages pull in.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::managers::Manager;
use super::packages::bare_name;

/// Whether a package brings a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brings {
    Yes,
    No,
    /// The package is not in the database.
    Unknown,
}

/// The packages that contain a program: apt's, apk's and dnf's.
type Packages = [Vec<&'static str>; 3];

/// What a package pulls in: always, and as recommendations.
#[derive(Default)]
struct Closure {
    depends: Vec<&'static str>,
    recommends: Vec<&'static str>,
}

static PROGRAMS: LazyLock<HashMap<&'static str, Packages>> = LazyLock::new(|| {
    let rows = lines(include_str!("providers/programs.txt")).filter_map(|line| line.split_once(": ").or(line.split_once(':')));
    let packages = |rest: &'static str| {
        let mut columns = rest.split('|').map(|column| column.split_whitespace().collect());
        [(); 3].map(|()| columns.next().unwrap_or_default())
    };
    rows.map(|(program, rest)| (program, packages(rest))).collect()
});

static CLOSURES: LazyLock<[HashMap<&'static str, Closure>; 3]> = LazyLock::new(|| {
    [include_str!("providers/apt.txt"), include_str!("providers/apk.txt"), include_str!("providers/dnf.txt")].map(read)
});

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn read(text: &'static str) -> HashMap<&'static str, Closure> {
    let mut found = HashMap::new();
    for line in lines(text) {
        let Some((package, rest)) = line.split_once(':') else {
            found.extend(line.split_whitespace().map(|package| (package, Closure::default())));
            continue;
        };
        let (depends, recommends) = rest.split_once('|').unwrap_or((rest, ""));
        let words = |text: &'static str| text.split_whitespace().collect();
        found.insert(package, Closure { depends: words(depends), recommends: words(recommends) });
    }
    found
}

fn column(manager: Manager) -> Option<usize> {
    match manager {
        Manager::Apt => Some(0),
        Manager::Apk => Some(1),
        Manager::Dnf | Manager::Yum => Some(2),
        _ => None,
    }
}

/// Whether a program is one of those that are known: of others no one can say that they are missing.
pub fn is_known(program: &str) -> bool {
    PROGRAMS.contains_key(program)
}

/// The package to install for a program, with a manager of the system.
pub fn package_of(program: &str, manager: Manager) -> Option<&'static str> {
    PROGRAMS.get(program)?[column(manager)?].first().copied().filter(|package| *package != "busybox")
}

/// Whether a package brings a program: itself, or by what it pulls in. `recommends`: with what it recommends.
pub fn brings(manager: Manager, package: &str, program: &str, recommends: bool) -> Brings {
    let (Some(column), Some(name)) = (column(manager), bare_name(package)) else { return Brings::Unknown };
    let Some(packages) = PROGRAMS.get(program).map(|columns| &columns[column]) else { return Brings::Unknown };
    if name == program || packages.contains(&name) {
        return Brings::Yes;
    }
    // NodeSource's package contains npm; Debian's does not.
    if name == "nodejs" && matches!(program, "npm" | "npx") {
        return Brings::Unknown;
    }
    let Some(closure) = CLOSURES[column].get(name) else { return by_name(name, program) };
    let contains = |found: &[&str]| found.iter().any(|package| packages.contains(package));
    match contains(&closure.depends) || recommends && contains(&closure.recommends) {
        true => Brings::Yes,
        false => Brings::No,
    }
}

/// What the name of a package that is not in the database tells: libraries, headers, fonts and modules of a language
/// bring no programs but those that much depends on.
fn by_name(package: &str, program: &str) -> Brings {
    const ENDS: &[&str] = &["-dev", "-devel", "-libs", "-doc", "-lang", "-data", "-locales"];
    const STARTS: &[&str] = &["fonts-", "font-", "ttf-", "libx", "php", "python3-", "py3-", "perl-", "icu-"];
    let library = package.starts_with("lib") && package.ends_with(|last: char| last.is_ascii_digit());
    let harmless = library || ENDS.iter().any(|end| package.ends_with(end)) || STARTS.iter().any(|it| package.starts_with(it));
    match harmless && !DEPENDED_ON.contains(&program) {
        true => Brings::No,
        false => Brings::Unknown,
    }
}

/// Programs that package managers of languages bring as well.
pub const FROM_LANGUAGES: &[&str] = &["cmake", "ninja", "meson", "node", "npm", "npx", "yarn", "pnpm", "poetry", "pipenv", "virtualenv", "uv", "bundle", "rake", "rails", "composer", "swig", "protoc"];

/// Programs that many packages depend on.
#[rustfmt::skip]
const DEPENDED_ON: &[&str] = &[
    "adduser", "addgroup", "bash", "bundle", "bzip2", "gem", "c++", "cc", "delgroup", "deluser", "envsubst", "file", "g++", "gawk", "gcc",
    "gpg", "java", "less", "m4", "make", "man", "msgfmt", "node", "openssl", "patch", "perl", "php", "pip", "pip3",
    "pkg-config", "pkill", "ps", "python", "python3", "ruby", "systemctl", "top", "update-ca-certificates", "xmllint", "xz",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_bring_programs() {
        use Brings::*;
        use Manager::*;
        for (manager, package, program, recommends, expected) in [
            (Apt, "curl", "curl", false, Yes),
            (Apt, "git", "curl", true, No),
            (Apt, "build-essential", "make", false, Yes),
            (Apt, "perl", "make", false, No),
            (Apt, "cmake", "make", true, Yes),
            (Apt, "cmake", "make", false, No),
            (Apt, "python3-pip", "gcc", true, Yes),
            (Apt, "python3-pip", "gcc", false, No),
            (Apt, "python3", "python", true, No),
            (Apt, "git=1:2.39", "git", true, Yes),
            (Apt, "./git.deb", "git", true, Unknown),
            (Apt, "acme-tools", "git", true, Unknown),
            (Apt, "libfoo1", "git", true, No),
            (Apt, "libfoo1", "python3", true, Unknown),
            (Apk, "build-base", "make", false, Yes),
            (Apk, "python3", "python", false, Yes),
            (Apk, "openssl-dev", "curl", false, No),
            (Apk, "openssl-dev", "bash", false, Unknown),
            (Dnf, "git", "ssh", false, Yes),
            (Zypper, "git", "git", false, Unknown),
            (Apt, "curl", "frobnicate", false, Unknown),
        ] {
            assert_eq!(brings(manager, package, program, recommends), expected, "{manager:?} {package} {program}");
        }
        assert_eq!(package_of("make", Apt), Some("make"));
        assert_eq!(package_of("useradd", Apk), Some("shadow"));
        assert_eq!(package_of("killall", Apk), None);
    }

    #[test]
    fn the_texts_are_read_whole_and_in_order() {
        let keys = |text: &'static str| lines(text).filter_map(|line| Some(line.split_once(':')?.0)).collect::<Vec<_>>();
        assert!(keys(include_str!("providers/programs.txt")).is_sorted());
        assert!(keys(include_str!("providers/apt.txt")).is_sorted());
        assert!(PROGRAMS.len() > 150 && CLOSURES[0].len() > 600);
        for (program, columns) in PROGRAMS.iter() {
            assert!(!program.contains(['|', ' ']), "{program}");
            assert!(columns.iter().flatten().all(|package| !package.contains(['|', ':'])), "{program}");
        }
    }
}
