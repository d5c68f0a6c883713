//! Image references with spans.

use std::borrow::Cow;
use std::ops::Range;

use super::expand::Expansion;
use crate::knowledge::{bases, os::Distro};
use crate::syntax::Word;
use crate::syntax::WordOrigin;
use crate::syntax::has_template_mark;
use crate::text::Span;

/// `registry/repository:tag@digest`, as written and as it reads once variables are expanded.
#[derive(Clone, Debug)]
pub struct ImageRef {
    /// The whole word in the file.
    pub span: Span,
    /// As written.
    pub written: String,
    /// Expanded; `None` when a variable in it has no known value.
    pub value: Option<String>,
    /// The host, with its port. `None` when there is none: Docker Hub. A variable that may be the host or
    /// a namespace (`$X/app`) counts as the host.
    pub registry: Option<Part>,
    /// Without the host: `python`, `library/python`, `bitnami/redis`.
    pub repository: Part,
    /// Without the colon.
    pub tag: Option<Part>,
    /// Without the `@`.
    pub digest: Option<Part>,
    /// Why BuildKit would refuse it; `None` also when it is not known.
    pub invalid: Option<String>,
    /// A variable without known value may bring a tag or a digest.
    open_end: bool,
}

/// A part of an image reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Expanded; `None` when a variable in it has no known value.
    pub text: Option<String>,
    /// Its place in the file: the variable's use, if it comes from one. `None` without one.
    pub span: Option<Span>,
    /// Where the variable that it comes from was given this part of its value: the bytes there are `text`.
    pub set_at: Option<Span>,
}

/// Stands for a variable without known value while splitting. No valid reference has one.
const HOLE: char = '\0';

/// An expanded word, and where each stretch of it comes from.
struct Text<'a> {
    text: String,
    /// Where each piece of the expansion ends in `text`.
    ends: Vec<usize>,
    expansion: &'a Expansion,
    place: WordOrigin<'a>,
}

impl<'a> Text<'a> {
    fn new(expansion: &'a Expansion, place: WordOrigin<'a>) -> Self {
        let mut text = String::new();
        let mut ends = Vec::new();
        for piece in &expansion.pieces {
            match &piece.text {
                Some(piece) => text.push_str(piece),
                None => text.push(HOLE),
            }
            ends.push(text.len());
        }
        Self { text, ends, expansion, place }
    }

    fn part(&self, range: Range<usize>) -> Part {
        let text = self.text.get(range.clone()).filter(|text| !text.contains(HOLE));
        let first = self.ends.partition_point(|end| *end <= range.start);
        let first = first.min(self.ends.len().saturating_sub(1));
        let last = self.ends.partition_point(|end| *end < range.end).max(first);
        let mut span: Option<Span> = None;
        let mut set_at = None;
        for index in first..=last {
            let Some(piece) = self.expansion.pieces.get(index) else { break };
            let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
            let inner = range.start.max(start) - start..range.end.min(self.ends[index]).max(start) - start;
            let here = match piece.is_literal() {
                true => self.place.span(&(piece.at.start + inner.start..piece.at.start + inner.end)),
                false => self.place.span(&piece.at),
            };
            span = Some(span.map_or(here, |span| span.cover(here)));
            let used = piece.variable.and_then(|used| self.expansion.uses.get(used));
            if let (Some(value_at), true, true) = (used.and_then(|used| used.value_at), first == last, piece.verbatim)
                && text.is_some()
            {
                set_at = Some(Span::new(value_at.start() + inner.start, value_at.start() + inner.end));
            }
        }
        Part { text: text.map(str::to_owned), span, set_at }
    }
}

impl ImageRef {
    /// Whether it is certainly an image for Linux: that of a distribution, or based on one by its tag.
    pub fn is_linux(&self) -> bool {
        let system = self.familiar_name().and_then(|name| bases::os(&name, self.tag_text()));
        self.is_busybox() || system.is_some_and(|system| system.distro != Distro::Windows)
    }

    /// A name of which nothing is known: an additional build context may be any image or directory.
    pub fn unknown(word: &Word) -> Self {
        Self {
            span: word.span,
            written: word.text.clone(),
            value: None,
            registry: None,
            repository: Part { text: None, span: Some(word.span), set_at: None },
            tag: None,
            digest: None,
            invalid: None,
            open_end: true,
        }
    }

    /// Splits an expanded word. What cannot be known stays `None`.
    pub fn new(word: &Word, expansion: &Expansion, place: WordOrigin<'_>) -> Self {
        let mut image = Self {
            span: word.span,
            written: word.text.clone(),
            value: expansion.value.clone(),
            registry: None,
            repository: Part { text: None, span: Some(word.span), set_at: None },
            tag: None,
            digest: None,
            invalid: expansion.value.as_deref().and_then(refusal),
            open_end: expansion.value.is_none(),
        };
        // A template: its parts are not known.
        if has_template_mark(&word.text) {
            image.invalid = None;
            image.open_end = true;
            return image;
        }
        if expansion.pieces.is_empty() {
            image.repository.text = image.value.clone();
            return image;
        }
        let split = Text::new(expansion, place);
        let text = split.text.as_str();
        let mut end = text.len();
        if let Some(at) = text.find('@') {
            image.digest = Some(split.part(at + 1..end));
            end = at;
        }
        let mut start = 0;
        if let Some(slash) = text[..end].find('/')
            && is_host(&text[..slash])
        {
            image.registry = Some(split.part(0..slash));
            start = slash + 1;
        }
        let last = text[..end].rfind('/').map_or(start, |slash| slash + 1).max(start);
        if let Some(colon) = text[last..end].rfind(':') {
            image.tag = Some(split.part(last + colon + 1..end));
            end = last + colon;
        }
        image.repository = split.part(start..end);
        image.open_end = text[last..].contains(HOLE);
        image
    }

    /// The name people use: `python` for `docker.io/library/python`, `bitnami/redis`, `gcr.io/x/y`. `None`
    /// when it is not known.
    pub fn familiar_name(&self) -> Option<Cow<'_, str>> {
        let repository = self.repository.text.as_deref()?;
        let registry = match &self.registry {
            Some(registry) => Some(registry.text.as_deref()?),
            None => None,
        };
        match registry {
            None | Some("docker.io" | "index.docker.io") => match repository.strip_prefix("library/") {
                Some(rest) if !rest.contains('/') => Some(Cow::Borrowed(rest)),
                _ => Some(Cow::Borrowed(repository)),
            },
            Some(registry) => Some(Cow::Owned(format!("{registry}/{repository}"))),
        }
    }

    /// Whether it is Docker Hub's official image of that name: `is_official("python")`.
    pub fn is_official(&self, name: &str) -> bool {
        !name.contains('/') && self.familiar_name().as_deref() == Some(name)
    }

    /// The last component of the repository: `redis` of `bitnami/redis`.
    pub fn base_name(&self) -> Option<&str> {
        self.repository.text.as_deref().and_then(|text| text.rsplit('/').next())
    }

    /// The tag, if there is one and it is known.
    pub fn tag_text(&self) -> Option<&str> {
        self.tag.as_ref()?.text.as_deref()
    }

    /// Whether it certainly has neither tag nor digest, and so means `latest`.
    pub fn untagged(&self) -> bool {
        self.tag.is_none() && self.digest.is_none() && !self.open_end
    }

    /// Whether it certainly has a digest.
    pub fn has_digest(&self) -> bool {
        self.digest.is_some()
    }

    /// Whether the image is one for Windows, by its name or tag.
    pub fn is_windows(&self) -> bool {
        const WORDS: [&str; 4] = ["nanoserver", "servercore", "windowsservercore", "iotcore"];
        let tag = self.tag_text().unwrap_or_default().to_ascii_lowercase();
        let name = self.familiar_name().unwrap_or_default();
        let of_microsoft =
            matches!(&*name, "mcr.microsoft.com/windows" | "microsoft/dotnet-framework" | "microsoft/iis")
                || ["mcr.microsoft.com/windows/", "mcr.microsoft.com/dotnet/framework/"]
                    .iter()
                    .any(|at| name.starts_with(at));
        // `FROM ${nanoserverImage}`
        let by_variable = || {
            let written = self.written.to_ascii_lowercase();
            self.value.as_deref().is_none_or(str::is_empty) && WORDS.iter().any(|word| written.contains(word))
        };
        of_microsoft || by_variable() || WORDS.iter().any(|word| name.contains(word) || tag.contains(word))
    }

    /// Whether its `sh` is busybox's, by its name or tag.
    pub fn is_busybox(&self) -> bool {
        let tag = self.tag_text().unwrap_or_default();
        let name = self.familiar_name().unwrap_or_default();
        let system = bases::os(&name, self.tag_text()).map(|os| os.distro);
        matches!(system, Some(Distro::Alpine | Distro::Busybox))
            || name.split('/').any(|part| part == "alpine")
            || self.base_name() == Some("alpine")
            || tag.split(['-', '_', '.']).any(|part| part.starts_with("alpine") || part == "busybox")
    }
}

/// Whether the part before the first slash is a host, not a namespace of Docker Hub.
fn is_host(text: &str) -> bool {
    text == "localhost" || text.contains(['.', ':', HOLE]) || text.chars().any(char::is_uppercase)
}

/// Why BuildKit refuses a reference, of which every part is known.
pub fn refusal(value: &str) -> Option<String> {
    if value.is_empty() {
        return Some("it is empty".to_owned());
    }
    if value.len() == 64 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Some("64 hexadecimal digits are an image's ID, not its name".to_owned());
    }
    let (host, rest) = match value.split_once('/') {
        Some((host, rest)) if is_host(host) => (host, rest),
        _ => ("", value),
    };
    let name = rest.split([':', '@']).next().unwrap_or_default();
    if name.chars().any(char::is_uppercase) {
        return Some(format!("the repository name `{name}` must be lowercase"));
    }
    if host.len() + name.len() > 255 {
        return Some("the name is longer than 255 characters".to_owned());
    }
    if is_reference(host, rest) {
        None
    } else {
        Some("it is not of the form `name:tag` or `name@sha256:…`".to_owned())
    }
}

/// Whether an image is certainly published: an official image with a tag that is known. Others may be, too.
pub fn is_published(reference: &str) -> bool {
    let name = reference.strip_prefix("docker.io/").unwrap_or(reference);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let parts = name.split_once(':').filter(|_| !name.contains(['/', '@']));
    parts.is_some_and(|(name, tag)| bases::releases::exists(name, tag))
}

/// Whether it has the form of the `distribution` project's grammar: `[host/]name[:tag][@digest]`.
fn is_reference(host: &str, rest: &str) -> bool {
    let (rest, digest) = rest.split_once('@').map_or((rest, None), |(rest, digest)| (rest, Some(digest)));
    let (path, tag) = rest.split_once(':').map_or((rest, None), |(path, tag)| (path, Some(tag)));
    (host.is_empty() || is_valid_host(host))
        && path.split('/').all(is_component)
        && tag.is_none_or(is_valid_tag)
        && digest.is_none_or(is_valid_digest)
}

fn is_valid_host(text: &str) -> bool {
    let port = |rest: &str| {
        let digits = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        rest.is_empty() || rest.strip_prefix(':').is_some_and(digits)
    };
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let is_hex = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
        return !address.is_empty() && address.bytes().all(is_hex) && port(rest);
    }
    let (name, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
    let label = |label: &str| {
        label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.split('.').all(label) && port(rest)
}

/// `my-image`: lower case, with `.`, `_`, `__` or any number of `-` between.
fn is_component(text: &str) -> bool {
    let is_alphanumeric = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    let is_separator = |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    text.starts_with(is_alphanumeric)
        && text.ends_with(is_alphanumeric)
        && text.split(is_alphanumeric).all(is_separator)
}

fn is_valid_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=128).contains(&text.len())
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_valid_digest(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
