//! Folders and archives → one submission for each student. Names are nobody's word: they are shown escaped, and no path is
//! made from them.

pub mod archive;
mod names;
mod roster;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub use archive::Most;
pub use roster::Roster;
pub use walk::{Item, Listing, Located, locate};

use super::sheet::Student;
use crate::text::Problem;
use crate::text::hash::hash;

/// The largest file that is handed in by itself.
const MOST_OF_ONE: u64 = 64 << 20;

/// What one student has handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    pub student: Student,
    /// Where it lies, relative to what was given.
    pub name: String,
    pub content: Content,
    /// Days that have begun since it was due.
    pub late_days: u32,
}

#[derive(Clone, Debug)]
pub enum Content {
    Folder(PathBuf),
    Archive(PathBuf),
    /// Files that an export has put beside those of others, with the names that the student gave them.
    Files(Vec<(String, PathBuf)>),
    /// On the roster, and nothing there.
    Missing,
}

/// How submissions are looked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What is given is a submission each, and no folder of them.
    pub single: bool,
    pub roster: Option<Roster>,
}

/// All submissions, by student.
pub struct Found {
    pub submissions: Vec<Submission>,
    pub problems: Vec<Problem>,
    /// Where exports were unpacked that were given as archives.
    _unpacked: Vec<tempfile::TempDir>,
}

/// A submission as a folder, for as long as the value lives.
pub struct Opened {
    pub folder: PathBuf,
    _unpacked: Option<tempfile::TempDir>,
}

/// # Errors
/// When what is given is not there, or an export cannot be unpacked.
pub fn find(paths: &[PathBuf], options: &Options) -> Result<Found, Problem> {
    let mut raw: Vec<(String, PathBuf)> = Vec::new();
    let mut unpacked = Vec::new();
    let mut slug = None;
    for path in paths {
        let gone = |error: std::io::Error| Problem::error(format!("cannot read `{}`: {error}", path.display()));
        let meta = path.metadata().map_err(gone)?;
        let own = own_name(path);
        if options.single || (meta.is_dir() && is_one(path)) {
            raw.push((own, path.clone()));
        } else if meta.is_dir() {
            slug = slug.or_else(|| own.strip_suffix("-submissions").map(str::to_owned));
            raw.extend(children(path).map_err(gone)?);
        } else if archive::form(&own).is_some() {
            let folder = temp()?;
            let export = Most { bytes: 8 << 30, files: 500_000, ..Most::default() };
            archive::unpack(path, folder.path(), export)
                .map_err(|why| Problem::error(format!("`{}` is refused: {why}", path.display())))?;
            match is_one(folder.path()) {
                true => raw.push((own, path.clone())),
                false => raw.extend(children(folder.path()).map_err(gone)?),
            }
            unpacked.push(folder);
        } else {
            raw.push((own, path.clone()));
        }
    }
    tell_apart(&mut raw);
    let mut problems = Vec::new();
    let submissions = by_student(raw, slug.as_deref(), options.roster.as_ref(), &mut problems);
    Ok(Found { submissions, problems, _unpacked: unpacked })
}

/// Submissions of one name are called by their paths, from where these part.
fn tell_apart(raw: &mut [(String, PathBuf)]) {
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
    made.map_err(|error| Problem::error(format!("a folder for archives cannot be made: {error}")))
}

fn own_name(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    real.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Whether a folder is a submission itself: there is a Dockerfile or a Compose file right in it.
fn is_one(folder: &Path) -> bool {
    let names = [
        "Dockerfile", "Containerfile", "dockerfile", "compose.yaml", "compose.yml", "docker-compose.yml",
        "docker-compose.yaml",
    ];
    names.iter().any(|name| folder.join(name).symlink_metadata().is_ok_and(|meta| !meta.is_dir()))
}

/// What lies in a folder of submissions, by name. Links are not followed: a class's folder has none by itself.
fn children(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
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
    struct Group {
        student: Student,
        late: bool,
        parts: Vec<(String, String, PathBuf)>,
    }
    let mut groups: BTreeMap<(String, PathBuf), Group> = BTreeMap::new();
    for (name, path) in raw {
        let is_dir = path.is_dir();
        let stem = if is_dir { name.as_str() } else { archive::stem(&name) };
        let exported = names::is_export(stem);
        let told = names::read(stem, slug);
        // A loose file that belongs to nobody: a list of grades, a script.
        if !is_dir
            && !exported
            && archive::form(&name).is_none()
            && !names::first_attempt(&name).to_lowercase().contains("dockerfile")
        {
            problems.push(Problem::warning(format!("`{name}` is no submission: left out")));
            continue;
        }
        let file = match (&told.file, archive::form(&name)) {
            (Some(file), Some(_)) => format!("{file}{}", &name[stem.len()..]),
            (Some(file), None) => names::first_attempt(file),
            (None, _) => name.clone(),
        };
        let key = match exported {
            true => (told.student.id.clone(), PathBuf::new()),
            false => (name.clone(), path.clone()),
        };
        let group = groups.entry(key).or_insert_with(|| Group {
            student: told.student.clone(),
            late: false,
            parts: Vec::new(),
        });
        group.late |= told.late;
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
            found.push(Submission { student, name, content: Content::Missing, late_days: 0 });
        }
    }
    // Two folders of one student, or two students of one name.
    found.sort_by(|a, b| (&a.student.id, &a.name).cmp(&(&b.student.id, &b.name)));
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for submission in &mut found {
        let count = ids.entry(submission.student.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let id = format!("{} ({count})", submission.student.id);
            problems.push(Problem::warning(format!(
                "`{}` has several submissions: `{}` counts as `{id}`",
                submission.student.id, submission.name
            )));
            submission.student.id = id;
        }
    }
    found
}

/// Of several files of one student, an archive is the submission.
fn content(parts: Vec<(String, String, PathBuf)>) -> Content {
    if let Some((_, _, path)) = parts.iter().find(|(_, _, path)| path.is_dir()) {
        return Content::Folder(path.clone());
    }
    if let Some((_, _, path)) = parts.iter().rev().find(|(file, _, _)| archive::form(file).is_some()) {
        return Content::Archive(path.clone());
    }
    Content::Files(parts.into_iter().map(|(file, _, path)| (file, path)).collect())
}

impl Submission {
    /// Makes a folder of it.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn open(&self, most: Most) -> Result<Opened, String> {
        let made = || temp().map_err(|problem| problem.message);
        match &self.content {
            Content::Folder(folder) => Ok(Opened { folder: folder.clone(), _unpacked: None }),
            Content::Archive(path) => {
                let folder = made()?;
                archive::unpack(path, folder.path(), most).map_err(|why| format!("the archive is refused: {why}"))?;
                Ok(Opened { folder: folder.path().to_path_buf(), _unpacked: Some(folder) })
            }
            Content::Files(files) => {
                let folder = made()?;
                for (name, path) in files {
                    // A bare name by construction, but nobody vouches for it.
                    let name = name.replace(['/', '\\', '\0'], "_");
                    let meta = path.symlink_metadata().map_err(|error| error.to_string())?;
                    if !meta.is_file()
                        || meta.len() > MOST_OF_ONE
                        || name.len() > 200
                        || name.trim_matches('.').is_empty()
                    {
                        return Err(format!("`{name}` is refused: it is no file, too large, or has no sensible name"));
                    }
                    fs::copy(path, folder.path().join(name)).map_err(|error| error.to_string())?;
                }
                Ok(Opened { folder: folder.path().to_path_buf(), _unpacked: Some(folder) })
            }
            Content::Missing => Err("nothing was handed in".to_owned()),
        }
    }

    /// Which part of `of` it belongs to: the same for as long as the student's id is, whoever else hands in.
    pub fn shard(&self, of: u64) -> u64 {
        // Names of a class are much alike; so their sums are stirred until all bits depend on all others.
        let mut sum = hash(&[self.student.id.as_bytes()]);
        for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
            sum = (sum ^ (sum >> 30)).wrapping_mul(factor);
        }
        (sum ^ (sum >> 31)) % of.max(1)
    }
}
