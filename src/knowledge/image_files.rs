//! Files in images by their paths: what a program does not need to run, and what every installation rewrites.

use super::managers::{Leftover, PLACES};

/// Files that most programs run without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needless {
    Git,
    Documentation,
    Tests,
    StaticLibraries,
    Compilers,
}

impl Needless {
    /// `documentation`
    pub fn as_str(self) -> &'static str {
        match self {
            Needless::Git => "version history",
            Needless::Documentation => "documentation",
            Needless::Tests => "tests of packages",
            Needless::StaticLibraries => "static libraries",
            Needless::Compilers => "compilers",
        }
    }
}

const DOCUMENTATION: &[&str] = &["usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/gtk-doc/", "usr/local/share/man/"];

const COMPILERS: &[&str] = &["usr/libexec/gcc/", "usr/lib/gcc/", "usr/local/libexec/gcc/", "usr/lib/llvm", "usr/local/go/pkg/tool/"];

/// What a file is needless for; the path has no slash at its start.
pub fn needless(path: &str) -> Option<Needless> {
    let is_in = |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
    let has = |part: &str| path.contains(part);
    if path.starts_with(".git/") || has("/.git/") {
        return Some(Needless::Git);
    }
    if is_in(DOCUMENTATION) {
        return Some(Needless::Documentation);
    }
    if path.ends_with(".a") && (path.starts_with("usr/lib/") || path.starts_with("usr/local/lib/")) {
        return Some(Needless::StaticLibraries);
    }
    if is_in(COMPILERS) {
        return Some(Needless::Compilers);
    }
    let is_package = has("-packages/") || has("node_modules/") || has("/lib/python3");
    (is_package && (has("/tests/") || has("/test/"))).then_some(Needless::Tests)
}

/// The cache or package list that a file belongs to; the path has no slash at its start.
pub fn leftover(path: &str) -> Option<Leftover> {
    let below = |path: &str, place: &str| path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
    let of = |place: &str| match place.strip_prefix('~') {
        None => below(path, place.trim_start_matches('/')),
        Some(rest) => {
            let in_home = |home: &str| below(home, rest);
            path.strip_prefix("root").is_some_and(in_home)
                || path.strip_prefix("home/").and_then(|home| home.find('/').map(|at| &home[at..])).is_some_and(in_home)
        }
    };
    // Two files that apt keeps even when everything is cleaned, and the directories of Go that are sources.
    let is_kept = path.ends_with("/lock") || path.ends_with("/partial");
    PLACES.iter().find(|(place, _)| !is_kept && of(place)).map(|(_, leftover)| *leftover)
}

/// Whether every installation rewrites the file: the database of a package manager, a log, an index of libraries.
pub fn is_database(path: &str) -> bool {
    const PLACES: &[&str] = &["var/lib/dpkg/", "var/cache/debconf/", "lib/apk/db/", "var/lib/rpm/", "usr/lib/sysimage/rpm/", "var/log/", "var/lib/apt/", "etc/", "var/cache/ldconfig/", "usr/share/info/dir"];
    PLACES.iter().any(|place| path.starts_with(place))
}

/// Where packages put the programs that they mean to be setuid.
pub fn is_system_program(path: &str) -> bool {
    const PLACES: &[&str] = &["usr/bin/", "usr/sbin/", "bin/", "sbin/", "usr/lib/", "usr/libexec/"];
    PLACES.iter().any(|place| path.starts_with(place))
}

/// Whether keys in a file are most likely samples: tests and documentation of packages.
pub fn is_sample(path: &str) -> bool {
    const PARTS: &[&str] = &["test", "tests", "testdata", "doc", "docs", "examples", "fixtures", "man", "spec", "__tests__"];
    path.split('/').any(|part| PARTS.contains(&part))
}

/// Whether a file name is that of a shared library.
pub fn is_library(name: &str) -> bool {
    name.ends_with(".so") || name.contains(".so.")
}

/// Libraries that belong to the driver of the machine, and are put into the container when it starts.
pub fn is_injected_library(name: &str) -> bool {
    const STARTS: &[&str] = &["libcuda.so", "libnvidia-", "libnvcuvid.so", "libnvoptix.so"];
    STARTS.iter().any(|start| name.starts_with(start))
}
