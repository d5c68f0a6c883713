//! Commands that an image is built for: without what they bring it is not what it should be.

use crate::commands::download::{downloads, extracts};
use crate::commands::packages::{installs, refreshes_index, upgrades};
use crate::shell::Command;

/// What kind of work a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Fetches or unpacks something that later commands need.
    Fetch,
    /// Compiles or generates.
    Build,
    /// Installs packages.
    Install,
}

/// Programs that do nothing but build.
const BUILDERS: &[&str] = &[
    "make", "gmake", "cmake", "ninja", "meson", "gcc", "g++", "cc", "c++", "clang", "clang++", "mvn", "mvnw", "gradle",
    "gradlew", "configure", "javac", "tsc", "webpack", "msbuild", "bazel", "scons", "rustc", "ghc", "patch", "ant",
    "sbt", "docker-php-ext-install", "docker-php-ext-configure", "docker-php-ext-enable",
];

/// Programs that build with one of these subcommands.
const BUILDING: &[(&[&str], &[&str])] = &[
    (&["go"], &["build", "install", "generate", "mod", "get"]),
    (&["cargo"], &["build", "install", "fetch"]),
    (&["npm", "yarn", "pnpm", "bun"], &["run", "run-script", "build", "rebuild"]),
    (&["dotnet"], &["build", "publish", "restore"]),
    (&["pecl", "pear", "luarocks", "cabal", "stack", "mix", "opam", "conan"], &["install", "build", "compile"]),
];

/// `None` for commands that only arrange things, or that are not known.
pub fn work(command: &Command) -> Option<Work> {
    if installs(command).is_some_and(|install| !install.dry_run)
        || upgrades(command).is_some()
        || installs_file(command)
    {
        return Some(Work::Install);
    }
    let builds = BUILDING.iter().any(|(names, verbs)| command.runs_any(names, verbs));
    let tidies = command.args.iter().any(|arg| arg.is("clean") || arg.is("distclean") || arg.is("--version"));
    if (command.is_any(BUILDERS) || builds) && !tidies {
        return Some(Work::Build);
    }
    let fetches = refreshes_index(command).is_some()
        || downloads(command).is_some()
        || extracts(command).is_some_and(|extract| !extract.stdout)
        || command.runs_any(&["git"], &["clone", "checkout", "fetch", "submodule"]);
    fetches.then_some(Work::Fetch)
}

/// `apt-get install -f`: what `dpkg -i` has left undone, and failed for, is made good.
pub fn mends(command: &Command) -> bool {
    command.runs_any(&["apt-get", "apt"], &["install"]) && command.has_flag(&["-f", "--fix-broken"])
}

/// A package that lies there as a file.
fn installs_file(command: &Command) -> bool {
    match command.name.as_str() {
        "dpkg" => command.has_flag(&["-i", "--install"]),
        "rpm" => command.has_flag(&["-i", "-U", "--install", "--upgrade"]),
        _ => false,
    }
}
