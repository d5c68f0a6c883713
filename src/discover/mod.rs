//! Which files to check: a named file is taken as it is, a directory is searched.

mod globs;
mod ignore_files;
mod names;
mod real_paths;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};

pub use globs::{Globs, PathGlobs};
use names::Name;
pub use real_paths::RealPaths;

use crate::text::utf16;

/// Whether a file is a Compose file, by its name.
pub fn is_compose(path: &Path) -> bool {
    names::of(path) == Some(Name::Compose)
}

/// Directories that a search skips: version control, and what package managers install.
pub use crate::knowledge::directories::NOT_SEARCHED as DEFAULT_EXCLUDE;

/// Whether a file is a Dockerfile by its name alone, or may be one.
pub fn is_dockerfile_name(path: &Path) -> bool {
    matches!(names::of(path), Some(Name::Dockerfile | Name::Ambiguous))
}

/// How deep a search goes, in directories.
const MAX_DEPTH: usize = 128;
/// How much of a file is looked at to tell what it is, in bytes.
const PEEK: u64 = 8 << 10;

/// What to skip.
#[derive(Clone, Debug)]
pub struct SearchOptions {
    /// What is skipped; of a directory, everything in it.
    pub exclude: Vec<Globs>,
    /// What is checked although its name is not that of a Dockerfile.
    pub include: Vec<Globs>,
    /// Skip excluded files and directories even if they are named.
    pub force_exclude: bool,
    /// Respect `.gitignore`, `.ignore` and git's own exclude files when searching. Off for grading: a submission must
    /// not hide files.
    pub gitignore: bool,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self { exclude: Vec::new(), include: Vec::new(), force_exclude: false, gitignore: true }
    }
}

/// The files to check.
#[derive(Debug, Default)]
pub struct FoundFiles {
    /// Dockerfiles, sorted, each file once.
    pub files: Vec<PathBuf>,
    /// Compose files, sorted, each file once.
    pub compose: Vec<PathBuf>,
    /// What a search skipped although the name matches, and why. Sorted.
    pub skipped: Vec<(PathBuf, Skip)>,
    /// What could not be read, in the order of the given paths.
    pub errors: Vec<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// Excluded by the options; only of files that were named.
    Excluded,
    /// Not a text file.
    Binary,
    /// A template that a Dockerfile is made from.
    Template,
    /// A program or document with a similar name.
    NotDockerfile,
    /// A symbolic link that leaves the searched directory.
    LinkOutside,
    /// A symbolic link that leads nowhere.
    BrokenLink,
}

/// A path, or a glob, that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub path: PathBuf,
    /// What is wrong, without the path.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path.display(), self.message, self.help)
    }
}

impl std::error::Error for Error {}

/// Finds the files to check. Paths that fail are in [`FoundFiles::errors`] and do not affect the others. FoundFiles paths
/// start as the given ones do.
pub fn discover(paths: &[PathBuf], options: &SearchOptions) -> FoundFiles {
    let (seen, real, found) = Default::default();
    let (exclude, include) = Default::default();
    let mut search = Search { exclude, include, options, seen, real, found };
    match (PathGlobs::new(&options.exclude), PathGlobs::new(&options.include)) {
        (Ok(exclude), Ok(include)) => (search.exclude, search.include) = (exclude, include),
        (exclude, include) => search.found.errors.extend(exclude.err().into_iter().chain(include.err())),
    }
    for path in paths {
        if let Err(error) = search.path(path) {
            search.found.errors.push(error);
        }
    }
    search.finish()
}

struct Search<'a> {
    options: &'a SearchOptions,
    exclude: PathGlobs,
    include: PathGlobs,
    /// By the path without links: the path to report, and whether it is a Compose file.
    seen: BTreeMap<PathBuf, (PathBuf, bool)>,
    real: RealPaths,
    found: FoundFiles,
}

impl Search<'_> {
    /// A path that the user gave.
    fn path(&mut self, path: &Path) -> Result<(), Error> {
        let failed = |error: &io::Error| Error::of_io(path, error);
        let metadata = fs::metadata(path).map_err(|error| failed(&error))?;
        let real = self.real.of(path).map_err(|error| failed(&error))?;
        if self.options.force_exclude
            && (self.exclude.with_parents(&real) || in_default_exclude(&real, &self.options.exclude))
        {
            self.found.skipped.push((path.to_path_buf(), Skip::Excluded));
            return Ok(());
        }
        if metadata.is_dir() {
            fs::read_dir(path).map_err(|error| failed(&error))?;
            // Those of the directories above are read too.
            let readable = !self.options.gitignore || !real.ancestors().any(|above| self.is_unreadable(above));
            self.walk(path, &real, &real, self.options.gitignore && readable);
            return Ok(());
        }
        if !metadata.is_file() {
            return Err(Error::new(
                path,
                "is neither a file nor a directory",
                "pass a Dockerfile or a directory that contains one",
            ));
        }
        let bytes = peek(path).map_err(|error| failed(&error))?;
        if let Some(skip) = self.options.force_exclude.then(|| self.unsearched(path, &real, &bytes)).flatten() {
            self.found.skipped.push((path.to_path_buf(), skip));
            return Ok(());
        }
        let is_compose = names::of(path) == Some(Name::Compose);
        match look(&bytes) {
            Content::Utf32 => return Err(Error::encoding(path, "UTF-32")),
            Content::Utf16 if is_compose => return Err(Error::encoding(path, "UTF-16")),
            Content::Binary => return Err(Error::new(path, "not a text file", "pass a Dockerfile")),
            Content::Text | Content::Utf16 => {}
        }
        self.add(real, path, is_compose);
        Ok(())
    }

    /// Why a search would leave out a file whose name is like that of a Dockerfile.
    fn unsearched(&self, path: &Path, real: &Path, bytes: &[u8]) -> Option<Skip> {
        match names::of(path)? {
            _ if self.include.matches(real) => None,
            Name::Template => Some(Skip::Template),
            Name::Ambiguous if !names::has_from(bytes) => Some(Skip::NotDockerfile),
            _ => None,
        }
    }

    /// Whether an ignore file of the directory is not to be read. Reports it.
    fn is_unreadable(&mut self, directory: &Path) -> bool {
        let Some((name, why)) = ignore_files::unreadable(directory) else { return false };
        let path = directory.join(name);
        let path = std::env::current_dir()
            .ok()
            .and_then(|here| Some(path.strip_prefix(here).ok()?.to_path_buf()))
            .unwrap_or(path);
        self.found.errors.push(Error::new(
            &path,
            format!("{why}, not read"),
            "fix or remove it; nothing is ignored until then",
        ));
        true
    }

    /// Searches a directory; `real` is its path without links, and `root` that of the whole search. With `gitignore` the ignore files in it are respected, but
    /// not in a directory that has one which is not to be read.
    fn walk(&mut self, directory: &Path, real: &Path, root: &Path, gitignore: bool) {
        let mut builder = WalkBuilder::new(directory);
        builder.standard_filters(gitignore).hidden(false).follow_links(false).max_depth(Some(MAX_DEPTH));
        let exclude = self.exclude.clone();
        let (base, real_base) = (directory.to_path_buf(), real.to_path_buf());
        let left_out: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
        let skipped = Arc::clone(&left_out);
        // Called before a directory's ignore files are read.
        builder.filter_entry(move |entry| {
            let relative = entry.path().strip_prefix(&base).unwrap_or(entry.path());
            if entry.depth() > 0 && (is_default_exclude(entry) || exclude.matches(&real_base.join(relative))) {
                return false;
            }
            let is_dir = entry.file_type().is_some_and(|file_type| file_type.is_dir());
            let unreadable =
                gitignore && is_dir && entry.depth() > 0 && ignore_files::unreadable(entry.path()).is_some();
            if unreadable {
                skipped.lock().unwrap_or_else(PoisonError::into_inner).push(relative.to_path_buf());
            }
            !unreadable
        });
        for entry in builder.build() {
            match entry {
                Ok(entry) => {
                    if let Err(error) = self.entry(&entry, (directory, real), root) {
                        self.found.errors.push(error);
                    }
                }
                Err(error) => self.found.errors.push(Error::of_walk(directory, &error)),
            }
        }
        let left_out = std::mem::take(&mut *left_out.lock().unwrap_or_else(PoisonError::into_inner));
        for relative in left_out {
            self.is_unreadable(&real.join(&relative));
            self.walk(&directory.join(&relative), &real.join(&relative), root, false);
        }
    }

    /// An entry of a searched directory.
    fn entry(&mut self, entry: &DirEntry, (base, real): (&Path, &Path), root: &Path) -> Result<(), Error> {
        let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
        let relative = entry.path().strip_prefix(base).unwrap_or(entry.path());
        let included = || self.include.matches(&real.join(relative));
        let name = match names::of(path) {
            _ if !self.options.include.is_empty() && included() => Name::Dockerfile,
            Some(name) => name,
            None => return Ok(()),
        };
        let Some(file_type) = entry.file_type() else { return Ok(()) };
        let failed = |error: &io::Error| Error::of_io(path, error);
        if file_type.is_symlink() {
            let Ok(target) = path.canonicalize() else {
                self.found.skipped.push((path.to_path_buf(), Skip::BrokenLink));
                return Ok(());
            };
            if !target.starts_with(root) {
                self.found.skipped.push((path.to_path_buf(), Skip::LinkOutside));
                return Ok(());
            }
            if !target.is_file() {
                return Ok(());
            }
        } else if !file_type.is_file() {
            // A directory may be named Dockerfile; a pipe must not be opened.
            return Ok(());
        }
        let bytes = peek(path).map_err(|error| failed(&error))?;
        let skip = match (look(&bytes), name) {
            (Content::Utf32, _) => return Err(Error::encoding(path, "UTF-32")),
            (Content::Utf16, Name::Compose) => return Err(Error::encoding(path, "UTF-16")),
            (Content::Binary, _) => Skip::Binary,
            (_, Name::Template) => Skip::Template,
            (_, Name::Ambiguous) if !names::has_from(utf16::decode(&bytes).as_deref().map_or(&bytes[..], str::as_bytes)) => {
                Skip::NotDockerfile
            }
            (Content::Text | Content::Utf16, _) => {
                let real = self.real.of(path).map_err(|error| failed(&error))?;
                self.add(real, path, name == Name::Compose);
                return Ok(());
            }
        };
        self.found.skipped.push((path.to_path_buf(), skip));
        Ok(())
    }

    /// Of two paths to one file, the one that is not a link is reported, else the first.
    fn add(&mut self, real: PathBuf, path: &Path, compose: bool) {
        let is_link = |path: &Path| path.file_name() != real.file_name();
        let link = is_link(path);
        let replace = self.seen.get(&real).is_none_or(|(known, _)| is_link(known) && !link);
        if replace {
            self.seen.insert(real, (path.to_path_buf(), compose));
        }
    }

    fn finish(mut self) -> FoundFiles {
        for (path, compose) in self.seen.into_values() {
            if compose { &mut self.found.compose } else { &mut self.found.files }.push(path);
        }
        self.found.files.sort();
        self.found.compose.sort();
        self.found.skipped.sort();
        // A directory that is named twice fails twice.
        let mut seen = HashSet::new();
        self.found.errors.retain(|error| seen.insert((error.path.clone(), error.message.clone())));
        self.found
    }
}

fn is_default_exclude(entry: &DirEntry) -> bool {
    let is_dir = entry.file_type().is_some_and(|file_type| file_type.is_dir());
    is_dir && DEFAULT_EXCLUDE.iter().any(|name| entry.file_name() == *name)
}

/// Whether a search skips a directory between the path, without links, and the roots that contain it.
fn in_default_exclude(path: &Path, roots: &[Globs]) -> bool {
    let below = roots.iter().find_map(|globs| path.strip_prefix(globs.root.canonicalize().ok()?).ok());
    let directories = below.and_then(Path::parent).into_iter().flat_map(Path::components);
    directories.into_iter().any(|directory| DEFAULT_EXCLUDE.iter().any(|name| directory.as_os_str() == *name))
}

enum Content {
    Text,
    Binary,
    Utf16,
    Utf32,
}

fn peek(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(PEEK as usize);
    fs::File::open(path)?.take(PEEK).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn look(bytes: &[u8]) -> Content {
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        Content::Utf32
    } else if utf16::is_utf16(bytes) {
        Content::Utf16
    } else if is_binary(bytes) {
        Content::Binary
    } else {
        Content::Text
    }
}

/// Whether bytes are not text. To BuildKit a NUL is a character like any other, so a few of them between others are text.
fn is_binary(bytes: &[u8]) -> bool {
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    // A character may be cut off at the end.
    let is_utf8 = || std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    zeros > 0 && (zeros * 8 > bytes.len() || !is_utf8())
}

impl Error {
    fn new(path: &Path, message: impl Into<String>, help: &'static str) -> Self {
        Self { path: path.to_path_buf(), message: message.into(), help }
    }

    fn encoding(path: &Path, encoding: &str) -> Self {
        Self::new(path, format!("encoded as {encoding}, which is not read"), "save it as UTF-8")
    }

    fn of_io(path: &Path, error: &io::Error) -> Self {
        let (message, help) = match error.kind() {
            io::ErrorKind::NotFound if fs::symlink_metadata(path).is_ok() => {
                ("broken symbolic link".to_owned(), "fix or remove the link")
            }
            io::ErrorKind::NotFound => ("no such file or directory".to_owned(), "check the spelling of the path"),
            io::ErrorKind::PermissionDenied => {
                ("permission denied".to_owned(), "give the user who runs plimsoll read access, or exclude it")
            }
            io::ErrorKind::NotADirectory => {
                ("no such file or directory: part of the path is a file".to_owned(), "check the spelling of the path")
            }
            _ if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) => {
                (format!("symbolic link cannot be followed: {error}"), "fix or remove the link")
            }
            _ => (format!("cannot be read: {error}"), "check the path"),
        };
        Self::new(path, message, help)
    }

    fn of_walk(directory: &Path, error: &ignore::Error) -> Self {
        let mut path = directory.to_path_buf();
        let mut inner = error;
        loop {
            match inner {
                ignore::Error::WithPath { path: at, err } => {
                    path.clone_from(at);
                    inner = err;
                }
                ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
                ignore::Error::Io(error) => return Self::of_io(&path, error),
                _ => return Self::new(&path, format!("cannot be searched: {error}"), "check the path"),
            }
        }
    }
}

#[cfg(test)]
mod tests;
