//! A copy of the build context: engines read all of it, and the original is never written to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::context::{Context, IgnoreFile};
use crate::engine::temporary_directory;
use crate::finding::NewFile;
use crate::text::Problem;
use crate::text::units::Size;

/// Limits of a build context.
#[derive(Clone, Copy, Debug)]
pub struct ContextLimits {
    pub bytes: u64,
    pub files: usize,
    pub depth: usize,
}

impl Default for ContextLimits {
    fn default() -> Self {
        Self { bytes: 1 << 30, files: 100_000, depth: 64 }
    }
}

/// A copied context; removed when dropped.
pub struct Project {
    directory: tempfile::TempDir,
    /// The name of the Dockerfile.
    name: String,
    /// The ignore file of this Dockerfile alone.
    own_ignore: Option<Vec<u8>>,
    /// Differences from the original, such as links that leave it.
    pub notes: Vec<String>,
}

impl Project {
    /// Copies what the ignore file does not exclude. Links are copied as links and never followed.
    ///
    /// # Errors
    /// When the context exceeds its limits, or cannot be read.
    pub fn copy(root: &Path, dockerfile: &Path, limits: ContextLimits) -> Result<Self, Problem> {
        let context = Context::on_disk(root, Some(dockerfile));
        let name =
            dockerfile.file_name().map_or_else(|| "Dockerfile".to_owned(), |name| name.to_string_lossy().into_owned());
        let own = dockerfile.with_file_name(format!("{name}.dockerignore"));
        let is_small = own.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() < 1 << 20);
        let own_ignore = if is_small { fs::read(own).ok() } else { None };
        Self::copied(root, name, context.ignore_file(), own_ignore, limits)
    }

    /// Copies a whole directory, from which several images are built.
    ///
    /// # Errors
    /// The same.
    pub fn whole(root: &Path, limits: ContextLimits) -> Result<Self, Problem> {
        Self::copied(root, "Dockerfile".to_owned(), None, None, limits)
    }

    fn copied(
        root: &Path,
        name: String,
        ignore: Option<&IgnoreFile>,
        own_ignore: Option<Vec<u8>>,
        limits: ContextLimits,
    ) -> Result<Self, Problem> {
        let failed = |what: &str, error: io::Error| Problem::error(format!("{what}: {error}"));
        let directory = temporary_directory("context");
        let directory = directory.map_err(|error| failed("cannot create a directory for the build context", error))?;
        let target = directory.path().join("context");
        let root = root.canonicalize().map_err(|error| failed("cannot read the build context", error))?;
        let mut copy =
            Copy { ignore, root: &root, limits, bytes: 0, files: 0, links: Vec::new(), special: 0, large: None };
        fs::create_dir(&target).map_err(|error| failed("cannot copy the build context", error))?;
        copy.directory(&target)?;
        let mut notes = Vec::new();
        if let Some(first) = copy.links.first() {
            let count = copy.links.len();
            notes.push(format!(
                "{count} symbolic link{} the build context, such as `{first}`: not followed",
                if count == 1 { " leaves" } else { "s leave" }
            ));
        }
        if copy.special > 0 {
            notes.push(format!("{} pipes, sockets or devices in the build context are skipped", copy.special));
        }
        Ok(Self { directory, name, own_ignore, notes })
    }

    pub fn context(&self) -> PathBuf {
        self.directory.path().join("context")
    }

    /// Adds new files to the copy. None of them may exist.
    ///
    /// # Errors
    /// When one exists, or cannot be written.
    pub fn with(&self, files: &[NewFile]) -> io::Result<Beside> {
        let mut beside = Beside(Vec::new());
        for file in files {
            let path = self.context().join(file.name);
            let mut new = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
            beside.0.push(path);
            io::Write::write_all(&mut new, file.text.as_bytes())?;
        }
        Ok(beside)
    }

    /// Writes a Dockerfile next to the context, under its own name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn dockerfile(&self, text: &[u8]) -> io::Result<PathBuf> {
        let directory = tempfile::Builder::new().prefix("file-").tempdir_in(self.directory.path())?.keep();
        let path = directory.join(&self.name);
        fs::write(&path, text)?;
        if let Some(ignore) = &self.own_ignore {
            fs::write(directory.join(format!("{}.dockerignore", self.name)), ignore)?;
        }
        Ok(path)
    }
}

/// Files that are in the copy for one trial; removed when dropped.
pub struct Beside(Vec<PathBuf>);

impl Drop for Beside {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

struct Copy<'a> {
    ignore: Option<&'a IgnoreFile>,
    root: &'a Path,
    limits: ContextLimits,
    bytes: u64,
    files: usize,
    links: Vec<String>,
    special: usize,
    large: Option<(u64, String)>,
}

impl Copy<'_> {
    /// Iterative, since directories may be deep.
    fn directory(&mut self, target: &Path) -> Result<(), Problem> {
        let mut left = vec![(String::new(), 0_usize)];
        while let Some((directory, depth)) = left.pop() {
            if depth > self.limits.depth {
                return Err(Problem::error(format!(
                    "the build context has directories more than {} levels deep",
                    self.limits.depth
                )));
            }
            let said =
                |error: io::Error| Problem::error(format!("cannot copy `{directory}` of the build context: {error}"));
            for entry in fs::read_dir(self.root.join(&directory)).map_err(said)? {
                let entry = entry.map_err(said)?;
                let name = entry.file_name();
                // A name that is not UTF-8 matches no pattern, and is rare enough to skip.
                let Some(name) = name.to_str() else { continue };
                let path = if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
                let kind = entry.file_type().map_err(said)?;
                let ignored = self.ignore.is_some_and(|file| file.matches(&path).is_some());
                // An exception may re-include something in an ignored directory.
                let may_return = kind.is_dir() && self.ignore.is_some_and(IgnoreFile::has_exceptions);
                let steers = directory.is_empty() && name == ".dockerignore";
                if ignored && !may_return && !steers {
                    continue;
                }
                self.files += 1;
                if self.files > self.limits.files {
                    let problem =
                        Problem::error(format!("the build context has more than {} files", self.limits.files));
                    return Err(problem.help("exclude what the image does not need in `.dockerignore`"));
                }
                let to = target.join(&path);
                if kind.is_dir() {
                    fs::create_dir(&to).map_err(said)?;
                    left.push((path, depth + 1));
                } else if kind.is_symlink() {
                    self.link(&entry.path(), &to, &path, steers).map_err(said)?;
                } else if kind.is_file() {
                    self.file(&entry.path(), &to, &path)?;
                } else {
                    self.special += 1;
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path, path: &str) -> Result<(), Problem> {
        let said = |error: io::Error| Problem::error(format!("cannot copy `{path}` of the build context: {error}"));
        let meta = from.symlink_metadata().map_err(said)?;
        if self.large.as_ref().is_none_or(|(size, _)| *size < meta.len()) {
            self.large = Some((meta.len(), path.to_owned()));
        }
        self.bytes = self.bytes.saturating_add(meta.len());
        if self.bytes > self.limits.bytes {
            let most = Size(self.limits.bytes).limit();
            let problem = Problem::error(format!("the build context is larger than {most}"));
            let problem = match &self.large {
                Some((bytes, path)) => problem.help(format!("`{path}` alone is {}", Size(*bytes))),
                None => problem,
            };
            return Err(
                problem.help("exclude what the image does not need in `.dockerignore`, or raise `--max-context`")
            );
        }
        // Opened without following links, in case it became one meanwhile.
        let mut source = open(from).map_err(said)?;
        let mut file = fs::File::create(to).map_err(said)?;
        let mut source = io::Read::take(&mut source, meta.len());
        io::copy(&mut source, &mut file).map_err(said)?;
        file.set_permissions(meta.permissions()).map_err(said)?;
        if let Ok(time) = meta.modified() {
            let _ = file.set_modified(time);
        }
        Ok(())
    }

    fn link(&mut self, from: &Path, to: &Path, path: &str, steers: bool) -> io::Result<()> {
        let target = fs::read_link(from)?;
        let mut depth = path.matches('/').count();
        let mut leaves = target.is_absolute();
        for part in target.components() {
            match part {
                std::path::Component::ParentDir if depth == 0 => leaves = true,
                std::path::Component::ParentDir => depth -= 1,
                std::path::Component::Normal(_) => depth += 1,
                _ => {}
            }
        }
        if leaves {
            self.links.push(path.to_owned());
        }
        // The engine's client would read it.
        if leaves && steers {
            return Ok(());
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(target, to)?;
        #[cfg(not(unix))]
        let _ = (target, to);
        Ok(())
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<fs::File> {
    use rustix::fs::{Mode, OFlags, open};
    let file = open(path, OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    Ok(file.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<fs::File> {
    fs::File::open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory can be made");
        for (name, text) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().expect("it lies in the directory")).expect("a directory can be made");
            fs::write(path, text).expect("a file can be written");
        }
        directory
    }

    #[test]
    fn what_is_copied() {
        let directory =
            project(&[("Dockerfile", "FROM a"), ("src/a", "1"), ("big/b", "2"), (".dockerignore", "big\n")]);
        std::os::unix::fs::symlink("/etc/passwd", directory.path().join("out")).expect("a link can be made");
        std::os::unix::fs::symlink("../../secret", directory.path().join("src/up")).expect("a link can be made");
        std::os::unix::fs::symlink("src/a", directory.path().join("in")).expect("a link can be made");
        let copy = Project::copy(directory.path(), &directory.path().join("Dockerfile"), ContextLimits::default())
            .expect("it is small");
        let has = |name: &str| copy.context().join(name).symlink_metadata().is_ok();
        assert!(has("Dockerfile") && has("src/a") && has("in") && !has("big"));
        assert!(copy.context().join("out").is_symlink(), "a link stays a link");
        assert!(copy.notes[0].starts_with("2 symbolic links leave the build context"), "{:?}", copy.notes);
        let file = copy.dockerfile(b"FROM b").expect("it can be written");
        assert_eq!(
            (file.file_name(), fs::read(&file).expect("it is there")),
            (Some("Dockerfile".as_ref()), b"FROM b".to_vec())
        );
    }

    #[test]
    fn sparse_and_many() {
        let directory = project(&[("Dockerfile", "FROM a")]);
        let file = fs::File::create(directory.path().join("disk.img")).expect("a file can be made");
        file.set_len(10 << 30).expect("it takes no room");
        let Err(problem) =
            Project::copy(directory.path(), &directory.path().join("Dockerfile"), ContextLimits::default())
        else {
            panic!("it is too large")
        };
        assert_eq!(problem.message, "the build context is larger than 1 GiB");
        assert_eq!(problem.help[0], "`disk.img` alone is 10.74 GB");
        fs::write(directory.path().join(".dockerignore"), "*.img").expect("a file can be written");
        assert!(
            Project::copy(directory.path(), &directory.path().join("Dockerfile"), ContextLimits::default()).is_ok()
        );
        let limits = ContextLimits { files: 1, ..ContextLimits::default() };
        assert!(Project::copy(directory.path(), &directory.path().join("Dockerfile"), limits).is_err());
    }
}
