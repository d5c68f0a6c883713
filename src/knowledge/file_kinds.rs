//! What a file is, by the ending of its name: one table, ending → kinds.

mod table;

use table::ENDINGS;

flags! {
    /// A set of kinds of files.
    Kind {
        /// A tar archive or a compressed file, which `ADD` may unpack.
        TARBALL,
        /// A package or an archive that a program or a package manager reads.
        PACKAGE,
        /// Compiled.
        BINARY,
        /// Made to be run, not written to.
        EXECUTABLE,
        /// Source code.
        SOURCE,
        /// Read only by the build of a program in machine code.
        NATIVE_SOURCE,
        /// Read only by the build of a program for the Java virtual machine.
        JVM_SOURCE,
        /// Read only by the build of a JavaScript project.
        FRONTEND_SOURCE,
        /// Runs by an interpreter.
        SCRIPT,
        /// Markup and styles.
        MARKUP,
        /// Configuration and lists.
        CONFIGURATION,
        /// Documents.
        DOCUMENT,
        /// Logs.
        LOG,
        /// Data.
        DATA,
        /// Patches.
        PATCH,
        /// Templates.
        TEMPLATE,
        /// Public keys and signatures.
        PUBLIC_KEY,
        /// Private keys, certificates and files with secrets.
        CREDENTIAL,
    }
}

impl Kind {
    /// Text that people write.
    pub const TEXT: Kind = Kind::SOURCE
        .or(Kind::SCRIPT)
        .or(Kind::MARKUP)
        .or(Kind::CONFIGURATION)
        .or(Kind::DOCUMENT)
        .or(Kind::LOG)
        .or(Kind::PATCH);

    /// Built or fetched, and rarely kept in a repository.
    pub const BUILT: Kind = Kind::TARBALL.or(Kind::PACKAGE).or(Kind::BINARY).or(Kind::CREDENTIAL);

    /// A few kilobytes at most.
    pub const SMALL: Kind =
        Kind::PATCH.or(Kind::TEMPLATE).or(Kind::CONFIGURATION).or(Kind::DOCUMENT).or(Kind::SCRIPT).or(Kind::PUBLIC_KEY);
}

/// What follows the last dot of a path's name; `None` without a dot, and for names such as `.env` whose only dot comes
/// first.
pub fn ending(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending)
}

/// The kinds of a file, by its path; none if its ending is not known.
pub fn kind(path: &str) -> Kind {
    ending(path).map(kind_of_ending).unwrap_or_default()
}

/// The kinds of files with this ending, in whatever case.
pub fn kind_of_ending(ending: &str) -> Kind {
    let row = |ending: &str| ENDINGS.binary_search_by(|row| row.0.cmp(ending)).ok().map(|at| Kind(ENDINGS[at].1));
    row(ending).or_else(|| row(&ending.to_ascii_lowercase())).unwrap_or_default()
}

/// Names without an ending of text files that people write, in whatever place. Sorted.
#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "Brewfile", "Caddyfile", "Dockerfile", "Gemfile", "Jenkinsfile", "LICENSE", "Makefile", "Pipfile", "Procfile",
    "README", "Rakefile", "VERSION", "Vagrantfile", "my.cnf", "ssh_config", "sshd_config",
];

/// Whether a file of that name is text that people write, though its name has no ending.
pub fn is_text(path: &str) -> bool {
    TEXTS.binary_search(&path.rsplit('/').next().unwrap_or(path)).is_ok()
}

/// Ends of names of archives that `ADD` unpacks.
pub const UNPACKED: &[&str] = &[".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz"];

/// Ends of names of copies that editors and merges create.
pub const BACKUPS: &[&str] = &["~", ".bak", ".orig", ".rej", ".swo", ".swp", ".tmp", "#"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_no_ending_twice() {
        assert!(ENDINGS.is_sorted_by(|one, other| one.0 < other.0));
        assert!(TEXTS.is_sorted());
    }

    #[test]
    fn kinds_of_files() {
        assert!(kind("src/main.rs").is(Kind::SOURCE) && kind("x.TAR.GZ").is(Kind::TARBALL));
        assert!(is_text("app/Makefile") && !is_text("app/make"));
        assert!(kind("Makefile").is_unknown() && kind(".env").is_unknown() && kind("a.b/c").is_unknown());
    }
}
