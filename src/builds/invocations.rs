//! Which files of a project build a Dockerfile.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Invocation, Kind, fragments, kind, read};
use crate::context::Unsaved;

/// How many directories above a Dockerfile's own are searched.
const MAX_ABOVE: usize = 6;
/// How many files of one directory are read for what they build.
const MAX_FILES: usize = 16;
/// How many entries of a directory are looked at.
const MAX_ENTRIES: usize = 4096;

/// The builds that the files around Dockerfiles ask for. Each directory is read once, when it is asked for.
#[derive(Debug, Default)]
pub struct Invocations {
    /// Directories that are searched with what is in them, although no repository begins there.
    roots: Vec<PathBuf>,
    folders: Mutex<HashMap<PathBuf, Arc<[Invocation]>>>,
    unsaved: Unsaved,
}

impl Invocations {
    /// `roots` are directories above which nothing is searched, unless they are in a repository.
    pub fn new(roots: impl IntoIterator<Item = PathBuf>) -> Self {
        let roots = roots.into_iter().filter_map(|root| root.canonicalize().ok()).collect();
        Self { roots, folders: Mutex::default(), unsaved: Unsaved::default() }
    }

    /// The same, where some files are read from an editor.
    pub fn with_unsaved(self, unsaved: Unsaved) -> Self {
        Self { unsaved, ..self }
    }

    /// The builds of a Dockerfile that the files of its repository ask for, the nearest first.
    pub fn of(&self, dockerfile: &Path) -> Vec<Invocation> {
        let Ok(real) = dockerfile.canonicalize() else { return Vec::new() };
        let folders = self.folders_of(&real);
        let all = folders.iter().flat_map(|folder| self.of_folder(folder).iter().cloned().collect::<Vec<_>>());
        let is_of = |invocation: &Invocation| {
            // Cheap before exact.
            !invocation.is_inline
                && invocation.dockerfile.file_name() == dockerfile.file_name()
                && invocation.dockerfile.canonicalize().is_ok_and(|path| path == real)
                && invocation.context.is_dir()
                && folders.last().is_some_and(|root| is_within(&invocation.context, root))
        };
        all.filter(is_of).collect()
    }

    /// The files that may build the Dockerfiles of a project, seen from one of its files.
    pub fn files_around(&self, file: &Path) -> Vec<PathBuf> {
        let Ok(real) = file.canonicalize() else { return Vec::new() };
        self.folders_of(&real).iter().flat_map(|folder| files(folder)).collect()
    }

    /// Whether another Dockerfile of the project includes this one, so that it needs no `FROM`.
    pub fn is_included(&self, dockerfile: &Path) -> bool {
        let Ok(real) = dockerfile.canonicalize() else { return false };
        self.folders_of(&real).iter().any(|folder| fragments::includes(folder, &real))
    }

    /// The outermost directory of the project that a file is in.
    pub fn root_of(&self, file: &Path) -> Option<PathBuf> {
        self.folders_of(&file.canonicalize().ok()?).pop()
    }

    /// The directory of a file and those above it that belong to its project.
    fn folders_of(&self, real: &Path) -> Vec<PathBuf> {
        let above: Vec<_> = real.ancestors().skip(1).take(MAX_ABOVE + 1).collect();
        let repository = above.iter().position(|folder| folder.join(".git").exists());
        let named = above.iter().rposition(|folder| self.roots.iter().any(|root| root == folder));
        let last = repository.or(named).unwrap_or(0);
        above.into_iter().take(last + 1).map(Path::to_path_buf).collect()
    }

    fn of_folder(&self, folder: &Path) -> Arc<[Invocation]> {
        let known = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        known.unwrap_or_else(|| {
            let found: Arc<[Invocation]> = files(folder).iter().flat_map(|file| read(file, &self.unsaved)).collect();
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(folders.entry(folder.to_path_buf()).or_insert(found))
        })
    }
}

fn is_within(path: &Path, root: &Path) -> bool {
    path.canonicalize().is_ok_and(|path| path.starts_with(root))
}

/// The files of a directory that may build something, in a fixed order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = named(folder, |kind| matches!(kind, Kind::Compose | Kind::Hcl | Kind::Json | Kind::DevContainer));
    files.extend(named(&folder.join(".devcontainer"), |kind| kind == Kind::DevContainer));
    files.extend(named(&folder.join(".github/workflows"), |kind| matches!(kind, Kind::Yaml | Kind::Compose)));
    files.truncate(MAX_FILES);
    files
}

fn named(folder: &Path, wants: impl Fn(Kind) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let names = entries.take(MAX_ENTRIES).flatten().map(|entry| entry.file_name());
    let mut files: Vec<_> = names
        .filter(|name| name.to_str().and_then(kind).is_some_and(&wants))
        .map(|name| folder.join(name))
        .collect();
    files.sort();
    files
}
