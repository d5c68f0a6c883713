//! RPM's database, in the three forms that images have: SQLite (Fedora, RHEL 9), ndb (SUSE) and Berkeley DB (RHEL 8 and
//! before). Each holds one header of each package.

use super::rows::Row;
use super::sqlite;

/// The packages of a database.
pub(super) fn rows(file: &[u8]) -> Vec<Row> {
    let headers = sqlite::blobs(file, "Packages").or_else(|| of_ndb(file)).or_else(|| of_berkeley_db(file));
    headers.unwrap_or_default().iter().filter_map(|header| package(header)).collect()
}

/// Tags of a header.
const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const SIZE: u32 = 1009;
const LONG_SIZE: u32 = 5009;

/// What a header says of its package. Keys of repositories have headers too, and no files.
fn package(header: &[u8]) -> Option<Row> {
    let count = big(header, 0)? as usize;
    let index = header.get(8..8 + count.checked_mul(16)?)?;
    let data = &header[8 + index.len()..];
    let find = |tag: u32| {
        let entry = index.chunks_exact(16).find(|entry| big(entry, 0) == Some(tag))?;
        data.get(big(entry, 8)? as usize..)
    };
    let text = |tag: u32| {
        let bytes = find(tag)?;
        let end = bytes.iter().take(4096).position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
    };
    let name = text(NAME).filter(|name| name != "gpg-pubkey")?;
    let long = find(LONG_SIZE).and_then(|bytes| Some(u64::from(big(bytes, 0)?) << 32 | u64::from(big(bytes, 4)?)));
    let bytes = long.or_else(|| find(SIZE).and_then(|bytes| big(bytes, 0)).map(u64::from)).unwrap_or(0);
    Some(Row { name, version: format!("{}-{}", text(VERSION)?, text(RELEASE)?), bytes })
}

/// Pages of slots, each of which says where the header of a package is, in units of 16 bytes.
fn of_ndb(file: &[u8]) -> Option<Vec<Vec<u8>>> {
    let head = file.get(..32).filter(|head| head.starts_with(b"RpmP"))?;
    let pages = little(head, 12)? as usize;
    let slots = file.get(32..pages.checked_mul(4096)?.min(file.len()))?;
    let mut headers = Vec::new();
    // Slots may overlap in a damaged file.
    let mut left = file.len();
    for slot in slots.chunks_exact(16).filter(|slot| slot.starts_with(b"Slot") && little(slot, 4) != Some(0)) {
        let start = little(slot, 8).and_then(|block| (block as usize).checked_mul(16));
        let Some(blob) = start.and_then(|start| file.get(start..)).filter(|blob| blob.starts_with(b"BlbS")) else { continue };
        let length = little(blob, 12).unwrap_or(0) as usize;
        let header = length.checked_add(16).and_then(|end| blob.get(16..end));
        let Some(header) = header.filter(|header| header.len() <= left) else { continue };
        left -= header.len();
        headers.push(header.to_vec());
    }
    Some(headers)
}

/// A hash table, whose large values are on chains of pages.
fn of_berkeley_db(file: &[u8]) -> Option<Vec<Vec<u8>>> {
    let magic = file.get(12..16)?;
    let is_big = match magic {
        [0x61, 0x15, 0x06, 0x00] => false,
        [0x00, 0x06, 0x15, 0x61] => true,
        _ => return None,
    };
    let long = |bytes: &[u8], at: usize| if is_big { big(bytes, at) } else { little(bytes, at) };
    let short = |bytes: &[u8], at: usize| {
        let pair = bytes.get(at..at + 2)?;
        Some(usize::from(if is_big { u16::from_be_bytes([pair[0], pair[1]]) } else { u16::from_le_bytes([pair[0], pair[1]]) }))
    };
    let page_size = long(file, 20).filter(|size| (512..=65_536).contains(size))? as usize;
    let pages: Vec<&[u8]> = file.chunks_exact(page_size).collect();
    let mut visited = vec![false; pages.len()];
    let mut headers = Vec::new();
    for page in pages.iter().skip(1).filter(|page| matches!(page[25], 2 | 13)) {
        let count = short(page, 20).unwrap_or(0);
        // A key and its value take turns.
        for index in (1..count).step_by(2) {
            let Some(item) = short(page, 26 + index * 2).and_then(|at| page.get(at..)) else { break };
            if item.first() != Some(&3) {
                continue;
            }
            let (mut next, length) = (long(item, 4).unwrap_or(0) as usize, long(item, 8).unwrap_or(0) as usize);
            let mut header = Vec::new();
            while header.len() < length && next != 0 {
                let Some(part) = pages.get(next).filter(|_| !std::mem::replace(&mut visited[next], true)) else { break };
                let used = short(part, 22).unwrap_or(0);
                header.extend_from_slice(part.get(26..26 + used).unwrap_or_default());
                next = long(part, 16).unwrap_or(0) as usize;
            }
            if header.len() >= length && length > 0 {
                headers.push(header);
            }
        }
    }
    Some(headers)
}

fn big(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn little(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with a name, a version, a release and a size.
    fn header(name: &str, size: u32) -> Vec<u8> {
        let texts = format!("{name}\x001.2\x003.el9\0");
        let padded = texts.len().next_multiple_of(4);
        let places = [(NAME, 6, 0), (VERSION, 6, name.len() + 1), (RELEASE, 6, name.len() + 5), (SIZE, 4, padded)];
        let mut out = Vec::new();
        for number in [places.len() as u32, padded as u32 + 4] {
            out.extend(number.to_be_bytes());
        }
        for (tag, kind, at) in places {
            [tag, kind, at as u32, 1].iter().for_each(|number| out.extend(number.to_be_bytes()));
        }
        let mut data = texts.into_bytes();
        data.resize(padded, 0);
        data.extend(size.to_be_bytes());
        out.extend(data);
        out
    }

    fn ndb(headers: &[Vec<u8>]) -> Vec<u8> {
        let mut file = vec![0; 4096];
        file[..4].copy_from_slice(b"RpmP");
        file[12..16].copy_from_slice(&1_u32.to_le_bytes());
        for (index, header) in headers.iter().enumerate() {
            let (at, start) = (32 + index * 16, file.len());
            file[at..at + 4].copy_from_slice(b"Slot");
            file[at + 4..at + 8].copy_from_slice(&(index as u32 + 1).to_le_bytes());
            file[at + 8..at + 12].copy_from_slice(&(start as u32 / 16).to_le_bytes());
            file.extend(b"BlbS");
            for number in [index as u32 + 1, 0, header.len() as u32] {
                file.extend(number.to_le_bytes());
            }
            file.extend(header);
            file.resize(file.len().next_multiple_of(16), 0);
        }
        file
    }

    /// One page of items, and chains of pages with the headers.
    fn berkeley_db(headers: &[Vec<u8>]) -> Vec<u8> {
        const PAGE: usize = 512;
        let mut pages = vec![vec![0; PAGE], vec![0; PAGE]];
        pages[0][12..16].copy_from_slice(&0x0006_1561_u32.to_le_bytes());
        pages[0][20..24].copy_from_slice(&(PAGE as u32).to_le_bytes());
        pages[1][25] = 13;
        pages[1][20..22].copy_from_slice(&(headers.len() as u16 * 2).to_le_bytes());
        for (index, header) in headers.iter().enumerate() {
            let at = PAGE - 12 * (index + 1);
            pages[1][28 + index * 4..30 + index * 4].copy_from_slice(&(at as u16).to_le_bytes());
            pages[1][at] = 3;
            let first = pages.len() as u32;
            pages[1][at + 4..at + 8].copy_from_slice(&first.to_le_bytes());
            pages[1][at + 8..at + 12].copy_from_slice(&(header.len() as u32).to_le_bytes());
            let parts: Vec<&[u8]> = header.chunks(60).collect();
            for (number, part) in parts.iter().enumerate() {
                let mut page = vec![0; PAGE];
                let next = if number + 1 < parts.len() { pages.len() as u32 + 1 } else { 0 };
                page[16..20].copy_from_slice(&next.to_le_bytes());
                page[22..24].copy_from_slice(&(part.len() as u16).to_le_bytes());
                page[25] = 7;
                page[26..26 + part.len()].copy_from_slice(part);
                pages.push(page);
            }
        }
        pages.concat()
    }

    #[test]
    fn packages_of_two_forms() {
        let headers = [header("bash", 7_000_000), header("gpg-pubkey", 0), header("glibc", 42)];
        for file in [ndb(&headers), berkeley_db(&headers)] {
            let rows: Vec<_> = rows(&file).into_iter().map(|row| (row.name, row.version, row.bytes)).collect();
            let of = |name: &str, bytes| (name.to_owned(), "1.2-3.el9".to_owned(), bytes);
            assert_eq!(rows, [of("bash", 7_000_000), of("glibc", 42)]);
        }
    }

    #[test]
    fn damaged_files() {
        let headers = [header("bash", 7_000_000), header("glibc", 42)];
        for file in [ndb(&headers), berkeley_db(&headers)] {
            for at in 0..file.len().min(6000) {
                let mut damaged = file.clone();
                damaged[at] ^= 0xff;
                let _ = rows(&damaged);
                let _ = rows(&file[..at]);
            }
        }
        assert_eq!(rows(b"").len(), 0);
    }
}
