//! Git: subcommands and branches.

/// Parts of the names of scripts and files that choose a commit of a repository.
pub const CHOOSES_COMMIT: &[&str] = &["checkout", ".commit", "git-reset"];

/// Subcommands that need more than the last commit.
pub const USES_HISTORY: &[&str] = &[
    "checkout", "switch", "describe", "reset", "log", "rev-list", "merge", "rebase", "cherry-pick", "bisect", "fetch",
    "pull", "blame", "show", "revert", "submodule", "tag", "branch", "am",
];

/// Names of branches, which move with every commit.
pub const BRANCHES: &[&str] =
    &["master", "main", "develop", "dev", "development", "trunk", "HEAD", "next", "stable", "release"];

/// In a file, they tell that a build reads the repository.
pub const READS_REPOSITORY: &[&str] =
    &["git describe", "git rev-parse", "git log", "setuptools_scm", "setuptools-scm", "versioneer", "git submodule"];

/// Signs of a step that prepares SSH, or sends such URLs elsewhere.
pub const SSH_SIGNS: &[&str] =
    &["known_hosts", "ssh-keyscan", "StrictHostKeyChecking", "GIT_SSH", "/.ssh", "insteadOf", "insteadof", "id_rsa", "id_ed25519", "core.sshCommand"];
