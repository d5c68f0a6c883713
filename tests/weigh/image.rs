//! Writes small images: docker archives, OCI archives and OCI layouts.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

/// An entry of a layer.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path: String,
    flag: u8,
    mode: u32,
    link: String,
    bytes: Vec<u8>,
}

pub fn file(path: &str, mode: u32, bytes: Vec<u8>) -> Entry {
    Entry { path: path.to_owned(), flag: b'0', mode, link: String::new(), bytes }
}

pub fn dir(path: &str, mode: u32) -> Entry {
    Entry { flag: b'5', ..file(path, mode, Vec::new()) }
}

pub fn link(path: &str, target: &str) -> Entry {
    Entry { flag: b'2', link: target.to_owned(), ..file(path, 0o777, Vec::new()) }
}

pub fn whiteout(path: &str) -> Entry {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    file(format!("{folder}/.wh.{name}").trim_start_matches('/'), 0o644, Vec::new())
}

/// The smallest program that says for which machine it is, which loader it wants and which libraries it needs.
pub fn elf(machine: u16, loader: Option<&str>, needed: &[&str]) -> Vec<u8> {
    let mut names = vec![0];
    let offsets: Vec<u64> = needed
        .iter()
        .map(|name| {
            let at = names.len() as u64;
            names.extend(name.as_bytes());
            names.push(0);
            at
        })
        .collect();
    let loader_at = 64 + 3 * 56;
    let loader_text = format!("{}\0", loader.unwrap_or_default());
    let names_at = loader_at + loader_text.len() as u64;
    let dynamic_at = names_at + names.len() as u64;
    let mut dynamic: Vec<u64> = offsets.iter().flat_map(|offset| [1, *offset]).collect();
    dynamic.extend([5, names_at, 0, 0]);
    let end = dynamic_at + dynamic.len() as u64 * 8;
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    out.extend(2_u16.to_le_bytes());
    out.extend(machine.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    out.extend([0; 8]);
    out.extend(64_u64.to_le_bytes());
    out.extend([0; 8 + 4]);
    for number in [64_u16, 56, 3, 64, 0, 0] {
        out.extend(number.to_le_bytes());
    }
    let kind = |used: bool, kind: u32| if used { kind } else { 0 };
    for (kind, at, size) in [
        (1, 0, end),
        (kind(loader.is_some(), 3), loader_at, loader_text.len() as u64),
        (kind(!needed.is_empty(), 2), dynamic_at, end - dynamic_at),
    ] {
        out.extend(kind.to_le_bytes());
        out.extend(4_u32.to_le_bytes());
        for number in [at, at, at, size, size, 8] {
            out.extend(number.to_le_bytes());
        }
    }
    out.extend(loader_text.as_bytes());
    out.extend(names);
    dynamic.iter().for_each(|number| out.extend(number.to_le_bytes()));
    out
}

fn header(path: &str, flag: u8, mode: u32, size: usize, link: &str) -> [u8; 512] {
    let mut header = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &path.as_bytes()[..path.len().min(100)]);
    put(100, format!("{mode:07o}\0").as_bytes());
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[flag]);
    put(157, &link.as_bytes()[..link.len().min(100)]);
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

pub fn tar(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let padded = |out: &mut Vec<u8>, bytes: &[u8]| {
        out.extend(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    };
    for entry in entries {
        if entry.path.len() > 100 {
            out.extend(header("././@LongLink", b'L', 0, entry.path.len() + 1, ""));
            padded(&mut out, format!("{}\0", entry.path).as_bytes());
        }
        if entry.link.len() > 100 {
            out.extend(header("././@LongLink", b'K', 0, entry.link.len() + 1, ""));
            padded(&mut out, format!("{}\0", entry.link).as_bytes());
        }
        out.extend(header(&entry.path, entry.flag, entry.mode, entry.bytes.len(), &entry.link));
        padded(&mut out, &entry.bytes);
    }
    out.resize(out.len() + 1024, 0);
    out
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Docker,
    Oci,
    OciGzip,
    Directory,
}

pub struct ImageArchive {
    cmd: Vec<String>,
    layers: Vec<(String, Vec<u8>)>,
}

impl ImageArchive {
    pub fn new(cmd: &[&str]) -> Self {
        Self { cmd: cmd.iter().map(|word| (*word).to_owned()).collect(), layers: Vec::new() }
    }

    pub fn layer(&mut self, created_by: &str, entries: &[Entry]) {
        self.layers.push((created_by.to_owned(), tar(entries)));
    }

    fn blobs(&self, layout: Layout) -> Vec<(String, Vec<u8>)> {
        let history: Vec<_> = self.layers.iter().map(|(step, _)| json!({ "created_by": step })).collect();
        let mut history = history;
        history.push(json!({ "created_by": "CMD []", "empty_layer": true }));
        let config = json!({
            "architecture": "amd64", "os": "linux", "history": history, "config": { "Cmd": self.cmd, "WorkingDir": "/" },
        });
        let mut blobs = vec![("blobs/sha256/config".to_owned(), config.to_string().into_bytes())];
        let names: Vec<_> = (0..self.layers.len()).map(|index| format!("blobs/sha256/layer{index}")).collect();
        for (name, (_, bytes)) in names.iter().zip(&self.layers) {
            blobs.push((name.clone(), if layout == Layout::OciGzip { gzip(bytes) } else { bytes.clone() }));
        }
        if layout == Layout::Docker {
            let manifest = json!([{ "Config": "blobs/sha256/config", "RepoTags": ["app:1"], "Layers": names }]);
            blobs.push(("manifest.json".to_owned(), manifest.to_string().into_bytes()));
        } else {
            let digest = |name: &String| json!({ "digest": name.replacen("blobs/sha256/", "sha256:", 1), "size": 0 });
            let layers: Vec<_> = names.iter().map(digest).collect();
            let manifest = json!({ "config": { "digest": "sha256:config" }, "layers": layers });
            blobs.push(("blobs/sha256/manifest".to_owned(), manifest.to_string().into_bytes()));
            let index = json!({ "manifests": [
                { "digest": "sha256:none", "platform": { "os": "unknown", "architecture": "unknown" } },
                { "digest": "sha256:manifest" },
            ] });
            blobs.push(("index.json".to_owned(), index.to_string().into_bytes()));
        }
        blobs
    }

    pub fn write(&self, directory: &Path, layout: Layout) -> PathBuf {
        let blobs = self.blobs(layout);
        if layout == Layout::Directory {
            for (name, bytes) in blobs {
                let path = directory.join(name);
                fs::create_dir_all(path.parent().expect("it is below the directory")).expect("it is writable");
                fs::write(path, bytes).expect("it is writable");
            }
            return directory.to_path_buf();
        }
        let entries: Vec<_> = blobs.into_iter().map(|(name, bytes)| file(&name, 0o644, bytes)).collect();
        let path = directory.join("image.tar");
        fs::write(&path, tar(&entries)).expect("it is writable");
        path
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory is writable")
}
