//! A reader of tar streams within limits: headers of ustar, pax and GNU, and the contents as they pass by.

use std::io::{self, Read};

/// Limits of one image.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries of all layers together.
    pub entries: u64,
    /// Uncompressed bytes of all layers together.
    pub bytes: u64,
    /// Bytes of the names, the link targets and the names of libraries of all layers together.
    pub text: usize,
    /// Bytes of one path.
    pub path: usize,
    /// Components of one path.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 2_000_000, bytes: 64 << 30, text: 128 << 20, path: 4096, depth: 512 }
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    HardLink,
    SymLink,
    Directory,
    /// Devices and pipes.
    Special,
}

/// The header of an entry.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Without slashes at its ends, `.` or `..`.
    pub path: String,
    pub kind: EntryKind,
    /// Bytes of its contents in this stream.
    pub size: u64,
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    /// The target of a link, as written.
    pub link: String,
}

/// The largest extended header that is read, in bytes.
const MAX_EXTENDED: u64 = 1 << 20;

/// Reads entries one by one; the contents of each are read, or skipped, before the next.
pub(super) struct TarReader<R> {
    from: R,
    /// Bytes of the current entry's contents that are not read yet.
    left: u64,
    padding: u64,
    limits: Limits,
}

impl<R: Read> TarReader<R> {
    pub(super) fn new(from: R, limits: Limits) -> Self {
        Self { from, left: 0, padding: 0, limits }
    }

    /// The reader that the stream is read from.
    pub(super) fn into_inner(self) -> R {
        self.from
    }

    /// The next entry, or `None` at the end of the stream.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        self.skip_rest()?;
        let mut extended = Extended::default();
        loop {
            let mut header = [0; 512];
            if !self.fill(&mut header)? || header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            check_sum(&header)?;
            let size = number(&header[124..136]);
            let flag = header[156];
            if matches!(flag, b'x' | b'g' | b'L' | b'K') {
                let text = self.extension(size)?;
                match flag {
                    b'x' => extended.read_pax(&text),
                    b'L' => extended.path = Some(until_nul(&text)),
                    b'K' => extended.link = Some(until_nul(&text)),
                    _ => {}
                }
                continue;
            }
            let entry = self.entry(&header, extended, size)?;
            // Only files have contents.
            self.left = if entry.kind == EntryKind::File { entry.size } else { 0 };
            self.padding = padding(self.left);
            if flag == b'S' {
                self.skip_sparse_map(&header)?;
            }
            return Ok(Some(entry));
        }
    }

    fn entry(&self, header: &[u8; 512], extended: Extended, size: u64) -> io::Result<Entry> {
        let mut path = until_nul(&header[..100]);
        if &header[257..263] == b"ustar\0" && header[345] != 0 {
            path = format!("{}/{path}", until_nul(&header[345..500]));
        }
        let path = clean(&extended.path.unwrap_or(path), self.limits)?;
        let kind = match header[156] {
            0 | b'0' | b'7' | b'S' => EntryKind::File,
            b'1' => EntryKind::HardLink,
            b'2' => EntryKind::SymLink,
            b'5' => EntryKind::Directory,
            _ => EntryKind::Special,
        };
        let size = if kind == EntryKind::File { extended.size.unwrap_or(size) } else { 0 };
        let mode = number(&header[100..108]) as u32 & 0o7777;
        let link = extended.link.unwrap_or_else(|| until_nul(&header[157..257]));
        if link.len() > self.limits.path {
            return Err(invalid("a link target is too long"));
        }
        Ok(Entry {
            path,
            kind,
            size,
            mode,
            uid: extended.uid.unwrap_or_else(|| number(&header[108..116])),
            gid: extended.gid.unwrap_or_else(|| number(&header[116..124])),
            link,
        })
    }

    /// Reads some of the current entry's contents; 0 at their end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let read = self.from.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(invalid("a layer ends in the middle of a file"));
        }
        self.left -= read as u64;
        Ok(read)
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        let rest = self.left.saturating_add(self.padding);
        (self.left, self.padding) = (0, 0);
        self.skip(rest)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.from.by_ref().take(bytes), &mut io::sink())?;
        if skipped < bytes { Err(invalid("a layer ends in the middle of a file")) } else { Ok(()) }
    }

    /// Further blocks of the map of a sparse file.
    fn skip_sparse_map(&mut self, header: &[u8; 512]) -> io::Result<()> {
        let mut more = header[482] != 0;
        let mut blocks = 0;
        while more {
            blocks += 1;
            let mut block = [0; 512];
            if blocks > 4096 || !self.fill(&mut block)? {
                return Err(invalid("the map of a sparse file is too long"));
            }
            more = block[504] != 0;
        }
        Ok(())
    }

    fn extension(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_EXTENDED {
            return Err(invalid("an extended header is larger than 1 MiB"));
        }
        let mut text = Vec::new();
        self.from.by_ref().take(size).read_to_end(&mut text)?;
        self.skip(padding(size))?;
        Ok(text)
    }

    /// Whether the buffer could be filled; `false` at the end of the stream.
    fn fill(&mut self, buffer: &mut [u8; 512]) -> io::Result<bool> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.from.read(&mut buffer[filled..])? {
                0 if filled == 0 => return Ok(false),
                0 => return Err(invalid("a layer ends in the middle of a header")),
                read => filled += read,
            }
        }
        Ok(true)
    }
}

/// What extended headers say about the entry after them.
#[derive(Default)]
struct Extended {
    path: Option<String>,
    link: Option<String>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
}

impl Extended {
    /// Records such as `20 path=some/file\n`.
    fn read_pax(&mut self, mut text: &[u8]) {
        while let Some(space) = text.iter().take(20).position(|byte| *byte == b' ') {
            let length = std::str::from_utf8(&text[..space]).ok().and_then(|digits| digits.parse::<usize>().ok());
            let Some(length) = length.filter(|length| *length > space + 1 && *length <= text.len()) else { return };
            let record = String::from_utf8_lossy(&text[space + 1..length]);
            text = &text[length..];
            let Some((key, value)) = record.trim_end_matches('\n').split_once('=') else { continue };
            match key {
                "path" | "GNU.sparse.name" => self.path = Some(value.to_owned()),
                "linkpath" => self.link = Some(value.to_owned()),
                "size" => self.size = value.parse().ok(),
                "uid" => self.uid = value.parse().ok(),
                "gid" => self.gid = value.parse().ok(),
                _ => {}
            }
        }
    }
}

fn padding(size: u64) -> u64 {
    (512 - size % 512) % 512
}

/// Octal digits, or GNU's big-endian form for large numbers.
fn number(field: &[u8]) -> u64 {
    if field[0] & 0x80 != 0 {
        return field[1..].iter().fold(0, |number: u64, byte| number.wrapping_shl(8) | u64::from(*byte));
    }
    let digits = field.iter().skip_while(|byte| **byte == b' ').take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number: u64, digit| number.wrapping_mul(8).wrapping_add(u64::from(digit - b'0')))
}

fn until_nul(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

fn check_sum(header: &[u8; 512]) -> io::Result<()> {
    let sum: u64 = header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) }).sum();
    if sum == number(&header[148..156]) { Ok(()) } else { Err(invalid("a layer is not a tar archive")) }
}

/// The path in the image: what would lead out of it is left out.
fn clean(path: &str, limits: Limits) -> io::Result<String> {
    if path.len() > limits.path {
        return Err(invalid("a path is too long"));
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.len() > limits.depth {
        return Err(invalid("a path is too deep"));
    }
    Ok(parts.join("/"))
}

pub(super) fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
