//! Writes a file whole or not at all.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Replaces the file at `path`, or the one that a link there leads to, if its content is still `old`. The error is a
/// phrase that follows the file name.
pub(in crate::command) fn save(path: &Path, old: &[u8], new: &[u8]) -> Result<(), String> {
    let describe = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied: not written".to_owned(),
        _ => format!("cannot be written: {error}"),
    };
    let path = path.canonicalize().map_err(describe)?;
    // Replacing a file needs no permission to write it: only opening it shows whether there is one.
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(describe)?;
    let known = file.metadata().map_err(describe)?;
    let mut current = Vec::with_capacity(old.len() + 1);
    file.take(old.len() as u64 + 1).read_to_end(&mut current).map_err(describe)?;
    if current != old {
        return Err("not written: the file changed while it was being checked".to_owned());
    }
    replace(&path, &known, new).map_err(describe)
}

/// Writes a new file, whole or not at all. A file that exists by now is left unchanged.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let describe = |error: io::Error| format!("cannot write `{}`: {error}", path.display());
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any program would create it; the user's umask applies.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory).map_err(describe)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(describe)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(describe(error.error)),
    }
}

fn replace(path: &Path, known: &Metadata, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::NotFound)?;
    // Removed automatically if anything below fails.
    let mut file = tempfile::Builder::new().prefix(".plimsoll-").suffix(".tmp").tempfile_in(directory)?;
    file.write_all(bytes)?;
    keep_owner(file.as_file(), known);
    file.as_file().set_permissions(known.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The new name must reach the disk too; not every system allows opening a directory for that.
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
    Ok(())
}

/// Keeps owner and group as far as allowed. Changing the owner may reset permissions, so it comes first.
#[cfg(unix)]
fn keep_owner(file: &File, known: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, None, Some(known.gid()));
    let _ = fchown(file, Some(known.uid()), None);
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}
