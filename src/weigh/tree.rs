//! The files of an image as a tree in two arenas: 40 bytes and a name for each of them, so that millions fit.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;

use super::tar::{EntryKind, Limits, invalid};

/// A place in the tree. It stays the same when the file is deleted and added again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FileId(u32);

/// An owner and a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OwnerId(u16);

/// A file as a layer left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileState {
    pub layer: usize,
    pub kind: EntryKind,
    pub size: u64,
    pub hash: u64,
    pub mode: u16,
    pub owner: OwnerId,
    /// The mode that it had in the base image.
    pub base_mode: Option<u16>,
}

const NONE: u32 = u32::MAX;

const ROOT: u32 = 0;

/// A file, or a directory that only files below it are known of.
#[derive(Clone, Copy)]
struct Slot {
    parent: u32,
    first_child: u32,
    /// The next file of the same directory.
    next: u32,
    /// The next file whose name has the same place in the table.
    next_in_bucket: u32,
    /// Where the name is.
    name: u32,
    /// The size, or where the target of a link is.
    value: u32,
    hash: u64,
    layer: u16,
    owner: u16,
    /// The mode, the kind and [`LISTED`].
    mode: u16,
    /// The mode in the base image, and further marks.
    base: u16,
}

const _: () = assert!(size_of::<Slot>() == 40);

const MODE: u16 = 0o7777;

/// Three bits of `mode` are the kind.
const KIND: u32 = 12;

/// In `mode`: the file is in the list of its directory.
const LISTED: u16 = 0x8000;

/// In `base`: the base image has the file.
const IN_BASE: u16 = 0x1000;

/// In `base`: the file is in the image.
const PRESENT: u16 = 0x2000;

/// In `base`: the size is in [`Tree::large`].
const LARGE: u16 = 0x4000;

/// How many slots are reserved at once: what grows does not move.
const SLOTS: usize = 4096;

/// How many names share a place in the table, on average.
const LOAD: usize = 2;

/// The files of an image.
pub(super) struct Tree {
    slots: Vec<Vec<Slot>>,
    texts: Texts,
    /// The first file of each place in the table, by parent and name. Its hash is keyed: nobody can write names that collide.
    buckets: Vec<u32>,
    keys: RandomState,
    /// Sizes of 4 GiB and more.
    large: HashMap<u32, u64>,
    owners: HashMap<(u64, u64), OwnerId>,
    /// Directories of which everything from lower layers has been deleted.
    cleared: HashSet<u32>,
    /// The directory of the last file.
    last: (String, u32),
    most: usize,
    most_text: usize,
}

impl Tree {
    pub(super) fn new(limits: Limits) -> Self {
        let mut tree = Self {
            slots: Vec::new(),
            texts: Texts::default(),
            buckets: vec![NONE; 1024],
            keys: RandomState::new(),
            large: HashMap::new(),
            owners: HashMap::new(),
            cleared: HashSet::new(),
            last: (String::new(), ROOT),
            // And the root.
            most: usize::try_from(limits.entries).unwrap_or(usize::MAX).saturating_add(1).min(NONE as usize),
            most_text: limits.text,
        };
        let name = tree.texts.add("");
        tree.push(Slot { name, ..Slot::new(NONE) });
        tree
    }

    /// Begins the next layer.
    pub(super) fn begin_layer(&mut self) {
        self.cleared = HashSet::new();
    }

    /// Whether no file was ever added.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 1
    }

    /// The file at a path, if it is in the image.
    pub(super) fn find(&self, path: &str) -> Option<FileId> {
        self.place(path).filter(|id| self.slot(id.0).base & PRESENT != 0)
    }

    /// The place of a path that was in one of the layers; an empty path is the root.
    pub(super) fn place(&self, path: &str) -> Option<FileId> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        let mut parts = parts.map(str::as_bytes);
        parts.try_fold(ROOT, |at, part| self.child(at, part)).map(FileId)
    }

    /// The place of a path, which is made if there is none.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn make_place(&mut self, path: &str) -> io::Result<FileId> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if self.last.0 != folder {
            let mut at = ROOT;
            for part in folder.split('/').filter(|part| !part.is_empty()) {
                at = self.make_child(at, part)?;
            }
            self.last.0.clear();
            self.last.0.push_str(folder);
            self.last.1 = at;
        }
        self.make_child(self.last.1, name).map(FileId)
    }

    /// The file, if it is in the image.
    pub(super) fn get(&self, id: FileId) -> Option<FileState> {
        let slot = self.slot(id.0);
        (slot.base & PRESENT != 0).then(|| self.state(id.0))
    }

    fn state(&self, at: u32) -> FileState {
        let slot = self.slot(at);
        let kind = KINDS[usize::from(slot.mode >> KIND & 7)];
        let size = match slot.base & LARGE {
            0 => u64::from(slot.value),
            _ => self.large.get(&at).copied().unwrap_or_default(),
        };
        FileState {
            layer: usize::from(slot.layer),
            kind,
            size: if is_link(kind) { 0 } else { size },
            hash: slot.hash,
            mode: slot.mode & MODE,
            owner: OwnerId(slot.owner),
            base_mode: (slot.base & IN_BASE != 0).then_some(slot.base & MODE),
        }
    }

    /// Adds a file, or replaces it. `link` is the target of a link.
    ///
    /// # Errors
    /// When texts take too much space.
    pub(super) fn set(&mut self, id: FileId, file: FileState, link: &str) -> io::Result<()> {
        let value = match u32::try_from(file.size) {
            _ if is_link(file.kind) => self.target(id, link)?,
            Ok(size) => size,
            Err(_) => {
                self.large.insert(id.0, file.size);
                NONE
            }
        };
        let kind = KINDS.iter().position(|kind| *kind == file.kind).unwrap_or_default() as u16;
        let layer = u16::try_from(file.layer).map_err(|_| invalid("the image has too many layers"))?;
        let slot = self.slot_mut(id.0);
        slot.value = value;
        slot.hash = file.hash;
        slot.layer = layer;
        slot.owner = file.owner.0;
        slot.mode = slot.mode & LISTED | kind << KIND | file.mode & MODE;
        slot.base = PRESENT | file.base_mode.map_or(0, |mode| IN_BASE | mode & MODE);
        if file.size > u64::from(u32::MAX) {
            slot.base |= LARGE;
        }
        Ok(())
    }

    /// Takes a file out of the image. Files below it stay.
    pub(super) fn remove(&mut self, id: FileId) {
        self.slot_mut(id.0).base = 0;
    }

    /// Takes everything below a directory out of the image that `layer` has not added itself, and calls `gone` with it.
    ///
    /// What it has been through once in a layer it does not go through again, and what is gone it does not see again: all
    /// calls together take no longer than there are files.
    pub(super) fn remove_below(&mut self, id: FileId, layer: usize, mut gone: impl FnMut(FileId, FileState)) {
        if self.slot(id.0).first_child == NONE || !self.cleared.insert(id.0) {
            return;
        }
        // What is unlisted here has to be listed again when it is needed again.
        self.last = (String::new(), ROOT);
        let mut folders = vec![id.0];
        let mut at = 0;
        while let Some(folder) = folders.get(at) {
            let mut child = self.slot(*folder).first_child;
            while child != NONE {
                if self.slot(child).first_child != NONE && self.cleared.insert(child) {
                    folders.push(child);
                }
                child = self.slot(child).next;
            }
            at += 1;
        }
        // Directories come after those that they are in.
        for folder in folders.into_iter().rev() {
            let mut child = std::mem::replace(&mut self.slot_mut(folder).first_child, NONE);
            while child != NONE {
                if let Some(file) = self.get(FileId(child)).filter(|file| file.layer < layer) {
                    gone(FileId(child), file);
                    self.remove(FileId(child));
                }
                let slot = self.slot_mut(child);
                slot.mode &= !LISTED;
                let is_needed = slot.base & PRESENT != 0 || slot.first_child != NONE;
                let next = slot.next;
                if is_needed {
                    self.list(child);
                }
                child = next;
            }
        }
    }

    /// The ID of an owner and a group.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn owner(&mut self, uid: u64, gid: u64) -> io::Result<OwnerId> {
        if let Some(known) = self.owners.get(&(uid, gid)) {
            return Ok(*known);
        }
        let fresh = u16::try_from(self.owners.len()).map_err(|_| invalid("the files have too many different owners"))?;
        self.owners.insert((uid, gid), OwnerId(fresh));
        Ok(OwnerId(fresh))
    }

    /// Counts bytes that something else keeps of a file.
    ///
    /// # Errors
    /// When texts take too much space.
    pub(super) fn charge(&mut self, bytes: usize) -> io::Result<()> {
        self.texts.bytes += bytes;
        match self.texts.bytes <= self.most_text {
            true => Ok(()),
            false => Err(invalid("the file names and links of the image are too long in all")),
        }
    }

    /// Counts bytes that are not kept any more.
    pub(super) fn release(&mut self, bytes: usize) {
        self.texts.bytes -= bytes;
    }

    pub(super) fn name(&self, id: FileId) -> &str {
        text(self.texts.get(self.slot(id.0).name))
    }

    /// The path, without a slash at its start.
    pub(super) fn path(&self, id: FileId) -> String {
        let mut parts = Vec::new();
        let mut at = id.0;
        while at != ROOT && at != NONE {
            parts.push(self.name(FileId(at)));
            at = self.slot(at).parent;
        }
        parts.reverse();
        parts.join("/")
    }

    /// The target of a link, as written.
    pub(super) fn link(&self, id: FileId) -> Option<&str> {
        let file = self.get(id).filter(|file| is_link(file.kind))?;
        debug_assert_eq!(file.size, 0);
        Some(text(self.texts.get(self.slot(id.0).value)))
    }

    /// The files of the image, not in order.
    pub(super) fn files(&self) -> impl Iterator<Item = (FileId, FileState)> {
        (0..self.len() as u32).filter_map(|at| Some((FileId(at), self.get(FileId(at))?)))
    }

    /// Sorts each directory by name.
    pub(super) fn sort(&mut self) {
        let mut children = Vec::new();
        for folder in 0..self.len() as u32 {
            let mut child = std::mem::replace(&mut self.slot_mut(folder).first_child, NONE);
            while child != NONE {
                children.push(child);
                child = self.slot(child).next;
            }
            let name = |at: &u32| self.texts.get(self.slot(*at).name);
            children.sort_unstable_by(|one, other| name(other).cmp(name(one)));
            children.drain(..).for_each(|child| self.list(child));
        }
    }

    /// Calls `each` with the path of each file of the image; a directory comes before what is in it. In order, once sorted.
    pub(super) fn visit(&self, mut each: impl FnMut(&str, FileId, FileState)) {
        let mut path = String::new();
        let mut at = ROOT;
        loop {
            let mut next = self.slot(at).first_child;
            while next == NONE {
                if at == ROOT {
                    return;
                }
                path.truncate(path.rfind('/').unwrap_or(0));
                next = self.slot(at).next;
                at = self.slot(at).parent;
            }
            at = next;
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(self.name(FileId(at)));
            if let Some(file) = self.get(FileId(at)) {
                each(&path, FileId(at), file);
            }
        }
    }

    fn len(&self) -> usize {
        self.slots.last().map_or(0, |last| (self.slots.len() - 1) * SLOTS + last.len())
    }

    fn slot(&self, at: u32) -> &Slot {
        &self.slots[at as usize / SLOTS][at as usize % SLOTS]
    }

    fn slot_mut(&mut self, at: u32) -> &mut Slot {
        &mut self.slots[at as usize / SLOTS][at as usize % SLOTS]
    }

    fn push(&mut self, slot: Slot) -> u32 {
        let at = self.len() as u32;
        if self.slots.last().is_none_or(|last| last.len() == SLOTS) {
            self.slots.push(Vec::with_capacity(SLOTS));
        }
        if let Some(last) = self.slots.last_mut() {
            last.push(slot);
        }
        at
    }

    fn add_text(&mut self, text: &str) -> io::Result<u32> {
        self.charge(text.len())?;
        if text.len() > MAX_TEXT {
            return Err(invalid("a path is too long"));
        }
        Ok(self.texts.add(text))
    }

    /// Where the target of a link is; one that is repeated in every layer is kept once.
    fn target(&mut self, id: FileId, link: &str) -> io::Result<u32> {
        let slot = self.slot(id.0);
        let was_link = is_link(KINDS[usize::from(slot.mode >> KIND & 7)]);
        match slot.value {
            old if was_link && self.texts.get(old) == link.as_bytes() => Ok(old),
            _ => self.add_text(link),
        }
    }

    fn bucket(&self, parent: u32, name: &[u8]) -> usize {
        let mut hasher = self.keys.build_hasher();
        hasher.write_u32(parent);
        hasher.write(name);
        hasher.finish() as usize & (self.buckets.len() - 1)
    }

    fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        let mut at = self.buckets[self.bucket(parent, name)];
        while at != NONE {
            let slot = self.slot(at);
            if slot.parent == parent && self.texts.get(slot.name) == name {
                return Some(at);
            }
            at = slot.next_in_bucket;
        }
        None
    }

    fn make_child(&mut self, parent: u32, name: &str) -> io::Result<u32> {
        let at = match self.child(parent, name.as_bytes()) {
            Some(known) => known,
            None => {
                if self.len() >= self.most {
                    return Err(invalid("the image has too many files"));
                }
                let name = self.add_text(name)?;
                let at = self.push(Slot { name, ..Slot::new(parent) });
                if self.len() > self.buckets.len() * LOAD {
                    self.buckets = vec![NONE; self.buckets.len() * 2];
                    (ROOT + 1..at).for_each(|at| self.hang(at));
                }
                self.hang(at);
                at
            }
        };
        if self.slot(at).mode & LISTED == 0 {
            self.list(at);
        }
        Ok(at)
    }

    /// Puts a file into the table.
    fn hang(&mut self, at: u32) {
        let slot = self.slot(at);
        let bucket = self.bucket(slot.parent, self.texts.get(slot.name));
        self.slot_mut(at).next_in_bucket = std::mem::replace(&mut self.buckets[bucket], at);
    }

    /// Puts a file at the head of the list of its directory.
    fn list(&mut self, at: u32) {
        let folder = self.slot(at).parent;
        let next = std::mem::replace(&mut self.slot_mut(folder).first_child, at);
        let slot = self.slot_mut(at);
        slot.next = next;
        slot.mode |= LISTED;
    }
}

impl Slot {
    fn new(parent: u32) -> Self {
        let (first_child, next, next_in_bucket) = (NONE, NONE, NONE);
        Self { parent, first_child, next, next_in_bucket, name: 0, value: 0, hash: 0, layer: 0, owner: 0, mode: 0, base: 0 }
    }
}

/// The kinds by their numbers in a slot; three bits hold no more.
const KINDS: [EntryKind; 8] = [
    EntryKind::File, EntryKind::HardLink, EntryKind::SymLink, EntryKind::Directory, EntryKind::Special, EntryKind::Special,
    EntryKind::Special, EntryKind::Special,
];

fn is_link(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::SymLink | EntryKind::HardLink)
}

/// How many bytes are reserved for texts at once.
const CHUNK: usize = 64 << 10;

/// The longest text, in bytes.
const MAX_TEXT: usize = 0x7fff;

/// Texts one after the other, each after its length, none across two chunks.
#[derive(Default)]
struct Texts {
    chunks: Vec<Vec<u8>>,
    bytes: usize,
}

impl Texts {
    /// Where the text is from now on; it is not longer than [`MAX_TEXT`].
    fn add(&mut self, text: &str) -> u32 {
        let length = text.len();
        let needed = length + 2;
        if self.chunks.last().is_none_or(|last| last.len() + needed > CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let before = (self.chunks.len() - 1) * CHUNK;
        let Some(last) = self.chunks.last_mut() else { return 0 };
        let at = before + last.len();
        if length >= 0x80 {
            last.push(0x80 | (length >> 8) as u8);
        }
        last.push(length as u8);
        last.extend_from_slice(text.as_bytes());
        at as u32
    }

    fn get(&self, at: u32) -> &[u8] {
        let bytes = &self.chunks[at as usize / CHUNK][at as usize % CHUNK..];
        let (length, start) = match bytes[0] {
            short @ ..0x80 => (usize::from(short), 1),
            long => (usize::from(long & 0x7f) << 8 | usize::from(bytes[1]), 2),
        };
        &bytes[start..start + length]
    }
}

/// Texts come from strings.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn file(layer: usize, size: u64) -> FileState {
        FileState { layer, kind: EntryKind::File, size, hash: size * 3, mode: 0o644, owner: OwnerId(0), base_mode: None }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Layer,
        Add(String, u64),
        Delete(String),
        Clear(String),
    }

    fn step() -> impl Strategy<Value = Step> {
        // Few names, so that paths meet; names that sort before a slash, and a long one.
        let name = prop_oneof![Just("a".to_owned()), Just("b".to_owned()), Just("a-".to_owned()), Just("ä".repeat(90))];
        let path = prop::collection::vec(name, 1..5).prop_map(|parts| parts.join("/"));
        prop_oneof![
            1 => Just(Step::Layer),
            6 => (path.clone(), 0..u64::from(u32::MAX) * 2).prop_map(|(path, size)| Step::Add(path, size)),
            2 => path.clone().prop_map(Step::Delete),
            2 => prop_oneof![path, Just(String::new())].prop_map(Step::Clear),
        ]
    }

    /// Takes what lower layers have below a path out of a model, and says what that was.
    fn clear(model: &mut BTreeMap<String, FileState>, folder: &str, layer: usize) -> Vec<(String, FileState)> {
        let is_below = |path: &str| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let gone: Vec<_> = model.iter().filter(|(path, file)| is_below(path) && file.layer < layer).collect();
        let gone: Vec<_> = gone.into_iter().map(|(path, file)| (path.clone(), *file)).collect();
        for (path, _) in &gone {
            model.remove(path);
        }
        gone
    }

    proptest! {
        #[test]
        fn a_tree_is_like_a_map(steps in prop::collection::vec(step(), 0..80)) {
            let mut tree = Tree::new(Limits::default());
            let mut model = BTreeMap::new();
            let mut layer = 0;
            for step in steps {
                match step {
                    Step::Layer => {
                        layer += 1;
                        tree.begin_layer();
                    }
                    Step::Add(path, size) => {
                        let id = tree.make_place(&path).expect("there is room");
                        prop_assert_eq!(tree.get(id), model.insert(path.clone(), file(layer, size)));
                        tree.set(id, file(layer, size), "").expect("there is room");
                        prop_assert_eq!(tree.path(id), path);
                    }
                    Step::Delete(path) => {
                        prop_assert_eq!(tree.find(&path).and_then(|id| tree.get(id)), model.remove(&path));
                        tree.find(&path).into_iter().for_each(|id| tree.remove(id));
                    }
                    Step::Clear(path) => {
                        let mut gone = Vec::new();
                        if let Some(id) = tree.place(&path) {
                            tree.remove_below(id, layer, |id, file| gone.push((id, file)));
                        }
                        let mut gone: Vec<_> = gone.into_iter().map(|(id, file)| (tree.path(id), file)).collect();
                        gone.sort_by(|one, other| one.0.cmp(&other.0));
                        prop_assert_eq!(gone, clear(&mut model, &path, layer));
                    }
                }
            }
            tree.sort();
            let mut visited = Vec::new();
            tree.visit(|path, id, file| visited.push((path.to_owned(), id, file)));
            let mut expected: Vec<_> = model.iter().map(|(path, file)| (path.clone(), *file)).collect();
            expected.sort_by_key(|(path, _)| path.split('/').map(str::to_owned).collect::<Vec<_>>());
            prop_assert!(visited.iter().all(|(path, id, _)| tree.find(path) == Some(*id)));
            let visited: Vec<_> = visited.into_iter().map(|(path, _, file)| (path, file)).collect();
            prop_assert_eq!(visited, expected);
            prop_assert_eq!(tree.files().count(), model.len());
        }
    }

    #[test]
    fn links_owners_and_modes() {
        let mut tree = Tree::new(Limits::default());
        let owner = tree.owner(1000, 7).expect("it is the first");
        let id = tree.make_place("bin/sh").expect("there is room");
        let kind = EntryKind::SymLink;
        let link = FileState { kind, mode: 0o4755, owner, base_mode: Some(0o755), ..file(3, 0) };
        tree.set(id, link, "/usr/bin/dash").expect("there is room");
        assert_eq!((tree.get(id), tree.link(id), tree.name(id)), (Some(link), Some("/usr/bin/dash"), "sh"));
        assert_eq!((tree.find("bin"), tree.find("bin/sh")), (None, Some(id)));
        assert_eq!((tree.owner(1000, 7).ok(), tree.owner(7, 1000).ok() == Some(owner)), (Some(owner), false));
        tree.remove(id);
        assert_eq!((tree.get(id), tree.link(id)), (None, None));
    }

    /// Many files in one directory, and as many whiteouts of each kind: this does not end if one of them costs all others.
    #[test]
    fn a_large_directory() {
        const MANY: usize = 100_000;
        let mut tree = Tree::new(Limits::default());
        // In no order at all.
        for number in (0..MANY).map(|number| number * 7919 % MANY) {
            let id = tree.make_place(&format!("srv/{number}")).expect("there is room");
            tree.set(id, file(0, 1), "").expect("there is room");
        }
        let folder = tree.place("srv").expect("it was added");
        for layer in 1..3 {
            tree.begin_layer();
            let mut gone = 0;
            for number in 0..MANY {
                tree.remove_below(folder, layer, |_, _| gone += 1);
                let id = tree.make_place(&format!("srv/{number}")).expect("there is room");
                tree.set(id, file(layer, 1), "").expect("there is room");
            }
            assert_eq!(gone, MANY);
        }
        tree.sort();
        let mut count = 0;
        tree.visit(|_, _, _| count += 1);
        assert_eq!(count, MANY);
    }

    #[test]
    fn limits_hold() {
        let mut tree = Tree::new(Limits { entries: 3, text: 100, ..Limits::default() });
        let make = |tree: &mut Tree, path: &str| tree.make_place(path).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(make(&mut tree, "a/b/c"), Ok(()));
        // A directory that has no entry takes space as well.
        assert_eq!(make(&mut tree, "a/b/d"), Err("the image has too many files".to_owned()));
        let mut tree = Tree::new(Limits { entries: 3, text: 100, ..Limits::default() });
        assert!(make(&mut tree, &"x".repeat(101)).is_err_and(|error| error.contains("too long in all")));
        let mut tree = Tree::new(Limits::default());
        for id in 0..65_536 {
            assert!(tree.owner(id, 0).is_ok());
        }
        assert!(tree.owner(65_536, 0).is_err_and(|error| error.to_string().contains("too many different owners")));
    }
}
