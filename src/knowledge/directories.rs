//! Directories of projects, by what is usually in them.

/// What projects call directories, and no archive. Sorted.
pub const DIRECTORIES: &[&str] = &[
    "app", "assets", "bin", "certs", "conf", "conf.d", "config", "configs", "contrib", "data", "dist", "docker", "docs",
    "etc", "examples", "files", "fixtures", "html", "include", "jobs", "lib", "libs", "locale", "migrations", "models",
    "nginx", "plugins", "public", "requirements", "root", "samples", "scripts", "src", "ssh", "ssl", "static", "templates",
    "test", "tests", "themes", "tools", "users", "usr", "utils", "views", "wheelhouse", "wheels", "www",
];

/// Version control, and what package managers install: a search leaves them out.
pub const NOT_SEARCHED: &[&str] = &[
    ".bzr", ".direnv", ".git", ".hg", ".jj", ".nox", ".svn", ".terraform", ".tox", ".venv", "__pypackages__",
    "bower_components", "node_modules",
];

/// What is installed, built or recorded: large, and rarely what one asks about.
pub const BULKY: &[&str] = &[".git", ".venv", "build", "dist", "node_modules", "target", "vendor", "venv"];

/// In many project directories, and not needed in an image.
pub const UNWANTED: &[&str] =
    &[".git", ".env", "node_modules", "venv", ".venv", "__pycache__", ".idea", ".vscode", ".DS_Store"];

/// Builds and tools create them: a fresh checkout does not have them.
pub const CREATED_LATER: &[&str] = &[
    "node_modules", "target", ".git", ".env", "dist", "build", "venv", ".venv", "__pycache__", ".DS_Store",
    "npm-debug.log", ".idea", ".vscode", "bin", "obj", "x.log",
];

/// Tools write their results to them. In lower case, sorted.
pub const OUTPUT: &[&str] = &[
    "_build", "artifact", "artifacts", "bin", "build", "builds", "classes", "coverage", "debug", "deploy", "deps",
    "dist", "generated", "libs", "node_modules", "obj", "out", "output", "pkg", "publish", "release", "releases",
    "site", "target", "tmp", "vendor", "wheels",
];

/// Node.js projects are built into them.
pub const NODE_OUTPUT: &[&str] = &["dist", "build", "lib", "out", ".output", "server-dist"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted() {
        assert!(OUTPUT.is_sorted() && DIRECTORIES.is_sorted());
    }
}
