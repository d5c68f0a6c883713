//! The packages of an image: those of Debian, Alpine and RPM by their databases, those of Python and Node.js by their files.

use std::collections::HashMap;

use super::census::Census;
use super::databases::Database;

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
pub(super) fn all(census: &Census, lines: &[usize]) -> Vec<Package> {
    let mut found: Vec<Package> = census.databases.values().flat_map(|database| of_database(database, lines)).collect();
    found.extend(by_files(census, lines));
    found.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    found
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

/// What lies below `site-packages/NAME` and `node_modules/NAME`.
fn by_files(census: &Census, lines: &[usize]) -> Vec<Package> {
    let mut sums: HashMap<(&'static str, &str), (u64, usize)> = HashMap::new();
    let mut versions: HashMap<String, String> = HashMap::new();
    for (path, node) in &census.nodes {
        for (manager, folder) in [("pip", "-packages/"), ("npm", "node_modules/")] {
            let Some(at) = path.rfind(folder) else { continue };
            let rest = &path[at + folder.len()..];
            let mut parts = rest.splitn(3, '/');
            let first = parts.next().unwrap_or_default();
            let second = parts.next();
            if let Some((name, version)) = first.strip_suffix(".dist-info").and_then(|name| name.split_once('-')) {
                versions.insert(name.to_ascii_lowercase(), version.to_owned());
                continue;
            }
            if second.is_none() || first.starts_with(['.', '_']) {
                continue;
            }
            let scope = second.filter(|_| manager == "npm" && first.starts_with('@'));
            let length = scope.map_or(first.len(), |second| first.len() + 1 + second.len());
            let sum = sums.entry((manager, &rest[..length])).or_insert((0, node.layer as usize));
            sum.0 += node.size;
            sum.1 = sum.1.max(node.layer as usize);
            break;
        }
    }
    let package = |((manager, name), (bytes, layer)): ((&'static str, &str), (u64, usize))| Package {
        manager,
        name: name.to_owned(),
        version: versions.get(&name.to_ascii_lowercase()).cloned().unwrap_or_default(),
        bytes,
        line: lines[layer],
    };
    sums.into_iter().map(package).collect()
}
