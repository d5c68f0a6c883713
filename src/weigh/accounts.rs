//! Accounts without a password, and accounts that share an ID, which the base image does not have.

use std::collections::{HashMap, HashSet};

/// A weak account, and the layer that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WeakAccount {
    pub layer: usize,
    /// One sentence, lower case, no full stop.
    pub message: String,
}

/// How many are reported.
const MOST: usize = 20;

/// How many are remembered.
const MOST_KNOWN: usize = 10_000;

/// How much of a file is read, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// The accounts of an image, as the layers leave them one after the other.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    known: HashSet<String>,
    pub weak: Vec<WeakAccount>,
}

impl Accounts {
    /// Whether a path is that of a file of accounts.
    pub(super) fn is_at(path: &str) -> bool {
        matches!(path, "etc/passwd" | "etc/shadow")
    }

    /// Takes a file of accounts as a layer has it.
    pub(super) fn take(&mut self, layer: usize, is_base: bool, path: &str, text: &[u8]) {
        let text = String::from_utf8_lossy(&text[..text.len().min(MAX_BYTES)]);
        for message in faults(path, &text) {
            if self.known.len() < MOST_KNOWN && self.known.insert(message.clone()) && !is_base && self.weak.len() < MOST {
                self.weak.push(WeakAccount { layer, message });
            }
        }
    }
}

fn faults(path: &str, text: &str) -> Vec<String> {
    let rows = text.lines().map(|line| line.split(':').collect::<Vec<_>>()).filter(|row| row.len() > 2 && !row[0].is_empty());
    let mut faults = Vec::new();
    let mut by_id: HashMap<&str, &str> = HashMap::new();
    for row in rows {
        if row[1].is_empty() {
            faults.push(format!("account `{}` has no password and can be used by anyone", row[0]));
        }
        if path == "etc/passwd" && !row[2].is_empty() {
            match by_id.get(row[2]) {
                Some(first) if *first != row[0] => {
                    faults.push(format!("accounts `{first}` and `{}` share the user ID {}", row[0], row[2]));
                }
                _ => drop(by_id.insert(row[2], row[0])),
            }
        }
    }
    faults
}
