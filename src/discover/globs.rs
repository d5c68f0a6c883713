//! Globs for files, as `exclude` has them.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::Error;

/// Globs, and the directory they are relative to. One without `/` matches names at any depth, one with `/` is relative
/// to `root`. `*` does not match `/`, `**` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Globs {
    /// The directory of the configuration file they are from, or the working directory.
    pub root: PathBuf,
    pub globs: Vec<String>,
}

/// Some [`Globs`], compiled.
#[derive(Clone, Debug, Default)]
pub struct PathGlobs {
    sets: Vec<Set>,
}

#[derive(Clone, Debug)]
struct Set {
    /// Without links.
    root: PathBuf,
    names: GlobSet,
    paths: GlobSet,
}

impl PathGlobs {
    /// # Errors
    /// A glob is malformed, or all of them are too large.
    pub fn new(globs: &[Globs]) -> Result<Self, Error> {
        Ok(Self { sets: globs.iter().map(Set::new).collect::<Result<_, _>>()? })
    }

    /// Whether this path, without links, matches.
    pub fn matches(&self, path: &Path) -> bool {
        self.sets.iter().any(|set| set.matches(path))
    }

    /// Whether the path, without links, or a directory between the root and it matches. Outside of the root only the
    /// path itself counts.
    pub fn with_parents(&self, path: &Path) -> bool {
        self.sets.iter().any(|set| {
            let depth = path.strip_prefix(&set.root).map_or(1, |relative| relative.components().count());
            path.ancestors().take(depth).any(|path| set.matches(path))
        })
    }
}

impl Set {
    fn new(globs: &Globs) -> Result<Self, Error> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for glob in &globs.globs {
            let text = glob.strip_prefix("./").unwrap_or(glob);
            let trimmed = text.trim_end_matches('/');
            let error = |error: globset::Error| Error {
                path: PathBuf::from(glob),
                message: format!("is not a valid glob: {}", error.kind()),
                help: "fix the glob; nothing is excluded until then",
            };
            let compiled = GlobBuilder::new(trimmed.trim_start_matches('/')).literal_separator(true).build();
            let set = if trimmed.contains('/') || text.len() < glob.len() { &mut paths } else { &mut names };
            set.add(compiled.map_err(error)?);
        }
        let too_large = |error: globset::Error| Error {
            path: globs.root.clone(),
            message: format!("the globs cannot be used: {}", error.kind()),
            help: "use fewer or simpler globs; nothing is excluded until then",
        };
        let root = globs.root.canonicalize().unwrap_or_else(|_| globs.root.clone());
        Ok(Self { root, names: names.build().map_err(too_large)?, paths: paths.build().map_err(too_large)? })
    }

    fn matches(&self, path: &Path) -> bool {
        let relative = path.strip_prefix(&self.root);
        path.file_name().is_some_and(|name| self.names.is_match(name))
            || relative.is_ok_and(|path| self.paths.is_match(path))
    }
}
