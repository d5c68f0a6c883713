//! The packages of an image: those of Debian, Alpine and RPM by their databases, those of Python and Node.js by their files.

use std::collections::HashMap;
use std::io;

use super::census::Census;
use super::databases::{Database, MAX_PACKAGES};
use super::tar::invalid;

/// A package, what it takes and who installed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// `dpkg`, `apk`, `rpm`, `pip` or `npm`.
    pub manager: &'static str,
    pub name: String,
    pub version: String,
    pub bytes: u64,
    /// What installed it: an index of [`super::Weight::lines`].
    pub line: usize,
}

/// The packages, largest first. `lines` has the line of each layer.
///
/// # Errors
/// When there are too many.
pub(super) fn all(census: &Census, lines: &[usize]) -> io::Result<Vec<Package>> {
    let mut found: Vec<Package> = census.databases.values().flat_map(|database| of_database(database, lines)).collect();
    found.extend(by_files(census, lines)?);
    found.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    Ok(found)
}

fn of_database(database: &Database, lines: &[usize]) -> impl Iterator<Item = Package> {
    database.packages().map(|(row, layer)| Package {
        manager: database.manager,
        name: row.name.clone(),
        version: row.version.clone(),
        bytes: row.bytes,
        line: lines[layer],
    })
}

/// The managers whose packages are directories, and what those are in.
const FOLDERS: [(&str, &str); 2] = [("pip", "-packages/"), ("npm", "node_modules/")];

/// What lies below `site-packages/NAME` and `node_modules/NAME`.
fn by_files(census: &Census, lines: &[usize]) -> io::Result<Vec<Package>> {
    // By manager and name: the bytes, and the last layer that adds to them.
    let mut sums: [HashMap<String, (u64, usize)>; 2] = Default::default();
    let mut versions: HashMap<String, String> = HashMap::new();
    census.files.visit(|path, _, file| {
        for ((manager, folder), sums) in FOLDERS.into_iter().zip(&mut sums) {
            let Some(at) = path.rfind(folder) else { continue };
            let rest = &path[at + folder.len()..];
            let mut parts = rest.splitn(3, '/');
            let first = parts.next().unwrap_or_default();
            let second = parts.next();
            if let Some((name, version)) = first.strip_suffix(".dist-info").and_then(|name| name.split_once('-')) {
                if versions.len() <= MAX_PACKAGES {
                    versions.insert(name.to_ascii_lowercase(), version.to_owned());
                }
                continue;
            }
            if second.is_none() || first.starts_with(['.', '_']) {
                continue;
            }
            let scope = second.filter(|_| manager == "npm" && first.starts_with('@'));
            let length = scope.map_or(first.len(), |second| first.len() + 1 + second.len());
            let name = &rest[..length];
            if let Some(sum) = sums.get_mut(name) {
                *sum = (sum.0 + file.size, sum.1.max(file.layer));
            } else if sums.len() <= MAX_PACKAGES {
                sums.insert(name.to_owned(), (file.size, file.layer));
            }
            break;
        }
    });
    if versions.len() > MAX_PACKAGES || sums.iter().any(|sums| sums.len() > MAX_PACKAGES) {
        return Err(invalid("the image has too many packages"));
    }
    let mut packages = Vec::new();
    for ((manager, _), sums) in FOLDERS.into_iter().zip(sums) {
        packages.extend(sums.into_iter().map(|(name, (bytes, layer))| {
            let version = versions.get(&name.to_ascii_lowercase()).cloned().unwrap_or_default();
            Package { manager, name, version, bytes, line: lines[layer] }
        }));
    }
    Ok(packages)
}
