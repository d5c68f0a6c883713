//! The output of a container as runtimes of Kubernetes write it: one file, in which each line has a time, a stream and a
//! mark.
//!
//! ```text
//! 2026-01-02T03:04:05.678901234Z stdout F a whole line
//! 2026-01-02T03:04:05.678901234Z stderr P the first part of a long one
//! ```

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::process::Capped;

/// How much is read at once.
const BLOCK: usize = 256 << 10;

/// A log that is followed while it is written.
pub(super) struct Log {
    path: PathBuf,
    /// What has been read of the file.
    offset: u64,
    /// The start of a line whose end has not been written yet.
    rest: Vec<u8>,
    pub stdout: Capped,
    pub stderr: Capped,
}

impl Log {
    /// `keep`: bytes to keep of the head of each stream, and as many of its tail.
    pub(super) fn new(path: PathBuf, keep: usize) -> Self {
        Self { path, offset: 0, rest: Vec::new(), stdout: Capped::new(keep), stderr: Capped::new(keep) }
    }

    /// Reads what has been added, and no more than `most` bytes of the file in all. Returns how much was read.
    pub(super) fn follow(&mut self, most: u64) -> u64 {
        let before = self.offset;
        let Ok(mut file) = File::open(&self.path) else { return 0 };
        if file.seek(SeekFrom::Start(self.offset)).is_err() {
            return 0;
        }
        let mut block = vec![0; BLOCK];
        while self.offset < most {
            let len = match file.read(&mut block) {
                Ok(0) | Err(_) => break,
                Ok(len) => len,
            };
            self.offset += len as u64;
            self.push(&block[..len]);
        }
        self.offset - before
    }

    /// How much of the file has been read.
    pub(super) fn read(&self) -> u64 {
        self.offset
    }

    fn push(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, after) = bytes.split_at(end);
            bytes = &after[1..];
            if self.rest.is_empty() {
                self.line(line);
            } else {
                self.rest.extend_from_slice(line);
                let whole = std::mem::take(&mut self.rest);
                self.line(&whole);
            }
        }
        self.rest.extend_from_slice(bytes);
    }

    fn line(&mut self, line: &[u8]) {
        let mut fields = line.splitn(4, |byte| *byte == b' ');
        let (_time, stream, mark, text) = (fields.next(), fields.next(), fields.next(), fields.next());
        let stream = match stream {
            Some(b"stdout") => &mut self.stdout,
            Some(b"stderr") => &mut self.stderr,
            _ => return,
        };
        stream.push(text.unwrap_or_default());
        // The rest of a partial line follows.
        if mark.is_some_and(|mark| !mark.starts_with(b"P")) {
            stream.push(b"\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_streams() {
        let folder = tempfile::tempdir().expect("a directory can be made");
        let path = folder.path().join("log");
        let mut log = Log::new(path.clone(), 100);
        assert_eq!(log.follow(1 << 20), 0);
        let text = "T stdout F one\nT stderr P a\nT stderr F b c\nT stdout F \nnonsense\n\nT stdout F cut";
        std::fs::write(&path, text).expect("a file can be written");
        assert_eq!(log.follow(1 << 20), text.len() as u64);
        assert_eq!((log.stdout.text(), log.stderr.text()), ("one\n\n".to_owned(), "ab c\n".to_owned()));
        std::fs::write(&path, format!("{text} off\n")).expect("a file can be written");
        assert_eq!(log.follow(1 << 20), 5);
        assert_eq!(log.stdout.text(), "one\n\ncut off\n");
    }

    #[test]
    fn no_more_than_allowed() {
        let folder = tempfile::tempdir().expect("a directory can be made");
        let path = folder.path().join("log");
        std::fs::write(&path, "T stdout F x\n".repeat(100_000)).expect("a file can be written");
        let mut log = Log::new(path, 10);
        assert!(log.follow(300_000) < 300_000 + BLOCK as u64);
        assert!(log.stdout.text().starts_with("x\nx\n"));
    }
}
