//! What a file's name tells about its content.

use std::path::Path;

use crate::knowledge::file_kinds::{BACKUPS, Kind, kind_of_ending};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Dockerfile,
    /// Named like a Dockerfile, but may be something else: its content decides.
    Ambiguous,
    Template,
    Compose,
}

/// What the file probably is; `None` if neither.
pub(super) fn of(path: &Path) -> Option<Name> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    if BACKUPS.iter().any(|end| name.ends_with(end)) || name.starts_with(".#") || name.ends_with(".dockerignore") {
        return None;
    }
    if is_compose(&name) {
        return Some(Name::Compose);
    }
    let own = ["dockerfile", "containerfile"].into_iter().find_map(|own| {
        let rest = name.strip_prefix(own).filter(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
        rest.or_else(|| name.strip_suffix(own)?.strip_suffix('.').map(|_| ""))
    })?;
    let end = own.rsplit_once('.').map_or("", |(_, end)| end);
    let kind = kind_of_ending(end);
    Some(match own.chars().next() {
        _ if kind.is(Kind::TEMPLATE) => Name::Template,
        None => Name::Dockerfile,
        Some('.') if !kind.is(Kind::TEXT) => Name::Dockerfile,
        // `Dockerfile.go`, `dockerfile-lint`, `Dockerfile-3.0`.
        Some(_) => Name::Ambiguous,
    })
}

fn is_compose(name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    let stem = stem.map(|stem| ["docker-", "podman-", "container-"].iter().find_map(|tool| stem.strip_prefix(tool)).unwrap_or(stem));
    let rest = stem.and_then(|stem| stem.strip_prefix("compose"));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

/// Whether a file starts with a `FROM`, after nothing but what may precede one in a Dockerfile. Only for files whose
/// name is ambiguous.
pub(super) fn has_from(bytes: &[u8]) -> bool {
    let mut words = bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii()).filter_map(|line| {
        let comment = line.is_empty() || line.starts_with(b"#");
        (!comment).then(|| line.split(u8::is_ascii_whitespace).next().unwrap_or_default())
    });
    // ARG may continue over lines; upper case keeps Python's `from` out.
    words.next().is_some_and(|word| word == b"FROM" || word == b"ARG" && words.any(|word| word == b"FROM"))
}
