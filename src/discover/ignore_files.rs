//! Whether a directory's ignore files can be read: a link to `/dev/zero`, a pipe or a huge file would never end.

use std::fs;
use std::path::Path;

/// The files that say what a search ignores, and what git itself reads to find them.
const NAMES: [&str; 4] = [".gitignore", ".ignore", ".git", ".git/info/exclude"];

/// The largest ignore file that is read, in bytes.
const MAX: u64 = 256 << 10;

/// The first ignore file of a directory that is not to be read, and what is wrong with it.
pub(super) fn unreadable(directory: &Path) -> Option<(&'static str, String)> {
    NAMES.iter().find_map(|name| {
        let metadata = fs::metadata(directory.join(name)).ok()?;
        match () {
            () if *name == ".git" && metadata.is_dir() => None,
            () if !metadata.is_file() => Some((*name, "not a regular file".to_owned())),
            () if metadata.len() > MAX => Some((*name, format!("larger than {} KiB", MAX >> 10))),
            () => None,
        }
    })
}
