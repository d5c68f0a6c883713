//! What an ELF file says of itself: for which machine it is, which loader starts it and which libraries it needs.

/// The first bytes of every ELF file.
pub(super) const MAGIC: &[u8] = b"\x7fELF";

/// How many libraries are read.
const MAX_NEEDED: usize = 256;

/// What a program or a library needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Elf {
    /// The number of the machine.
    pub machine: u16,
    /// The loader, for a program that is linked dynamically.
    pub loader: Option<Box<str>>,
    /// The names of the libraries.
    pub needed: Vec<Box<str>>,
}

impl Elf {
    /// The architecture as images name it; `None` for one that is not known here.
    pub(super) fn architecture(&self) -> Option<&'static str> {
        Some(match self.machine {
            3 => "386",
            8 => "mips",
            20 => "ppc",
            21 => "ppc64le",
            22 => "s390x",
            40 => "arm",
            62 => "amd64",
            183 => "arm64",
            243 => "riscv64",
            258 => "loong64",
            _ => return None,
        })
    }
}

/// The fields of a header by place and width, for both word sizes and byte orders.
struct View<'a> {
    bytes: &'a [u8],
    wide: bool,
    big: bool,
}

impl View<'_> {
    fn of(bytes: &[u8]) -> Option<View<'_>> {
        let (class, order) = (*bytes.get(4)?, *bytes.get(5)?);
        Some(View { bytes, wide: class == 2, big: order == 2 })
    }

    fn number(&self, at: u64, width: usize) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let field = self.bytes.get(at..at.checked_add(width)?)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.big { field.iter().fold(0, add) } else { field.iter().rev().fold(0, add) })
    }

    fn word(&self, at: u64) -> Option<u64> {
        self.number(at, if self.wide { 8 } else { 4 })
    }

    /// Type, offset, address and size of each segment.
    fn segments(&self) -> Vec<(u64, u64, u64, u64)> {
        let read = || {
            let start = self.word(if self.wide { 32 } else { 28 })?;
            let size = self.number(if self.wide { 54 } else { 42 }, 2)?;
            let count = self.number(if self.wide { 56 } else { 44 }, 2)?;
            Some((start, size, count.min(128)))
        };
        let (start, size, count) = read().unwrap_or_default();
        let segment = |index: u64| {
            let at = start.checked_add(index * size)?;
            let (offset, address, length) = if self.wide { (8, 16, 32) } else { (4, 8, 16) };
            Some((self.number(at, 4)?, self.word(at + offset)?, self.word(at + address)?, self.word(at + length)?))
        };
        (0..count).map_while(segment).collect()
    }

    fn text(&self, at: u64) -> Option<&str> {
        let rest = self.bytes.get(usize::try_from(at).ok()?..)?;
        let end = rest.iter().take(4096).position(|byte| *byte == 0)?;
        std::str::from_utf8(&rest[..end]).ok().filter(|text| !text.is_empty())
    }
}

const LOAD: u64 = 1;
const DYNAMIC: u64 = 2;
const LOADER: u64 = 3;

/// Where the dynamic section is: its first byte and the one after its last. At most 64 KiB.
pub(super) fn dynamic_range(head: &[u8]) -> Option<(u64, u64)> {
    let segments = View::of(head)?.segments();
    let (_, start, _, length) = segments.into_iter().find(|segment| segment.0 == DYNAMIC)?;
    Some((start, start.checked_add(length.min(64 << 10))?))
}

/// Reads the head of a file, and its dynamic section. Libraries whose names lie beyond the head are left out.
pub(super) fn read(head: &[u8], dynamic: &[u8]) -> Option<Elf> {
    let view = View::of(head)?;
    let segments = view.segments();
    let at_address = |address: u64| {
        let loaded = segments.iter().find(|(kind, _, start, length)| {
            *kind == LOAD && address >= *start && address - start < *length
        });
        loaded.map(|(_, offset, start, _)| offset.saturating_add(address - start))
    };
    let loader = segments.iter().find(|segment| segment.0 == LOADER).and_then(|segment| view.text(segment.1));
    let mut elf = Elf { machine: view.number(18, 2)? as u16, loader: loader.map(Into::into), needed: Vec::new() };
    let section = View { bytes: dynamic, ..view };
    let width = if view.wide { 16 } else { 8 };
    let entries = (0..dynamic.len() as u64 / width).map_while(|index| {
        let tag = section.word(index * width)?;
        (tag != 0).then_some((tag, section.word(index * width + width / 2)?))
    });
    let entries: Vec<_> = entries.collect();
    let names = entries.iter().find(|entry| entry.0 == 5).and_then(|entry| at_address(entry.1));
    if let Some(names) = names {
        let needed = entries.iter().filter(|entry| entry.0 == 1).take(MAX_NEEDED);
        elf.needed = needed.filter_map(|entry| view.text(names.checked_add(entry.1)?)).map(Into::into).collect();
    }
    Some(elf)
}
