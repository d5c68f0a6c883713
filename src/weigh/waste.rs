//! Bytes of an image that are of no use, by what made them so.

use std::collections::HashMap;

use super::tree::FileId;

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

/// Bytes of one layer that another one, or the same, made useless.
#[derive(Debug, Default)]
pub(super) struct LayerWaste {
    pub bytes: u64,
    pub files: u64,
    /// The largest files, largest first.
    pub largest: Vec<(u64, FileId)>,
}

/// How many files of a kind of waste are named.
pub(super) const MOST_NAMED: usize = 5;

/// By kind, the layer that causes it and the layer that has the bytes.
#[derive(Debug, Default)]
pub(super) struct Wastes(HashMap<(WasteKind, usize, usize), LayerWaste>);

impl Wastes {
    pub(super) fn add(&mut self, kind: WasteKind, by: usize, from: usize, bytes: u64, file: FileId) {
        if bytes == 0 {
            return;
        }
        let waste = self.0.entry((kind, by, from)).or_default();
        waste.bytes += bytes;
        waste.files += 1;
        keep_largest(&mut waste.largest, bytes, MOST_NAMED, || file);
    }

    /// Each waste in order of the layers, with its kind, the layer that causes it and the layer that has the bytes.
    pub(super) fn in_order(&self) -> Vec<((WasteKind, usize, usize), &LayerWaste)> {
        let mut all: Vec<_> = self.0.iter().map(|(place, waste)| (*place, waste)).collect();
        all.sort_unstable_by_key(|(place, _)| *place);
        all
    }
}

/// Keeps the `most` largest; of equal ones those that came first.
pub(super) fn keep_largest<T>(list: &mut Vec<(u64, T)>, bytes: u64, most: usize, item: impl FnOnce() -> T) {
    if list.len() < most || list.last().is_some_and(|(smallest, _)| bytes > *smallest) {
        let at = list.partition_point(|(other, _)| *other >= bytes);
        list.insert(at, (bytes, item()));
        list.truncate(most);
    }
}
