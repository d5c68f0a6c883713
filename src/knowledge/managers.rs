//! Package managers: which there are, how their command lines read, the files of a project that they read, what
//! they leave in an image, and how they omit what only development needs.

mod leftovers;
mod table;

pub use leftovers::{CLEANERS, Leftover, PLACES};
pub use table::{FILE_ENDINGS, ROWS, Row, Syntax};

/// Texts with which a file adds a source of a distribution's packages.
pub const SOURCE_SIGNS: &[&str] = &[
    "deb http", "deb [", "apt-repository", "/etc/apt/sources.list.d", "/etc/yum.repos.d", "--add-repo", "addrepo",
    "/etc/apk/repositories",
];

/// Texts with which it adds the key for one.
pub const KEY_SIGNS: &[&str] = &[
    "apt-key", "signed-by", "keyring", "trusted.gpg", "ppa:", "gpgkey=", "--import", "gpg-auto-import-keys", "/etc/apk/keys",
];

/// A package manager, of a distribution or of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manager {
    /// apt-get, apt, aptitude.
    Apt,
    Apk,
    /// dnf, dnf5, microdnf, tdnf.
    Dnf,
    Yum,
    Zypper,
    Pacman,
    Emerge,
    /// pip, pip3, python -m pip, uv pip.
    Pip,
    Pipx,
    Uv,
    Pipenv,
    Poetry,
    /// conda, mamba, micromamba.
    Conda,
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Gem,
    Bundle,
    Composer,
    Go,
    Cargo,
}

/// The files of a project from which a manager installs.
#[derive(Clone, Copy, Debug)]
pub struct ProjectFiles {
    /// Lists what the project asks for.
    pub manifest: &'static str,
    /// Say which versions that gives; any one of them.
    pub locks: &'static [&'static str],
    /// Both, as the sources of a `COPY`.
    pub patterns: &'static [&'static str],
}

/// How a manager omits packages that only development needs.
#[derive(Clone, Copy, Debug)]
pub struct Omission {
    /// Any of these flags settles whether they are installed.
    pub flags: &'static [&'static str],
    /// So does any of these environment variables.
    pub variables: &'static [&'static str],
    /// The flag to write; empty if there is none.
    pub flag: &'static str,
}

const NPM_VARIABLES: &[&str] =
    &["NPM_CONFIG_OMIT", "NPM_CONFIG_PRODUCTION", "NPM_CONFIG_ONLY", "npm_config_omit", "npm_config_production"];

/// Subcommands of the managers of Node.js, besides those that install, which are not names of packages to install.
pub const NODE_VERBS: &[&str] = &["build", "cache", "ci", "config", "prune", "rebuild", "run", "start", "test"];

/// Subcommands with which the managers of Node.js run a script of the project or a program of a package.
pub const RUN_SUBCOMMANDS: &[&str] = &["run", "run-script", "exec", "test", "dlx", "x"];

/// Programs of npm packages that are not named like their package.
pub const PROGRAMS_OF_PACKAGES: &[(&str, &str)] = &[
    ("astro-check", "@astrojs/check"),
    ("babel", "@babel/cli"),
    ("cross-env-shell", "cross-env"),
    ("nest", "@nestjs/cli"),
    ("ng", "@angular/cli"),
    ("nuxi", "nuxt"),
    ("quasar", "@quasar/app-webpack"),
    ("remix", "@remix-run/dev"),
    ("run-p", "npm-run-all"),
    ("run-s", "npm-run-all"),
    ("svelte-kit", "@sveltejs/kit"),
    ("swc", "@swc/cli"),
    ("tsc", "typescript"),
    ("vue-cli-service", "@vue/cli-service"),
];

/// Settings that turn verification off, written to a file or passed to `-o`, `--setopt` or `config set`: in lower case,
/// without spaces.
pub const UNVERIFIED_SETTINGS: &[&str] = &[
    "trusted=yes", "allowunauthenticated=true", "allowunauthenticated=1", "allowunauthenticated\"true",
    "allowinsecurerepositories=true", "allowinsecurerepositories=1", "allowinsecurerepositories\"true", "gpgcheck=0",
    "gpgcheck=false", "sslverify=0", "sslverify=false", "strict-ssl=false",
];

impl Manager {
    /// Whether it installs the distribution's packages, as opposed to a language's.
    pub fn is_system(self) -> bool {
        use Manager::*;
        matches!(self, Apt | Apk | Dnf | Yum | Zypper | Pacman | Emerge)
    }

    /// Whether it installs packages of Node.js.
    pub fn is_node(self) -> bool {
        use Manager::*;
        matches!(self, Npm | Yarn | Pnpm | Bun)
    }

    /// The manager whose packages it installs: `yum` takes those of `dnf`.
    pub fn family(self) -> Manager {
        if self == Manager::Yum { Manager::Dnf } else { self }
    }

    /// The program to call: `apt-get`.
    pub fn program(self) -> &'static str {
        ROWS.iter().find(|row| row.manager == self).map_or("pacman", |row| row.names[0])
    }

    /// How a step installs a package with it: `apk add --no-cache curl`.
    pub fn install_line(self, package: &str) -> String {
        match self.family() {
            Manager::Apk => format!("apk add --no-cache {package}"),
            Manager::Apt => format!("apt-get update && apt-get install -y --no-install-recommends {package}"),
            Manager::Dnf => format!("dnf install -y {package}"),
            Manager::Pacman => format!("pacman -Sy --noconfirm {package}"),
            Manager::Zypper => format!("zypper --non-interactive install {package}"),
            _ => format!("{} install {package}", self.program()),
        }
    }

    /// The distribution's manager that a program is, by its family.
    pub fn of_system(program: &str) -> Option<Manager> {
        let row = ROWS.iter().find(|row| row.manager.is_system() && row.names.contains(&program));
        row.map(|row| row.manager.family()).or_else(|| (program == "pacman").then_some(Manager::Pacman))
    }

    /// The files of a project that it installs from.
    pub fn project_files(self) -> Option<ProjectFiles> {
        let files = |manifest, locks, patterns| Some(ProjectFiles { manifest, locks, patterns });
        match self {
            Manager::Npm => files("package.json", &["package-lock.json", "npm-shrinkwrap.json"], &["package*.json"]),
            Manager::Yarn => files("package.json", &["yarn.lock"], &["package.json", "yarn.lock"]),
            Manager::Pnpm => files("package.json", &["pnpm-lock.yaml"], &["package.json", "pnpm-lock.yaml"]),
            Manager::Bun => files("package.json", &["bun.lock", "bun.lockb"], &["package.json", "bun.lock*"]),
            Manager::Uv => files("pyproject.toml", &["uv.lock"], &["pyproject.toml", "uv.lock"]),
            Manager::Poetry => files("pyproject.toml", &["poetry.lock"], &["pyproject.toml", "poetry.lock"]),
            Manager::Pipenv => files("Pipfile", &["Pipfile.lock"], &["Pipfile*"]),
            Manager::Bundle => files("Gemfile", &["Gemfile.lock"], &["Gemfile*"]),
            Manager::Composer => files("composer.json", &["composer.lock"], &["composer.json", "composer.lock"]),
            Manager::Go => files("go.mod", &["go.sum"], &["go.mod", "go.sum"]),
            Manager::Cargo => files("Cargo.toml", &["Cargo.lock"], &["Cargo.toml", "Cargo.lock"]),
            _ => None,
        }
    }

    /// How it omits packages that only development needs; `None` where it installs none of its own accord.
    #[rustfmt::skip]
    pub fn omission(self) -> Option<Omission> {
        let omission = |flags, variables, flag| Some(Omission { flags, variables, flag });
        match self {
            Manager::Npm => omission(&["--omit", "--only", "--production", "--prod", "-g", "--global"], NPM_VARIABLES, "--omit=dev"),
            Manager::Yarn => omission(&["--production", "--prod"], NPM_VARIABLES, "--production"),
            Manager::Pnpm => omission(&["--prod", "-P", "--production", "-g", "--global"], NPM_VARIABLES, "--prod"),
            Manager::Bun => omission(&["--production", "-p", "--omit", "-g", "--global"], NPM_VARIABLES, "--production"),
            Manager::Composer => omission(&["--no-dev"], &["COMPOSER_NO_DEV"], "--no-dev"),
            Manager::Bundle => omission(&["--without", "--with"], &["BUNDLE_WITHOUT", "BUNDLE_ONLY"], ""),
            Manager::Poetry => omission(&["--only", "--without", "--no-dev"], &[], "--only main"),
            Manager::Uv => omission(&["--no-dev", "--no-default-groups", "--only-group", "--no-group"], &["UV_NO_DEV", "UV_NO_DEFAULT_GROUPS"], "--no-dev"),
            _ => None,
        }
    }

    /// Flags with which an install does not read the lock file of the directory that it runs in, or does not keep to it
    /// on purpose.
    pub const OTHER_LOCK: &[&str] = &[
        "-g", "--global", "--location", "--prefix", "-C", "--cwd", "--dir", "--no-package-lock", "--no-lockfile",
        "--package-lock-only", "--no-save", "--lockfile-only", "--no-frozen-lockfile", "--no-immutable", "--filter",
        "-F", "-w", "--workspace", "--mode", "--skip-lock", "--immutable-cache", "--offline", "--directory",
        "--project", "--active", "--production=false", "--help", "-h",
    ];

    /// Environment variables that settle whether installs keep to the lock file.
    pub const LOCK_VARIABLES: &[&str] = &[
        "CI", "YARN_ENABLE_IMMUTABLE_INSTALLS", "UV_LOCKED", "UV_FROZEN", "PIPENV_IGNORE_PIPFILE",
        "npm_config_package_lock",
    ];

    /// Flags that name another project than the one of the working directory.
    pub const OTHER_PROJECT: &[&str] =
        &["--location", "--manifest-path", "--project", "--directory", "-w", "--workspace", "--filter", "-F", "--file"];

    /// Flags with which `uv sync` does not build the project, or builds another one.
    pub const UV_WITHOUT_PROJECT: &[&str] = &[
        "--no-install-project", "--no-install-workspace", "--no-install-local", "--only-group", "--only-dev",
        "--package", "--project", "--directory", "--all-packages", "--dry-run",
    ];

    /// Flags with which `poetry install` leaves the project out, or installs another one.
    pub const POETRY_WITHOUT_PROJECT: &[&str] = &["--no-root", "--only", "--directory", "-C", "--project", "-P"];

    /// Subcommands of cargo that fail without a manifest.
    pub const CARGO_ON_PROJECT: &[&str] = &["build", "b", "test", "fetch", "check", "run"];

    /// Flags with which pip does not install into the system's Python.
    pub const PIP_ELSEWHERE: &[&str] = &["--user", "--target", "-t", "--prefix", "--root", "--python"];

    /// Flags with which an install is about another directory.
    pub const OTHER_DIRECTORY: &[&str] = &["-g", "--global", "--prefix", "--cwd", "-C", "--dir", "-d", "--working-dir"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managers_of_programs() {
        assert_eq!(Manager::of_system("microdnf"), Some(Manager::Dnf));
        assert_eq!(Manager::of_system("yum"), Some(Manager::Dnf));
        assert_eq!(Manager::of_system("pacman"), Some(Manager::Pacman));
        assert_eq!(Manager::of_system("pip"), None);
    }
}
