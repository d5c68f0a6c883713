//! What package managers leave behind, and where.

use super::Manager;

/// What package managers leave behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leftover {
    /// `/var/lib/apt/lists`
    AptLists,
    /// `/var/cache/apt`: downloaded packages.
    AptArchives,
    Apk,
    Dnf,
    Yum,
    Zypper,
    Pacman,
    Pip,
    Uv,
    Poetry,
    Conda,
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Gem,
    Composer,
    /// Build and module cache.
    Go,
    Cargo,
}

impl Leftover {
    /// Where it is left unless a variable or an option says otherwise; `~` is any home directory.
    pub fn places(self) -> impl Iterator<Item = &'static str> {
        PLACES.iter().filter(move |row| row.1 == self).map(|row| row.0)
    }

    /// What this manager leaves behind.
    pub fn of(manager: Manager) -> &'static [Leftover] {
        match manager {
            Manager::Apt => &[Leftover::AptLists, Leftover::AptArchives],
            Manager::Apk => &[Leftover::Apk],
            Manager::Dnf => &[Leftover::Dnf],
            Manager::Yum => &[Leftover::Yum],
            Manager::Zypper => &[Leftover::Zypper],
            Manager::Pacman => &[Leftover::Pacman],
            Manager::Pip | Manager::Pipx | Manager::Pipenv => &[Leftover::Pip],
            Manager::Uv => &[Leftover::Uv],
            Manager::Poetry => &[Leftover::Poetry],
            Manager::Conda => &[Leftover::Conda],
            Manager::Npm => &[Leftover::Npm],
            Manager::Yarn => &[Leftover::Yarn],
            Manager::Pnpm => &[Leftover::Pnpm],
            Manager::Bun => &[Leftover::Bun],
            Manager::Gem | Manager::Bundle => &[Leftover::Gem],
            Manager::Composer => &[Leftover::Composer],
            Manager::Go => &[Leftover::Go],
            Manager::Cargo => &[Leftover::Cargo],
            Manager::Emerge => &[],
        }
    }
}

/// Where things are left; removing one of these or what it lies in removes it. `~` is any home.
#[rustfmt::skip]
pub const PLACES: &[(&str, Leftover)] = &[
    ("/var/lib/apt/lists", Leftover::AptLists),
    ("/var/cache/apt/archives", Leftover::AptArchives),
    ("/var/cache/apk", Leftover::Apk),
    ("/etc/apk/cache", Leftover::Apk),
    ("/var/cache/dnf", Leftover::Dnf),
    ("/var/cache/libdnf5", Leftover::Dnf),
    ("/var/cache/tdnf", Leftover::Dnf),
    // Where yum is dnf under its old name, this is where it puts things.
    ("/var/cache/dnf", Leftover::Yum),
    ("/var/cache/yum", Leftover::Yum),
    ("/var/cache/yum", Leftover::Dnf),
    ("/var/cache/zypp", Leftover::Zypper),
    ("/var/cache/pacman/pkg", Leftover::Pacman),
    ("~/.cache/pip", Leftover::Pip),
    ("~/.cache/uv", Leftover::Uv),
    ("~/.cache/pypoetry", Leftover::Poetry),
    ("/opt/conda/pkgs", Leftover::Conda),
    ("~/.npm", Leftover::Npm),
    ("~/.npm/_cacache", Leftover::Npm),
    ("~/.cache/yarn", Leftover::Yarn),
    ("/usr/local/share/.cache/yarn", Leftover::Yarn),
    ("~/.yarn/berry/cache", Leftover::Yarn),
    ("~/.yarn-cache", Leftover::Yarn),
    ("~/.local/share/pnpm/store", Leftover::Pnpm),
    ("~/.pnpm-store", Leftover::Pnpm),
    ("~/.bun/install/cache", Leftover::Bun),
    ("/usr/local/bundle/cache", Leftover::Gem),
    ("~/.bundle/cache", Leftover::Gem),
    ("~/.composer/cache", Leftover::Composer),
    ("~/.cache/composer", Leftover::Composer),
    ("~/.cache/go-build", Leftover::Go),
    ("/go/pkg/mod", Leftover::Go),
    ("/usr/local/cargo/registry", Leftover::Cargo),
    ("~/.cargo/registry", Leftover::Cargo),
];
