//! Finds the layers of an image in a docker archive, an OCI archive or an OCI layout directory.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use serde::de::DeserializeOwned;

use super::manifest::{Descriptor, DockerManifest, ImageConfig, OciManifest, Platform};
use super::tar::{EntryKind, Limits, TarReader, invalid};

/// Why an image cannot be weighed: one sentence, lower case, no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeighError(pub String);

impl fmt::Display for WeighError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WeighError {}

impl From<io::Error> for WeighError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// The largest manifest or configuration that is read, in bytes.
const MAX_JSON: u64 = 8 << 20;

/// How many entries an archive of layers may have.
const MAX_BLOBS: usize = 10_000;

/// How many layers an image may have. Engines start no container on half of these.
const MAX_LAYERS: usize = 512;

/// How many steps the history of an image may have.
const MAX_STEPS: usize = 10_000;

/// How deep indexes may refer to each other.
const MAX_INDEXES: usize = 4;

/// Where the blobs are.
enum Blobs {
    /// In an archive: where each begins, and its length.
    Inside { file: File, places: HashMap<String, (u64, u64)>, links: HashMap<String, String> },
    Directory(PathBuf),
}

/// An image whose layers can be read.
pub struct Archive {
    blobs: Blobs,
    /// Names of the blobs of the layers, lowest first.
    layers: Vec<String>,
    pub(super) config: ImageConfig,
    /// The name that it was saved under, if it has one.
    pub name: Option<String>,
}

impl Archive {
    /// Opens a docker archive, an OCI archive, or an OCI layout directory. `platform` chooses among several images.
    ///
    /// # Errors
    /// When it is none of these, or is damaged.
    pub fn open(path: &Path, platform: Option<&Platform>) -> Result<Self, WeighError> {
        if path.is_dir() {
            return Self::of(Blobs::Directory(path.to_path_buf()), platform);
        }
        Self::of_file(File::open(path)?, platform)
    }

    /// The same for an open file.
    ///
    /// # Errors
    /// When it is none of these, or is damaged.
    pub fn of_file(mut file: File, platform: Option<&Platform>) -> Result<Self, WeighError> {
        let mut magic = [0; 4];
        let read = file.read(&mut magic)?;
        if matches!(Compression::of(&magic[..read]), Compression::Gzip | Compression::Zstd) {
            return Err(WeighError("the archive is compressed as a whole; decompress it first".to_owned()));
        }
        let (places, links) = index(&mut file)?;
        Self::of(Blobs::Inside { file, places, links }, platform)
    }

    fn of(blobs: Blobs, platform: Option<&Platform>) -> Result<Self, WeighError> {
        let mut archive = Self { blobs, layers: Vec::new(), config: ImageConfig::default(), name: None };
        if archive.has("manifest.json") {
            let mut manifests: Vec<DockerManifest> = archive.json("manifest.json")?;
            if manifests.len() > 1 {
                return Err(WeighError(format!("the archive holds {} images; save one", manifests.len())));
            }
            let manifest = manifests.pop().ok_or_else(|| WeighError("the archive holds no image".to_owned()))?;
            archive.config = archive.json(&manifest.config)?;
            archive.layers = manifest.layers;
            archive.name = manifest.repo_tags.and_then(|tags| tags.into_iter().next());
        } else if archive.has("index.json") {
            let manifest = archive.oci_manifest(platform)?;
            let config = manifest.config.ok_or_else(|| WeighError("the manifest has no configuration".to_owned()))?;
            archive.config = archive.json(&blob_name(&config)?)?;
            archive.layers = manifest.layers.iter().map(blob_name).collect::<Result<_, _>>()?;
        } else {
            let what = "neither a docker archive nor an OCI layout: it has no `manifest.json` and no `index.json`";
            return Err(WeighError(what.to_owned()));
        }
        if archive.layers.len() > MAX_LAYERS {
            return Err(WeighError(format!("the image has more than {MAX_LAYERS} layers")));
        }
        if archive.config.history.as_ref().is_some_and(|steps| steps.len() > MAX_STEPS) {
            return Err(WeighError(format!("the history of the image has more than {MAX_STEPS} steps")));
        }
        Ok(archive)
    }

    /// The manifest of the image for a platform, or of the only image.
    fn oci_manifest(&self, platform: Option<&Platform>) -> Result<OciManifest, WeighError> {
        let mut manifest: OciManifest = self.json("index.json")?;
        for _ in 0..MAX_INDEXES {
            if manifest.config.is_some() {
                return Ok(manifest);
            }
            let is_image = |it: &&Descriptor| it.platform.as_ref().is_none_or(|platform| platform.os != "unknown");
            let images: Vec<_> = manifest.manifests.iter().filter(is_image).collect();
            let wanted = platform.cloned().unwrap_or_else(host);
            let chosen = images.iter().find(|it| it.platform.as_ref() == Some(&wanted));
            let chosen = chosen.or(if images.len() == 1 { images.first() } else { None }).ok_or_else(|| {
                let (count, arch) = (images.len(), &wanted.architecture);
                WeighError(format!("{count} images in the layout, none of them alone is for {}/{arch}", wanted.os))
            })?;
            manifest = self.json(&blob_name(chosen)?)?;
        }
        Err(WeighError("the indexes are nested too deeply".to_owned()))
    }

    /// How many layers it has.
    pub(super) fn layers(&self) -> usize {
        self.layers.len()
    }

    /// The uncompressed stream of a layer, and its length as stored.
    pub(super) fn layer(&self, index: usize) -> Result<(Box<dyn Read + '_>, u64), WeighError> {
        let (mut raw, length) = self.blob(&self.layers[index])?;
        let mut magic = [0; 4];
        let read = read_most(&mut raw, &mut magic)?;
        let whole = BufReader::with_capacity(128 << 10, io::Cursor::new(magic[..read].to_vec()).chain(raw));
        let stream: Box<dyn Read> = match Compression::of(&magic[..read]) {
            Compression::None => Box::new(whole),
            Compression::Gzip => Box::new(BufReader::with_capacity(128 << 10, MultiGzDecoder::new(whole))),
            Compression::Zstd => {
                let decoder = StreamingDecoder::new(whole);
                Box::new(decoder.map_err(|error| WeighError(format!("a layer cannot be decompressed: {error}")))?)
            }
        };
        Ok((stream, length))
    }

    fn has(&self, name: &str) -> bool {
        match &self.blobs {
            Blobs::Inside { places, .. } => places.contains_key(name),
            Blobs::Directory(root) => root.join(name).is_file(),
        }
    }

    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T, WeighError> {
        let (blob, length) = self.blob(name)?;
        if length > MAX_JSON {
            return Err(WeighError(format!("`{name}` is larger than 8 MiB")));
        }
        let mut text = Vec::new();
        blob.take(MAX_JSON).read_to_end(&mut text)?;
        serde_json::from_slice(&text).map_err(|error| WeighError(format!("`{name}` cannot be parsed: {error}")))
    }

    fn blob(&self, name: &str) -> Result<(Take<File>, u64), WeighError> {
        let missing = || WeighError(format!("`{name}` is missing"));
        match &self.blobs {
            Blobs::Directory(root) => {
                let is_inside = name.split('/').all(|part| !part.is_empty() && part != "..");
                let path = root.join(name);
                let known = path.symlink_metadata().ok().filter(|known| known.is_file() && is_inside);
                let length = known.ok_or_else(missing)?.len();
                Ok((File::open(path)?.take(length), length))
            }
            Blobs::Inside { file, places, links } => {
                // Old archives store equal layers once, and refer to it.
                let name = links.get(name).map_or(name, String::as_str);
                let (start, length) = *places.get(name).ok_or_else(missing)?;
                // Blobs are read one at a time.
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(start))?;
                Ok((file.take(length), length))
            }
        }
    }
}

/// Where the files of an archive are, and what links in it refer to.
type Index = (HashMap<String, (u64, u64)>, HashMap<String, String>);

fn index(file: &mut File) -> Result<Index, WeighError> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let (mut places, mut links) = (HashMap::new(), HashMap::new());
    let mut at = 0;
    loop {
        file.seek(SeekFrom::Start(at))?;
        let mut reader = TarReader::new(BufReader::with_capacity(8 << 10, &mut *file), Limits::default());
        let Some(entry) = reader.next()? else { break };
        let buffered = reader.into_inner();
        let unread = buffered.buffer().len() as u64;
        drop(buffered);
        let start = file.stream_position()?.saturating_sub(unread);
        let end = start.checked_add(entry.size).filter(|end| *end <= length);
        let end = end.ok_or_else(|| invalid("the archive is cut off"))?;
        match entry.kind {
            EntryKind::File => drop(places.insert(entry.path, (start, entry.size))),
            EntryKind::SymLink | EntryKind::HardLink => {
                let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let target = if entry.kind == EntryKind::HardLink { entry.link } else { join(folder, &entry.link) };
                links.insert(entry.path, target);
            }
            _ => {}
        }
        if places.len() + links.len() > MAX_BLOBS {
            return Err(WeighError("the archive has too many entries for an image".to_owned()));
        }
        at = end.next_multiple_of(512);
    }
    Ok((places, links))
}

/// A path relative to a directory, without `..`.
pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { folder };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn blob_name(descriptor: &Descriptor) -> Result<String, WeighError> {
    let (algorithm, hex) = descriptor.digest.split_once(':').unwrap_or_default();
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match is_plain(algorithm) && is_plain(hex) {
        true => Ok(format!("blobs/{algorithm}/{hex}")),
        false => Err(WeighError("a digest in the manifest is invalid".to_owned())),
    }
}

fn host() -> Platform {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    Platform { os: "linux".to_owned(), architecture: architecture.to_owned() }
}

enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    fn of(magic: &[u8]) -> Self {
        match magic {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd] => Compression::Zstd,
            _ => Compression::None,
        }
    }
}

fn read_most(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
