//! Unpacks submitted archives within limits. An archive with an entry that would escape the directory, or is not a regular
//! file, is rejected as a whole.

use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use super::walk::is_tool_dir;
use crate::grade::device_name::is_device;

/// Limits for an archive.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveLimits {
    /// Total size of the unpacked files.
    pub bytes: u64,
    /// Files and links, without those in the directories of tools such as `node_modules`.
    pub files: usize,
    pub depth: usize,
    /// Maximum compression ratio, beyond the first `ArchiveLimits::FREE` bytes.
    pub ratio: u64,
}

impl ArchiveLimits {
    /// Bytes that are unpacked whatever the ratio.
    const FREE: u64 = 16 << 20;
    /// Entries of any kind per file that counts.
    const ENTRIES: usize = 20;
    /// Bytes of a zip file's directory, which is read into memory: some 200,000 entries.
    const ZIP_DIRECTORY: u64 = 32 << 20;
    /// Bytes of the headers of one entry of a tar file, which are read into memory.
    const TAR_HEADERS: u64 = 1 << 20;
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self { bytes: 512 << 20, files: super::MAX_FILES, depth: 40, ratio: 200 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveFormat {
    Zip,
    Tar,
    TarGz,
    /// Recognized but not supported.
    Other(&'static str),
}

/// The format of an archive by its file name.
pub fn format_of(name: &str) -> Option<ArchiveFormat> {
    let name = name.to_ascii_lowercase();
    let formats: [(&str, ArchiveFormat); 10] = [
        (".zip", ArchiveFormat::Zip),
        (".tar.gz", ArchiveFormat::TarGz),
        (".tgz", ArchiveFormat::TarGz),
        (".tar", ArchiveFormat::Tar),
        (".rar", ArchiveFormat::Other("RAR")),
        (".7z", ArchiveFormat::Other("7z")),
        (".tar.xz", ArchiveFormat::Other("tar.xz")),
        (".tar.bz2", ArchiveFormat::Other("tar.bz2")),
        (".tar.zst", ArchiveFormat::Other("tar.zst")),
        (".gz", ArchiveFormat::Other("gzip")),
    ];
    formats.into_iter().find(|(end, _)| name.ends_with(end)).map(|(_, format)| format)
}

/// The file name without the archive's extension.
pub fn stem(name: &str) -> &str {
    let lower = name.to_ascii_lowercase();
    let ends = [".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip", ".tgz", ".tar", ".rar", ".7z", ".gz"];
    let end = ends.iter().find(|end| lower.ends_with(*end)).map_or(0, |end| end.len());
    &name[..name.len() - end]
}

/// Unpacks into an existing empty directory.
///
/// # Errors
/// Why the archive is rejected, as a phrase without its name.
pub fn unpack(archive: &Path, to: &Path, limits: ArchiveLimits) -> Result<(), String> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let known = archive.symlink_metadata().map_err(|error| unreadable(&error))?;
    if !known.is_file() {
        return Err("not a regular file".to_owned());
    }
    if known.len() > limits.bytes {
        return Err(format!("larger than {} MiB", limits.bytes >> 20));
    }
    let file = File::open(archive).map_err(|error| unreadable(&error))?;
    let mut unpacker = Unpacker {
        to,
        limits,
        left: limits.bytes.min(ArchiveLimits::FREE.max(known.len().saturating_mul(limits.ratio))),
        files: 0,
        entries: 0,
        links: Vec::new(),
        link_paths: HashSet::new(),
        directories: BTreeSet::new(),
    };
    match format_of(&name) {
        Some(ArchiveFormat::Zip) => unpacker.zip(file)?,
        Some(ArchiveFormat::Tar) => unpacker.tar(BufReader::new(file))?,
        Some(ArchiveFormat::TarGz) => unpacker.tar(MultiGzDecoder::new(BufReader::new(file)))?,
        Some(ArchiveFormat::Other(what)) => {
            return Err(format!("{what} archives are not supported; submit a zip or tar.gz file"));
        }
        None => return Err("not an archive".to_owned()),
    }
    unpacker.make_links()
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

struct Unpacker<'a> {
    to: &'a Path,
    limits: ArchiveLimits,
    /// Bytes that may still be written.
    left: u64,
    files: usize,
    /// Entries so far, of any kind.
    entries: usize,
    /// Created last, so that nothing is written through a link.
    links: Vec<(PathBuf, String)>,
    link_paths: HashSet<PathBuf>,
    directories: BTreeSet<PathBuf>,
}

impl Unpacker<'_> {
    fn zip(&mut self, file: File) -> Result<(), String> {
        let damaged = |error: zip::result::ZipError| match error {
            zip::result::ZipError::UnsupportedArchive(what) if what.contains("assword") => "encrypted".to_owned(),
            error => format!("damaged: {error}"),
        };
        let budget = Rc::new(Cell::new(ArchiveLimits::ZIP_DIRECTORY));
        let file = BudgetReader { from: file, budget: Rc::clone(&budget) };
        let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        // What is read from here on is written, and counted there.
        budget.set(u64::MAX);
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(damaged)?;
            let name = entry.name().map(std::borrow::Cow::into_owned).map_err(damaged)?;
            let mode = entry.unix_mode().unwrap_or(0o644);
            match mode & 0o170_000 {
                0o120_000 => {
                    let mut target = String::new();
                    entry.by_ref().take(4096).read_to_string(&mut target).map_err(|error| unreadable(&error))?;
                    self.link(&name, &target)?;
                }
                0o040_000 => self.directory(&name)?,
                _ if entry.is_dir() => self.directory(&name)?,
                0 | 0o100_000 => self.file(&name, &mut entry, mode)?,
                _ => return Err(format!("`{}` is a device, pipe or socket", display_name(&name))),
            }
        }
        Ok(())
    }

    fn tar(&mut self, from: impl Read) -> Result<(), String> {
        let damaged = |error: io::Error| format!("damaged: {error}");
        let budget = Rc::new(Cell::new(u64::MAX));
        let from = LimitedReader { from, left: self.left.saturating_add(64 << 20) };
        let mut archive = tar::Archive::new(BudgetReader { from, budget: Rc::clone(&budget) });
        let mut entries = archive.entries().map_err(damaged)?;
        loop {
            // Long names and other extensions are read before the entry that they belong to.
            budget.set(ArchiveLimits::TAR_HEADERS);
            let Some(entry) = entries.next() else { break };
            budget.set(u64::MAX);
            let mut entry = entry.map_err(damaged)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mode = entry.header().mode().unwrap_or(0o644);
            match entry.header().entry_type() {
                tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse => {
                    self.file(&name, &mut entry, mode)?;
                }
                tar::EntryType::Directory => self.directory(&name)?,
                tar::EntryType::Symlink => {
                    let target = entry.link_name_bytes().map(|name| String::from_utf8_lossy(&name).into_owned());
                    self.link(&name, &target.unwrap_or_default())?;
                }
                tar::EntryType::Link => return Err(format!("`{}` is a hard link", display_name(&name))),
                tar::EntryType::Char | tar::EntryType::Block | tar::EntryType::Fifo => {
                    return Err(format!("`{}` is a device or pipe", display_name(&name)));
                }
                // Of no known kind, and without a file.
                _ => self.count(&name)?,
            }
            // Padding, and what is of no use.
            io::copy(&mut entry, &mut io::sink()).map_err(damaged)?;
        }
        Ok(())
    }

    /// Counts an entry. Directories, and what is in the directories of tools, count as entries but not as files.
    fn count(&mut self, name: &str) -> Result<(), String> {
        self.entries += 1;
        let in_tools = name.split(['/', '\\']).any(is_tool_dir);
        if !in_tools && !name.ends_with(['/', '\\']) {
            self.files += 1;
        }
        if self.files > self.limits.files {
            return Err(format!("more than {} files", self.limits.files));
        }
        match self.entries > self.limits.files.saturating_mul(ArchiveLimits::ENTRIES) {
            true => Err(format!("more than {} entries", self.limits.files * ArchiveLimits::ENTRIES)),
            false => Ok(()),
        }
    }

    /// The path of an entry, with its parent directories created; `None` for the root itself.
    fn entry_path(&mut self, name: &str) -> Result<Option<PathBuf>, String> {
        self.count(name)?;
        let Some(path) = safe_path(name, self.limits.depth)? else { return Ok(None) };
        if path.ancestors().any(|above| self.link_paths.contains(above)) {
            return Err(format!("`{}` would be written through a symbolic link", display_name(name)));
        }
        if let Some(parent) = path.parent().filter(|parent| !self.directories.contains(*parent)) {
            let parent = parent.to_path_buf();
            fs::create_dir_all(self.to.join(&parent)).map_err(|error| not_unpacked(name, &error))?;
            self.directories.insert(parent);
        }
        Ok(Some(path))
    }

    fn directory(&mut self, name: &str) -> Result<(), String> {
        let Some(path) = self.entry_path(name)? else { return Ok(()) };
        fs::create_dir_all(self.to.join(&path)).map_err(|error| not_unpacked(name, &error))
    }

    fn file(&mut self, name: &str, from: &mut dyn Read, mode: u32) -> Result<(), String> {
        let Some(path) = self.entry_path(name)? else { return Ok(()) };
        let target = self.to.join(&path);
        // Of two entries with one name the later one counts, as in other programs.
        let _ = fs::remove_file(&target);
        let opened = OpenOptions::new().write(true).create_new(true).open(&target);
        let mut file = opened.map_err(|error| not_unpacked(name, &error))?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read =
                from.read(&mut buffer).map_err(|error| format!("`{}` is damaged: {error}", display_name(name)))?;
            if read == 0 {
                break;
            }
            self.left = self.left.checked_sub(read as u64).ok_or_else(|| self.too_large())?;
            file.write_all(&buffer[..read]).map_err(|error| format!("cannot be unpacked: {error}"))?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let bits = if mode & 0o111 == 0 { 0o644 } else { 0o755 };
            let _ = file.set_permissions(fs::Permissions::from_mode(bits));
        }
        let _ = mode;
        Ok(())
    }

    fn too_large(&self) -> String {
        format!(
            "unpacks to more than {} MiB, or to more than {} times its size",
            self.limits.bytes >> 20,
            self.limits.ratio
        )
    }

    fn link(&mut self, name: &str, target: &str) -> Result<(), String> {
        let Some(path) = self.entry_path(name)? else { return Ok(()) };
        let depth = path.components().count() - 1;
        if !stays_inside(target, depth) {
            return Err(format!(
                "symbolic link `{}` points outside the archive, to `{}`",
                display_name(name),
                display_name(target)
            ));
        }
        self.link_paths.insert(path.clone());
        self.links.push((path, target.to_owned()));
        match self.links.len() > 1000 {
            true => Err("more than 1000 links".to_owned()),
            false => Ok(()),
        }
    }

    fn make_links(self) -> Result<(), String> {
        #[cfg(unix)]
        for (path, target) in self.links {
            let at = self.to.join(&path);
            if at.symlink_metadata().is_err() {
                std::os::unix::fs::symlink(&target, at).map_err(|error| not_unpacked(&target, &error))?;
            }
        }
        Ok(())
    }
}

/// Whether a link's target stays inside whatever other links there are: all `..` come first, and no more than `depth`.
fn stays_inside(target: &str, depth: usize) -> bool {
    let mut steps = target.split('/').filter(|part| !part.is_empty() && *part != ".");
    let up = steps.clone().take_while(|part| *part == "..").count();
    !target.is_empty()
        && !target.starts_with('/')
        && !target.contains(['\\', '\0', ':'])
        && up <= depth
        && steps.by_ref().skip(up).all(|part| part != "..")
}

fn not_unpacked(name: &str, error: &io::Error) -> String {
    format!("`{}` cannot be unpacked: {error}", display_name(name))
}

/// An entry's name as a path inside the directory; `None` for the directory itself.
fn safe_path(name: &str, depth: usize) -> Result<Option<PathBuf>, String> {
    // Some programs on Windows write backslashes.
    let clean = name.replace('\\', "/");
    if clean.starts_with('/') || clean.as_bytes().get(1) == Some(&b':') {
        return Err(format!("`{}` is an absolute path", display_name(name)));
    }
    if clean.len() > 2048 {
        return Err(format!("`{}` is a path of more than 2048 characters", display_name(name)));
    }
    let mut path = PathBuf::new();
    for part in clean.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            return Err(format!("`{}` points outside the archive", display_name(name)));
        }
        if part.len() > 255 || part.chars().any(char::is_control) {
            return Err(format!("`{}` is not a valid name", display_name(name)));
        }
        if cfg!(windows) && (is_device(part) || part.contains(':') || part.ends_with(['.', ' '])) {
            return Err(format!("`{}` is not a name that Windows allows", display_name(name)));
        }
        path.push(part);
    }
    match path.components().count() {
        0 => Ok(None),
        count if count > depth => Err(format!("`{}` is more than {depth} directories deep", display_name(name))),
        _ => Ok(Some(path)),
    }
}

/// An untrusted name, shortened and without control characters.
fn display_name(name: &str) -> String {
    let mut short: String = name.chars().take(80).map(|ch| if ch.is_control() { '\u{fffd}' } else { ch }).collect();
    if name.chars().count() > 80 {
        short.push('…');
    }
    short
}

/// Fails after a number of bytes instead of reading on.
struct LimitedReader<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for LimitedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other("unpacks to too much data"))?;
        Ok(read)
    }
}

/// Fails where more is read at a stretch than its owner allows: what a library reads into memory by itself.
struct BudgetReader<R> {
    from: R,
    budget: Rc<Cell<u64>>,
}

impl<R: Read> Read for BudgetReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        let left = self.budget.get().checked_sub(read as u64);
        self.budget.set(left.ok_or_else(|| io::Error::other("its list of files is too long"))?);
        Ok(read)
    }
}

impl<R: Seek> Seek for BudgetReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.from.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_headers() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.tar.gz");
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
            File::create(&archive).unwrap(),
            flate2::Compression::fast(),
        ));
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::GNULongName);
        header.set_size(40 << 20);
        header.set_cksum();
        tar.append(&header, io::repeat(b'a').take(40 << 20)).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        let to = folder.path().join("to");
        fs::create_dir(&to).unwrap();
        let why = unpack(&archive, &to, ArchiveLimits { ratio: 10_000, ..ArchiveLimits::default() }).unwrap_err();
        assert!(why.contains("its list of files is too long"), "{why}");
    }

    #[test]
    fn a_long_directory() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(File::create(&archive).unwrap());
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for at in 0..600 {
            zip.start_file(format!("{at}{}", "a".repeat(60_000)), options).unwrap();
        }
        zip.finish().unwrap();
        let to = folder.path().join("to");
        fs::create_dir(&to).unwrap();
        let why = unpack(&archive, &to, ArchiveLimits::default()).unwrap_err();
        assert!(why.starts_with("damaged"), "{why}");
    }

    #[test]
    fn names_inside() {
        let path = |name: &str| safe_path(name, 5).map(|path| path.map(|path| path.display().to_string()));
        assert_eq!(path("a/./b"), Ok(Some("a/b".to_owned())));
        assert_eq!(path("a\\b"), Ok(Some("a/b".to_owned())));
        assert_eq!(path("./"), Ok(None));
        for (name, want) in [
            ("/etc/passwd", "`/etc/passwd` is an absolute path"),
            ("C:\\x", "`C:\\x` is an absolute path"),
            ("a/../../x", "`a/../../x` points outside the archive"),
            ("..\\x", "`..\\x` points outside the archive"),
            ("a\nb", "`a\u{fffd}b` is not a valid name"),
            ("a/b/c/d/e/f", "`a/b/c/d/e/f` is more than 5 directories deep"),
        ] {
            assert_eq!(path(name), Err(want.to_owned()));
        }
    }

    #[test]
    fn links_inside() {
        for (target, depth, want) in [
            ("b", 0, true),
            ("../b", 1, true),
            ("../b", 0, false),
            ("/etc/passwd", 3, false),
            // Through a link to `.` this would be three directories up.
            ("l/l/l/../../..", 3, false),
            ("", 1, false),
        ] {
            assert_eq!(stays_inside(target, depth), want, "{target}");
        }
    }
}
