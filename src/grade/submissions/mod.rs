//! Finds the submissions of a class in directories and archives. Names are untrusted: they are displayed escaped, and no path
//! is built from them.

pub mod archive;
mod names;
mod roster;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub use archive::ArchiveLimits;
pub use roster::Roster;
pub use walk::{AssignmentDir, FileListing, ListedPath, locate};

use super::sheet::Student;
use crate::text::Problem;
use crate::text::hash::hash;

/// The largest single file of a submission, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// The submission of one student.
#[derive(Clone, Debug)]
pub struct Submission {
    pub student: Student,
    /// Its path, relative to the directory of submissions.
    pub name: String,
    pub content: SubmissionContent,
    /// Days late, rounded up.
    pub late_days: u32,
}

#[derive(Clone, Debug)]
pub enum SubmissionContent {
    Directory(PathBuf),
    Archive(PathBuf),
    /// Files from an export that keeps the files of all students in one directory, with the names that the student chose.
    Files(Vec<(String, PathBuf)>),
    /// The student is on the roster but has not submitted anything.
    Missing,
}

/// How to look for submissions.
#[derive(Clone, Debug, Default)]
pub struct SearchOptions {
    /// Each path is a submission, not a directory of submissions.
    pub single: bool,
    pub roster: Option<Roster>,
}

/// All submissions, sorted by student.
pub struct SubmissionSet {
    pub submissions: Vec<Submission>,
    pub problems: Vec<Problem>,
    /// The directories that exports were unpacked to.
    _unpacked: Vec<tempfile::TempDir>,
}

/// A submission as a directory. Dropping this deletes what was unpacked.
pub struct SubmissionDir {
    pub directory: PathBuf,
    _unpacked: Option<tempfile::TempDir>,
}

/// # Errors
/// When a path cannot be read or an export cannot be unpacked.
pub fn find(paths: &[PathBuf], options: &SearchOptions) -> Result<SubmissionSet, Problem> {
    let mut raw: Vec<(String, PathBuf)> = Vec::new();
    let mut unpacked = Vec::new();
    let mut slug = None;
    for path in paths {
        let unreadable = |error: std::io::Error| Problem::error(format!("cannot read `{}`: {error}", path.display()));
        let meta = path.metadata().map_err(unreadable)?;
        let name = file_name(path);
        if options.single || (meta.is_dir() && is_submission(path)) {
            raw.push((name, path.clone()));
        } else if meta.is_dir() {
            slug = slug.or_else(|| name.strip_suffix("-submissions").map(str::to_owned));
            raw.extend(children(path).map_err(unreadable)?);
        } else if archive::format_of(&name).is_some() {
            let directory = temp()?;
            let export = ArchiveLimits { bytes: 8 << 30, files: 500_000, ..ArchiveLimits::default() };
            archive::unpack(path, directory.path(), export)
                .map_err(|why| Problem::error(format!("rejected `{}`: {why}", path.display())))?;
            match is_submission(directory.path()) {
                true => raw.push((name, path.clone())),
                false => raw.extend(children(directory.path()).map_err(unreadable)?),
            }
            unpacked.push(directory);
        } else {
            raw.push((name, path.clone()));
        }
    }
    disambiguate(&mut raw);
    let mut problems = Vec::new();
    let submissions = by_student(raw, slug.as_deref(), options.roster.as_ref(), &mut problems);
    Ok(SubmissionSet { submissions, problems, _unpacked: unpacked })
}

/// Gives submissions with the same name distinct ones: their paths below the common parent.
fn disambiguate(raw: &mut [(String, PathBuf)]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    raw.iter().for_each(|(name, _)| *counts.entry(name.clone()).or_default() += 1);
    if counts.values().all(|count| *count == 1) {
        return;
    }
    let real: Vec<PathBuf> = raw.iter().map(|(_, path)| path.canonicalize().unwrap_or_else(|_| path.clone())).collect();
    let Some(mut above) = real.first().and_then(|path| path.parent()).map(Path::to_path_buf) else { return };
    while !real.iter().all(|path| path.starts_with(&above)) && above.pop() {}
    for ((name, _), path) in raw.iter_mut().zip(&real).filter(|((name, _), _)| counts[name] > 1) {
        let parts = path.strip_prefix(&above).unwrap_or(path).components();
        let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        *name = parts.join("/");
    }
}

fn temp() -> Result<tempfile::TempDir, Problem> {
    let made = tempfile::Builder::new().prefix("plimsoll-grade-").tempdir();
    made.map_err(|error| Problem::error(format!("cannot create a temporary directory: {error}")))
}

fn file_name(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    real.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Whether a directory is itself a submission: it directly contains a Dockerfile or a Compose file.
fn is_submission(directory: &Path) -> bool {
    let names = [
        "Dockerfile", "Containerfile", "dockerfile", "compose.yaml", "compose.yml", "docker-compose.yml",
        "docker-compose.yaml",
    ];
    names.iter().any(|name| directory.join(name).symlink_metadata().is_ok_and(|meta| !meta.is_dir()))
}

/// The entries of a directory of submissions, by name. Links are skipped.
fn children(directory: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_link = entry.file_type()?.is_symlink();
        if !is_link
            && !name.starts_with('.')
            && name != "__MACOSX"
            && !matches!(name.as_str(), "Thumbs.db" | "desktop.ini")
        {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

fn by_student(
    raw: Vec<(String, PathBuf)>,
    slug: Option<&str>,
    roster: Option<&Roster>,
    problems: &mut Vec<Problem>,
) -> Vec<Submission> {
    struct StudentFiles {
        student: Student,
        late: bool,
        parts: Vec<(String, String, PathBuf)>,
    }
    let mut groups: BTreeMap<(String, PathBuf), StudentFiles> = BTreeMap::new();
    for (name, path) in raw {
        let is_dir = path.is_dir();
        let stem = if is_dir { name.as_str() } else { archive::stem(&name) };
        let is_exported = names::is_export(stem);
        let export = names::read(stem, slug);
        // A file that does not belong to any student: a list of grades, a script.
        if !is_dir
            && !is_exported
            && archive::format_of(&name).is_none()
            && !names::first_attempt(&name).to_lowercase().contains("dockerfile")
        {
            problems.push(Problem::warning(format!("skipped `{name}`: not a submission")));
            continue;
        }
        let file = match (&export.file, archive::format_of(&name)) {
            (Some(file), Some(_)) => format!("{file}{}", &name[stem.len()..]),
            (Some(file), None) => names::first_attempt(file),
            (None, _) => name.clone(),
        };
        let key = match is_exported {
            true => (export.student.id.clone(), PathBuf::new()),
            false => (name.clone(), path.clone()),
        };
        let group = groups.entry(key).or_insert_with(|| StudentFiles {
            student: export.student.clone(),
            late: false,
            parts: Vec::new(),
        });
        group.late |= export.late;
        group.parts.push((file, name, path));
    }
    let mut found: Vec<Submission> = Vec::new();
    let mut seen = BTreeSet::new();
    for group in groups.into_values() {
        let mut submission = Submission {
            student: group.student,
            name: group.parts.first().map(|part| part.1.clone()).unwrap_or_default(),
            content: content(group.parts),
            late_days: u32::from(group.late),
        };
        if let Some((at, roster)) = roster.and_then(|roster| Some((roster.find(&submission.student)?, roster))) {
            let (known, late) = &roster.students[at];
            let platform_id = submission.student.platform_id.take();
            submission.student = known.clone();
            submission.student.platform_id = submission.student.platform_id.take().or(platform_id);
            submission.late_days = submission.late_days.max(*late);
            seen.insert(at);
        } else if roster.is_some() {
            problems.push(Problem::warning(format!("`{}` is not on the roster", submission.student.id)));
        }
        found.push(submission);
    }
    for (at, (student, _)) in roster.iter().flat_map(|roster| roster.students.iter().enumerate()) {
        if !seen.contains(&at) {
            let (student, name) = (student.clone(), String::new());
            found.push(Submission { student, name, content: SubmissionContent::Missing, late_days: 0 });
        }
    }
    // One student with two submissions, or two students with one name.
    found.sort_by(|a, b| (&a.student.id, &a.name).cmp(&(&b.student.id, &b.name)));
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for submission in &mut found {
        let count = ids.entry(submission.student.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let id = format!("{} ({count})", submission.student.id);
            problems.push(Problem::warning(format!(
                "`{}` has several submissions; `{}` is listed as `{id}`",
                submission.student.id, submission.name
            )));
            submission.student.id = id;
        }
    }
    found
}

/// The content of a submission. If a student has several files and one is an archive, the archive is the submission.
fn content(parts: Vec<(String, String, PathBuf)>) -> SubmissionContent {
    if let Some((_, _, path)) = parts.iter().find(|(_, _, path)| path.is_dir()) {
        return SubmissionContent::Directory(path.clone());
    }
    if let Some((_, _, path)) = parts.iter().rev().find(|(file, _, _)| archive::format_of(file).is_some()) {
        return SubmissionContent::Archive(path.clone());
    }
    SubmissionContent::Files(parts.into_iter().map(|(file, _, path)| (file, path)).collect())
}

impl Submission {
    /// Provides the submission as a directory.
    ///
    /// # Errors
    /// Why the submission is rejected.
    pub fn open(&self, limits: ArchiveLimits) -> Result<SubmissionDir, String> {
        let made = || temp().map_err(|problem| problem.message);
        match &self.content {
            SubmissionContent::Directory(directory) => {
                Ok(SubmissionDir { directory: directory.clone(), _unpacked: None })
            }
            SubmissionContent::Archive(path) => {
                let directory = made()?;
                archive::unpack(path, directory.path(), limits).map_err(|why| format!("archive rejected: {why}"))?;
                Ok(SubmissionDir { directory: directory.path().to_path_buf(), _unpacked: Some(directory) })
            }
            SubmissionContent::Files(files) => {
                let directory = made()?;
                for (name, path) in files {
                    // Should be a bare name, but it is untrusted.
                    let name = name.replace(['/', '\\', '\0'], "_");
                    let meta = path.symlink_metadata().map_err(|error| error.to_string())?;
                    if !meta.is_file() || meta.len() > MAX_FILE || name.len() > 200 || name.trim_matches('.').is_empty()
                    {
                        return Err(format!("rejected `{name}`: not a regular file, too large, or an invalid name"));
                    }
                    fs::copy(path, directory.path().join(name)).map_err(|error| error.to_string())?;
                }
                Ok(SubmissionDir { directory: directory.path().to_path_buf(), _unpacked: Some(directory) })
            }
            SubmissionContent::Missing => Err("nothing was submitted".to_owned()),
        }
    }

    /// The shard, from 0 to below `of`, that the student belongs to. Depends only on the student's id.
    pub fn shard(&self, of: u64) -> u64 {
        // Ids within a class are similar, so the bits of the hash are mixed (splitmix64).
        let mut sum = hash(&[self.student.id.as_bytes()]);
        for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
            sum = (sum ^ (sum >> 30)).wrapping_mul(factor);
        }
        (sum ^ (sum >> 31)) % of.max(1)
    }
}
