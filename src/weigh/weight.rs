//! The weight of an image: what each instruction added, and what of it is of no use.

use std::collections::{BTreeMap, HashMap};

use super::archive::{Archive, WeighError};
use super::census::Census;
use super::history::{self, Attribution};
use super::packages::{self, Package};
use super::tar::{EntryKind, Limits};
use super::tree::{FileId, FileState};
use super::waste::{MOST_NAMED, Waste, WasteKind, keep_largest};
use super::{Origin, start};
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
    /// What is left in the image, and the directory of the first file.
    pub(super) leftovers: HashMap<Leftover, (u64, String)>,
    /// What is in its layers.
    pub(super) leftovers_added: HashMap<Leftover, u64>,
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

/// A program that runs with its owner's or its group's rights.
#[derive(Clone, Debug)]
pub(super) struct Setuid {
    pub path: String,
    pub mode: u16,
    pub was_there: bool,
}

/// Files that anyone can write to.
#[derive(Clone, Debug)]
pub(super) struct Writable {
    pub files: u64,
    /// The path of the first.
    pub first: String,
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
    /// By line, the first ones.
    pub(super) setuid: BTreeMap<usize, Vec<Setuid>>,
    /// By line.
    pub(super) writable: BTreeMap<usize, Writable>,
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

/// How many programs that are setuid or setgid are listed for a line.
const MOST_SETUID: usize = 10;

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
    census.files.sort();
    duplicates(&mut census, base);
    let mut weight = sum(name, archive, &attribution, &census);
    look(&mut weight, &attribution, &census);
    weight.packages = packages::all(&census, &attribution.layers)?;
    let accounts = census.accounts.weak.iter();
    weight.accounts = accounts.map(|account| (attribution.layers[account.layer], account.message.clone())).collect();
    weight.start = start::faults(&census, &archive.config);
    Ok(weight)
}

/// Finds contents that are in the image more than once, at least once on top of the base image.
fn duplicates(census: &mut Census, base: usize) {
    let Census { files, wastes, .. } = census;
    let is_compared = |file: &FileState| file.kind == EntryKind::File && file.size >= MIN_DUPLICATE;
    let mut hashes: Vec<u64> = files.files().filter(|(_, file)| is_compared(file)).map(|(_, file)| file.hash).collect();
    hashes.sort_unstable();
    let repeated: Vec<u64> = hashes.chunk_by(u64::eq).filter(|same| same.len() > 1).map(|same| same[0]).collect();
    drop(hashes);
    let mut copies: Vec<(usize, FileId)> = Vec::new();
    files.visit(|_, id, file| {
        if is_compared(&file) && repeated.binary_search(&file.hash).is_ok() {
            copies.push((file.layer, id));
        }
    });
    copies.sort_by_key(|(layer, _)| *layer);
    let mut first: Vec<Option<usize>> = vec![None; repeated.len()];
    for (layer, id) in copies {
        let Some(file) = files.get(id) else { continue };
        let Ok(at) = repeated.binary_search(&file.hash) else { continue };
        match first[at] {
            Some(from) if layer >= base => wastes.add(WasteKind::Duplicated, layer, from, file.size, id),
            Some(_) => {}
            None => first[at] = Some(layer),
        }
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
        leftovers_added: HashMap::new(),
        digest: 0,
    };
    let mut lines: Vec<Line> = attribution.origins.iter().map(line).collect();
    for (count, at) in census.layers.iter().zip(&attribution.layers) {
        let line = &mut lines[*at];
        line.added += count.bytes;
        line.files += count.files;
        line.stored += count.stored;
        for (leftover, bytes) in &count.leftovers {
            *line.leftovers_added.entry(*leftover).or_default() += bytes;
        }
        line.digest = line.digest.wrapping_mul(31).wrapping_add(count.digest);
    }
    let mut wastes: HashMap<(WasteKind, usize, usize), Waste> = HashMap::new();
    for ((kind, by, from), waste) in census.wastes.in_order() {
        let (by, from) = (attribution.layers[by], attribution.layers[from]);
        // What the base image wastes on its own is not this image's.
        if attribution.origins[by].is_base {
            continue;
        }
        lines[by].wasted += waste.bytes;
        let new = || Waste { by, from, bytes: 0, files: 0, largest: Vec::new(), kind };
        let all = wastes.entry((kind, by, from)).or_insert_with(new);
        all.bytes += waste.bytes;
        all.files += waste.files;
        for (bytes, id) in &waste.largest {
            keep_largest(&mut all.largest, *bytes, MOST_NAMED, || census.files.path(*id));
        }
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
        visible: census.files.files().map(|(_, file)| file.size).sum(),
        wasted: wastes.iter().map(|waste| waste.bytes).sum(),
        wastes,
        lines,
        packages: Vec::new(),
        complete: attribution.complete,
        secrets: Vec::new(),
        setuid: BTreeMap::new(),
        writable: BTreeMap::new(),
        accounts: Vec::new(),
        start: Vec::new(),
        start_line,
    }
}

/// Looks at every file that is left in the image, and at the secrets of all layers.
fn look(weight: &mut Weight, attribution: &Attribution, census: &Census) {
    let mut sums = DirectorySums::default();
    census.files.visit(|path, _, file| {
        let at = attribution.layers[file.layer];
        let lines = &mut weight.lines;
        sums.add(directory(path), at, file.size, |at, directory, bytes| {
            keep_largest(&mut lines[at].directories, bytes, MOST_LISTED, || directory.to_owned());
        });
        let line = &mut lines[at];
        if file.size > 0 {
            keep_largest(&mut line.largest, file.size, MOST_LISTED, || path.to_owned());
        }
        if line.origin.is_base {
            return;
        }
        if let Some(leftover) = image_files::leftover(path).filter(|_| file.size > 0) {
            line.leftovers.entry(leftover).or_insert_with(|| (0, folder(path))).0 += file.size;
        } else if let Some(kind) = image_files::needless(path).filter(|_| file.size > 0) {
            line.needless.entry(kind).or_insert_with(|| (0, folder(path))).0 += file.size;
        }
        let gained = file.mode & !file.base_mode.unwrap_or(0);
        let is_file = file.kind == EntryKind::File;
        if is_file && gained & 0o6000 != 0 && file.mode & 0o111 != 0 {
            let all = weight.setuid.entry(at).or_default();
            if all.len() < MOST_SETUID {
                all.push(Setuid { path: path.to_owned(), mode: file.mode, was_there: file.base_mode.is_some() });
            }
        }
        let is_open = match file.kind {
            EntryKind::File => true,
            EntryKind::Directory => file.mode & 0o1000 == 0,
            _ => false,
        };
        if is_open && gained & 0o002 != 0 {
            let new = || Writable { files: 0, first: path.to_owned() };
            weight.writable.entry(at).or_insert_with(new).files += 1;
        }
    });
    for level in 0..LEVELS {
        sums.end(level, |at, directory, bytes| {
            keep_largest(&mut weight.lines[at].directories, bytes, MOST_LISTED, || directory.to_owned());
        });
    }
    for line in &mut weight.lines {
        line.directories.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        for (leftover, (bytes, _)) in &line.leftovers {
            let place = leftover.places().next().unwrap_or_default();
            *line.caches.entry(place).or_default() += bytes;
        }
    }
    for found in &census.secrets.found {
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

/// How many components a directory that files are counted for has at most, and one more.
const LEVELS: usize = 3;

/// Bytes by directory and line, of files that come in order: those of one directory of each level at a time.
#[derive(Default)]
struct DirectorySums {
    levels: [(String, BTreeMap<usize, u64>); LEVELS],
}

impl DirectorySums {
    /// Adds the bytes of a file, and calls `each` with the sums of a directory that has ended.
    fn add(&mut self, directory: &str, line: usize, bytes: u64, each: impl FnMut(usize, &str, u64)) {
        let level = if directory.is_empty() { 0 } else { 1 + directory.matches('/').count() };
        if self.levels[level].0 != directory {
            self.end(level, each);
            self.levels[level].0 = directory.to_owned();
        }
        if bytes > 0 {
            *self.levels[level].1.entry(line).or_default() += bytes;
        }
    }

    fn end(&mut self, level: usize, mut each: impl FnMut(usize, &str, u64)) {
        let (directory, sums) = &mut self.levels[level];
        for (line, bytes) in std::mem::take(sums) {
            each(line, directory, bytes);
        }
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
