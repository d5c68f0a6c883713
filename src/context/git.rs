//! What git does with a file of the project, as far as the files of the repository tell.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use memchr::memmem;

use super::Context;
use super::tree::Tree;

/// The longest index that is read, in bytes.
const MAX_INDEX: u64 = 64 << 20;
/// How many lines of one `.gitignore` are read.
const MAX_LINES: usize = 4096;

/// What git does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitStatus {
    /// It is in the repository's index.
    Tracked,
    /// A `.gitignore` keeps it out.
    Ignored,
    /// The next `git add .` takes it in.
    Untracked,
    /// No repository is in reach.
    Unknown,
}

impl Context {
    /// What git does with a file. Ignore files of the user and of the system are not read.
    pub fn git_status(&self, path: &str) -> GitStatus {
        let Some(root) = self.root() else {
            let ignores = [(String::new(), self.read(".gitignore").map(|text| text.into_owned()))];
            return judge(path, &ignores, false);
        };
        let Ok(real) = root.canonicalize() else { return GitStatus::Unknown };
        let reach = self.reach.as_ref().map(|reach| &reach.folder).filter(|reach| real.starts_with(reach));
        let reach = reach.unwrap_or(&real).clone();
        let within = |directory: &&Path| directory.starts_with(&reach);
        let repository = real.ancestors().take_while(within).find(|directory| directory.join(".git").exists());
        let top = repository.map_or(reach.clone(), Path::to_path_buf);
        let Ok(below) = real.strip_prefix(&top) else { return GitStatus::Unknown };
        let Some(below) = below.to_str() else { return GitStatus::Unknown };
        let below = below.replace('\\', "/");
        let path = if below.is_empty() { path.to_owned() } else { format!("{below}/{path}") };
        if repository.is_some() && is_tracked(&top, &path) {
            return GitStatus::Tracked;
        }
        let tree = Tree::disk(top);
        let read = |path: &str| tree.read(path).map(|text| text.into_owned());
        let mut ignores = vec![(String::new(), read(".git/info/exclude")), (String::new(), read(".gitignore"))];
        for (at, _) in path.match_indices('/') {
            ignores.push((path[..at].to_owned(), read(&format!("{}/.gitignore", &path[..at]))));
        }
        judge(&path, &ignores, repository.is_some())
    }
}

/// `ignores` are directories with what their ignore files say, the outermost first.
fn judge(path: &str, ignores: &[(String, Option<String>)], is_repository: bool) -> GitStatus {
    let files = ignores.iter().filter_map(|(directory, text)| Some((directory.as_str(), patterns(text.as_deref()?))));
    let files: Vec<(&str, Vec<Pattern>)> = files.collect();
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    for end in ends {
        let mut is_ignored = false;
        for (directory, patterns) in &files {
            let inner = match directory.is_empty() {
                true => Some(&path[..end]),
                false => path[..end].strip_prefix(directory).and_then(|rest| rest.strip_prefix('/')),
            };
            let Some(inner) = inner else { continue };
            let last = patterns.iter().rev().find(|pattern| pattern.fits(inner, end < path.len()));
            is_ignored = last.map_or(is_ignored, |pattern| pattern.ignores);
        }
        if is_ignored {
            return GitStatus::Ignored;
        }
    }
    match is_repository || !files.is_empty() {
        true => GitStatus::Untracked,
        false => GitStatus::Unknown,
    }
}

/// A line of an ignore file.
struct Pattern {
    glob: GlobMatcher,
    /// Whether what it fits is ignored, or with `!` is not.
    ignores: bool,
    for_directories: bool,
}

impl Pattern {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim_end_matches([' ', '\t', '\r']);
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (ignores, line) = line.strip_prefix('!').map_or((true, line), |rest| (false, rest));
        let (for_directories, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
        let pattern = match line.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None if line.contains('/') => line.to_owned(),
            None => format!("**/{line}"),
        };
        let glob = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build().ok()?;
        Some(Self { glob: glob.compile_matcher(), ignores, for_directories })
    }

    fn fits(&self, path: &str, is_directory: bool) -> bool {
        (is_directory || !self.for_directories) && self.glob.is_match(path)
    }
}

/// The patterns of an ignore file, each compiled once.
fn patterns(text: &str) -> Vec<Pattern> {
    text.lines().take(MAX_LINES).filter_map(Pattern::of).collect()
}

/// Whether a path is in the index of a repository.
fn is_tracked(repository: &Path, path: &str) -> bool {
    let index = repository.join(".git/index");
    let is_inside = |index: &PathBuf| index.canonicalize().is_ok_and(|real| real.starts_with(repository));
    let is_small = |index: &PathBuf| index.metadata().is_ok_and(|index| index.is_file() && index.len() <= MAX_INDEX);
    if !is_inside(&index) || !is_small(&index) {
        return false;
    }
    let mut bytes = Vec::new();
    let read = fs::File::open(index).and_then(|file| file.take(MAX_INDEX).read_to_end(&mut bytes));
    read.is_ok() && has_entry(&bytes, path)
}

/// An entry ends with the length of its path in twelve bits, the path, and a NUL. Version 4 shortens paths and is not read.
fn has_entry(index: &[u8], path: &str) -> bool {
    let is_read = index.starts_with(b"DIRC\0\0\0\x02") || index.starts_with(b"DIRC\0\0\0\x03");
    let mut entry = path.as_bytes().to_vec();
    entry.push(0);
    let length = path.len().min(0xfff);
    let has_length = |at: usize| {
        let flags = at.checked_sub(2).and_then(|from| index.get(from..at));
        // With more flags in version 3, the length is two bytes further up.
        let more = at.checked_sub(4).and_then(|from| index.get(from..at - 2));
        let is_it = |flags: &[u8]| usize::from(u16::from_be_bytes([flags[0], flags[1]]) & 0xfff) == length;
        flags.is_some_and(is_it) || more.is_some_and(|flags| flags[0] & 0x40 != 0 && is_it(flags))
    };
    is_read && memmem::find_iter(index, &entry).any(has_length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let status = |path: &str, ignore: &str| judge(path, &[(String::new(), Some(ignore.to_owned()))], true);
        for (path, ignore) in [
            (".env", ".env"),
            (".env", "*.env\n"),
            (".env", "/.env\r\n"),
            ("a/.env", ".env*"),
            ("a/.env", "a/"),
            ("a/b/.env", "a/**/.env"),
            (".env", "!.env\n.env"),
        ] {
            assert_eq!(status(path, ignore), GitStatus::Ignored, "{path} {ignore}");
        }
        for (path, ignore) in
            [(".env", "# .env"), (".env", ".env\n!.env"), ("a/.env", "/.env"), (".env", ".env/"), (".env", ".env.local"), (".env", "[")]
        {
            assert_eq!(status(path, ignore), GitStatus::Untracked, "{path} {ignore}");
        }
        assert_eq!(judge(".env", &[(String::new(), None)], false), GitStatus::Unknown);
        let inner = [(String::new(), Some("*.env".to_owned())), ("a".to_owned(), Some("!.env".to_owned()))];
        assert_eq!((judge("a/.env", &inner, true), judge(".env", &inner, true)), (GitStatus::Untracked, GitStatus::Ignored));
    }

    #[test]
    fn entries_of_the_index() {
        let index = |version: u8, path: &str| {
            let mut index = b"DIRC\0\0\0".to_vec();
            index.push(version);
            index.extend([0; 66]);
            index.extend([0, path.len() as u8]);
            index.extend(path.bytes());
            index.push(0);
            index
        };
        assert!(has_entry(&index(2, ".env"), ".env"));
        assert!(!has_entry(&index(2, "a/.env"), ".env"));
        assert!(!has_entry(&index(2, ".env.example"), ".env"));
        assert!(!has_entry(&index(4, ".env"), ".env") && !has_entry(b"DIRC", ".env"));
    }
}
