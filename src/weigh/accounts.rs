//! Accounts without a password, and accounts that share an ID, which the base image does not have.

use std::collections::{HashMap, HashSet};

use super::census::Census;

/// A weak account, and the layer that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WeakAccount {
    pub layer: usize,
    /// One sentence, lower case, no full stop.
    pub message: String,
}

/// How many are reported.
const MOST: usize = 20;

pub(super) fn weak(census: &Census, base: usize) -> Vec<WeakAccount> {
    let mut known = HashSet::new();
    let mut found = Vec::new();
    for version in &census.versions {
        let text = String::from_utf8_lossy(&version.text);
        for message in faults(&version.path, &text) {
            if known.insert(message.clone()) && version.layer >= base && found.len() < MOST {
                found.push(WeakAccount { layer: version.layer, message });
            }
        }
    }
    found
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
