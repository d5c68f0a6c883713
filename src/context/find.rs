//! Which directory is the build context of a Dockerfile, when nobody says.
use crate::knowledge::project_files;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::path::in_context;
use super::tree::{Tree, Unsaved};
use super::{Confidence, Context};

/// How many directories above the Dockerfile's own are tried.
const MAX_ABOVE: usize = 4;

/// The contexts of one run. Dockerfiles of one directory share what is read of it.
#[derive(Debug, Default)]
pub struct Contexts {
    trees: Mutex<HashMap<PathBuf, Arc<Tree>>>,
    /// By directory, those above it that are tried.
    above: Mutex<HashMap<PathBuf, Arc<[PathBuf]>>>,
    unsaved: Unsaved,
}

impl Contexts {
    pub fn new() -> Self {
        Self::default()
    }

    /// Contexts that read some files from an editor.
    pub fn with_unsaved(unsaved: Unsaved) -> Self {
        Self { unsaved, ..Self::default() }
    }

    /// The context that the user names for this Dockerfile: [`Confidence::Certain`].
    pub fn named(&self, root: &Path, dockerfile: Option<&Path>) -> Context {
        Context::new(self.tree(root), dockerfile, Confidence::Certain)
    }

    /// The context that a Dockerfile most likely has. `sources` are what its COPY and ADD
    /// instructions take from the context, as written; addresses and those with a variable are
    /// ignored. The Dockerfile's own directory, unless a directory above it, up to the repository's
    /// root, has more of the sources.
    pub fn find(&self, dockerfile: &Path, sources: &[&str]) -> Context {
        self.find_below(dockerfile, sources, |_| true)
    }

    /// The same, and never a directory outside of `root`.
    pub fn find_within(&self, dockerfile: &Path, sources: &[&str], root: &Path) -> Context {
        let root = root.canonicalize().ok();
        self.find_below(dockerfile, sources, |folder| root.as_ref().is_some_and(|root| folder.starts_with(root)))
    }

    fn find_below(&self, dockerfile: &Path, sources: &[&str], may_be: impl Fn(&Path) -> bool) -> Context {
        let parent = dockerfile.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let own = self.tree(parent);
        let telling: Vec<&str> = sources.iter().copied().filter(|source| tells(source)).collect();
        let count = |tree: &Tree| telling.iter().filter(|source| !tree.glob(source).is_empty()).count();

        let (mut best, mut most, mut above) = (Arc::clone(&own), count(&own), false);
        if most < telling.len() {
            for folder in self.above(parent).iter().filter(|folder| may_be(folder)) {
                let tree = self.tree(folder);
                let found = count(&tree);
                if found > most {
                    (best, most, above) = (tree, found, true);
                }
            }
        }
        let likely = match (above, most) {
            (true, _) => most == telling.len(),
            // Nothing is named that could be missing, and there are programs.
            (false, 0) => {
                own.is_project(project_files::AT_ROOTS)
                    || telling.is_empty() && own.is_program(project_files::SMALL_PROGRAMS)
            }
            (false, _) => true,
        };
        let confidence = if likely { Confidence::Likely } else { Confidence::Unknown };
        Context::new(best, Some(dockerfile), confidence)
    }

    fn tree(&self, root: &Path) -> Arc<Tree> {
        let new = || Tree::disk(root.to_path_buf()).with_unsaved(self.unsaved.clone());
        once(&self.trees, root, || Arc::new(new()))
    }

    fn above(&self, folder: &Path) -> Arc<[PathBuf]> {
        once(&self.above, folder, || above_of(folder).into())
    }
}

/// What is kept for a directory, made when it is asked for first.
fn once<T: Clone>(kept: &Mutex<HashMap<PathBuf, T>>, folder: &Path, new: impl FnOnce() -> T) -> T {
    // A panic elsewhere leaves the map whole.
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.get(folder) {
        Some(known) => known.clone(),
        None => kept.entry(folder.to_path_buf()).or_insert(new()).clone(),
    }
}

/// Whether it says something about a directory that it has this source: not so the directory itself, a
/// pattern for everything in it, an address, or what a variable decides.
fn tells(source: &str) -> bool {
    let remote = source.contains("://") || source.starts_with("git@") || source.contains('$');
    !remote && in_context(source).contains(|char| !matches!(char, '*' | '?' | '.' | '/'))
}

/// The directories above, nearest first, up to the one with `.git`. None when `directory` has it.
fn above_of(folder: &Path) -> Vec<PathBuf> {
    let Ok(real) = folder.canonicalize() else { return Vec::new() };
    let mut above = Vec::new();
    let mut at = real.as_path();
    while !at.join(".git").exists()
        && above.len() < MAX_ABOVE
        && let Some(parent) = at.parent().filter(|parent| parent.parent().is_some())
    {
        above.push(parent.to_path_buf());
        at = parent;
    }
    above
}
