//! Evidence: what was found in a submission, apart from what it is worth. Content-addressed, so that a change of points needs no
//! new evidence, and that several machines can write to one directory.
//!
//! ```text
//! DIR/ab/abcd…/<question>.json   what was found in the submission with the digest abcd…
//! DIR/students/<student>/<digest>   which submissions are whose, to forget them
//! ```
//!
//! A file is written once, under a name of its own, and then renamed: readers see all of it or nothing.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::submissions::digest_of;

/// The largest file of evidence that is read, in bytes.
const MAX_LEN: u64 = 64 << 20;
/// How many characters of a digest are a file's name.
const NAME_LEN: usize = 40;

/// A directory of evidence.
pub struct EvidenceStore {
    root: PathBuf,
    /// Whether to look for evidence that exists.
    reuse: bool,
    files: AtomicU64,
}

impl EvidenceStore {
    /// # Errors
    /// When the directory cannot be created.
    pub fn open(root: &Path, reuse: bool) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self { root: root.to_path_buf(), reuse, files: AtomicU64::new(0) })
    }

    /// What is known of a submission.
    pub fn get<T: DeserializeOwned>(&self, digest: &str, question: &str) -> Option<T> {
        if !self.reuse {
            return None;
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(self.path(digest, question)?).ok()?;
        file.take(MAX_LEN).read_to_end(&mut bytes).ok()?;
        // A damaged file is as good as none: it is written again.
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps what was found. A failure only costs time later.
    pub fn put<T: Serialize>(&self, digest: &str, question: &str, evidence: &T) {
        let Some(path) = self.path(digest, question) else { return };
        if let Ok(bytes) = serde_json::to_vec(evidence) {
            let _ = self.write(&path, &bytes);
        }
    }

    /// Notes that a submission is a student's.
    pub fn owned(&self, student: &str, digest: &str) {
        let path = self.student(student).join(digest);
        if !path.exists() {
            let _ = self.write(&path, b"");
        }
    }

    /// Deletes everything that is kept about a student, except what another student submitted as well; returns the number of
    /// submissions deleted.
    ///
    /// # Errors
    /// When something cannot be deleted.
    pub fn forget(&self, student: &str) -> io::Result<usize> {
        let own = self.student(student);
        let Ok(entries) = fs::read_dir(&own) else { return Ok(0) };
        let digests: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        fs::remove_dir_all(&own)?;
        let mut deleted = 0;
        for digest in digests {
            let directory = self.directory(&digest).filter(|directory| directory.is_dir());
            if let Some(directory) = directory.filter(|_| !self.is_shared(&digest)) {
                fs::remove_dir_all(directory)?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    fn is_shared(&self, digest: &str) -> bool {
        let students = fs::read_dir(self.root.join("students"));
        students.is_ok_and(|students| students.flatten().any(|student| student.path().join(digest).exists()))
    }

    fn student(&self, student: &str) -> PathBuf {
        self.root.join("students").join(&digest_of(&[student])[..NAME_LEN])
    }

    fn directory(&self, digest: &str) -> Option<PathBuf> {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then(|| self.root.join(&digest[..2]).join(&digest[..NAME_LEN]))
    }

    fn path(&self, digest: &str, question: &str) -> Option<PathBuf> {
        Some(self.directory(digest)?.join(format!("{}.json", &digest_of(&[question])[..NAME_LEN])))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let new = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
        fs::write(&new, bytes)?;
        fs::rename(&new, path).inspect_err(|_| _ = fs::remove_file(&new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_and_forgotten() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = EvidenceStore::open(directory.path(), true).expect("it can be made");
        let (one, two) = (digest_of(&["1"]), digest_of(&["2"]));
        for (student, digest) in [("ada", &one), ("ada", &two), ("bob", &two)] {
            store.put(digest, "built?", &"yes");
            store.owned(student, digest);
        }
        assert_eq!(store.get::<String>(&one, "built?").as_deref(), Some("yes"));
        assert_eq!(store.get::<String>(&one, "another"), None);
        assert_eq!(store.get::<String>("../../etc", "built?"), None);
        assert_eq!(store.forget("ada").expect("it can be deleted"), 1);
        assert_eq!(store.get::<String>(&one, "built?"), None);
        assert_eq!(store.get::<String>(&two, "built?").as_deref(), Some("yes"), "it is Bob's as well");
        let again = EvidenceStore::open(directory.path(), false).expect("it is there");
        assert_eq!(again.get::<String>(&two, "built?"), None, "evidence is asked for anew");
    }
}
