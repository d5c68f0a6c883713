//! Files of the image: those that have to be in it, and those that must not.

use std::collections::BTreeMap;
use std::io::Read;

use crate::engine::EngineError;
use crate::grade::rubric::expectation::FilesWish;
use crate::grade::runs::Check;
use crate::grade::runs::runner::{Miss, Shown, Submission, check};
use crate::grade::runs::scrub::quoted;

/// A file in which text is looked for is read up to here.
const MOST_READ: u64 = 1 << 20;
/// An image has no more files that are looked at.
const MOST_FILES: usize = 1_000_000;
/// Links are followed so often.
const MOST_LINKS: usize = 16;

/// What an image has at a path.
#[derive(Clone, Debug, Default)]
struct Entry {
    link: Option<String>,
    /// The beginning, where it is asked for.
    text: Option<String>,
}

type Entries = BTreeMap<String, Entry>;

pub(super) fn hold(bench: &Submission<'_>, image: &Shown<'_>, wish: &FilesWish) -> Result<Vec<Check>, EngineError> {
    let file = bench.engine.export(image.tag)?;
    let unread = |error: std::io::Error| EngineError::Other {
        what: "the files of an image cannot be read".to_owned(),
        said: error.to_string(),
    };
    let entries = read(file, wish).map_err(unread)?;
    Ok(checks(&entries, wish))
}

fn read(file: std::fs::File, wish: &FilesWish) -> std::io::Result<Entries> {
    let mut entries = Entries::new();
    let names: Vec<&str> = wish.contains.keys().filter_map(|path| path.rsplit('/').next()).collect();
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
        let mut found = Entry { link, text: None };
        if wanted {
            let mut bytes = Vec::new();
            entry.by_ref().take(MOST_READ).read_to_end(&mut bytes)?;
            found.text = Some(String::from_utf8_lossy(&bytes).into_owned());
        }
        entries.insert(path, found);
        if entries.len() >= MOST_FILES {
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

/// The entry that a path leads to, with all links followed.
fn resolve<'e>(entries: &'e Entries, path: &str) -> Option<&'e Entry> {
    let mut path = rooted(path);
    'links: for _ in 0..MOST_LINKS {
        let mut at = String::new();
        let parts: Vec<String> = path[1..].split('/').map(str::to_owned).collect();
        for (index, part) in parts.iter().enumerate() {
            let folder = at.clone();
            at = format!("{at}/{part}");
            if let Some(target) = entries.get(&at).and_then(|entry| entry.link.as_ref()) {
                let base = if target.starts_with('/') { String::new() } else { folder };
                path = upward(&format!("{base}/{target}/{}", parts[index + 1..].join("/")));
                continue 'links;
            }
        }
        return entries.get(&path);
    }
    None
}

/// A path without `.` and `..`.
fn upward(path: &str) -> String {
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

fn checks(entries: &Entries, wish: &FilesWish) -> Vec<Check> {
    let mut checks = Vec::new();
    for pattern in wish.has.iter() {
        let there = resolve(entries, &pattern.text).is_some() || entries.keys().any(|path| pattern.fits(path));
        let miss = || Miss::new(format!("the image has no `{}`", pattern.text), "it is copied or made there");
        checks.push(check(format!("has `{}`", pattern.text), (!there).then(miss)));
    }
    for pattern in wish.lacks.iter() {
        let first = entries.keys().find(|path| pattern.fits(path)).cloned();
        let first = first.or_else(|| resolve(entries, &pattern.text).map(|_| pattern.text.clone()));
        let miss =
            first.map(|path| Miss::new(format!("the image has {}", quoted(&path)), "it stays out of the final image"));
        checks.push(check(format!("has no `{}`", pattern.text), miss));
    }
    for (path, text) in &wish.contains {
        let miss = match resolve(entries, path) {
            None => Some(Miss::new(format!("the image has no `{path}`"), "it is copied or made there")),
            Some(entry) if entry.text.as_ref().is_none_or(|found| !found.contains(text.as_str())) => {
                Some(Miss::new(format!("`{path}` does not contain {}", quoted(text)), "it contains that"))
            }
            Some(_) => None,
        };
        checks.push(check(format!("`{path}` contains {}", quoted(text)), miss));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looked_up() {
        let link = |target: &str| Entry { link: Some(target.to_owned()), ..Entry::default() };
        let entries = Entries::from([
            ("/bin".to_owned(), link("usr/bin")),
            ("/usr/bin".to_owned(), Entry::default()),
            ("/usr/bin/sh".to_owned(), link("dash")),
            ("/usr/bin/dash".to_owned(), Entry::default()),
            ("/loop".to_owned(), link("/loop")),
            ("/app/hello".to_owned(), Entry { text: Some("ahoy".to_owned()), ..Entry::default() }),
        ]);
        assert!(resolve(&entries, "/bin/sh").is_some() && resolve(&entries, "loop").is_none());
        let wish = |text: &str| toml::from_str::<FilesWish>(text).expect("it is one");
        let count = |text: &str| checks(&entries, &wish(text)).iter().filter(|check| check.fault.is_some()).count();
        assert_eq!(count("has = [\"/bin/sh\", \"/app/*\", \"/nothing\"]"), 1);
        assert_eq!(count("lacks = [\"**/gcc\", \"/bin/dash\", \"*/hello\"]"), 2);
        assert_eq!(
            count("contains = { \"/app/hello\" = \"ahoy\", \"/app/other\" = \"x\", \"/usr/bin/dash\" = \"y\" }"),
            2
        );
    }
}
