//! File → [`Source`], within limits.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::text::MAX_LEN;
use crate::text::Source;
use crate::text::units::Size;

/// Reads a file; the error is a phrase that follows the file name.
pub(crate) fn file(path: &Path) -> Result<Arc<Source>, String> {
    let name = path.display().to_string();
    let known = path.metadata().map_err(describe)?;
    // A pipe may never end, nor begin.
    if !known.is_file() {
        return Err("not a regular file".to_owned());
    }
    let room = usize::try_from(known.len()).unwrap_or(MAX_LEN).min(MAX_LEN);
    bounded(File::open(path).map_err(describe)?, name, room)
}

/// Reads standard input.
pub(super) fn stdin(name: String) -> Result<Arc<Source>, String> {
    bounded(io::stdin().lock(), name, 0)
}

fn bounded(from: impl Read, name: String, room: usize) -> Result<Arc<Source>, String> {
    bounded_to(from, name, room, MAX_LEN)
}

fn bounded_to(from: impl Read, name: String, room: usize, max: usize) -> Result<Arc<Source>, String> {
    let mut bytes = Vec::with_capacity(room);
    from.take(max as u64 + 1).read_to_end(&mut bytes).map_err(describe)?;
    if bytes.len() > max {
        return Err(format!("larger than {}, not read", Size(max as u64).limit()));
    }
    Ok(Arc::new(Source::from_file(name, bytes)))
}

fn describe(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_limit() {
        let read = |len: u64| bounded_to(io::repeat(b'#').take(len), "x".into(), 0, 1 << 20);
        assert_eq!(read(1 << 20).expect("it fits").text().len(), 1 << 20);
        assert_eq!(read(u64::MAX).expect_err("too large"), "larger than 1 MiB, not read");
    }
}
