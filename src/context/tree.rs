//! The files of a context, on disk or in memory.

use crate::text::Memo;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::path::{Wildcard, has_wildcard, in_context};
use crate::context::manifests::Project;
use crate::knowledge::directories;

/// The most entries that are listed.
pub const MAX_ENTRIES: usize = 20_000;
/// The deepest directory that is listed; entries of the root are at depth 1.
pub const MAX_DEPTH: usize = 32;
/// The largest file that is read, in bytes.
pub const MAX_TEXT: u64 = 256 << 10;

/// A file, directory or other thing of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the root, with `/`. Characters that are not UTF-8 are replaced.
    pub path: String,
    pub kind: Kind,
    /// Bytes, of a file.
    pub size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    /// A symbolic link, to whatever.
    Link,
    /// A pipe, socket or device.
    Special,
}

#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    pub(super) truncated: bool,
}

#[derive(Debug)]
enum Store {
    Disk {
        root: PathBuf,
        /// Without links; `None` if there is no such directory.
        real: Option<PathBuf>,
    },
    /// By path; `None` is a directory. Parents are there too, the root is `""`.
    Memory(BTreeMap<String, Option<String>>),
}

#[derive(Debug)]
pub(super) struct Tree {
    store: Store,
    /// What is at the root, on disk; `None` when there is too much to keep.
    top: OnceLock<Option<BTreeMap<String, Kind>>>,
    listing: OnceLock<Listing>,
    /// Where in the listing the entries of a name stand.
    by_name: OnceLock<HashMap<String, Vec<usize>>>,
    project: OnceLock<Project>,
    is_project: OnceLock<bool>,
    is_program: OnceLock<bool>,
    /// What the fixes have found in the sources.
    pub(super) memo: Memo,
    /// Of those in memory.
    executable: BTreeSet<String>,
    /// Texts that are newer than the files on disk.
    unsaved: Unsaved,
}

/// Texts of files that have not been written yet, by their real paths; shared by all who read them.
#[derive(Clone, Debug, Default)]
pub struct Unsaved(Arc<RwLock<HashMap<PathBuf, String>>>);

impl Unsaved {
    /// The text of a file, by its real path; `None` if the file on disk is as new.
    pub fn get(&self, path: &Path) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// Sets the text of a file, or forgets it.
    pub fn set(&self, path: &Path, text: Option<String>) {
        let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match text {
            Some(text) => texts.insert(path.to_path_buf(), text),
            None => texts.remove(path),
        };
    }

    fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        self.get(path).map(String::into_bytes).filter(|text| text.len() as u64 <= MAX_TEXT)
    }
}

impl Tree {
    pub(super) fn disk(root: PathBuf) -> Self {
        let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
        let real = root.canonicalize().ok().filter(|real| real.is_dir());
        Self::new(Store::Disk { root, real })
    }

    /// The same, where some files are read from an editor.
    pub(super) fn with_unsaved(self, unsaved: Unsaved) -> Self {
        Self { unsaved, ..self }
    }

    pub(super) fn unsaved(&self) -> Unsaved {
        self.unsaved.clone()
    }

    pub(super) fn memory(mut texts: BTreeMap<String, Option<String>>, executable: BTreeSet<String>) -> Self {
        let parents: BTreeSet<String> = texts
            .keys()
            .flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()))
            .chain([String::new()])
            .collect();
        texts.extend(parents.into_iter().map(|path| (path, None)));
        Self { executable, ..Self::new(Store::Memory(texts)) }
    }

    /// Whether somebody may execute a file; `None` where nobody knows, as on Windows.
    pub(super) fn is_executable(&self, path: &str) -> Option<bool> {
        if let Store::Memory(texts) = &self.store {
            return texts.get(path)?.is_some().then(|| self.executable.contains(path));
        }
        let found = self.resolve(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let known = fs::metadata(found).ok()?;
            known.is_file().then(|| known.permissions().mode() & 0o111 != 0)
        }
        #[cfg(not(unix))]
        {
            let _ = found;
            None
        }
    }

    fn new(store: Store) -> Self {
        let (top, listing, by_name, project, is_project, is_program) = Default::default();
        let (memo, executable, unsaved) = Default::default();
        Self { store, top, listing, by_name, project, is_project, is_program, memo, executable, unsaved }
    }

    pub(super) fn root(&self) -> Option<&Path> {
        match &self.store {
            Store::Disk { root, .. } => Some(root),
            Store::Memory(_) => None,
        }
    }

    pub(super) fn project(&self, read: impl FnOnce() -> Project) -> &Project {
        self.project.get_or_init(read)
    }

    /// Whether one of these names or patterns is there. Looked up once: always ask for the same.
    pub(super) fn is_project(&self, files: &[&str]) -> bool {
        *self.is_project.get_or_init(|| files.iter().any(|name| !self.glob(name).is_empty()))
    }

    /// The same, for other names or patterns.
    pub(super) fn is_program(&self, files: &[&str]) -> bool {
        *self.is_program.get_or_init(|| files.iter().any(|name| !self.glob(name).is_empty()))
    }

    /// Where a path of the context is on disk, links followed; `None` when it does not exist or
    /// lies outside of the context.
    fn resolve(&self, path: &str) -> Option<PathBuf> {
        let Store::Disk { real: Some(real), .. } = &self.store else { return None };
        if !self.may_have(path) {
            return None;
        }
        let found = real.join(path).canonicalize().ok()?;
        found.starts_with(real).then_some(found)
    }

    /// Whether the root has the first part of `path`. Most questions about a directory that is not the
    /// context end here, without asking the disk.
    fn may_have(&self, path: &str) -> bool {
        let first = path.split('/').next().unwrap_or_default();
        first.is_empty() || self.top().is_none_or(|names| names.contains_key(first))
    }

    /// Whether something may lie in what the root has of this name: a pattern such as `*/go.mod` asks that of all there is.
    fn may_hold(&self, path: &str) -> bool {
        let kind = self.top().and_then(|names| names.get(path));
        !matches!(kind, Some(Kind::File | Kind::Special))
    }

    fn top(&self) -> Option<&BTreeMap<String, Kind>> {
        let Store::Disk { real: Some(real), .. } = &self.store else { return None };
        let read = || {
            let names: BTreeMap<String, Kind> = read_folder(real).take(MAX_ENTRIES + 1).collect();
            (names.len() <= MAX_ENTRIES).then_some(names)
        };
        self.top.get_or_init(read).as_ref()
    }

    /// What is at `path`, the last part not followed if it is a link.
    pub(super) fn kind(&self, path: &str) -> Option<Kind> {
        match &self.store {
            Store::Memory(texts) => Some(if texts.get(path)?.is_some() { Kind::File } else { Kind::Folder }),
            Store::Disk { .. } => {
                if !self.may_have(path) {
                    return None;
                }
                let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
                if parent.is_empty() && !name.is_empty() && let Some(names) = self.top() {
                    return names.get(name).copied();
                }
                let at = self.resolve(parent)?.join(name);
                Some(kind_of(fs::symlink_metadata(at).ok()?.file_type()))
            }
        }
    }

    /// See [`super::Context::broken_link`].
    pub(super) fn broken_link(&self, path: &str) -> Option<String> {
        if self.kind(path)? != Kind::Link {
            return None;
        }
        let Store::Disk { real: Some(real), .. } = &self.store else { return None };
        let target = fs::read_link(real.join(path)).ok()?.to_str()?.to_owned();
        // `/` and `..` stop at the root of the context.
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let from = if target.starts_with('/') { "" } else { parent };
        let found = in_context(&format!("{from}/{target}"));
        (self.resolve(path).is_none() && self.kind(&found).is_none()).then_some(target)
    }

    pub(super) fn is_dir(&self, path: &str) -> bool {
        match &self.store {
            Store::Memory(texts) => texts.get(path).is_some_and(Option::is_none),
            Store::Disk { .. } => self.resolve(path).is_some_and(|path| path.is_dir()),
        }
    }

    pub(super) fn read(&self, path: &str) -> Option<Cow<'_, str>> {
        match &self.store {
            Store::Memory(texts) => texts.get(path)?.as_deref().map(Cow::Borrowed),
            Store::Disk { .. } => {
                let text = String::from_utf8(self.newest(&self.resolve(path)?)?).ok()?;
                (!text.contains('\0')).then_some(Cow::Owned(text))
            }
        }
    }

    pub(super) fn read_bytes(&self, path: &str) -> Option<Vec<u8>> {
        match &self.store {
            Store::Memory(texts) => Some(texts.get(path)?.as_ref()?.clone().into_bytes()),
            Store::Disk { .. } => self.newest(&self.resolve(path)?),
        }
    }

    /// A file beside the Dockerfile, which need not be in the context. A link must stay in that directory.
    pub(super) fn read_beside(&self, path: &Path) -> Option<Vec<u8>> {
        match &self.store {
            Store::Memory(_) => self.read_bytes(&in_context(path.to_str()?)),
            Store::Disk { root, .. } => {
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
                if parent == root && !path.file_name().and_then(OsStr::to_str).is_none_or(|name| self.may_have(name)) {
                    return None;
                }
                let found = path.canonicalize().ok()?;
                if found.starts_with(parent.canonicalize().ok()?) { self.newest(&found) } else { None }
            }
        }
    }

    /// The text of a file by its real path, unsaved or on disk.
    fn newest(&self, path: &Path) -> Option<Vec<u8>> {
        self.unsaved.bytes(path).or_else(|| read_small(path))
    }

    pub(super) fn listing(&self) -> &Listing {
        self.listing.get_or_init(|| match &self.store {
            Store::Memory(texts) => list_memory(texts),
            Store::Disk { real: Some(real), .. } => list_disk(real),
            Store::Disk { real: None, .. } => Listing::default(),
        })
    }

    /// See [`super::Context::named`].
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Entry> {
        let entries = &self.listing().entries;
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name = HashMap::<String, Vec<usize>>::new();
            for (at, entry) in entries.iter().enumerate() {
                let name = entry.path.rsplit('/').next().unwrap_or_default();
                by_name.entry(name.to_owned()).or_default().push(at);
            }
            by_name
        });
        by_name.get(name).into_iter().flatten().map(|at| &entries[*at])
    }

    /// See [`super::Context::glob`]. Goes directory by directory and reads only those that can matter.
    pub(super) fn glob(&self, pattern: &str) -> Vec<String> {
        if !has_wildcard(pattern) {
            // Without wildcard the builder takes a backslash as it is.
            let path = in_context(pattern);
            return if self.kind(&path).is_some() { vec![path] } else { Vec::new() };
        }
        let pattern = in_context(pattern);
        let mut found = vec![String::new()];
        for part in pattern.split('/') {
            let mut next = Vec::new();
            found.retain(|folder| self.may_hold(folder));
            if has_wildcard(part) || part.contains('\\') {
                let Some(wildcard) = Wildcard::new(part) else { return Vec::new() };
                for folder in &found {
                    let names = self.names(folder, &wildcard).into_iter();
                    next.extend(names.take(MAX_ENTRIES.saturating_sub(next.len())).map(|name| join(folder, &name)));
                }
            } else {
                let paths = found.iter().map(|folder| join(folder, part));
                next.extend(paths.filter(|path| self.kind(path).is_some()));
            }
            found = next;
        }
        found.sort();
        found
    }

    /// The names in a directory that fit, unsorted.
    fn names(&self, folder: &str, wildcard: &Wildcard) -> Vec<String> {
        match &self.store {
            Store::Memory(texts) => {
                let below = texts.keys().filter(|path| !path.is_empty());
                let names = below.filter_map(|path| match folder {
                    "" => Some(path.as_str()),
                    _ => path.strip_prefix(folder)?.strip_prefix('/'),
                });
                names.filter(|name| !name.contains('/') && wildcard.matches(name)).map(str::to_owned).collect()
            }
            Store::Disk { .. } => match self.top() {
                Some(names) if folder.is_empty() => {
                    names.keys().filter(|name| wildcard.matches(name)).cloned().collect()
                }
                _ => {
                    let names =
                        self.resolve(folder).into_iter().flat_map(|folder| read_folder(&folder).map(|(name, _)| name));
                    names.take(MAX_ENTRIES).filter(|name| wildcard.matches(name)).collect()
                }
            },
        }
    }
}

/// What is in a directory; nothing if it cannot be read.
fn read_folder(folder: &Path) -> impl Iterator<Item = (String, Kind)> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| {
        let kind = entry.file_type().map_or(Kind::Special, kind_of);
        (entry.file_name().to_string_lossy().into_owned(), kind)
    })
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn kind_of(file_type: fs::FileType) -> Kind {
    if file_type.is_symlink() {
        Kind::Link
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else {
        Kind::Special
    }
}

/// A regular file of at most [`MAX_TEXT`] bytes. Never waits on a pipe or a device.
fn read_small(path: &Path) -> Option<Vec<u8>> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_TEXT {
        return None;
    }
    let mut bytes = Vec::new();
    // Files of /proc and the like are longer than they say.
    fs::File::open(path).ok()?.take(MAX_TEXT + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_TEXT).then_some(bytes)
}

fn list_memory(texts: &BTreeMap<String, Option<String>>) -> Listing {
    let mut entries: Vec<Entry> = texts
        .iter()
        .filter(|(path, _)| !path.is_empty())
        .map(|(path, text)| match text {
            Some(text) => Entry { path: path.clone(), kind: Kind::File, size: text.len() as u64 },
            None => Entry { path: path.clone(), kind: Kind::Folder, size: 0 },
        })
        .collect();
    entries.sort_by(|a, b| (depth(&a.path), &a.path).cmp(&(depth(&b.path), &b.path)));
    let truncated = entries.len() > MAX_ENTRIES;
    entries.truncate(MAX_ENTRIES);
    Listing { entries, truncated }
}

fn depth(path: &str) -> usize {
    path.matches('/').count() + 1
}

/// Breadth first, so that a limit cuts what lies deepest; bulky directories when all else is listed.
fn list_disk(root: &Path) -> Listing {
    let mut listing = Listing::default();
    let mut folders = VecDeque::from([(root.to_path_buf(), String::new())]);
    let mut bulky = VecDeque::new();
    while let Some((folder, path)) = folders.pop_front().or_else(|| bulky.pop_front()) {
        let room = MAX_ENTRIES - listing.entries.len();
        if room == 0 || !path.is_empty() && depth(&path) >= MAX_DEPTH {
            listing.truncated = true;
            continue;
        }
        let Ok(read) = fs::read_dir(&folder) else {
            listing.truncated = true;
            continue;
        };
        let mut found: Vec<_> = read.flatten().take(room + 1).collect();
        if found.len() > room {
            listing.truncated = true;
            found.pop();
        }
        found.sort_by_cached_key(fs::DirEntry::file_name);
        for entry in found {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_or(Kind::Special, kind_of);
            let size = if kind == Kind::File { entry.metadata().map_or(0, |metadata| metadata.len()) } else { 0 };
            let path = join(&path, &name);
            if kind == Kind::Folder {
                let queue = if directories::BULKY.contains(&name.as_str()) { &mut bulky } else { &mut folders };
                queue.push_back((entry.path(), path.clone()));
            }
            listing.entries.push(Entry { path, kind, size });
        }
    }
    listing
}
