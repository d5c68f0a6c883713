//! The layouts in which learning platforms export the submissions of a class. Where each of them was read is in
//! `tests/grade/layouts.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::names::{self, ExportName};
use super::{FoundWork, MAX_EXPORT_FILES, MAX_FILE, children};
use crate::grade::sheet::Student;
use crate::text::{Problem, Source, yaml};

/// Gradescope's list of who submitted what, beside the submissions.
const GRADESCOPE: &str = "submission_metadata.yml";

/// The largest such list, in bytes: it has the results of earlier attempts, too.
const MAX_LIST: u64 = 512 << 20;

/// PrairieLearn's `ada@x.org_1_docker/basics_1_2_345_Dockerfile`: student or group, instance of the assessment, question, variant, attempt,
/// submission, file. A question's name may have slashes.
static PRAIRIELEARN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?<who>[^/]+?)_\d+_(?<question>.+)_\d+_\d+_(?<number>\d+)_(?<file>.+)$").expect("a valid pattern")
});

/// The same in its files for manual grading: student, the student's number, question, submission, file.
static PRAIRIELEARN_MANUAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?<who>[^/@]+@[^/@_]+)_[^/_]*_(?<question>.+)_(?<number>\d+)_(?<file>.+)$").expect("a valid pattern")
});

/// What is in a directory of submissions, in the layout of the platform that it comes from. `follow` says whether links to
/// directories elsewhere are followed.
pub(super) fn read(directory: &Path, follow: bool, problems: &mut Vec<Problem>) -> std::io::Result<Vec<FoundWork>> {
    let mut directory = directory.to_path_buf();
    let mut found = children(&directory, follow, problems)?;
    // Exports have all submissions in a directory of their own.
    if let [(_, only)] = &found[..]
        && only.is_dir()
        && is_export(only)
    {
        directory = only.clone();
        found = children(&directory, false, problems)?;
    }
    if let Some(files) = prairielearn(&directory) {
        return Ok(files);
    }
    let plain = |(name, path)| FoundWork::named(name, path);
    if !found.iter().any(|(name, path)| name == GRADESCOPE && path.is_file()) {
        return Ok(found.into_iter().map(plain).collect());
    }
    let owners = gradescope(&directory.join(GRADESCOPE)).unwrap_or_else(|why| {
        let problem = Problem::warning(format!("cannot read `{GRADESCOPE}`: {why}"));
        problems.push(problem.help("submissions are listed by their numbers; a roster with the column `Submission ID` names the students"));
        BTreeMap::new()
    });
    found.retain(|(name, _)| name != GRADESCOPE);
    Ok(found
        .into_iter()
        .flat_map(|(name, path)| match owners.get(&name).filter(|owners| !owners.is_empty()) {
            None => vec![plain((name, path))],
            Some(owners) => {
                let one = |owner: &ExportName| FoundWork { name: name.clone(), path: path.clone(), owner: Some(owner.clone()) };
                owners.iter().map(one).collect()
            }
        })
        .collect())
}

/// Whether a directory is the one that a platform packs all submissions into.
fn is_export(directory: &Path) -> bool {
    if directory.join(GRADESCOPE).is_file() || prairielearn(directory).is_some() {
        return true;
    }
    let entries = children(directory, false, &mut Vec::new()).unwrap_or_default();
    let is_known = |name: &str| names::is_export(name) || names::is_numbered(name);
    !entries.is_empty() && entries.iter().all(|(name, _)| is_known(super::archive::stem(name)))
}

/// The students of each submission in Gradescope's list.
///
/// # Errors
/// Why it cannot be read.
fn gradescope(list: &Path) -> Result<BTreeMap<String, Vec<ExportName>>, String> {
    if list.metadata().map_err(|error| error.to_string())?.len() > MAX_LIST {
        return Err(format!("larger than {} MiB", MAX_LIST >> 20));
    }
    let text = fs::read(list).map_err(|error| error.to_string())?;
    gradescope_list(&String::from_utf8_lossy(&text))
}

fn gradescope_list(text: &str) -> Result<BTreeMap<String, Vec<ExportName>>, String> {
    let mut owners = BTreeMap::new();
    // Only what is needed is parsed: the results of earlier attempts are most of the list.
    let (mut entry, mut is_kept) = (String::new(), false);
    for line in text.lines().chain(std::iter::once("end:")) {
        if !line.starts_with([' ', '-', '#']) && !line.trim().is_empty() {
            if let Some((name, students)) = gradescope_entry(&std::mem::take(&mut entry))? {
                owners.insert(name, students);
            }
            is_kept = true;
        } else if line.starts_with("  :") {
            is_kept = line.starts_with("  :submitters:") || line.starts_with("  :created_at:");
        }
        if is_kept {
            entry += line;
            entry.push('\n');
        }
    }
    Ok(owners)
}

/// A submission and its students.
fn gradescope_entry(text: &str) -> Result<Option<(String, Vec<ExportName>)>, String> {
    let source = Source::new(GRADESCOPE, text.to_owned());
    let root = yaml::parse(&source).map_err(|error| error.message.clone())?;
    let Some((name, entry)) = root.as_ref().and_then(|root| root.entries().first()) else { return Ok(None) };
    let submitted = entry.get(":created_at").and_then(yaml::Node::text).and_then(|text| text.parse().ok());
    let submitters = entry.get(":submitters").map_or(&[][..], yaml::Node::items);
    let students = submitters.iter().filter_map(|submitter| {
        let text = |key: &str| Some(submitter.get(key)?.text()?.trim().to_owned()).filter(|text| !text.is_empty() && text != "~");
        let (name, email, sid) = (text(":name"), text(":email"), text(":sid"));
        let id = sid.or(email.clone()).or(name.clone())?;
        Some(ExportName { student: Student { id, name, email, ..Student::default() }, submitted, ..ExportName::default() })
    });
    Ok(name.text().map(|name| (name.to_owned(), students.collect())))
}

/// The files of PrairieLearn's export, of each question the latest submission; `None` if the directory has anything else.
fn prairielearn(directory: &Path) -> Option<Vec<FoundWork>> {
    struct Part {
        who: String,
        question: String,
        number: u64,
        file: String,
        path: PathBuf,
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut left = vec![(String::new(), directory.to_path_buf())];
    while let Some((above, directory)) = left.pop() {
        for entry in fs::read_dir(directory).ok()? {
            let entry = entry.ok()?;
            let (name, kind) = (entry.file_name().to_str()?.to_owned(), entry.file_type().ok()?);
            if name.starts_with('.') || name == "__MACOSX" {
                continue;
            }
            let path = if above.is_empty() { name } else { format!("{above}/{name}") };
            if kind.is_dir() && path.matches('/').count() < 8 {
                left.push((path, entry.path()));
                continue;
            }
            let size = entry.metadata().ok()?.len();
            let matches = |pattern: &Regex| {
                let found = pattern.captures(&path)?;
                Some(Part {
                    who: found["who"].to_owned(),
                    question: found["question"].to_owned(),
                    number: found["number"].parse().ok()?,
                    file: found["file"].to_owned(),
                    path: entry.path(),
                })
            };
            let part = matches(&PRAIRIELEARN).or_else(|| matches(&PRAIRIELEARN_MANUAL));
            parts.push(part.filter(|_| kind.is_file() && size <= MAX_FILE && parts.len() < MAX_EXPORT_FILES)?);
        }
    }
    if parts.is_empty() {
        return None;
    }
    let mut latest: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut questions: BTreeMap<String, usize> = BTreeMap::new();
    for part in &parts {
        let known = latest.entry((part.who.clone(), part.question.clone())).or_insert_with(|| {
            *questions.entry(part.who.clone()).or_default() += 1;
            part.number
        });
        *known = part.number.max(*known);
    }
    parts.retain(|part| latest[&(part.who.clone(), part.question.clone())] == part.number);
    parts.sort_by(|a, b| (&a.who, &a.question, &a.file).cmp(&(&b.who, &b.question, &b.file)));
    let found = parts.into_iter().map(|part| {
        let file = if questions[&part.who] > 1 { format!("{}/{}", part.question, part.file) } else { part.file };
        let email = part.who.contains('@').then(|| part.who.clone());
        let student = Student { id: part.who, email, ..Student::default() };
        let owner = ExportName { student, file: Some(file.clone()), ..ExportName::default() };
        FoundWork { name: file, path: part.path, owner: Some(owner) }
    });
    Some(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_in_the_list_of_gradescope() {
        let list = "submission_1:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '007'\n    :email: ada@x.org\n  :created_at: 2026-04-26 17:34:00.861687000 Z\n  :results:\n    output: |-\n      :submitters:\n      x: [\n  :history:\n  - :created_at: 2020-01-01 00:00:00 Z\nsubmission_2:\n  :submitters:\n  - :sid: 333\n  - :name: \"Zo\\u00eb\"\n  :score: 0.0\nsubmission_3:\n  :submitters: []\n";
        let owners = gradescope_list(list).expect("it is sound");
        let names = |key: &str| {
            let ids = owners[key].iter().map(|owner| format!("{}|{}", owner.student.id, owner.student.name.clone().unwrap_or_default()));
            ids.collect::<Vec<_>>().join(" ")
        };
        assert_eq!([names("submission_1"), names("submission_2"), names("submission_3")], ["007|Ada Lovelace", "333| Zoë|Zoë", ""]);
        assert_eq!(owners["submission_1"][0].submitted, "2026-04-26 17:34:00 Z".parse().ok());
        assert!(gradescope_list("submission_1:\n  :submitters: [\n").is_err());
    }

    #[test]
    fn names_in_exports_of_prairielearn() {
        let read = |pattern: &Regex, name: &str| {
            pattern.captures(name).map(|it| format!("{} {} {} {}", &it["who"], &it["question"], &it["number"], &it["file"]))
        };
        let all = "ada_l@x.org_1_docker/my_basics_1_2_345_src/app_1.py";
        assert_eq!(read(&PRAIRIELEARN, all).as_deref(), Some("ada_l@x.org docker/my_basics 345 src/app_1.py"));
        let manual = "ada_l@x.org_00123_docker/basics_345_Dockerfile";
        assert_eq!(read(&PRAIRIELEARN, manual), None);
        assert_eq!(read(&PRAIRIELEARN_MANUAL, manual).as_deref(), Some("ada_l@x.org docker/basics 345 Dockerfile"));
        assert_eq!(read(&PRAIRIELEARN, "team blue_1_docker_1_1_9_Dockerfile").as_deref(), Some("team blue docker 9 Dockerfile"));
    }
}
