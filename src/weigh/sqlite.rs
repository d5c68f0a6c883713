//! Reads one table of an SQLite database, as far as RPM's database needs it: the blobs of its rows.
//!
//! Every page is visited once at most, so that a damaged file ends and takes no more memory than it has bytes.

const MAGIC: &[u8] = b"SQLite format 3\0";

/// How deep a tree of pages may be.
const MAX_DEPTH: usize = 20;

/// The blobs of a table, one of each row; `None` if the file is not a database or has no such table.
pub(super) fn blobs(file: &[u8], table: &str) -> Option<Vec<Vec<u8>>> {
    let mut database = Database::of(file)?;
    let mut root = None;
    database.rows(1, 0, &mut |record| {
        let fields = fields(record);
        let is_text = |at: usize, text: &str| fields.get(at).is_some_and(|(_, value)| *value == text.as_bytes());
        if is_text(0, "table") && is_text(1, table) {
            root = fields.get(3).map(|(_, value)| value.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)));
        }
    });
    let mut blobs = Vec::new();
    database.visited.fill(false);
    database.rows(root?, 0, &mut |record| {
        let blob = fields(record).into_iter().find(|(is_blob, value)| *is_blob && !value.is_empty());
        blobs.extend(blob.map(|(_, value)| value.to_vec()));
    });
    Some(blobs)
}

struct Database<'a> {
    file: &'a [u8],
    page_size: usize,
    /// Bytes of a page that are in use.
    usable: usize,
    visited: Vec<bool>,
}

impl<'a> Database<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let head = file.get(..100).filter(|head| head.starts_with(MAGIC))?;
        let page_size = match usize::from(number(head, 16)?) {
            1 => 65_536,
            size => size,
        };
        let usable = page_size.checked_sub(usize::from(head[20])).filter(|size| *size >= 480)?;
        Some(Self { file, page_size, usable, visited: vec![false; file.len() / page_size + 1] })
    }

    /// A page by its number, from 1, if it has not been visited yet.
    fn page(&mut self, number: usize) -> Option<&'a [u8]> {
        let visited = self.visited.get_mut(number.checked_sub(1)?)?;
        if std::mem::replace(visited, true) {
            return None;
        }
        let start = (number - 1) * self.page_size;
        self.file.get(start..start + self.usable)
    }

    /// Calls `each` with the record of every row of the tree that begins at a page.
    fn rows(&mut self, root: usize, depth: usize, each: &mut dyn FnMut(&[u8])) {
        let Some(page) = self.page(root).filter(|_| depth < MAX_DEPTH) else { return };
        // The first page begins with the head of the file.
        let at = if root == 1 { 100 } else { 0 };
        let (kind, count) = (page[at], number(page, at + 3).unwrap_or(0));
        let head = match kind {
            5 => 12,
            13 => 8,
            _ => return,
        };
        for index in 0..usize::from(count) {
            let Some(cell) = number(page, at + head + index * 2).and_then(|cell| page.get(usize::from(cell)..)) else { return };
            match kind {
                13 => {
                    if let Some(record) = self.record(cell) {
                        each(&record);
                    }
                }
                _ => self.rows(long(cell, 0).unwrap_or(0), depth + 1, each),
            }
        }
        if kind == 5 {
            self.rows(long(page, at + 8).unwrap_or(0), depth + 1, each);
        }
    }

    /// The record of a cell, with the part of it that is on other pages.
    fn record(&mut self, cell: &[u8]) -> Option<Vec<u8>> {
        let (length, first) = varint(cell)?;
        let (_, second) = varint(cell.get(first..)?)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= self.file.len())?;
        let rest = cell.get(first + second..)?;
        let most = self.usable - 35;
        let local = match length <= most {
            true => length,
            false => {
                let least = (self.usable - 12) * 32 / 255 - 23;
                let local = least + (length - least) % (self.usable - 4);
                if local <= most { local } else { least }
            }
        };
        let mut record = rest.get(..local)?.to_vec();
        let mut next = long(rest, local).unwrap_or(0);
        while record.len() < length {
            let page = self.page(next)?;
            let part = page.get(4..)?;
            record.extend_from_slice(&part[..part.len().min(length - record.len())]);
            next = long(page, 0)?;
        }
        Some(record)
    }
}

/// The fields of a record: whether each is a blob, and its bytes.
fn fields(record: &[u8]) -> Vec<(bool, &[u8])> {
    let mut fields = Vec::new();
    let Some((head, mut at)) = varint(record) else { return fields };
    let Ok(mut data) = usize::try_from(head) else { return fields };
    let head = data;
    while at < head {
        let Some((kind, read)) = record.get(at..).and_then(varint) else { break };
        at += read;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => break,
            _ => (kind - 12) / 2,
        };
        let end = usize::try_from(length).ok().and_then(|length| data.checked_add(length));
        let Some(value) = end.and_then(|end| record.get(data..end)) else { break };
        fields.push((kind >= 12 && kind % 2 == 0, value));
        data += value.len();
    }
    fields
}

/// A number of up to nine bytes, seven bits each, and how many bytes it takes.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((value << 8 | u64::from(*byte), 9));
        }
        value = value << 7 | u64::from(*byte & 0x7f);
        if *byte < 0x80 {
            return Some((value, index + 1));
        }
    }
    None
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|pair| u16::from(pair[0]) << 8 | u16::from(pair[1]))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 4).map(|bytes| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}
