//! Reads a submitted Dockerfile, whatever a student's editor made of it.

use std::path::Path;

use crate::syntax::{self, Dockerfile};
use crate::text::{Source, utf16};

/// The largest Dockerfile that is graded.
pub(super) const MAX_DOCKERFILE: u64 = 4 << 20;

/// A submission's Dockerfile.
pub(super) struct SubmittedDockerfile {
    pub(super) source: Source,
    pub(super) file: Dockerfile,
    /// What it is encoded as, if not UTF-8.
    pub(super) encoding: Option<&'static str>,
}

/// Reads a Dockerfile from a listing.
///
/// # Errors
/// A sentence.
pub(super) fn read(path: &Path, name: &str) -> Result<SubmittedDockerfile, String> {
    let meta = path.symlink_metadata().map_err(|_| format!("`{name}` cannot be read"))?;
    if !meta.is_file() {
        return Err(format!("`{name}` is not a regular file"));
    }
    if meta.len() > MAX_DOCKERFILE {
        return Err(format!("`{name}` is larger than {} MiB, not read", MAX_DOCKERFILE >> 20));
    }
    let bytes = read_whole(path).map_err(|_| format!("`{name}` cannot be read"))?;
    if let Some(kind) = document(&bytes) {
        return Err(format!("`{name}` is {kind}, not a text file"));
    }
    let (bytes, encoding) = decoded(bytes);
    let source = Source::new(name, bytes);
    let file = syntax::parse(source.text());
    Ok(SubmittedDockerfile { source, file, encoding })
}

/// What kind of document a file is that is not text.
fn document(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "a word processor's document or an archive"),
        (b"\xd0\xcf\x11\xe0", "a word processor's document"),
        (b"%PDF", "a PDF file"),
        (b"{\\rtf", "a rich text document"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
    ];
    kinds.into_iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| kind)
}

/// The text in UTF-8, and what it was encoded as.
fn decoded(bytes: Vec<u8>) -> (Vec<u8>, Option<&'static str>) {
    match utf16::decode(&bytes) {
        Some(text) => (text.into_bytes(), Some("UTF-16")),
        None if std::str::from_utf8(&bytes).is_err() => (bytes, Some("something other than UTF-8")),
        None => (bytes, None),
    }
}

/// Reads a file. Without memory for it, the process ends, as at every other allocation that fails: the submission is not
/// graded, instead of being marked for a file that is there.
pub(super) fn read_whole(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path).inspect_err(|error| {
        if error.kind() == std::io::ErrorKind::OutOfMemory {
            std::process::abort();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let text = "FROM alpine:3.22\n";
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xff, 0xfe][..], &units].concat();
        for bytes in [units, marked, text.encode_utf16().flat_map(u16::to_be_bytes).collect()] {
            assert_eq!(decoded(bytes), (text.as_bytes().to_vec(), Some("UTF-16")));
        }
        assert_eq!(decoded(text.into()), (text.as_bytes().to_vec(), None));
        assert_eq!(decoded(b"# \xe4\n".to_vec()).1, Some("something other than UTF-8"));
        assert_eq!(document(b"PK\x03\x04.."), Some("a word processor's document or an archive"));
    }
}
