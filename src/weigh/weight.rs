//! The weight of an image: what each instruction added, and what of it is of no use.

use std::collections::{BTreeMap, HashMap};

use super::archive::{Archive, WeighError};
use super::census::{Census, WasteKind, keep_largest};
use super::history::{self, Attribution};
use super::packages::{self, Package};
use super::tar::{EntryKind, Limits};
use super::{Origin, Waste, accounts, start};
use crate::knowledge::image_files::{self, Needless};
use crate::knowledge::managers::Leftover;
use crate::model::Model;

/// What one instruction, or the base image, put into the image.
#[derive(Clone, Debug)]
pub struct Line {
    pub origin: Origin,
    /// Bytes of the files of its layers.
    pub added: u64,
    pub files: u64,
    /// As stored in the archive, compressed or not.
    pub stored: u64,
    /// Bytes that it made useless: its own copies, and what it deletes or overwrites.
    pub wasted: u64,
    /// Bytes by directory, largest first.
    pub directories: Vec<(u64, String)>,
    /// The largest files that are left in the image.
    pub largest: Vec<(u64, String)>,
    pub caches: BTreeMap<&'static str, u64>,
    pub needless: BTreeMap<Needless, (u64, String)>,
    pub(super) leftovers: HashMap<Leftover, (u64, String)>,
    /// A hash over what its layers hold, times left out.
    pub digest: u64,
}

/// A secret in a layer.
#[derive(Clone, Debug)]
pub(super) struct SecretAt {
    pub line: usize,
    pub path: String,
    pub kind: &'static str,
    pub masked: String,
    pub maybe: bool,
    /// The line that deleted the file.
    pub gone: Option<usize>,
}

/// A file with a mode that is dangerous.
#[derive(Clone, Debug)]
pub(super) struct ModeAt {
    pub line: usize,
    pub path: String,
    pub mode: u16,
    pub was_there: bool,
}

/// An image on the scales.
#[derive(Clone, Debug)]
pub struct Weight {
    /// What reports call it.
    pub name: String,
    pub architecture: String,
    /// The base image first, if there is one, then the instructions in order.
    pub lines: Vec<Line>,
    /// Bytes of the files of all layers.
    pub bytes: u64,
    /// Bytes of the files that a container sees.
    pub visible: u64,
    pub wasted: u64,
    /// Largest first.
    pub wastes: Vec<Waste>,
    pub packages: Vec<Package>,
    /// Whether the history of the image is that of the Dockerfile.
    pub complete: bool,
    pub(super) secrets: Vec<SecretAt>,
    pub(super) setuid: Vec<ModeAt>,
    pub(super) writable: Vec<ModeAt>,
    pub(super) accounts: Vec<(usize, String)>,
    pub(super) start: Vec<String>,
    /// The line that says what is started.
    pub(super) start_line: usize,
}

/// The Dockerfile that an image was built from, and the stage that was built.
#[derive(Clone, Copy)]
pub struct BuiltFrom<'a> {
    pub model: &'a Model<'a>,
    pub target: Option<&'a str>,
}

/// The smallest file that is compared with others, in bytes.
const MIN_DUPLICATE: u64 = 4096;

/// How many directories and files are listed for a line.
const MOST_LISTED: usize = 12;

/// How many dangerous modes are remembered.
const MOST_MODES: usize = 10_000;

/// Weighs an image, with the Dockerfile that it was built from if that is known.
///
/// # Errors
/// When a layer is damaged, or exceeds the limits.
pub fn weigh(
    archive: &Archive,
    name: &str,
    from: Option<BuiltFrom<'_>>,
    limits: Limits,
) -> Result<Weight, WeighError> {
    let entries = archive.config.history.as_deref().unwrap_or_default();
    let attribution = match from {
        Some(BuiltFrom { model, target }) => history::of_model(model, target, entries, archive.layers()),
        None => history::of_history(entries, archive.layers()),
    };
    let is_base = |line: &usize| attribution.origins[*line].is_base;
    let base = attribution.layers.iter().take_while(|line| is_base(line)).count();
    let mut census = Census::new(base, limits);
    for layer in 0..archive.layers() {
        let (stream, stored) = archive.layer(layer)?;
        let about = |error: WeighError| WeighError(format!("layer {}: {error}", layer + 1));
        census.apply(stream, stored).map_err(about)?;
    }
    duplicates(&mut census, base);
    let mut weight = sum(name, archive, &attribution, &census);
    look(&mut weight, &attribution, &census);
    weight.packages = packages::all(&census, &attribution.layers);
    weight.accounts = accounts::weak(&census, base)
        .into_iter()
        .map(|account| (attribution.layers[account.layer], account.message))
        .collect();
    weight.start = start::faults(&census, &archive.config);
    Ok(weight)
}

/// Finds contents that are in the image more than once, at least once on top of the base image.
fn duplicates(census: &mut Census, base: usize) {
    let mut first: HashMap<(u64, u64), usize> = HashMap::new();
    let mut order: Vec<_> = census
        .nodes
        .iter()
        .filter(|(_, node)| node.kind == EntryKind::File && node.size >= MIN_DUPLICATE)
        .map(|(path, node)| (node.layer as usize, node.hash, node.size, path.clone()))
        .collect();
    order.sort_by_key(|(layer, ..)| *layer);
    let mut found = Vec::new();
    for (layer, hash, size, path) in order {
        match first.get(&(hash, size)) {
            Some(from) if layer >= base => found.push((layer, *from, size, path)),
            Some(_) => {}
            None => drop(first.insert((hash, size), layer)),
        }
    }
    for (layer, from, size, path) in found {
        census.waste(WasteKind::Duplicated, layer, from, size, &path);
    }
}

fn sum(name: &str, archive: &Archive, attribution: &Attribution, census: &Census) -> Weight {
    let line = |origin: &Origin| Line {
        origin: origin.clone(),
        added: 0,
        files: 0,
        stored: 0,
        wasted: 0,
        directories: Vec::new(),
        largest: Vec::new(),
        caches: BTreeMap::new(),
        needless: BTreeMap::new(),
        leftovers: HashMap::new(),
        digest: 0,
    };
    let mut lines: Vec<Line> = attribution.origins.iter().map(line).collect();
    for (count, at) in census.layers.iter().zip(&attribution.layers) {
        let line = &mut lines[*at];
        line.added += count.bytes;
        line.files += count.files;
        line.stored += count.stored;
        line.digest = line.digest.wrapping_mul(31).wrapping_add(count.digest);
    }
    let mut wastes: HashMap<(WasteKind, usize, usize), Waste> = HashMap::new();
    for waste in census.wastes.values() {
        let (by, from) = (attribution.layers[waste.by], attribution.layers[waste.from]);
        // What the base image wastes on its own is not this image's.
        if attribution.origins[by].is_base {
            continue;
        }
        lines[by].wasted += waste.bytes;
        let new = || Waste { by, from, bytes: 0, files: 0, largest: Vec::new(), kind: waste.kind };
        let all = wastes.entry((waste.kind, by, from)).or_insert_with(new);
        all.bytes += waste.bytes;
        all.files += waste.files;
        waste.largest.iter().for_each(|(bytes, path)| keep_largest(&mut all.largest, *bytes, path, 5));
    }
    let mut wastes: Vec<Waste> = wastes.into_values().collect();
    wastes.sort_by_key(|waste| (std::cmp::Reverse(waste.bytes), waste.kind, waste.by, waste.from));
    let starts = |line: &Line| matches!(line.origin.keyword.as_str(), "ENTRYPOINT" | "CMD");
    let entrypoint = lines.iter().rposition(|line| line.origin.keyword == "ENTRYPOINT");
    let start_line = entrypoint.or_else(|| lines.iter().rposition(starts)).unwrap_or(0);
    Weight {
        name: name.to_owned(),
        architecture: archive.config.architecture.clone(),
        bytes: census.layers.iter().map(|layer| layer.bytes).sum(),
        visible: census.nodes.values().map(|node| node.size).sum(),
        wasted: wastes.iter().map(|waste| waste.bytes).sum(),
        wastes,
        lines,
        packages: Vec::new(),
        complete: attribution.complete,
        secrets: Vec::new(),
        setuid: Vec::new(),
        writable: Vec::new(),
        accounts: Vec::new(),
        start: Vec::new(),
        start_line,
    }
}

/// Looks at every file that is left in the image, and at the secrets of all layers.
fn look(weight: &mut Weight, attribution: &Attribution, census: &Census) {
    let mut directories: HashMap<(usize, &str), u64> = HashMap::new();
    for (path, node) in &census.nodes {
        let at = attribution.layers[node.layer as usize];
        *directories.entry((at, directory(path))).or_default() += node.size;
        let line = &mut weight.lines[at];
        if node.size > 0 {
            keep_largest(&mut line.largest, node.size, path, MOST_LISTED);
        }
        if line.origin.is_base {
            continue;
        }
        if let Some(leftover) = image_files::leftover(path).filter(|_| node.size > 0) {
            line.leftovers.entry(leftover).or_insert_with(|| (0, folder(path))).0 += node.size;
        } else if let Some(kind) = image_files::needless(path).filter(|_| node.size > 0) {
            line.needless.entry(kind).or_insert_with(|| (0, folder(path))).0 += node.size;
        }
        let mode = |mode: u16| ModeAt { line: at, path: path.to_string(), mode, was_there: node.base_mode.is_some() };
        let gained = node.mode & !node.base_mode.unwrap_or(0);
        let is_file = node.kind == EntryKind::File;
        if is_file && gained & 0o6000 != 0 && node.mode & 0o111 != 0 && weight.setuid.len() < MOST_MODES {
            weight.setuid.push(mode(node.mode));
        }
        let is_open = match node.kind {
            EntryKind::File => true,
            EntryKind::Directory => node.mode & 0o1000 == 0,
            _ => false,
        };
        if is_open && gained & 0o002 != 0 && weight.writable.len() < MOST_MODES {
            weight.writable.push(mode(node.mode));
        }
    }
    for ((at, directory), bytes) in directories.into_iter().filter(|(_, bytes)| *bytes > 0) {
        weight.lines[at].directories.push((bytes, directory.to_owned()));
    }
    for line in &mut weight.lines {
        line.directories.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        line.directories.truncate(MOST_LISTED);
        for (leftover, (bytes, _)) in &line.leftovers {
            let place = leftover.places().next().unwrap_or_default();
            *line.caches.entry(place).or_default() += bytes;
        }
    }
    for found in &census.secrets {
        weight.secrets.push(SecretAt {
            line: attribution.layers[found.layer],
            path: found.path.clone(),
            kind: found.secret.kind,
            masked: found.secret.masked.clone(),
            maybe: found.secret.maybe,
            gone: found.gone.map(|layer| attribution.layers[layer]),
        });
    }
}

/// The directory that a file is counted for: its first two components.
fn directory(path: &str) -> &str {
    let mut slashes = path.match_indices('/').map(|(at, _)| at);
    let first = slashes.next();
    slashes.next().or(first).map_or("", |at| &path[..at])
}

fn folder(path: &str) -> String {
    path.rsplit_once('/').map_or("/".to_owned(), |(folder, _)| format!("/{folder}"))
}
