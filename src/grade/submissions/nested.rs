//! Opens archives inside a submission: learning platforms give each student a directory and leave the archive in it.

use std::fs;
use std::path::Path;

use super::archive::{self, ArchiveFormat, ArchiveLimits};
use super::walk::{FileListing, rank};
use super::{MAX_FILES, compose_name};

/// How many archives of one submission are opened.
const MAX_ARCHIVES: usize = 16;
/// How many directories deep an archive is looked for.
const MAX_DEPTH: usize = 3;

/// The archives to open, relative to `root`: those in directories that have no Dockerfile and no Compose file outside of
/// archives.
pub(super) fn find(root: &Path, limits: ArchiveLimits) -> Vec<String> {
    let listing = FileListing::of(root, limits.files.max(MAX_FILES));
    let works: Vec<&str> =
        listing.files().map(|entry| entry.path.as_str()).filter(|path| rank(path).is_some() || compose_name(path)).collect();
    let is_closed = |path: &str| {
        let beside = directory(path);
        !works.iter().any(|work| beside.is_empty() || work.strip_prefix(beside).is_some_and(|rest| rest.starts_with('/')))
    };
    let is_archive = |path: &str| {
        let format = archive::format_of(path).filter(|format| *format != ArchiveFormat::Other("gzip"));
        // Files of macOS about other files.
        format.is_some() && !path.rsplit('/').next().unwrap_or(path).starts_with("._")
    };
    let archives = listing.files().map(|entry| entry.path.as_str());
    let archives = archives.filter(|path| path.matches('/').count() < MAX_DEPTH && is_archive(path) && is_closed(path));
    archives.take(MAX_ARCHIVES).map(str::to_owned).collect()
}

/// Copies a submission to an empty directory, with its archives unpacked where they are. Of several archives in one
/// directory each gets a directory of its own.
///
/// # Errors
/// Why an archive is rejected.
pub(super) fn unpack(root: &Path, archives: &[String], to: &Path, limits: ArchiveLimits) -> Result<(), String> {
    copy_files(root, archives, to, limits)?;
    let share = ArchiveLimits { bytes: limits.bytes / archives.len().max(1) as u64, ..limits };
    for path in archives {
        let has_neighbour = archives.iter().any(|other| other != path && directory(other) == directory(path));
        let target = match has_neighbour {
            true => to.join(archive::stem(path)),
            false => to.join(directory(path)),
        };
        fs::create_dir_all(&target).map_err(|error| error.to_string())?;
        archive::unpack(&root.join(path), &target, share)
            .map_err(|why| format!("archive `{}` rejected: {why}", path.rsplit('/').next().unwrap_or(path)))?;
    }
    Ok(())
}

/// Copies what is not an archive to open. Links and the directories of tools are left out.
fn copy_files(root: &Path, archives: &[String], to: &Path, limits: ArchiveLimits) -> Result<(), String> {
    let mut left = limits.bytes;
    for entry in FileListing::of(root, limits.files).entries {
        let target = to.join(&entry.path);
        let copied = match () {
            () if entry.is_link || archives.contains(&entry.path) => continue,
            () if entry.is_dir => fs::create_dir_all(&target),
            () => {
                left = left.checked_sub(entry.size).ok_or_else(|| format!("larger than {} MiB", limits.bytes >> 20))?;
                fs::copy(root.join(&entry.path), &target).map(|_| ())
            }
        };
        copied.map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}
