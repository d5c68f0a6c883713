//! Paths without links; each directory is looked up once.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The directories looked up so far.
#[derive(Debug, Default)]
pub struct RealPaths(HashMap<PathBuf, PathBuf>);

impl RealPaths {
    /// As [`Path::canonicalize`], which would look up every part of the path for every file of a directory.
    pub fn of(&mut self, path: &Path) -> io::Result<PathBuf> {
        // Anything else may be a link, or end in `/.`.
        if fs::symlink_metadata(path)?.is_file() { self.beside(path) } else { path.canonicalize() }
    }

    /// The same, but the last part is not followed, nor need it exist.
    pub fn beside(&mut self, path: &Path) -> io::Result<PathBuf> {
        let Some(name) = path.file_name() else { return path.canonicalize() };
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Some(real) = self.0.get(directory) {
            return Ok(real.join(name));
        }
        let real = directory.canonicalize()?;
        let path = real.join(name);
        self.0.insert(directory.to_path_buf(), real);
        Ok(path)
    }
}
