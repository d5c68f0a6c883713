//! The command lines of package managers, one manager a row.

use super::Manager;

/// How packages are written on a manager's command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `name:arch=version/release`
    Deb,
    /// `name=1`, `name~1`, `name>1`, `name@repository`
    Apk,
    /// `name-version-release.arch`, `name:stream`
    Rpm,
    /// `name=version`, `name>=version`
    Zypper,
    /// PEP 508: `name[extra]==1`, and VCS addresses
    Pep508,
    /// `@scope/name@version`
    Npm,
    /// `name:version`
    Colon,
    /// `module/path@version`
    At,
    /// `channel::name=version=build`
    Conda,
    Plain,
}

/// One manager's command line. Subcommands are written as the operands that stand for them.
#[derive(Debug)]
pub struct Row {
    pub manager: Manager,
    pub names: &'static [&'static str],
    pub syntax: Syntax,
    /// Subcommands that install the packages they are given.
    pub install: &'static [&'static str],
    /// Subcommands that install what a file of the project asks for; those in `install` do so too when they are given
    /// no package, if `bare`.
    pub project: &'static [&'static str],
    pub bare: bool,
    /// Fetch the index.
    pub refresh: &'static [&'static str],
    /// Flags with which `install` fetches it first.
    pub refresh_flags: &'static [&'static str],
    /// Bring everything up to date.
    pub upgrade: &'static [&'static str],
    pub remove: &'static [&'static str],
    /// Flags that answer the question whether to go on; none if it never asks.
    pub yes: &'static [&'static str],
    pub no_cache: &'static [&'static str],
    pub dry_run: &'static [&'static str],
    pub no_recommends: &'static [&'static str],
    /// Flags that keep to a lock file.
    pub locked: &'static [&'static str],
    /// Flags whose value is a list of packages in a file.
    pub requirements: &'static [&'static str],
}

const ROW: Row = Row {
    manager: Manager::Apt,
    names: &[],
    syntax: Syntax::Plain,
    install: &[],
    project: &[],
    bare: false,
    refresh: &[],
    refresh_flags: &[],
    upgrade: &[],
    remove: &[],
    yes: &[],
    no_cache: &[],
    dry_run: &[],
    no_recommends: &[],
    locked: &[],
    requirements: &[],
};

const RPM_INSTALL: &[&str] =
    &["install", "in", "localinstall", "groupinstall", "group install", "module install", "reinstall", "rei"];
const RPM_REFRESH: &[&str] = &["makecache", "mc", "check-update"];
const RPM_UPGRADE: &[&str] =
    &["upgrade", "up", "update", "upgrade-minimal", "up-min", "update-minimal", "distro-sync", "dsync", "groupupdate"];
const RPM_REMOVE: &[&str] = &["remove", "rm", "erase", "autoremove", "group remove", "groupremove"];

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row { manager: Manager::Apt, names: &["apt-get", "apt", "aptitude"], syntax: Syntax::Deb,
        install: &["install", "reinstall"], project: &["build-dep"], refresh: &["update"], refresh_flags: &["--update"],
        upgrade: &["upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade"],
        remove: &["remove", "purge", "autoremove", "autopurge"],
        yes: &["-y", "--yes", "--assume-yes"], no_recommends: &["--no-install-recommends", "--without-recommends"],
        dry_run: &["-s", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act", "-d", "--download-only", "--print-uris"], ..ROW },
    Row { manager: Manager::Apk, names: &["apk"], syntax: Syntax::Apk,
        install: &["add"], refresh: &["update"], refresh_flags: &["-U", "--update", "--update-cache"], upgrade: &["upgrade"], remove: &["del"],
        no_cache: &["--no-cache"], dry_run: &["-s", "--simulate"], ..ROW },
    Row { manager: Manager::Dnf, names: &["dnf", "dnf5", "microdnf", "tdnf"], syntax: Syntax::Rpm,
        install: RPM_INSTALL, refresh: RPM_REFRESH, upgrade: RPM_UPGRADE, remove: RPM_REMOVE,
        project: &["builddep", "builddeps"], yes: &["-y", "--assumeyes"], dry_run: &["--downloadonly", "--assumeno"], ..ROW },
    Row { manager: Manager::Yum, names: &["yum"], syntax: Syntax::Rpm,
        install: RPM_INSTALL, refresh: RPM_REFRESH, upgrade: RPM_UPGRADE, remove: RPM_REMOVE,
        yes: &["-y", "--assumeyes"], dry_run: &["--downloadonly", "--assumeno"], ..ROW },
    Row { manager: Manager::Zypper, names: &["zypper"], syntax: Syntax::Zypper,
        install: &["install", "in", "source-install", "si"], refresh: &["refresh", "ref"],
        upgrade: &["update", "up", "dist-upgrade", "dup", "patch"], remove: &["remove", "rm"],
        yes: &["-y", "--no-confirm", "-n", "--non-interactive"], no_recommends: &["--no-recommends"],
        dry_run: &["--dry-run", "-D", "-d", "--download-only"], ..ROW },
    Row { manager: Manager::Pip, names: &["pip"], syntax: Syntax::Pep508,
        install: &["install"], project: &["sync"], remove: &["uninstall"], no_cache: &["--no-cache-dir", "--no-cache"], dry_run: &["--dry-run"],
        locked: &["--require-hashes"], requirements: &["-r", "--requirement", "--requirements"], ..ROW },
    Row { manager: Manager::Pipx, names: &["pipx"], syntax: Syntax::Pep508, install: &["install", "inject"], remove: &["uninstall"], ..ROW },
    Row { manager: Manager::Uv, names: &["uv"], syntax: Syntax::Pep508,
        install: &["add", "tool install"], project: &["sync"], remove: &["remove"], no_cache: &["--no-cache", "--no-cache-dir"],
        locked: &["--locked", "--frozen"], requirements: &["-r", "--requirements"], ..ROW },
    Row { manager: Manager::Pipenv, names: &["pipenv"], syntax: Syntax::Pep508, bare: true,
        install: &["install"], project: &["sync"], remove: &["uninstall"], locked: &["--deploy", "--ignore-pipfile"],
        requirements: &["-r", "--requirements"], ..ROW },
    Row { manager: Manager::Poetry, names: &["poetry"], syntax: Syntax::Pep508,
        install: &["add", "self add"], project: &["install", "sync"], remove: &["remove"], no_cache: &["--no-cache"], dry_run: &["--dry-run"], ..ROW },
    Row { manager: Manager::Conda, names: &["conda", "mamba", "micromamba"], syntax: Syntax::Conda,
        install: &["install", "create"], project: &["env create", "env update"], upgrade: &["update", "upgrade"], remove: &["remove", "uninstall"],
        yes: &["-y", "--yes"], dry_run: &["-d", "--dry-run", "--download-only"], requirements: &["--file", "-f"], ..ROW },
    Row { manager: Manager::Npm, names: &["npm"], syntax: Syntax::Npm, bare: true,
        install: &["install", "i", "add", "in", "ins", "inst", "isntall"], project: &["ci", "clean-install", "ic", "install-clean"],
        upgrade: &["update", "up", "upgrade"], remove: &["uninstall", "remove", "rm", "un", "r"], dry_run: &["--dry-run"], ..ROW },
    Row { manager: Manager::Yarn, names: &["yarn", "yarnpkg"], syntax: Syntax::Npm, bare: true,
        install: &["add", "global add"], project: &["install"], upgrade: &["upgrade", "up"], remove: &["remove", "global remove"],
        locked: &["--frozen-lockfile", "--immutable", "--pure-lockfile"], ..ROW },
    Row { manager: Manager::Pnpm, names: &["pnpm"], syntax: Syntax::Npm, bare: true,
        install: &["add", "install", "i"], project: &["ci"], upgrade: &["update", "up", "upgrade"], remove: &["remove", "rm", "uninstall", "un"],
        locked: &["--frozen-lockfile"], ..ROW },
    Row { manager: Manager::Bun, names: &["bun"], syntax: Syntax::Npm, bare: true,
        install: &["add", "a", "install", "i"], project: &["ci"], remove: &["remove", "rm"], locked: &["--frozen-lockfile"], dry_run: &["--dry-run"], ..ROW },
    Row { manager: Manager::Gem, names: &["gem"], syntax: Syntax::Colon, install: &["install", "i"], upgrade: &["update"], remove: &["uninstall"],
        requirements: &["-g", "--file"], ..ROW },
    Row { manager: Manager::Bundle, names: &["bundle", "bundler"], project: &["install", "update"], locked: &["--frozen", "--deployment"], ..ROW },
    Row { manager: Manager::Composer, names: &["composer", "composer.phar"], syntax: Syntax::Colon,
        install: &["require", "req", "global require", "global req"], project: &["install", "i"], upgrade: &["update", "upgrade", "u"],
        remove: &["remove", "rm"], no_cache: &["--no-cache"], dry_run: &["--dry-run"], ..ROW },
    Row { manager: Manager::Go, names: &["go"], syntax: Syntax::At, install: &["install", "get"], project: &["mod download"], ..ROW },
    Row { manager: Manager::Cargo, names: &["cargo"], syntax: Syntax::At, install: &["install", "binstall"], project: &["fetch"], remove: &["uninstall"],
        locked: &["--locked", "--frozen"], ..ROW },
];

/// Ends of file names that are packages or archives.
pub const FILE_ENDINGS: &[&str] = &[
    ".deb", ".rpm", ".apk", ".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip", ".gem", ".conda", ".tar.zst",
    ".pkg.tar.zst",
];
