//! The digest of a submission: of the names and the content of everything that was submitted.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::walk::FileListing;
use super::{ArchiveLimits, Submission, SubmissionContent};

/// The digest of a text, in hexadecimal.
pub fn digest_of(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        add(&mut hash, part.as_bytes());
    }
    hex(hash)
}

impl Submission {
    /// A digest of all that was submitted, in hexadecimal. Archives are not unpacked for it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn digest(&self, limits: ArchiveLimits) -> io::Result<String> {
        let mut hash = Sha256::new();
        match &self.content {
            SubmissionContent::Missing => {}
            SubmissionContent::Archive(path) => file(&mut hash, path, &self.name)?,
            SubmissionContent::Files(files) => {
                for (name, path) in files {
                    file(&mut hash, path, name)?;
                }
            }
            SubmissionContent::Directory(root) => {
                for entry in FileListing::of(root, limits.files).entries {
                    let path = root.join(&entry.path);
                    if entry.is_link {
                        let target = std::fs::read_link(&path).unwrap_or_default();
                        add(&mut hash, format!("{}\0{}", entry.path, target.display()).as_bytes());
                    } else if entry.is_dir {
                        add(&mut hash, format!("{}/", entry.path).as_bytes());
                    } else {
                        file(&mut hash, &path, &entry.path)?;
                    }
                }
            }
        }
        Ok(hex(hash))
    }
}

/// Adds a text with its length, so that no two lists of texts are the same.
fn add(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn file(hash: &mut Sha256, path: &Path, name: &str) -> io::Result<()> {
    let meta = path.symlink_metadata()?;
    add(hash, name.as_bytes());
    if !meta.is_file() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        hash.update([u8::from(meta.permissions().mode() & 0o111 != 0)]);
    }
    hash.update(meta.len().to_le_bytes());
    let mut file = File::open(path)?.take(meta.len());
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
