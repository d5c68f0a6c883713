//! Temporary directories, named so that a later run can remove what a killed one left.

use std::io;
use std::path::Path;

use super::session;

/// A new directory; removed when dropped.
///
/// # Errors
/// When it cannot be created.
pub fn directory(what: &str) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(&format!("{}-{what}-", session::name())).tempdir()
}

/// Where Podman and Buildah put what is too large for the usual place.
const LARGE: &str = "/var/tmp";

/// The same for what may be large.
///
/// # Errors
/// The same.
pub(super) fn large_directory(what: &str) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(&format!("{}-{what}-", session::name())).tempdir_in(LARGE)
}

/// Removes the directories of processes that no longer run.
pub(super) fn sweep() {
    sweep_in(&std::env::temp_dir());
    sweep_in(Path::new(LARGE));
}

fn sweep_in(directory: &Path) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_left = name.to_str().is_some_and(session::is_left);
        // Not a link, and not another user's.
        if is_left && entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_own(&entry) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(unix)]
fn is_own(entry: &std::fs::DirEntry) -> bool {
    use std::os::unix::fs::MetadataExt;
    entry.metadata().is_ok_and(|meta| meta.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_own(_: &std::fs::DirEntry) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_left() {
        let place = tempfile::tempdir().expect("a directory can be made");
        let make = |name: &str| std::fs::create_dir_all(place.path().join(name).join("context/a"));
        let own = directory("context").expect("a directory can be made");
        let own = own.path().file_name().and_then(|name| name.to_str()).expect("it is UTF-8").to_owned();
        for name in ["plimsoll-1-99999999999-3-context-Ab1", "plimsoll-app", &own] {
            make(name).expect("a directory can be made");
        }
        sweep_in(place.path());
        let has = |name: &str| place.path().join(name).exists();
        assert!(!has("plimsoll-1-99999999999-3-context-Ab1"));
        assert!(has("plimsoll-app") && has(&own));
    }
}
