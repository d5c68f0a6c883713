//! The files of a submission: which there are, the Compose file, and the Dockerfile's name and encoding.

use super::failure;
use crate::context::Context;
use crate::grade::marking::dockerfile;
use crate::grade::rubric::static_checks::Requirements;
use crate::grade::rubric::values::TextPattern;
use crate::grade::runs::{CheckResult, Failure, compose_checks};
use crate::grade::sheet::Location;
use crate::grade::submissions::{AssignmentDir, is_usual_name};

/// The checks that do not need a Dockerfile.
pub(in crate::grade::marking) fn of_files(wanted: &Requirements, assignment: &AssignmentDir) -> Vec<CheckResult> {
    let mut checks = Vec::new();
    let fits = |pattern: &TextPattern| {
        assignment.listing.entries.iter().find(|entry| pattern.fits(&entry.path) || entry.path == pattern.text)
    };
    for pattern in wanted.files.iter() {
        let what = format!("`{}` exists", pattern.text);
        checks.push(match fits(pattern) {
            Some(_) => CheckResult::passed(what),
            None => CheckResult::failed(
                what,
                failure(format!("`{}` is missing", pattern.text), "", format!("add `{}`", pattern.text), None),
            ),
        });
    }
    for pattern in wanted.lacks_files.iter() {
        let what = format!("`{}` does not exist", pattern.text);
        checks.push(match fits(pattern) {
            None => CheckResult::passed(what),
            Some(entry) => {
                let place = Some(Location { file: entry.path.clone(), line: None, column: None });
                CheckResult::failed(
                    what,
                    Failure {
                        place,
                        ..failure(
                            format!("`{}` should not be submitted", entry.path),
                            "",
                            format!("remove `{}`", entry.path),
                            None,
                        )
                    },
                )
            }
        });
    }
    if let Some(compose) = &wanted.compose {
        let file = compose.file.clone().or_else(|| assignment.compose.clone());
        let is_listed = |file: &String| {
            assignment.listing.entries.iter().any(|entry| entry.path == *file && !entry.is_dir && !entry.is_link)
        };
        let text = file.as_ref().filter(|file| is_listed(file)).and_then(|file| {
            let path = assignment.directory.join(file);
            let small = path.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() < 1 << 20);
            small.then(|| dockerfile::read_whole(&path).ok()).flatten()
        });
        let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let file = file.as_deref().unwrap_or("compose.yaml");
        let directory = file.rsplit_once('/').map_or("", |(directory, _)| directory);
        let context = Context::on_disk(assignment.directory.join(directory), None);
        checks.extend(compose_checks(compose, file, text.as_deref(), Some(&context)));
    }
    checks
}

/// The checks of the Dockerfile as a file: its name and its encoding.
pub(in crate::grade::marking) fn of_text(wanted: &Requirements, path: &str, is_encoded: bool) -> Vec<CheckResult> {
    let mut checks = Vec::new();
    if path.is_empty() {
        return checks;
    }
    let mut add = |is_met: bool, what: String, found: String, earn_back: &str| {
        let place = Some(Location { file: path.to_owned(), line: None, column: None });
        checks.push(CheckResult::of(what, (!is_met).then(|| failure(found, "", earn_back, place))));
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    if wanted.usual_name == Some(true) {
        let found = format!("the Dockerfile is named `{name}`");
        add(
            is_usual_name(path),
            format!("the Dockerfile is named `{name}`"),
            found,
            "name it `Dockerfile`, without an extension",
        );
    }
    if wanted.utf8 == Some(true) {
        let found = "the Dockerfile is not plain text in UTF-8".to_owned();
        add(!is_encoded, "the Dockerfile is plain text in UTF-8".to_owned(), found, "save it as plain text in UTF-8");
    }
    checks
}
