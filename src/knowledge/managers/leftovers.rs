//! The caches and package lists that package managers leave, and where.

/// A cache or a package list that a package manager leaves.
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

/// `name`, the operands it needs, a flag it needs (one of these; none if empty), what it cleans.
type Cleaner = (&'static [&'static str], &'static [&'static str], &'static [&'static str], &'static [Leftover]);

/// The managers' own commands that clean up.
#[rustfmt::skip]
pub const CLEANERS: &[Cleaner] = &[
    (&["apt-get", "apt", "aptitude"], &["clean"], &[], &[Leftover::AptArchives]),
    (&["apt-get", "apt"], &["distclean"], &[], &[Leftover::AptArchives, Leftover::AptLists]),
    (&["apt-get", "apt"], &["dist-clean"], &[], &[Leftover::AptArchives, Leftover::AptLists]),
    (&["apk"], &["cache", "clean"], &[], &[Leftover::Apk]),
    (&["apk"], &["cache", "purge"], &[], &[Leftover::Apk]),
    (&["dnf", "dnf5", "microdnf", "tdnf", "yum"], &["clean", "all"], &[], &[Leftover::Dnf, Leftover::Yum]),
    (&["zypper"], &["clean"], &[], &[Leftover::Zypper]),
    (&["zypper"], &["cc"], &[], &[Leftover::Zypper]),
    (&["pip"], &["cache", "purge"], &[], &[Leftover::Pip]),
    (&["uv"], &["cache", "clean"], &[], &[Leftover::Uv]),
    (&["poetry"], &["cache", "clear"], &["--all"], &[Leftover::Poetry]),
    (&["conda", "mamba", "micromamba"], &["clean"], &["-a", "--all", "-p", "--packages", "-t", "--tarballs", "-f", "--force-pkgs-dirs"], &[Leftover::Conda]),
    // Before npm 5 without `--force`; since then that stops the build.
    (&["npm"], &["cache", "clean"], &[], &[Leftover::Npm]),
    (&["npm"], &["cache", "clear"], &[], &[Leftover::Npm]),
    (&["npm"], &["cache", "rm"], &[], &[Leftover::Npm]),
    (&["yarn"], &["cache", "clean"], &[], &[Leftover::Yarn]),
    (&["pnpm"], &["store", "prune"], &[], &[Leftover::Pnpm]),
    (&["bun"], &["pm", "cache", "rm"], &[], &[Leftover::Bun]),
    (&["composer"], &["clear-cache"], &[], &[Leftover::Composer]),
    (&["composer"], &["clearcache"], &[], &[Leftover::Composer]),
    (&["composer"], &["cc"], &[], &[Leftover::Composer]),
    (&["go"], &["clean"], &["-modcache", "-cache"], &[Leftover::Go]),
];
