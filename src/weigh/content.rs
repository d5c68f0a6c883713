//! What is learnt of a file's contents as they pass by: a hash, tokens and keys, and what a program needs to start.

use std::hash::Hasher;

use twox_hash::XxHash3_64;

use super::elf::{self, Elf};
use crate::knowledge::{secrets, tokens};

/// How much of the head of a file is kept to look into, in bytes.
const HEAD: usize = 8 << 20;

/// How much of a text is searched for secrets, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// How much of a file shows whether it is a text, in bytes.
const BEGINNING: usize = 8 << 10;

/// What is kept of a file such as `/etc/passwd` or a package database, in bytes.
const MAX_KEPT: usize = 32 << 20;

/// A secret in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Secret {
    /// `AWS access key`.
    pub kind: &'static str,
    /// What may be shown of it.
    pub masked: String,
    /// Whether it may be meant to be public.
    pub maybe: bool,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub hash: u64,
    pub secrets: Vec<Secret>,
    /// The interpreter of a script, as written after `#!`.
    pub interpreter: Option<String>,
    pub elf: Option<Elf>,
    /// The text of a file that is read as a whole.
    pub kept: Option<Vec<u8>>,
}

/// Takes the contents of one file after the other; its buffer is used again.
#[derive(Default)]
pub(super) struct Scanner {
    head: Vec<u8>,
    /// The part of a program that lies beyond the head: where it begins, and its bytes.
    tail: Vec<u8>,
    wanted: Option<(u64, u64)>,
    position: u64,
    hasher: XxHash3_64,
    /// Whether enough has been read to know what kind of file it is.
    is_known: bool,
    most: usize,
}

impl Scanner {
    /// Begins a file.
    pub(super) fn begin(&mut self, keeps: bool) {
        self.head.clear();
        self.tail.clear();
        self.wanted = None;
        self.position = 0;
        self.is_known = false;
        self.hasher = XxHash3_64::new();
        self.most = if keeps { MAX_KEPT } else { MAX_TEXT };
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.hasher.write(bytes);
        let room = self.most.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if !self.is_known && self.head.len() >= BEGINNING {
            self.is_known = true;
            if self.head.starts_with(elf::MAGIC) {
                self.most = HEAD;
                self.wanted = elf::dynamic_range(&self.head);
            } else if self.most == MAX_TEXT && is_binary(&self.head) {
                self.most = BEGINNING;
            }
        }
        if let Some((start, end)) = self.wanted {
            let from = start.max(self.position).saturating_sub(self.position).min(bytes.len() as u64) as usize;
            let to = end.saturating_sub(self.position).min(bytes.len() as u64) as usize;
            if from < to {
                self.tail.extend_from_slice(&bytes[from..to]);
            }
        }
        self.position += bytes.len() as u64;
    }

    /// What the file at `path` held. Secrets are looked for only where asked.
    pub(super) fn end(&mut self, path: &str, keeps: bool, looks_for_secrets: bool) -> Content {
        let mut content = Content { hash: self.hasher.finish(), ..Content::default() };
        if self.head.starts_with(elf::MAGIC) {
            let range = elf::dynamic_range(&self.head).unwrap_or_default();
            let inside = self.head.get(range.0 as usize..range.1 as usize);
            content.elf = elf::read(&self.head, inside.unwrap_or(&self.tail));
        } else if let Some(rest) = self.head.strip_prefix(b"#!") {
            let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
            content.interpreter = Some(String::from_utf8_lossy(&line[..line.len().min(256)]).into_owned());
        }
        if looks_for_secrets && content.elf.is_none() {
            content.secrets = secrets_of(path, &self.head[..self.head.len().min(MAX_TEXT)]);
        }
        if keeps {
            // A large one is not needed twice.
            content.kept = Some(std::mem::take(&mut self.head));
        }
        content
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(BEGINNING)]).is_some()
}

/// Tokens and keys in a text; binary files are not searched.
fn secrets_of(path: &str, bytes: &[u8]) -> Vec<Secret> {
    if is_binary(bytes) {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(bytes);
    let mut found: Vec<Secret> = tokens::tokens(&text)
        .take(16)
        .map(|token| Secret { kind: token.kind, masked: tokens::mask(&text[token.at.clone()]), maybe: token.maybe })
        .collect();
    if found.is_empty() && secrets::secret_file(path).is_some() && secrets::holds_secret(path, &text) == Some(true) {
        found.push(Secret { kind: "password or key", masked: "…".to_owned(), maybe: false });
    }
    found
}
