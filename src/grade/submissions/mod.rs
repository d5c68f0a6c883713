//! Finds the submissions of a class in directories and archives. Names are untrusted: they are displayed escaped, and no path
//! is built from them.

pub mod archive;
pub(super) mod columns;
mod digest;
mod lateness;
mod layouts;
mod names;
mod nested;
mod roster;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub use archive::ArchiveLimits;
pub use columns::decode;
pub use digest::digest_of;
pub use roster::Roster;
pub use walk::{AssignmentDir, FileListing, ListedPath, is_usual_name, locate};

use lateness::Times;
use roster::RosterEntry;

use super::rubric::LatePolicy;
use super::sheet::Student;
use super::times::Moment;
use crate::text::Problem;
use crate::text::hash::hash;

/// The largest single file of a submission, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// How many files of the export of a class are read.
const MAX_EXPORT_FILES: usize = 500_000;

/// How many files of a submission are read, unless the rubric says otherwise.
pub const MAX_FILES: usize = 50_000;

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
    /// What counts as late.
    pub late: LatePolicy,
}

/// All submissions, sorted by student.
pub struct SubmissionSet {
    pub submissions: Vec<Submission>,
    pub problems: Vec<Problem>,
    /// The directories that exports were unpacked to.
    _unpacked: Vec<tempfile::TempDir>,
}

/// A file or directory that is submitted work, or a part of it.
struct FoundWork {
    name: String,
    path: PathBuf,
    /// Whose it is, if more than its name says so.
    owner: Option<names::ExportName>,
}

impl FoundWork {
    fn named(name: String, path: PathBuf) -> Self {
        Self { name, path, owner: None }
    }
}

/// A submission as a directory. Dropping this deletes what was unpacked.
pub struct SubmissionDir {
    pub directory: PathBuf,
    /// The archives inside it that were unpacked.
    pub archives: Vec<String>,
    _unpacked: Option<tempfile::TempDir>,
}

/// # Errors
/// When a path cannot be read or an export cannot be unpacked.
pub fn find(paths: &[PathBuf], options: &SearchOptions) -> Result<SubmissionSet, Problem> {
    let mut raw: Vec<FoundWork> = Vec::new();
    let mut unpacked = Vec::new();
    let mut slug = None;
    let mut problems = Vec::new();
    for path in paths {
        let unreadable = |error: std::io::Error| Problem::error(format!("cannot read `{}`: {error}", path.display()));
        let meta = path.metadata().map_err(unreadable)?;
        let name = file_name(path);
        if options.single || (meta.is_dir() && is_submission(path)) {
            raw.push(FoundWork::named(name, path.clone()));
        } else if meta.is_dir() {
            slug = slug.or_else(|| name.strip_suffix("-submissions").map(str::to_owned));
            raw.extend(layouts::read(path, true, &mut problems).map_err(unreadable)?);
        } else if archive::format_of(&name).is_some() {
            let directory = temp()?;
            let export = ArchiveLimits { bytes: 8 << 30, files: MAX_EXPORT_FILES, ..ArchiveLimits::default() };
            archive::unpack(path, directory.path(), export)
                .map_err(|why| Problem::error(format!("rejected `{}`: {why}", path.display())))?;
            match is_submission(directory.path()) {
                true => raw.push(FoundWork::named(name, path.clone())),
                false => raw.extend(layouts::read(directory.path(), false, &mut problems).map_err(unreadable)?),
            }
            unpacked.push(directory);
        } else {
            raw.push(FoundWork::named(name, path.clone()));
        }
    }
    disambiguate(&mut raw);
    let submissions = by_student(raw, slug.as_deref(), options, &mut problems);
    Ok(SubmissionSet { submissions, problems, _unpacked: unpacked })
}

/// Gives submissions with the same name distinct ones: their paths below the common parent.
fn disambiguate(raw: &mut [FoundWork]) {
    let mut raw: Vec<&mut FoundWork> = raw.iter_mut().filter(|found| found.owner.is_none()).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    raw.iter().for_each(|found| *counts.entry(found.name.clone()).or_default() += 1);
    if counts.values().all(|count| *count == 1) {
        return;
    }
    let real: Vec<PathBuf> =
        raw.iter().map(|found| found.path.canonicalize().unwrap_or_else(|_| found.path.clone())).collect();
    let Some(mut above) = real.first().and_then(|path| path.parent()).map(Path::to_path_buf) else { return };
    while !real.iter().all(|path| path.starts_with(&above)) && above.pop() {}
    for (found, path) in raw.iter_mut().zip(&real).filter(|(found, _)| counts[&found.name] > 1) {
        let parts = path.strip_prefix(&above).unwrap_or(path).components();
        let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        found.name = parts.join("/");
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

/// Whether a file has the name of a Compose file.
fn compose_name(path: &str) -> bool {
    walk::COMPOSE.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// Where a link in a directory of submissions leads.
///
/// # Errors
/// Why it is not followed.
fn link_target(directory: &Path, link: &Path) -> Result<PathBuf, &'static str> {
    let target = link.canonicalize().map_err(|_| "a symbolic link to nothing")?;
    match directory.canonicalize() {
        Ok(directory) if target.starts_with(&directory) => Err("a symbolic link to another submission"),
        Ok(directory) if directory.starts_with(&target) => Err("a symbolic link to a parent directory"),
        Ok(_) => Ok(target),
        Err(_) => Err("a symbolic link that cannot be read"),
    }
}

/// The entries of a directory of submissions, by name. Links to directories elsewhere are followed if `follow` is set: they are
/// the teacher's, because no student writes to the directory that has all submissions.
fn children(directory: &Path, follow: bool, problems: &mut Vec<Problem>) -> std::io::Result<Vec<(String, PathBuf)>> {
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_link = entry.file_type()?.is_symlink();
        if name.starts_with('.') || matches!(name.as_str(), "__MACOSX" | "Thumbs.db" | "desktop.ini") {
            continue;
        }
        let target = match is_link {
            false => Ok(entry.path()),
            true if follow => link_target(directory, &entry.path()),
            true => Err("a symbolic link in an archive"),
        };
        match target {
            Ok(path) => found.push((name, path)),
            Err(why) => skipped.push(format!("skipped `{name}`: {why}")),
        }
    }
    skipped.sort();
    problems.extend(skipped.into_iter().map(Problem::warning));
    found.sort();
    Ok(found)
}

fn by_student(
    raw: Vec<FoundWork>,
    slug: Option<&str>,
    options: &SearchOptions,
    problems: &mut Vec<Problem>,
) -> Vec<Submission> {
    let roster = options.roster.as_ref();
    struct StudentFiles {
        student: Student,
        late: bool,
        submitted: Option<Moment>,
        parts: Vec<(String, String, PathBuf)>,
    }
    let mut groups: BTreeMap<(String, PathBuf), StudentFiles> = BTreeMap::new();
    for FoundWork { name, path, owner } in raw {
        let is_dir = path.is_dir();
        let stem = if is_dir { name.as_str() } else { archive::stem(&name) };
        let (is_owned, is_exported) = (owner.is_some(), owner.is_some() || names::is_export(stem));
        let export = owner.unwrap_or_else(|| names::read(stem, slug));
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
            (Some(file), _) if is_owned => file.clone(),
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
            submitted: None,
            parts: Vec::new(),
        });
        group.late |= export.late;
        group.submitted = group.submitted.or(export.submitted);
        group.parts.push((file, name, path));
    }
    if let Some(problem) = zone_problem(options, groups.values().map(|group| group.submitted)) {
        problems.push(problem);
    }
    let mut found: Vec<Submission> = Vec::new();
    let mut seen = BTreeSet::new();
    for group in groups.into_values() {
        let own = Times { submitted: group.submitted, ..Times::default() };
        let known = u32::from(group.late);
        let days = |entry: Option<&RosterEntry>| {
            let times = entry.map_or(own, |entry| entry.times);
            Times { submitted: times.submitted.or(own.submitted), ..times }.days_late(&options.late, known)
        };
        let mut submission = Submission {
            student: group.student,
            name: group.parts.first().map(|part| part.1.clone()).unwrap_or_default(),
            content: content(group.parts),
            late_days: days(None),
        };
        if let Some((members, roster)) = roster.and_then(|roster| Some((roster.group(&submission.student)?, roster))) {
            for at in members {
                let entry = &roster.students[at];
                let mut own = Submission { student: entry.student.clone(), ..submission.clone() };
                own.late_days = days(Some(entry));
                seen.insert(at);
                found.push(own);
            }
            continue;
        }
        if let Some((at, roster)) = roster.and_then(|roster| Some((roster.find(&submission.student)?, roster))) {
            let entry = &roster.students[at];
            let platform_id = submission.student.platform_id.take();
            submission.student = entry.student.clone();
            submission.student.platform_id = submission.student.platform_id.take().or(platform_id);
            submission.late_days = days(Some(entry));
            seen.insert(at);
        } else if roster.is_some() {
            problems.push(Problem::warning(format!("`{}` is not on the roster", submission.student.id)));
        }
        found.push(submission);
    }
    for (at, entry) in roster.iter().flat_map(|roster| roster.students.iter().enumerate()) {
        if !seen.contains(&at) {
            let (student, name) = (entry.student.clone(), String::new());
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

/// What to say when only one of the due date and the times of submissions has a time zone.
fn zone_problem(options: &SearchOptions, found: impl Iterator<Item = Option<Moment>>) -> Option<Problem> {
    let due = options.late.due?;
    let listed = options.roster.iter().flat_map(|roster| &roster.students).map(|entry| entry.times.submitted);
    let differs = |submitted: Option<Moment>| submitted.is_some_and(|moment| moment.has_offset() != due.has_offset());
    found.chain(listed).any(differs).then(|| {
        let (one, other) = match due.has_offset() {
            true => ("`due` has", "the times of submissions do not"),
            false => ("some times of submissions have", "`due` does not"),
        };
        let problem = Problem::warning(format!("{one} a time zone, and {other}: both are taken to be in the same one"));
        problem.help("write `due` with an offset, such as `2026-11-20T23:59:00+01:00`, if the times have one")
    })
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
            SubmissionContent::Directory(directory) => self.open_nested(directory, None, limits),
            SubmissionContent::Archive(path) => {
                let directory = made()?;
                archive::unpack(path, directory.path(), limits).map_err(|why| format!("archive rejected: {why}"))?;
                let path = directory.path().to_path_buf();
                self.open_nested(&path, Some(directory), limits)
            }
            SubmissionContent::Files(files) => {
                let directory = made()?;
                for (name, path) in files {
                    // Names are untrusted.
                    let name = name.replace(['\\', '\0'], "_");
                    let meta = path.symlink_metadata().map_err(|error| error.to_string())?;
                    let is_part = |part: &str| part.len() <= 200 && !part.trim_matches('.').is_empty();
                    if !meta.is_file() || meta.len() > MAX_FILE || name.len() > 1000 || !name.split('/').all(is_part) {
                        return Err(format!("rejected `{name}`: not a regular file, too large, or an invalid name"));
                    }
                    let target = directory.path().join(name);
                    let above = target.parent().map_or(Ok(()), fs::create_dir_all);
                    above.and_then(|()| fs::copy(path, &target)).map_err(|error| error.to_string())?;
                }
                let path = directory.path().to_path_buf();
                Ok(SubmissionDir { directory: path, archives: Vec::new(), _unpacked: Some(directory) })
            }
            SubmissionContent::Missing => Err("nothing was submitted".to_owned()),
        }
    }

    /// Unpacks the archives in a submission's directory. `unpacked` is that directory if it is temporary.
    fn open_nested(
        &self,
        directory: &Path,
        unpacked: Option<tempfile::TempDir>,
        limits: ArchiveLimits,
    ) -> Result<SubmissionDir, String> {
        let mut open = SubmissionDir { directory: directory.to_path_buf(), archives: Vec::new(), _unpacked: unpacked };
        // An archive in an archive is opened as well.
        for _ in 0..2 {
            let archives = nested::find(&open.directory, limits);
            if archives.is_empty() {
                break;
            }
            let to = temp().map_err(|problem| problem.message)?;
            nested::unpack(&open.directory, &archives, to.path(), limits)?;
            open.directory = to.path().to_path_buf();
            open.archives.extend(archives);
            open._unpacked = Some(to);
        }
        Ok(open)
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
