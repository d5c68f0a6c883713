//! Applies the layers of an image one after the other, and keeps count: who owns which bytes, and which bytes are wasted.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};

use super::accounts::Accounts;
use super::archive::WeighError;
use super::content::{Content, Scanner, Secret};
use super::databases::Database;
use super::elf::Elf;
use super::tar::{Entry, EntryKind, Limits, TarReader, invalid};
use super::tree::{FileId, FileState, Tree};
use super::waste::{WasteKind, Wastes};
use crate::knowledge::image_files;
use crate::knowledge::managers::Leftover;
use crate::text::hash::hash;

/// What a file is that can be started, or that such a file needs.
#[derive(Debug)]
pub(super) enum Program {
    /// A script, and its interpreter as written.
    Script(Box<str>),
    Elf(Elf),
}

impl Program {
    /// About how many bytes it takes.
    fn bytes(&self) -> usize {
        match self {
            Program::Script(interpreter) => interpreter.len() + 32,
            Program::Elf(elf) => elf.loader.as_deref().map_or(0, str::len) + elf.needed.iter().map(|name| name.len() + 32).sum::<usize>() + 64,
        }
    }
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

/// The bytes of one layer.
#[derive(Clone, Debug, Default)]
pub(super) struct LayerCount {
    pub bytes: u64,
    pub files: u64,
    /// As stored.
    pub stored: u64,
    /// A hash over all that the layer holds, times left out.
    pub digest: u64,
    /// Bytes of caches and package lists.
    pub leftovers: HashMap<Leftover, u64>,
}

/// How many secrets are remembered.
const MOST_SECRETS: usize = 1000;

/// What has been counted.
pub(super) struct Census {
    pub files: Tree,
    pub programs: HashMap<FileId, Program>,
    pub layers: Vec<LayerCount>,
    pub wastes: Wastes,
    pub secrets: Secrets,
    pub accounts: Accounts,
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
            files: Tree::new(limits),
            programs: HashMap::new(),
            layers: Vec::new(),
            wastes: Wastes::default(),
            secrets: Secrets::default(),
            accounts: Accounts::default(),
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
        self.files.begin_layer();
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
            self.files.place(folder).into_iter().for_each(|id| self.delete_below(id, layer));
            return Ok(());
        }
        if name.starts_with(".wh..wh.") {
            return Ok(());
        }
        if let Some(name) = name.strip_prefix(".wh.") {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if let Some(id) = self.files.place(&path).filter(|_| !path.is_empty()) {
                self.delete(id, layer);
                self.delete_below(id, layer);
            }
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
        if let Some(leftover) = image_files::leftover(&entry.path).filter(|_| layer >= self.base && entry.size > 0) {
            *count.leftovers.entry(leftover).or_default() += entry.size;
        }
        Ok(self.add(layer, entry, content)?)
    }

    /// Reads the contents of a file.
    fn read<R: Read>(&mut self, layer: usize, entry: &Entry, tar: &mut TarReader<R>) -> Result<Content, WeighError> {
        if entry.kind != EntryKind::File {
            return Ok(Content::default());
        }
        let keeps = Accounts::is_at(&entry.path) || Database::manager_of(&entry.path).is_some();
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

    fn add(&mut self, layer: usize, entry: Entry, content: Content) -> io::Result<()> {
        let Entry { path, kind, size, mode, uid, gid, link } = entry;
        let (mode, owner) = (mode as u16, self.files.owner(uid, gid)?);
        let id = self.files.make_place(&path)?;
        let mut base_mode = None;
        if let Some(old) = self.files.get(id) {
            base_mode = if old.layer < self.base { Some(old.mode) } else { old.base_mode };
            let is_same = old.kind == kind && old.size == size && old.hash == content.hash;
            let waste = match is_same {
                true if old.mode == mode && old.owner == owner => WasteKind::Rewritten,
                true => WasteKind::Reowned,
                false if image_files::is_database(&path) => WasteKind::Updated,
                false => WasteKind::Overwritten,
            };
            if old.layer < layer {
                self.wastes.add(waste, layer, old.layer, old.size, id);
                self.secrets.gone(id, layer);
            }
            if old.kind == EntryKind::Directory && kind != EntryKind::Directory {
                self.delete_below(id, layer);
            }
        }
        for secret in content.secrets {
            self.secrets.add(id, layer, &path, secret);
        }
        if let Some(text) = content.kept {
            match Database::manager_of(&path) {
                Some(manager) => {
                    let new = || Database::new(manager);
                    self.databases.entry(path).or_insert_with(new).take(layer, &text)?;
                }
                None => self.accounts.take(layer, layer < self.base, &path, &text),
            }
        }
        self.forget_program(id);
        let script = content.interpreter.map(|interpreter| Program::Script(interpreter.into()));
        if let Some(program) = script.or(content.elf.map(Program::Elf)) {
            self.files.charge(program.bytes())?;
            self.programs.insert(id, program);
        }
        self.files.set(id, FileState { layer, kind, size, hash: content.hash, mode, owner, base_mode }, &link)
    }

    /// Deletes a file, if it is from a lower layer.
    fn delete(&mut self, id: FileId, layer: usize) {
        let Some(old) = self.files.get(id).filter(|old| old.layer < layer) else { return };
        self.files.remove(id);
        self.wastes.add(WasteKind::Deleted, layer, old.layer, old.size, id);
        self.secrets.gone(id, layer);
        self.forget_program(id);
    }

    fn delete_below(&mut self, folder: FileId, layer: usize) {
        let Self { files, wastes, secrets, programs, .. } = self;
        let mut freed = 0;
        files.remove_below(folder, layer, |id, old| {
            wastes.add(WasteKind::Deleted, layer, old.layer, old.size, id);
            secrets.gone(id, layer);
            freed += programs.remove(&id).map_or(0, |program| program.bytes());
        });
        files.release(freed);
    }

    fn forget_program(&mut self, id: FileId) {
        if let Some(program) = self.programs.remove(&id) {
            self.files.release(program.bytes());
        }
    }
}

/// The secrets of all layers.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    pub found: Vec<FoundSecret>,
    /// Which ones are in a file.
    of_file: HashMap<FileId, Vec<usize>>,
}

impl Secrets {
    fn add(&mut self, id: FileId, layer: usize, path: &str, secret: Secret) {
        if self.found.len() < MOST_SECRETS {
            self.of_file.entry(id).or_default().push(self.found.len());
            self.found.push(FoundSecret { layer, path: path.to_owned(), secret, gone: None });
        }
    }

    /// Records that a layer deletes or overwrites a file.
    fn gone(&mut self, id: FileId, layer: usize) {
        for at in self.of_file.get(&id).into_iter().flatten() {
            let found = &mut self.found[*at];
            if found.layer < layer {
                found.gone.get_or_insert(layer);
            }
        }
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
