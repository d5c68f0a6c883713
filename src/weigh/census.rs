//! Applies the layers of an image one after the other, and keeps count: who owns which bytes, and which bytes are wasted.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::ops::Bound;

use super::archive::WeighError;
use super::content::{Content, Scanner, Secret};
use super::databases::Database;
use super::elf::Elf;
use super::tar::{Entry, EntryKind, Limits, TarReader, invalid};
use crate::knowledge::image_files;
use crate::text::hash::hash;

/// Why bytes of an image are of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WasteKind {
    /// A later layer deletes the file.
    Deleted,
    /// A later layer has another file at its path.
    Overwritten,
    /// A later layer has a newer version of a package manager's database, which is inevitable.
    Updated,
    /// A later layer repeats the file with another owner or mode.
    Reowned,
    /// A later layer repeats the file.
    Rewritten,
    /// The image has the same contents at another path.
    Duplicated,
}

impl WasteKind {
    pub fn as_str(self) -> &'static str {
        match self {
            WasteKind::Deleted => "deleted",
            WasteKind::Overwritten => "overwritten",
            WasteKind::Updated => "updated",
            WasteKind::Reowned => "re-owned",
            WasteKind::Rewritten => "rewritten",
            WasteKind::Duplicated => "duplicated",
        }
    }
}

/// Bytes of one origin that another one made useless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waste {
    pub kind: WasteKind,
    /// The origin that made them useless: an index of [`super::Weight::lines`].
    pub by: usize,
    /// The origin that added them.
    pub from: usize,
    pub bytes: u64,
    pub files: u64,
    /// The largest files, largest first.
    pub largest: Vec<(u64, String)>,
}

/// A file in the image, or in what of it has been read.
#[derive(Debug)]
pub(super) struct Node {
    pub layer: u32,
    pub kind: EntryKind,
    pub size: u64,
    pub hash: u64,
    pub mode: u16,
    owner: (u32, u32),
    /// The mode that it had in the base image.
    pub base_mode: Option<u16>,
    pub extra: Option<Box<Extra>>,
}

/// What only some files have.
#[derive(Debug)]
pub(super) enum Extra {
    /// A symbolic link's target.
    Link(String),
    /// Another name of this path.
    Same(String),
    /// A script's interpreter.
    Script(String),
    Elf(Elf),
}

/// A secret, and where it is.
#[derive(Debug)]
pub(super) struct FoundSecret {
    pub layer: usize,
    pub path: String,
    pub secret: Secret,
    /// The layer that deleted or overwrote the file.
    pub gone: Option<usize>,
}

/// A file of accounts, as a layer left it.
#[derive(Debug)]
pub(super) struct Version {
    pub layer: usize,
    pub path: String,
    pub text: Vec<u8>,
}

/// The bytes of one layer.
#[derive(Clone, Debug, Default)]
pub(super) struct LayerCount {
    pub bytes: u64,
    pub files: u64,
    /// As stored.
    pub stored: u64,
    /// A hash over all that the layer holds, times left out.
    pub digest: u64,
}

/// Files of accounts, which are read as a whole.
const ACCOUNTS: &[&str] = &["etc/passwd", "etc/shadow"];

/// How many files of a kind of waste are named.
const MOST_NAMED: usize = 5;

/// How many secrets are remembered.
const MOST_SECRETS: usize = 1000;

/// What has been counted.
pub(super) struct Census {
    pub nodes: BTreeMap<Box<str>, Node>,
    pub layers: Vec<LayerCount>,
    /// By kind, the layer that causes it and the layer that has the bytes.
    pub wastes: HashMap<(WasteKind, usize, usize), Waste>,
    pub secrets: Vec<FoundSecret>,
    pub versions: Vec<Version>,
    /// Package databases by their paths.
    pub databases: BTreeMap<String, Database>,
    /// How many of the lowest layers are the base image's.
    base: usize,
    limits: Limits,
    scanner: Scanner,
    buffer: Vec<u8>,
}

impl Census {
    pub(super) fn new(base: usize, limits: Limits) -> Self {
        Self {
            nodes: BTreeMap::new(),
            layers: Vec::new(),
            wastes: HashMap::new(),
            secrets: Vec::new(),
            versions: Vec::new(),
            databases: BTreeMap::new(),
            base,
            limits,
            scanner: Scanner::default(),
            buffer: vec![0; 128 << 10],
        }
    }

    /// Applies the next layer.
    pub(super) fn apply(&mut self, stream: impl Read, stored: u64) -> Result<(), WeighError> {
        let layer = self.layers.len();
        self.layers.push(LayerCount { stored, ..LayerCount::default() });
        // Who expands much more than a thousandfold holds nothing that anyone needs.
        let most = self.limits.bytes.min(stored.saturating_mul(1200).saturating_add(64 << 20));
        let bounded = Bounded { from: stream, left: most };
        let mut tar = TarReader::new(bounded, self.limits);
        while let Some(entry) = tar.next()? {
            self.limits.entries = self.limits.entries.checked_sub(1).ok_or_else(|| invalid("the image has too many files"))?;
            self.entry(layer, entry, &mut tar)?;
        }
        self.limits.bytes -= most - tar.into_inner().left;
        Ok(())
    }

    fn entry<R: Read>(&mut self, layer: usize, entry: Entry, tar: &mut TarReader<R>) -> Result<(), WeighError> {
        let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        if name == ".wh..wh..opq" {
            self.delete_below(folder, layer);
            return Ok(());
        }
        if name.starts_with(".wh..wh.") {
            return Ok(());
        }
        if let Some(name) = name.strip_prefix(".wh.") {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            self.delete(&path, layer);
            self.delete_below(&path, layer);
            return Ok(());
        }
        if entry.path.is_empty() {
            return Ok(());
        }
        let content = self.read(layer, &entry, tar)?;
        let identity = hash(&[
            entry.path.as_bytes(),
            &content.hash.to_le_bytes(),
            &entry.size.to_le_bytes(),
            &entry.mode.to_le_bytes(),
            &entry.uid.to_le_bytes(),
            &entry.gid.to_le_bytes(),
            entry.link.as_bytes(),
        ]);
        let count = &mut self.layers[layer];
        count.bytes += entry.size;
        count.files += u64::from(entry.kind == EntryKind::File);
        count.digest = count.digest.wrapping_add(identity);
        self.add(layer, entry, content);
        Ok(())
    }

    /// Reads the contents of a file.
    fn read<R: Read>(&mut self, layer: usize, entry: &Entry, tar: &mut TarReader<R>) -> Result<Content, WeighError> {
        if entry.kind != EntryKind::File {
            return Ok(Content::default());
        }
        let keeps = ACCOUNTS.contains(&entry.path.as_str()) || Database::manager_of(&entry.path).is_some();
        self.scanner.begin(keeps);
        loop {
            let read = tar.read(&mut self.buffer)?;
            if read == 0 {
                break;
            }
            self.scanner.take(&self.buffer[..read]);
        }
        Ok(self.scanner.end(&entry.path, keeps, layer >= self.base))
    }

    fn add(&mut self, layer: usize, entry: Entry, content: Content) {
        let Entry { path, kind, size, mode, uid, gid, link } = entry;
        let (mode, owner) = (mode as u16, (uid as u32, gid as u32));
        let mut base_mode = None;
        if let Some(old) = self.nodes.get(path.as_str()) {
            base_mode = if (old.layer as usize) < self.base { Some(old.mode) } else { old.base_mode };
            let is_same = old.kind == kind && old.size == size && old.hash == content.hash;
            let waste = match is_same {
                true if old.mode == mode && old.owner == owner => WasteKind::Rewritten,
                true => WasteKind::Reowned,
                false if image_files::is_database(&path) => WasteKind::Updated,
                false => WasteKind::Overwritten,
            };
            let (from, bytes, was_directory) = (old.layer as usize, old.size, old.kind == EntryKind::Directory);
            if from < layer {
                self.waste(waste, layer, from, bytes, &path);
                self.secret_gone(&path, layer);
            }
            if was_directory && kind != EntryKind::Directory {
                self.delete_below(&path, layer);
            }
        }
        for secret in content.secrets {
            if self.secrets.len() < MOST_SECRETS {
                self.secrets.push(FoundSecret { layer, path: path.clone(), secret, gone: None });
            }
        }
        if let Some(text) = content.kept {
            match Database::manager_of(&path) {
                Some(manager) => {
                    let new = || Database::new(manager);
                    self.databases.entry(path.clone()).or_insert_with(new).take(layer, &text);
                }
                None => self.versions.push(Version { layer, path: path.clone(), text }),
            }
        }
        let extra = match (kind, content.interpreter, content.elf) {
            (EntryKind::SymLink, ..) => Some(Extra::Link(link)),
            (EntryKind::HardLink, ..) => Some(Extra::Same(link)),
            (_, Some(interpreter), _) => Some(Extra::Script(interpreter)),
            (_, _, Some(elf)) => Some(Extra::Elf(elf)),
            _ => None,
        };
        let node = Node {
            layer: layer as u32,
            kind,
            size,
            hash: content.hash,
            mode,
            owner,
            base_mode,
            extra: extra.map(Box::new),
        };
        self.nodes.insert(path.into(), node);
    }

    fn delete(&mut self, path: &str, layer: usize) {
        let is_old = self.nodes.get(path).is_some_and(|node| (node.layer as usize) < layer);
        if let Some(old) = is_old.then(|| self.nodes.remove(path)).flatten() {
            self.waste(WasteKind::Deleted, layer, old.layer as usize, old.size, path);
            self.secret_gone(path, layer);
        }
    }

    fn delete_below(&mut self, folder: &str, layer: usize) {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.nodes.range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded));
        let below = below.take_while(|(path, _)| path.starts_with(&start));
        let paths: Vec<Box<str>> =
            below.filter(|(_, node)| (node.layer as usize) < layer).map(|(path, _)| path.clone()).collect();
        for path in paths {
            self.delete(&path, layer);
        }
    }

    fn secret_gone(&mut self, path: &str, layer: usize) {
        for found in self.secrets.iter_mut().filter(|found| found.path == path && found.layer < layer) {
            found.gone.get_or_insert(layer);
        }
    }

    pub(super) fn waste(&mut self, kind: WasteKind, by: usize, from: usize, bytes: u64, path: &str) {
        if bytes == 0 {
            return;
        }
        let new = || Waste { kind, by, from, bytes: 0, files: 0, largest: Vec::new() };
        let waste = self.wastes.entry((kind, by, from)).or_insert_with(new);
        waste.bytes += bytes;
        waste.files += 1;
        keep_largest(&mut waste.largest, bytes, path, MOST_NAMED);
    }
}

/// Keeps the `most` largest.
pub(super) fn keep_largest(list: &mut Vec<(u64, String)>, bytes: u64, path: &str, most: usize) {
    if list.len() < most || list.last().is_some_and(|(smallest, _)| bytes > *smallest) {
        let at = list.partition_point(|(other, _)| *other >= bytes);
        list.insert(at, (bytes, path.to_owned()));
        list.truncate(most);
    }
}

/// A stream that fails where a bomb would begin.
struct Bounded<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| invalid("a layer expands to too many bytes"))?;
        Ok(read)
    }
}
