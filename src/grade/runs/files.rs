//! Checks the files in an image.

use std::collections::BTreeMap;
use std::io::Read;

use crate::engine::EngineError;
use crate::grade::rubric::expectation::FilesExpectation;
use crate::grade::runs::scrub::quoted;
use crate::grade::runs::session::{BuiltImage, EngineSession};
use crate::grade::runs::{CheckResult, Failure};

/// How many bytes of a file are searched for text.
const MAX_READ: u64 = 1 << 20;
/// How many files of an image are read.
const MAX_FILES: usize = 1_000_000;
/// How many links are followed for one path.
const MAX_LINKS: usize = 16;

/// A file, directory or link in an image's archive.
#[derive(Clone, Debug, Default)]
struct TarEntry {
    link: Option<String>,
    /// The beginning of the file, if a check needs it.
    text: Option<String>,
}

type TarEntries = BTreeMap<String, TarEntry>;

pub(super) fn evaluate(
    session: &EngineSession<'_>,
    image: &BuiltImage<'_>,
    expectation: &FilesExpectation,
) -> Result<Vec<CheckResult>, EngineError> {
    let file = session.engine.export(image.tag)?;
    let unreadable = |error: std::io::Error| EngineError::Other {
        what: "cannot read the files of an image".to_owned(),
        said: error.to_string(),
    };
    let entries = read(file, expectation).map_err(unreadable)?;
    Ok(checks(&entries, expectation))
}

fn read(file: std::fs::File, expectation: &FilesExpectation) -> std::io::Result<TarEntries> {
    let mut entries = TarEntries::new();
    let names: Vec<&str> = expectation.contains.keys().filter_map(|path| path.rsplit('/').next()).collect();
    let mut archive = tar::Archive::new(std::io::BufReader::with_capacity(1 << 20, file));
    for entry in archive.entries_with_seek()? {
        let mut entry = entry?;
        let path = rooted(&String::from_utf8_lossy(&entry.path_bytes()));
        let kind = entry.header().entry_type();
        let link = if kind.is_symlink() || kind.is_hard_link() { entry.link_name_bytes() } else { None };
        let link = link.map(|target| {
            let target = String::from_utf8_lossy(&target).into_owned();
            if kind.is_hard_link() { rooted(&target) } else { target }
        });
        let wanted = kind.is_file() && path.rsplit('/').next().is_some_and(|name| names.contains(&name));
        let mut found = TarEntry { link, text: None };
        if wanted {
            let mut bytes = Vec::new();
            entry.by_ref().take(MAX_READ).read_to_end(&mut bytes)?;
            found.text = Some(String::from_utf8_lossy(&bytes).into_owned());
        }
        entries.insert(path, found);
        if entries.len() >= MAX_FILES {
            break;
        }
    }
    Ok(entries)
}

/// `./usr/bin/` → `/usr/bin`.
fn rooted(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    format!("/{}", parts.join("/"))
}

/// The entry at a path after following all links.
fn resolve<'e>(entries: &'e TarEntries, path: &str) -> Option<&'e TarEntry> {
    let mut path = rooted(path);
    'links: for _ in 0..MAX_LINKS {
        let mut at = String::new();
        let parts: Vec<String> = path[1..].split('/').map(str::to_owned).collect();
        for (index, part) in parts.iter().enumerate() {
            let directory = at.clone();
            at = format!("{at}/{part}");
            if let Some(target) = entries.get(&at).and_then(|entry| entry.link.as_ref()) {
                let base = if target.starts_with('/') { String::new() } else { directory };
                path = normalize(&format!("{base}/{target}/{}", parts[index + 1..].join("/")));
                continue 'links;
            }
        }
        return entries.get(&path);
    }
    None
}

/// A path without `.` and `..`.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// What to do about a file that must not be in the image.
fn how_to_keep_out(path: &str) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = quoted(name);
    format!(
        "if `COPY` brings it, name {name} in `.dockerignore` or copy only the files that the program needs; if `RUN` creates it, \
         delete it in the same `RUN`, or build in a stage of its own and copy the result from there"
    )
}

fn checks(entries: &TarEntries, expectation: &FilesExpectation) -> Vec<CheckResult> {
    let mut checks = Vec::new();
    for pattern in expectation.has.iter() {
        let exists = resolve(entries, &pattern.text).is_some() || entries.keys().any(|path| pattern.fits(path));
        let failure = || {
            Failure::new(
                format!("the image does not contain `{}`", pattern.text),
                "copy it with `COPY` or create it with `RUN` in the last stage, at this path",
            )
        };
        checks.push(CheckResult::of(format!("the image contains `{}`", pattern.text), (!exists).then(failure)));
    }
    for pattern in expectation.lacks.iter() {
        let first = entries.keys().find(|path| pattern.fits(path)).cloned();
        let first = first.or_else(|| resolve(entries, &pattern.text).map(|_| pattern.text.clone()));
        let failure = first.map(|path| {
            Failure::new(format!("the image contains {}", quoted(&path)), how_to_keep_out(&path))
        });
        checks.push(CheckResult::of(format!("the image does not contain `{}`", pattern.text), failure));
    }
    for (path, text) in &expectation.contains {
        let failure = match resolve(entries, path) {
            None => Some(Failure::new(
                format!("the image does not contain `{path}`"),
                "copy it with `COPY` or create it with `RUN` in the last stage, at this path",
            )),
            Some(entry) if entry.text.as_ref().is_none_or(|found| !found.contains(text.as_str())) => {
                Some(Failure::new(format!("`{path}` does not contain {}", quoted(text)), "add this text to the file"))
            }
            Some(_) => None,
        };
        checks.push(CheckResult::of(format!("`{path}` contains {}", quoted(text)), failure));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved() {
        let link = |target: &str| TarEntry { link: Some(target.to_owned()), ..TarEntry::default() };
        let entries = TarEntries::from([
            ("/bin".to_owned(), link("usr/bin")),
            ("/usr/bin".to_owned(), TarEntry::default()),
            ("/usr/bin/sh".to_owned(), link("dash")),
            ("/usr/bin/dash".to_owned(), TarEntry::default()),
            ("/loop".to_owned(), link("/loop")),
            ("/app/hello".to_owned(), TarEntry { text: Some("ahoy".to_owned()), ..TarEntry::default() }),
        ]);
        assert!(resolve(&entries, "/bin/sh").is_some() && resolve(&entries, "loop").is_none());
        let expectation = |text: &str| toml::from_str::<FilesExpectation>(text).expect("a valid expectation");
        let count =
            |text: &str| checks(&entries, &expectation(text)).iter().filter(|check| check.failure.is_some()).count();
        assert_eq!(count("has = [\"/bin/sh\", \"/app/*\", \"/nothing\"]"), 1);
        assert_eq!(count("lacks = [\"**/gcc\", \"/bin/dash\", \"*/hello\"]"), 2);
        assert_eq!(
            count("contains = { \"/app/hello\" = \"ahoy\", \"/app/other\" = \"x\", \"/usr/bin/dash\" = \"y\" }"),
            2
        );
    }
}
