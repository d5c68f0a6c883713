//! Lists a submission's files and locates the assignment in it. Bounded and deterministic; links are not followed.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use crate::grade::rubric::SubmissionLayout;
use crate::grade::sheet::Flag;

/// How many entries of one directory are read.
const MAX_DIR_ENTRIES: usize = 200_000;
const MAX_DEPTH: usize = 40;

/// Directories of tools: listed but not entered.
const TOOL_DIRS: [&str; 8] = [".git", "node_modules", "__MACOSX", ".venv", "venv", ".idea", ".gradle", "__pycache__"];

/// Whether a directory of this name holds what a tool made: its files are neither listed nor counted.
pub(super) fn is_tool_dir(name: &str) -> bool {
    TOOL_DIRS.contains(&name)
}

pub(super) const COMPOSE: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// A file or directory of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPath {
    /// Relative to the assignment's directory, with `/`.
    pub path: String,
    pub size: u64,
    pub is_dir: bool,
    pub is_link: bool,
}

/// The files and directories of a submission, those closest to the root first.
#[derive(Clone, Debug, Default)]
pub struct FileListing {
    pub entries: Vec<ListedPath>,
    /// Whether there are more.
    pub truncated: bool,
}

impl FileListing {
    /// Lists at most `max` files and directories.
    pub fn of(root: &Path, max: usize) -> Self {
        let mut listing = Self::default();
        let mut left: VecDeque<(String, usize)> = VecDeque::from([(String::new(), 0)]);
        while let Some((directory, depth)) = left.pop_front() {
            let Ok(entries) = fs::read_dir(root.join(&directory)) else { continue };
            let mut found: Vec<ListedPath> = Vec::new();
            for dir_entry in entries.flatten() {
                if found.len() >= MAX_DIR_ENTRIES {
                    listing.truncated = true;
                    break;
                }
                let Ok(kind) = dir_entry.file_type() else { continue };
                // Reading a pipe or a device may never end.
                if !kind.is_file() && !kind.is_dir() && !kind.is_symlink() {
                    continue;
                }
                let name = dir_entry.file_name();
                let Some(name) = name.to_str() else { continue };
                let path = if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
                found.push(ListedPath { path, size: 0, is_dir: kind.is_dir(), is_link: kind.is_symlink() });
            }
            found.sort_by(|a, b| a.path.cmp(&b.path));
            for mut entry in found {
                if listing.entries.len() >= max {
                    listing.truncated = true;
                    return listing;
                }
                let name = entry.path.rsplit('/').next().unwrap_or_default();
                if entry.is_dir && !is_tool_dir(name) {
                    match depth < MAX_DEPTH {
                        true => left.push_back((entry.path.clone(), depth + 1)),
                        false => listing.truncated = true,
                    }
                } else if !entry.is_dir {
                    entry.size = root.join(&entry.path).symlink_metadata().map_or(0, |meta| meta.len());
                }
                listing.entries.push(entry);
            }
        }
        listing
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &ListedPath> {
        self.entries.iter().filter(|entry| !entry.is_dir && !entry.is_link)
    }
}

/// The assignment in a submission.
#[derive(Clone, Debug)]
pub struct AssignmentDir {
    /// The assignment's directory.
    pub directory: PathBuf,
    /// The same relative to the submission; empty for the submission itself.
    pub within: String,
    /// The files in the assignment's directory.
    pub listing: FileListing,
    /// Relative to the assignment's directory.
    pub dockerfile: Option<String>,
    pub compose: Option<String>,
    /// Why no Dockerfile was found.
    pub missing_reason: Option<String>,
    pub notes: Vec<String>,
    pub flags: BTreeSet<Flag>,
}

/// Locates the assignment in a submission.
pub fn locate(root: &Path, layout: &SubmissionLayout) -> AssignmentDir {
    let max = layout.max_files.unwrap_or(super::MAX_FILES);
    let mut assignment = AssignmentDir {
        directory: root.to_path_buf(),
        within: String::new(),
        listing: FileListing::of(root, max),
        dockerfile: None,
        compose: None,
        missing_reason: None,
        notes: Vec::new(),
        flags: BTreeSet::new(),
    };
    if let Some(pattern) = &layout.directory {
        let directories = assignment.listing.entries.iter().filter(|entry| entry.is_dir && pattern.fits(&entry.path));
        let directories: Vec<String> = directories.map(|entry| entry.path.clone()).collect();
        let has_one = |directory: &&String| {
            let below = format!("{directory}/");
            assignment.listing.files().any(|entry| entry.path.starts_with(&below) && rank(&entry.path).is_some())
        };
        match directories.iter().find(has_one).or(directories.first()) {
            Some(directory) => {
                assignment.directory = root.join(directory);
                assignment.within.clone_from(directory);
                assignment.listing = FileListing::of(&assignment.directory, max);
            }
            None => {
                assignment.missing_reason = Some(format!("no directory matches `{}`", pattern.text));
                return assignment;
            }
        }
    }
    if assignment.listing.truncated {
        assignment.flags.insert(Flag::Limit);
        assignment.notes.push(format!("only the first {max} files were checked"));
    }
    let fits = |entry: &&ListedPath| match &layout.dockerfile {
        Some(pattern) => pattern.fits(&entry.path) || pattern.text == entry.path,
        None => rank(&entry.path).is_some(),
    };
    let depth = |path: &str| path.matches('/').count();
    let count = assignment.listing.files().filter(fits).count();
    let found = assignment.listing.files().filter(fits);
    let found = found.min_by_key(|entry| (depth(&entry.path), rank(&entry.path).unwrap_or(9), entry.path.clone()));
    assignment.dockerfile = found.map(|entry| entry.path.clone());
    if let Some(path) = assignment.dockerfile.clone() {
        describe(&mut assignment, &path, count, layout.dockerfile.is_some());
    }
    let compose = assignment.listing.files().filter(|entry| COMPOSE.contains(&name(&entry.path)));
    assignment.compose =
        compose.min_by_key(|entry| (depth(&entry.path), entry.path.clone())).map(|entry| entry.path.clone());
    if assignment.dockerfile.is_none() {
        let link = assignment.listing.entries.iter().find(|entry| entry.is_link && rank(&entry.path).is_some());
        assignment.missing_reason = Some(match (link, assignment.listing.files().next()) {
            (Some(link), _) => format!("`{}` is a symbolic link, which is not followed", link.path),
            (None, None) => "the submission is empty".to_owned(),
            (None, Some(_)) => match &layout.dockerfile {
                Some(pattern) => format!("no file matches `{}`", pattern.text),
                None => "no Dockerfile found".to_owned(),
            },
        });
    }
    let links = assignment
        .listing
        .entries
        .iter()
        .filter(|entry| entry.is_link && points_outside(&assignment.directory, &entry.path));
    let links: Vec<&str> = links.map(|entry| entry.path.as_str()).collect();
    if let Some(first) = links.first() {
        let more = if links.len() > 1 { format!(" and {} more", links.len() - 1) } else { String::new() };
        assignment.notes.push(format!("symbolic link `{first}`{more} points outside the submission; not followed"));
    }
    assignment
}

/// Notes what the teacher should know about the choice of the Dockerfile.
fn describe(assignment: &mut AssignmentDir, path: &str, count: usize, is_chosen: bool) {
    if count > 1 {
        assignment.flags.insert(Flag::SeveralDockerfiles);
        assignment.notes.push(format!("there are {count} Dockerfiles; `{path}` was graded"));
    }
    if !is_chosen && !is_usual_name(path) {
        assignment.flags.insert(Flag::WrongName);
        assignment.notes.push(format!("the Dockerfile is named `{}`", name(path)));
    }
}

/// Whether builders find a file of this name.
pub fn is_usual_name(path: &str) -> bool {
    let name = name(path);
    matches!(name, "Dockerfile" | "Containerfile") || name.ends_with(".Dockerfile") || name.starts_with("Dockerfile.") && rank(path) != Some(2) && !is_document(name)
}

/// Whether a file's name says that a word processor wrote it.
fn is_document(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(end.as_str(), "doc" | "docx" | "odt" | "pages" | "pdf" | "rtf" | "txt")
}

fn points_outside(root: &Path, path: &str) -> bool {
    let (Ok(root), Ok(target)) = (root.canonicalize(), root.join(path).canonicalize()) else {
        // A dangling link: what counts is where it would point.
        let target = fs::read_link(root.join(path)).unwrap_or_default();
        return target.is_absolute() || target.components().any(|part| part == std::path::Component::ParentDir);
    };
    !target.starts_with(root)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn has_suffix(lower: &str) -> bool {
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end);
    let rest = lower.strip_prefix("dockerfile").or(lower.strip_prefix("containerfile"));
    rest.is_some_and(|rest| rest.starts_with(['-', '_'])) && end.chars().all(|ch| ch.is_ascii_digit())
}

/// How likely a file is a Dockerfile by its name, from 0 for `Dockerfile` itself; `None` if it is not one.
pub(super) fn rank(path: &str) -> Option<u8> {
    let name = name(path);
    if name.starts_with("._") || name.ends_with(".dockerignore") {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let is_dockerfile = |text: &str| text == "dockerfile" || text == "containerfile";
    Some(match () {
        () if name == "Dockerfile" => 0,
        () if is_dockerfile(&lower) => 1,
        // Windows adds an extension, and platforms number further attempts.
        () if lower.strip_suffix(".txt").is_some_and(is_dockerfile) => 2,
        () if is_dockerfile(
            lower.trim_end_matches(|ch: char| ch.is_ascii_digit() || matches!(ch, '-' | ' ' | '(' | ')')),
        ) =>
        {
            3
        }
        () if lower.strip_suffix(".dockerfile").or(lower.strip_suffix(".containerfile")).is_some() => 4,
        () if lower.split('.').next().is_some_and(is_dockerfile) && !lower.ends_with(".md") => 5,
        // `Dockerfile-3.0` and `Dockerfile_dev`, but not `dockerfile-notes.txt`.
        () if has_suffix(&lower) => 6,
        () => return None,
    })
}
