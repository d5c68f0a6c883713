//! Writes a file whole or not at all.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Replaces the file that is at `path`, or that a link there leads to, if it still is what it was. The error is a
/// sentence.
pub(in crate::command) fn save(path: &Path, old: &[u8], new: &[u8]) -> Result<(), String> {
    let said = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => "this may not be written".to_owned(),
        _ => format!("this cannot be written: {error}"),
    };
    let path = path.canonicalize().map_err(said)?;
    // Replacing a file takes no permission to write it: only opening it tells whether there is one.
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(said)?;
    let known = file.metadata().map_err(said)?;
    let mut there = Vec::with_capacity(old.len() + 1);
    file.take(old.len() as u64 + 1).read_to_end(&mut there).map_err(said)?;
    if there != old {
        return Err("this was changed by something else while it was checked, so it was not written".to_owned());
    }
    replace(&path, &known, new).map_err(said)
}

/// Writes a file that is not there, whole or not at all. One that has come to be there since stays as it is.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let said = |error: io::Error| format!("`{}` cannot be written: {error}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any program would make it: the user's mask takes away what he does not want.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(said)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(said)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(said(error.error)),
    }
}

fn replace(path: &Path, known: &Metadata, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    // Goes away by itself if anything below fails.
    let mut file = tempfile::Builder::new().prefix(".plimsoll-").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(bytes)?;
    keep_owner(file.as_file(), known);
    file.as_file().set_permissions(known.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The new name has to reach the disk too; not every system lets a folder be opened for it.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// As far as this is allowed. A change of owner may take away permissions, so it comes first.
#[cfg(unix)]
fn keep_owner(file: &File, known: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, None, Some(known.gid()));
    let _ = fchown(file, Some(known.uid()), None);
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}
