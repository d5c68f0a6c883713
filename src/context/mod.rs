//! The build context: which files there are, what the ignore file leaves out, what the project says
//! about itself.
//!
//! Everything is read when first asked for, once, and within limits: a context may be a whole disk
//! or made to harm. Nothing outside of the context's directory is ever read, whatever links say.

mod find;
mod git;
mod ignore_file;
mod manifests;
pub mod path;
mod tree;

use crate::text::Memo;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use find::Contexts;
pub use git::GitStatus;
pub use ignore_file::{IgnoreFile, MAX_PATTERNS, Pattern, PatternError};
pub use manifests::{Dependency, Language, Node, NodeLock, Project, Python, Version};
pub use tree::{Entry, Kind, MAX_DEPTH, MAX_ENTRIES, MAX_TEXT, Unsaved};

use tree::{Listing, Tree};

/// How many times a pattern is matched with a path to determine what is sent: a few seconds at worst.
const MAX_TESTS: usize = 5_000_000;

/// How sure it is that this directory is what the builder is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A guess: what the file copies is not there, or nothing speaks for any directory.
    Unknown,
    /// The directory has what the file copies, or looks like a project.
    Likely,
    /// The user named it.
    Certain,
}

/// What would be sent to the builder, or a part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Regular files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Not everything was counted: the true numbers are larger.
    pub at_least: bool,
}

/// The build context of one Dockerfile. Paths given to its methods are relative to the context's
/// root, as COPY and ADD name them: with `/`, never above the root.
#[derive(Debug)]
pub struct Context {
    /// Shared by the Dockerfiles of one context.
    tree: Arc<Tree>,
    /// Where the Dockerfile is, if on disk; else its path in the context.
    dockerfile: Option<PathBuf>,
    confidence: Confidence,
    /// A directory above that may be read, too.
    reach: Option<Reach>,
    ignore: OnceLock<Option<IgnoreFile>>,
    sent: OnceLock<Vec<bool>>,
}

/// A directory above a context.
#[derive(Debug)]
struct Reach {
    /// Its real path.
    folder: PathBuf,
    tree: Tree,
    /// The real path of the context.
    context: PathBuf,
}

impl Context {
    /// A directory that the user says is the context. `dockerfile` may lie outside of it.
    pub fn on_disk(root: impl Into<PathBuf>, dockerfile: Option<&Path>) -> Self {
        Self::new(Arc::new(Tree::disk(root.into())), dockerfile, Confidence::Certain)
    }

    /// A context of paths and texts, for tests and pages. A path that ends in `/` is an empty directory, one that ends in
    /// `*` a file that may be executed.
    pub fn in_memory<P: AsRef<str>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let (mut texts, mut executable) = (BTreeMap::new(), BTreeSet::new());
        for (path, text) in files {
            let path = path.as_ref();
            let clean = path::in_context(path.trim_end_matches('*'));
            if path.ends_with('*') {
                executable.insert(clean.clone());
            }
            texts.insert(clean, if path.ends_with('/') { None } else { Some(text.into()) });
        }
        Self::new(Arc::new(Tree::memory(texts, executable)), Some(Path::new("Dockerfile")), Confidence::Certain)
    }

    /// The same context for a Dockerfile of another name or place. On disk its path is used as it
    /// is, in memory it is relative to the context.
    pub fn with_dockerfile(&self, dockerfile: &Path) -> Self {
        Self::new(Arc::clone(&self.tree), Some(dockerfile), self.confidence)
    }

    fn new(tree: Arc<Tree>, dockerfile: Option<&Path>, confidence: Confidence) -> Self {
        let dockerfile = dockerfile.map(Path::to_path_buf);
        Self { tree, dockerfile, confidence, reach: None, ignore: OnceLock::new(), sent: OnceLock::new() }
    }

    /// The same, where files of a directory above may be read with the `…_near` methods.
    pub fn reaching(self, folder: &Path) -> Self {
        let real = |path: &Path| path.canonicalize().ok();
        let reach = real(folder).zip(self.root().and_then(real)).map(|(folder, context)| {
            let tree = Tree::disk(folder.clone()).with_unsaved(self.tree.unsaved());
            Reach { folder, tree, context }
        });
        Self { reach, ..self }
    }

    /// As [`Context::read`], for a path that may begin with `../`.
    pub fn read_near(&self, path: &str) -> Option<Cow<'_, str>> {
        if !leads_out(path) {
            return self.read(path);
        }
        let (tree, path) = self.near(path)?;
        tree.read(&path)
    }

    /// As [`Context::exists`], for a path that may begin with `../`. `None` if it is out of reach.
    pub fn exists_near(&self, path: &str) -> Option<bool> {
        if !leads_out(path) {
            return Some(self.exists(path));
        }
        let (tree, path) = self.near(path)?;
        Some(tree.kind(&path).is_some())
    }

    /// Whether the `…_near` methods can tell anything about a path.
    pub fn reaches(&self, path: &str) -> bool {
        !leads_out(path) || self.near(path).is_some()
    }

    /// The directory that is in reach, and a path from there.
    fn near(&self, path: &str) -> Option<(&Tree, String)> {
        let reach = self.reach.as_ref()?;
        let whole = path::clean(reach.context.join(path).to_str()?);
        let rest = Path::new(&whole).strip_prefix(&reach.folder).ok()?;
        Some((&reach.tree, rest.to_str()?.to_owned()))
    }

    /// The directory, when it is on disk.
    pub fn root(&self) -> Option<&Path> {
        self.tree.root()
    }

    /// Where a layer above keeps what it has found out about the project: shared by its Dockerfiles.
    pub(crate) fn memo(&self) -> &Memo {
        &self.tree.memo
    }

    pub fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// Whether a finding may rest on what this context has, or has not. Even then a file that is
    /// missing may be one that an earlier build step makes: see [`Context::confidence`].
    pub fn is_sure(&self) -> bool {
        self.confidence >= Confidence::Likely
    }

    /// Whether there is a file, directory or link of this path. Does not apply the ignore file.
    pub fn exists(&self, path: &str) -> bool {
        self.tree.kind(&path::in_context(path)).is_some()
    }

    /// Whether it is a directory, or a link to one inside the context.
    pub fn is_dir(&self, path: &str) -> bool {
        self.tree.is_dir(&path::in_context(path))
    }

    /// The target of a symbolic link that leads nowhere in the context: out of it, or to what is not there. A builder
    /// follows a link that a source names, within the context.
    pub fn broken_link(&self, path: &str) -> Option<String> {
        self.tree.broken_link(&path::in_context(path))
    }

    /// What a COPY or ADD source names: the paths that fit it, sorted. `*` and `?` stop at `/`; a
    /// source without wildcard gives itself if it exists. Does not apply the ignore file. Empty for
    /// a malformed pattern.
    pub fn glob(&self, pattern: &str) -> Vec<String> {
        self.tree.glob(pattern)
    }

    /// Whether a file has the permission to be executed; `None` if there is no such file, or no such permission on this
    /// system. A builder copies it along, so that it is the same in the image.
    pub fn is_executable(&self, path: &str) -> Option<bool> {
        self.tree.is_executable(&path::in_context(path))
    }

    /// A small text file: at most `MAX_TEXT` bytes of UTF-8 without NUL. `None` for anything
    /// else, and for what links out of the context.
    pub fn read(&self, path: &str) -> Option<Cow<'_, str>> {
        self.tree.read(&path::in_context(path))
    }

    /// Everything in the context, ignored or not, parents first and otherwise sorted: at most
    /// `MAX_ENTRIES`, at most `MAX_DEPTH` directories deep. Links are not followed. Directories such as
    /// `.git` and `node_modules` are listed last, so that they crowd out nothing.
    pub fn entries(&self) -> &[Entry] {
        &self.tree.listing().entries
    }

    /// Those of [`Context::entries`] that have this name, in whatever directory.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Entry> {
        self.tree.named(name)
    }

    /// Whether [`Context::entries`] leaves something out.
    pub fn truncated(&self) -> bool {
        self.tree.listing().truncated
    }

    /// The ignore file in force: `NAME.dockerignore` beside the Dockerfile NAME, else
    /// `.dockerignore` at the context's root.
    pub fn ignore_file(&self) -> Option<&IgnoreFile> {
        let read = || {
            let (name, bytes) = self.read_ignore_file()?;
            Some(IgnoreFile::parse(name, bytes))
        };
        self.ignore.get_or_init(read).as_ref()
    }

    /// Takes it that there is this ignore file at the root, which is still to be written. Only before anything is asked
    /// about ignored files.
    pub fn pretend_ignore_file(&self, text: &str) {
        let _ = self.ignore.set(Some(IgnoreFile::parse(".dockerignore".to_owned(), text.as_bytes().to_vec())));
    }

    fn read_ignore_file(&self) -> Option<(String, Vec<u8>)> {
        if let Some(dockerfile) = &self.dockerfile
            && let Some(name) = dockerfile.file_name()
        {
            let mut name = name.to_os_string();
            name.push(".dockerignore");
            let own = dockerfile.with_file_name(name);
            if let Some(bytes) = self.tree.read_beside(&own) {
                return Some((own.display().to_string(), bytes));
            }
        }
        let bytes = self.tree.read_bytes(".dockerignore")?;
        let name = self.tree.root().map_or_else(|| PathBuf::from(".dockerignore"), |root| root.join(".dockerignore"));
        Some((name.display().to_string(), bytes))
    }

    /// The pattern that keeps `path` out of the context, if one does.
    pub fn ignored(&self, path: &str) -> Option<&Pattern> {
        self.ignore_file()?.matches(path)
    }

    /// What the builder is sent: everything but what is ignored.
    pub fn sent(&self) -> Size {
        self.sent_below("")
    }

    /// The part of what is sent that lies in a directory (or is that file): what `node_modules` costs.
    /// Nothing for a directory that is not there or ignored.
    pub fn sent_below(&self, path: &str) -> Size {
        let folder = path::in_context(path);
        let Listing { entries, truncated } = self.tree.listing();
        let is_sent = self.sent.get_or_init(|| self.mark_sent(entries));
        let at_least = *truncated || is_sent.len() < entries.len();
        let mut size = Size { at_least, ..Size::default() };
        for (entry, _) in entries.iter().zip(is_sent).filter(|(entry, sent)| **sent && entry.kind == Kind::File) {
            let inside = entry.path.strip_prefix(folder.as_str());
            if folder.is_empty() || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
                size.files += 1;
                size.bytes = size.bytes.saturating_add(entry.size);
            }
        }
        size
    }

    /// For each entry whether it is sent; shorter than the entries if that takes too long.
    ///
    /// The last pattern that fits an entry or a directory it is in decides. Which ones fit a directory is
    /// kept, so that no pattern looks at a path twice.
    fn mark_sent(&self, entries: &[Entry]) -> Vec<bool> {
        let Some(file) = self.ignore_file() else { return vec![true; entries.len()] };
        let patterns = file.patterns();
        let mut folders: HashMap<&str, Vec<bool>> = HashMap::new();
        let affordable = MAX_TESTS / patterns.len().max(1);
        let mut sent = Vec::with_capacity(entries.len());
        for entry in entries.iter().take(affordable) {
            let inherited = entry.path.rsplit_once('/').and_then(|(parent, _)| folders.get(parent));
            let fits = |index: usize| inherited.is_some_and(|fits| fits[index]) || patterns[index].matches(&entry.path);
            let last = (0..patterns.len()).rev().find(|index| fits(*index));
            sent.push(last.is_none_or(|index| patterns[index].exception));
            if entry.kind == Kind::Folder {
                let own = (0..patterns.len()).map(fits).collect();
                folders.insert(&entry.path, own);
            }
        }
        sent
    }

    /// What the files at the context's root say about the project.
    pub fn project(&self) -> &Project {
        self.tree.project(|| Project::read(self, ""))
    }

    /// What the files of one directory say about the project there. Not remembered between calls.
    pub fn project_in(&self, folder: &str) -> Project {
        Project::read(self, &path::in_context(folder))
    }
}

/// Whether a path starts above the directory that it is relative to.
fn leads_out(path: &str) -> bool {
    path == ".." || path.starts_with("../")
}

#[cfg(test)]
mod tests;
