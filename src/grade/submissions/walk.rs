//! What lies in a submission's folder, and where in it the assignment is. Bounded, in the same order each time, and no link
//! is followed.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

use crate::grade::rubric::Place;

/// How many files and folders are looked at.
const MOST: usize = 20_000;
/// How many names of one folder are read.
const MOST_IN_ONE: usize = 200_000;
const MOST_DEPTH: usize = 40;

/// Folders that no student wrote: they are named, and not gone into.
const FOREIGN: [&str; 8] = [".git", "node_modules", "__MACOSX", ".venv", "venv", ".idea", ".gradle", "__pycache__"];

const COMPOSE: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// A file or folder of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Relative, with `/`.
    pub path: String,
    pub size: u64,
    pub is_folder: bool,
    pub is_link: bool,
}

/// What a folder holds, what lies least deep first.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    pub items: Vec<Item>,
    /// There is more.
    pub truncated: bool,
}

impl Listing {
    pub fn of(root: &Path) -> Self {
        let mut listing = Self::default();
        let mut left: VecDeque<(String, usize)> = VecDeque::from([(String::new(), 0)]);
        while let Some((folder, depth)) = left.pop_front() {
            let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
            let mut found: Vec<Item> = Vec::new();
            for entry in entries.flatten() {
                if found.len() >= MOST_IN_ONE {
                    listing.truncated = true;
                    break;
                }
                let Ok(kind) = entry.file_type() else { continue };
                let name = entry.file_name();
                let Some(name) = name.to_str() else { continue };
                let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
                found.push(Item { path, size: 0, is_folder: kind.is_dir(), is_link: kind.is_symlink() });
            }
            found.sort_by(|a, b| a.path.cmp(&b.path));
            for mut item in found {
                if listing.items.len() >= MOST {
                    listing.truncated = true;
                    return listing;
                }
                let name = item.path.rsplit('/').next().unwrap_or_default();
                if item.is_folder && !FOREIGN.contains(&name) {
                    match depth < MOST_DEPTH {
                        true => left.push_back((item.path.clone(), depth + 1)),
                        false => listing.truncated = true,
                    }
                } else if !item.is_folder {
                    item.size = root.join(&item.path).symlink_metadata().map_or(0, |meta| meta.len());
                }
                listing.items.push(item);
            }
        }
        listing
    }

    fn files(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.is_folder && !item.is_link)
    }
}

/// The assignment in a submission.
#[derive(Clone, Debug)]
pub struct Located {
    /// The assignment's folder.
    pub folder: PathBuf,
    /// It, relative to the submission; empty for the submission itself.
    pub within: String,
    /// Of the assignment's folder.
    pub listing: Listing,
    /// Relative to the assignment's folder.
    pub dockerfile: Option<String>,
    pub compose: Option<String>,
    /// Why there is none, where that can be said.
    pub missing: Option<String>,
    pub notes: Vec<String>,
}

/// Finds the assignment.
pub fn locate(root: &Path, place: &Place) -> Located {
    let mut located = Located {
        folder: root.to_path_buf(),
        within: String::new(),
        listing: Listing::of(root),
        dockerfile: None,
        compose: None,
        missing: None,
        notes: Vec::new(),
    };
    if let Some(pattern) = &place.folder {
        let folders = located.listing.items.iter().filter(|item| item.is_folder && pattern.fits(&item.path));
        let folders: Vec<String> = folders.map(|item| item.path.clone()).collect();
        let has_one = |folder: &&String| {
            let below = format!("{folder}/");
            located.listing.files().any(|item| item.path.starts_with(&below) && rank(&item.path).is_some())
        };
        match folders.iter().find(has_one).or(folders.first()) {
            Some(folder) => {
                located.folder = root.join(folder);
                located.within.clone_from(folder);
                located.listing = Listing::of(&located.folder);
            }
            None => {
                located.missing = Some(format!("there is no folder that fits `{}`", pattern.text));
                return located;
            }
        }
    }
    if located.listing.truncated {
        located.notes.push(format!("only the first {MOST} files were looked at"));
    }
    let fits = |item: &&Item| match &place.dockerfile {
        Some(pattern) => pattern.fits(&item.path) || pattern.text == item.path,
        None => rank(&item.path).is_some(),
    };
    let depth = |path: &str| path.matches('/').count();
    let found = located.listing.files().filter(fits);
    let found = found.min_by_key(|item| (depth(&item.path), rank(&item.path).unwrap_or(9), item.path.clone()));
    located.dockerfile = found.map(|item| item.path.clone());
    let compose = located.listing.files().filter(|item| COMPOSE.contains(&name(&item.path)));
    located.compose = compose.min_by_key(|item| (depth(&item.path), item.path.clone())).map(|item| item.path.clone());
    if located.dockerfile.is_none() {
        let link = located.listing.items.iter().find(|item| item.is_link && rank(&item.path).is_some());
        located.missing = Some(match (link, located.listing.files().next()) {
            (Some(link), _) => format!("`{}` is a link, and links are not followed", link.path),
            (None, None) => "the submission is empty".to_owned(),
            (None, Some(_)) => match &place.dockerfile {
                Some(pattern) => format!("there is no file that fits `{}`", pattern.text),
                None => "there is no Dockerfile".to_owned(),
            },
        });
    }
    let links = located.listing.items.iter().filter(|item| item.is_link && leads_out(&located.folder, &item.path));
    let links: Vec<&str> = links.map(|item| item.path.as_str()).collect();
    if let Some(first) = links.first() {
        let more = if links.len() > 1 { format!(" and {} more", links.len() - 1) } else { String::new() };
        located.notes.push(format!("the link `{first}`{more} leads out of the submission: not followed"));
    }
    located
}

fn leads_out(root: &Path, path: &str) -> bool {
    let (Ok(root), Ok(target)) = (root.canonicalize(), root.join(path).canonicalize()) else {
        // It leads nowhere; where it would lead is what counts.
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

/// How much a file's name is a Dockerfile's; the least is the surest. `None`: it is none.
fn rank(path: &str) -> Option<u8> {
    let name = name(path);
    if name.starts_with("._") || name.ends_with(".dockerignore") {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let is_one = |text: &str| text == "dockerfile" || text == "containerfile";
    Some(match () {
        () if name == "Dockerfile" => 0,
        () if is_one(&lower) => 1,
        // What Windows makes of it, and what platforms make of a second attempt.
        () if lower.strip_suffix(".txt").is_some_and(is_one) => 2,
        () if is_one(lower.trim_end_matches(|ch: char| ch.is_ascii_digit() || matches!(ch, '-' | ' ' | '(' | ')'))) => {
            3
        }
        () if lower.strip_suffix(".dockerfile").or(lower.strip_suffix(".containerfile")).is_some() => 4,
        () if lower.split('.').next().is_some_and(is_one) && !lower.ends_with(".md") => 5,
        // `Dockerfile-3.0`, `Dockerfile_dev`, and not `dockerfile-notes.txt`.
        () if has_suffix(&lower) => 6,
        () => return None,
    })
}
