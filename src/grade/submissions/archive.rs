//! Archives that students hand in, unpacked within limits. Whatever would reach out of the folder, or is no plain file,
//! has the whole archive refused: an honest one has none of it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// What an archive may hold.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Of all files together, unpacked.
    pub bytes: u64,
    pub files: usize,
    pub depth: usize,
    /// How many times its size an archive may become, beyond `Most::FREE` bytes.
    pub ratio: u64,
}

impl Most {
    /// So much is unpacked whatever the ratio.
    const FREE: u64 = 16 << 20;
}

impl Default for Most {
    fn default() -> Self {
        Self { bytes: 512 << 20, files: 20_000, depth: 40, ratio: 200 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Zip,
    Tar,
    TarGz,
    /// Known, and not read.
    Other(&'static str),
}

/// The form that a file's name speaks of.
pub fn form(name: &str) -> Option<Form> {
    let name = name.to_ascii_lowercase();
    let forms: [(&str, Form); 10] = [
        (".zip", Form::Zip),
        (".tar.gz", Form::TarGz),
        (".tgz", Form::TarGz),
        (".tar", Form::Tar),
        (".rar", Form::Other("RAR")),
        (".7z", Form::Other("7z")),
        (".tar.xz", Form::Other("tar.xz")),
        (".tar.bz2", Form::Other("tar.bz2")),
        (".tar.zst", Form::Other("tar.zst")),
        (".gz", Form::Other("gzip")),
    ];
    forms.into_iter().find(|(end, _)| name.ends_with(end)).map(|(_, form)| form)
}

/// The file's name without what says its form.
pub fn stem(name: &str) -> &str {
    let lower = name.to_ascii_lowercase();
    let ends = [".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip", ".tgz", ".tar", ".rar", ".7z", ".gz"];
    let end = ends.iter().find(|end| lower.ends_with(*end)).map_or(0, |end| end.len());
    &name[..name.len() - end]
}

/// Unpacks into a folder that is there and empty.
///
/// # Errors
/// Why the archive is refused, as a sentence without its name.
pub fn unpack(archive: &Path, to: &Path, most: Most) -> Result<(), String> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let known = archive.symlink_metadata().map_err(|error| broken(&error))?;
    if !known.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if known.len() > most.bytes {
        return Err(format!("it is larger than {} MiB", most.bytes >> 20));
    }
    let file = File::open(archive).map_err(|error| broken(&error))?;
    let mut unpacker = Unpacker {
        to,
        most,
        left: most.bytes.min(Most::FREE.max(known.len().saturating_mul(most.ratio))),
        files: 0,
        links: Vec::new(),
        folders: BTreeSet::new(),
    };
    match form(&name) {
        Some(Form::Zip) => unpacker.zip(file)?,
        Some(Form::Tar) => unpacker.tar(BufReader::new(file))?,
        Some(Form::TarGz) => unpacker.tar(MultiGzDecoder::new(BufReader::new(file)))?,
        Some(Form::Other(what)) => return Err(format!("{what} is not read: hand in a zip or tar.gz")),
        None => return Err("it is no archive".to_owned()),
    }
    unpacker.make_links()
}

fn broken(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

struct Unpacker<'a> {
    to: &'a Path,
    most: Most,
    /// Bytes that may still be written.
    left: u64,
    files: usize,
    /// Made in the end, so that nothing is written through one.
    links: Vec<(PathBuf, String)>,
    folders: BTreeSet<PathBuf>,
}

impl Unpacker<'_> {
    fn zip(&mut self, file: File) -> Result<(), String> {
        let damaged = |error: zip::result::ZipError| match error {
            zip::result::ZipError::UnsupportedArchive(what) if what.contains("assword") => "it is encrypted".to_owned(),
            error => format!("it is damaged: {error}"),
        };
        let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        self.count(archive.len())?;
        self.files = 0;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(damaged)?;
            let name = entry.name().map(std::borrow::Cow::into_owned).map_err(damaged)?;
            let mode = entry.unix_mode().unwrap_or(0o644);
            match mode & 0o170_000 {
                0o120_000 => {
                    let mut target = String::new();
                    entry.by_ref().take(4096).read_to_string(&mut target).map_err(|error| broken(&error))?;
                    self.link(&name, &target)?;
                }
                0o040_000 => self.folder(&name)?,
                _ if entry.is_dir() => self.folder(&name)?,
                0 | 0o100_000 => self.file(&name, &mut entry, mode)?,
                _ => return Err(format!("`{}` is a device, a pipe or a socket", shown(&name))),
            }
        }
        Ok(())
    }

    fn tar(&mut self, from: impl Read) -> Result<(), String> {
        let damaged = |error: io::Error| format!("it is damaged: {error}");
        let mut archive = tar::Archive::new(Bounded { from, left: self.left.saturating_add(64 << 20) });
        for entry in archive.entries().map_err(damaged)? {
            let mut entry = entry.map_err(damaged)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mode = entry.header().mode().unwrap_or(0o644);
            match entry.header().entry_type() {
                tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse => {
                    self.file(&name, &mut entry, mode)?;
                }
                tar::EntryType::Directory => self.folder(&name)?,
                tar::EntryType::Symlink => {
                    let target = entry.link_name_bytes().map(|name| String::from_utf8_lossy(&name).into_owned());
                    self.link(&name, &target.unwrap_or_default())?;
                }
                tar::EntryType::Link => return Err(format!("`{}` is a hard link", shown(&name))),
                tar::EntryType::Char | tar::EntryType::Block | tar::EntryType::Fifo => {
                    return Err(format!("`{}` is a device or a pipe", shown(&name)));
                }
                // Headers with attributes of what follows.
                _ => {}
            }
        }
        Ok(())
    }

    fn count(&mut self, more: usize) -> Result<(), String> {
        self.files += more;
        match self.files > self.most.files {
            true => Err(format!("it has more than {} files", self.most.files)),
            false => Ok(()),
        }
    }

    /// A path inside, below which all folders have been made.
    fn place(&mut self, name: &str) -> Result<Option<PathBuf>, String> {
        self.count(1)?;
        let Some(path) = inside(name, self.most.depth)? else { return Ok(None) };
        if self.links.iter().any(|(link, _)| path.starts_with(link)) {
            return Err(format!("`{}` would be written through a link", shown(name)));
        }
        if let Some(parent) = path.parent().filter(|parent| !self.folders.contains(*parent)) {
            let parent = parent.to_path_buf();
            fs::create_dir_all(self.to.join(&parent)).map_err(|error| clash(name, &error))?;
            self.folders.insert(parent);
        }
        Ok(Some(path))
    }

    fn folder(&mut self, name: &str) -> Result<(), String> {
        let Some(path) = self.place(name)? else { return Ok(()) };
        fs::create_dir_all(self.to.join(&path)).map_err(|error| clash(name, &error))
    }

    fn file(&mut self, name: &str, from: &mut dyn Read, mode: u32) -> Result<(), String> {
        let Some(path) = self.place(name)? else { return Ok(()) };
        let target = self.to.join(&path);
        // A name may come twice; the later one counts, as other programs have it.
        let _ = fs::remove_file(&target);
        let opened = OpenOptions::new().write(true).create_new(true).open(&target);
        let mut file = opened.map_err(|error| clash(name, &error))?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = from.read(&mut buffer).map_err(|error| format!("`{}` is damaged: {error}", shown(name)))?;
            if read == 0 {
                break;
            }
            self.left = self.left.checked_sub(read as u64).ok_or_else(|| self.bomb())?;
            file.write_all(&buffer[..read]).map_err(|error| format!("it cannot be unpacked: {error}"))?;
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

    fn bomb(&self) -> String {
        format!(
            "unpacked it is larger than {} MiB, or more than {} times its size",
            self.most.bytes >> 20,
            self.most.ratio
        )
    }

    fn link(&mut self, name: &str, target: &str) -> Result<(), String> {
        let Some(path) = self.place(name)? else { return Ok(()) };
        let depth = path.components().count() - 1;
        if !stays_inside(target, depth) {
            return Err(format!("the link `{}` leads out of it, to `{}`", shown(name), shown(target)));
        }
        self.links.push((path, target.to_owned()));
        match self.links.len() > 1000 {
            true => Err("it has more than 1000 links".to_owned()),
            false => Ok(()),
        }
    }

    fn make_links(self) -> Result<(), String> {
        #[cfg(unix)]
        for (path, target) in self.links {
            let at = self.to.join(&path);
            if at.symlink_metadata().is_err() {
                std::os::unix::fs::symlink(&target, at).map_err(|error| clash(&target, &error))?;
            }
        }
        Ok(())
    }
}

/// A link's target: steps up come first, and no more of them than there are folders, so that whatever other links there
/// are it stays inside.
fn stays_inside(target: &str, depth: usize) -> bool {
    let mut steps = target.split('/').filter(|part| !part.is_empty() && *part != ".");
    let up = steps.clone().take_while(|part| *part == "..").count();
    !target.is_empty()
        && !target.starts_with('/')
        && !target.contains(['\\', '\0', ':'])
        && up <= depth
        && steps.by_ref().skip(up).all(|part| part != "..")
}

fn clash(name: &str, error: &io::Error) -> String {
    format!("`{}` cannot be unpacked: {error}", shown(name))
}

/// An entry's name as a path inside the folder; `None` for the folder itself.
fn inside(name: &str, depth: usize) -> Result<Option<PathBuf>, String> {
    // Some programs for Windows write their own kind of slash.
    let clean = name.replace('\\', "/");
    if clean.starts_with('/') || clean.as_bytes().get(1) == Some(&b':') {
        return Err(format!("`{}` is an absolute path", shown(name)));
    }
    if clean.len() > 2048 {
        return Err(format!("`{}` is a path of more than 2048 characters", shown(name)));
    }
    let mut path = PathBuf::new();
    for part in clean.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            return Err(format!("`{}` leads out of it", shown(name)));
        }
        if part.len() > 255 || part.chars().any(char::is_control) {
            return Err(format!("`{}` is no sensible name", shown(name)));
        }
        path.push(part);
    }
    match path.components().count() {
        0 => Ok(None),
        count if count > depth => Err(format!("`{}` lies more than {depth} folders deep", shown(name))),
        _ => Ok(Some(path)),
    }
}

/// A name that nobody vouches for, short and harmless.
fn shown(name: &str) -> String {
    let mut short: String = name.chars().take(80).map(|ch| if ch.is_control() { '\u{fffd}' } else { ch }).collect();
    if name.chars().count() > 80 {
        short.push('…');
    }
    short
}

/// Ends with an error instead of reading on for ever.
struct Bounded<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other("unpacked it is too large"))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_inside() {
        let path = |name: &str| inside(name, 5).map(|path| path.map(|path| path.display().to_string()));
        assert_eq!(path("a/./b"), Ok(Some("a/b".to_owned())));
        assert_eq!(path("a\\b"), Ok(Some("a/b".to_owned())));
        assert_eq!(path("./"), Ok(None));
        for (name, want) in [
            ("/etc/passwd", "`/etc/passwd` is an absolute path"),
            ("C:\\x", "`C:\\x` is an absolute path"),
            ("a/../../x", "`a/../../x` leads out of it"),
            ("..\\x", "`..\\x` leads out of it"),
            ("a\nb", "`a\u{fffd}b` is no sensible name"),
            ("a/b/c/d/e/f", "`a/b/c/d/e/f` lies more than 5 folders deep"),
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
            // Through a link to `.` this would be three folders up.
            ("l/l/l/../../..", 3, false),
            ("", 1, false),
        ] {
            assert_eq!(stays_inside(target, depth), want, "{target}");
        }
    }
}
