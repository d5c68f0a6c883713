//! Writes a file whole or not at all; in place where it has other names or attributes that a new file could not have.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Replaces the file at `path`, or the one that a link there leads to, if its content is still `old`. The error is a
/// phrase that follows the file name.
pub(in crate::command) fn save(path: &Path, old: &[u8], new: &[u8]) -> Result<(), String> {
    let describe = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied: not written".to_owned(),
        _ => format!("cannot be written: {error}"),
    };
    let is_link = path.symlink_metadata().map_err(describe)?.is_symlink();
    let path = if is_link { path.canonicalize().map_err(describe)? } else { path.to_path_buf() };
    // Replacing a file needs no permission to write it: only opening it shows whether there is one.
    let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(describe)?;
    let known = file.metadata().map_err(describe)?;
    let mut current = Vec::with_capacity(old.len() + 1);
    (&file).take(old.len() as u64 + 1).read_to_end(&mut current).map_err(describe)?;
    if current != old {
        return Err("not written: the file changed while it was being checked".to_owned());
    }
    match replace(&path, &file, &known, new) {
        Ok(true) => Ok(()),
        Ok(false) => overwrite(&mut file, new).map_err(describe),
        Err(error) => Err(describe(error)),
    }
}

/// The directory of a file.
fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a new file, whole or not at all. A file that exists by now is left unchanged.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let describe = |error: io::Error| format!("cannot write `{}`: {error}", path.display());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any program would create it; the user's umask applies.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory_of(path)).map_err(describe)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(describe)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(describe(error.error)),
    }
}

/// Puts a new file in the place of the old one. False if it could not have all that the old one has: nothing has changed
/// then, and there is room on the disk for the bytes.
fn replace(path: &Path, old: &File, known: &Metadata, bytes: &[u8]) -> io::Result<bool> {
    // Removed automatically if anything below fails.
    let mut file = tempfile::Builder::new().prefix(".plimsoll-").suffix(".tmp").tempfile_in(directory_of(path))?;
    file.write_all(bytes)?;
    keep_owner(file.as_file(), known);
    file.as_file().set_permissions(known.permissions())?;
    if has_other_names(known) || !copy_attributes(old, file.as_file()) {
        return Ok(false);
    }
    // The new bytes reach the disk before the name does: after a crash the file is either the old one or the new one.
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(true)
}

/// Writes a file in place.
fn overwrite(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// Keeps owner and group as far as allowed. Changing the owner may reset permissions, so it comes first.
#[cfg(unix)]
fn keep_owner(file: &File, known: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata().ok();
    let is_same = |of: fn(&Metadata) -> u32| own.as_ref().is_some_and(|own| of(own) == of(known));
    if !is_same(Metadata::gid) {
        let _ = fchown(file, None, Some(known.gid()));
    }
    if !is_same(Metadata::uid) {
        let _ = fchown(file, Some(known.uid()), None);
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// Whether the file has other hard links.
#[cfg(unix)]
fn has_other_names(known: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(known) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &Metadata) -> bool {
    false
}

/// Copies extended attributes, access control lists among them. False if one cannot be copied.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn copy_attributes(from: &File, to: &File) -> bool {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    /// Neither a list of names nor a value is longer on Linux.
    const MAX: usize = 64 << 10;
    let mut names = vec![0; MAX];
    // Not every file system supports attributes.
    let Ok(len) = flistxattr(from, &mut names[..]) else { return true };
    let mut value = vec![0; MAX];
    names[..len].split(|byte| *byte == 0).filter(|name| !name.is_empty()).all(|name| {
        let read = fgetxattr(from, name, &mut value[..]);
        read.is_ok_and(|len| fsetxattr(to, name, &value[..len], XattrFlags::empty()).is_ok())
    })
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn copy_attributes(_: &File, _: &File) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn other_names_are_kept() {
        let folder = tempfile::tempdir().expect("a directory");
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        std::fs::write(&one, "old text").expect("it is written");
        std::fs::hard_link(&one, &two).expect("it is linked");
        save(&one, b"old text", b"new").expect("it is saved");
        assert_eq!(std::fs::read(&two).expect("it is there"), b"new");
        assert_eq!(one.metadata().expect("it is there").nlink(), 2);
        assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn attributes_are_kept() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("file");
        std::fs::write(&path, "old").expect("it is written");
        // Not every file system has them.
        if setxattr(&path, "user.plimsoll", b"value", XattrFlags::empty()).is_ok() {
            save(&path, b"old", b"new").expect("it is saved");
            let mut value = [0; 16];
            let len = getxattr(&path, "user.plimsoll", &mut value[..]).expect("it is there");
            assert_eq!(&value[..len], b"value");
        }
    }
}
