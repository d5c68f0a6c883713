//! The databases of package managers, as layers leave them one after the other.

use std::collections::HashMap;
use std::io;

use super::rows::{self, Row};
use super::rpm;
use super::tar::invalid;

/// How many packages and versions of packages an image may have.
pub(super) const MAX_PACKAGES: usize = 100_000;

/// A package manager's database, as the layers leave it one after the other.
#[derive(Debug)]
pub(super) struct Database {
    pub manager: &'static str,
    /// As the last layer that has it leaves it.
    rows: Vec<Row>,
    /// The layer in which each name and version was first.
    first: HashMap<(String, String), usize>,
}

impl Database {
    /// Which manager's database is at a path.
    pub(super) fn manager_of(path: &str) -> Option<&'static str> {
        match path {
            "var/lib/dpkg/status" => Some("dpkg"),
            "lib/apk/db/installed" | "usr/lib/apk/db/installed" => Some("apk"),
            _ => {
                let file = RPM.iter().find_map(|folder| path.strip_prefix(folder))?;
                matches!(file, "rpmdb.sqlite" | "Packages.db" | "Packages").then_some("rpm")
            }
        }
    }

    pub(super) fn new(manager: &'static str) -> Self {
        Self { manager, rows: Vec::new(), first: HashMap::new() }
    }

    /// Takes the database as a layer has it.
    ///
    /// # Errors
    /// When there are too many packages.
    pub(super) fn take(&mut self, layer: usize, file: &[u8]) -> io::Result<()> {
        self.rows = match self.manager {
            "rpm" => rpm::rows(file),
            manager => rows::rows(&String::from_utf8_lossy(file), manager == "dpkg"),
        };
        for row in &self.rows {
            self.first.entry((row.name.clone(), row.version.clone())).or_insert(layer);
            if self.first.len() > MAX_PACKAGES {
                return Err(invalid("the image has too many packages"));
            }
        }
        Ok(())
    }

    /// Each package, and the layer in which its version was first.
    pub(super) fn packages(&self) -> impl Iterator<Item = (&Row, usize)> {
        self.rows.iter().map(|row| (row, self.first.get(&(row.name.clone(), row.version.clone())).copied().unwrap_or(0)))
    }
}

/// Where RPM's database is.
const RPM: &[&str] = &["var/lib/rpm/", "usr/lib/sysimage/rpm/"];
