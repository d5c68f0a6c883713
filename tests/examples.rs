//! The course's exercises: what is handed in shows what it should, and the good ones are clean.

use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll::rules;
use serde_json::Value;

/// Rules that must speak about every exercise as it is handed in.
const COMMON: &[&str] = &["missing-user", "untagged-base"];

/// The exercises, and rules that must speak about this one in particular.
const EXERCISES: &[(&str, &[&str])] = &[
    ("arguments", &["full-base"]),
    ("environment", &["full-base"]),
    ("hello-cpp", &[]),
    ("hello-java", &["end-of-life-base"]),
    ("hello-node", &["full-base", "npm-cache-left"]),
    ("hello-python", &["full-base"]),
];

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// The findings of `plimsoll check`, as its JSON has them, and the exit code.
fn check(folder: &Path) -> (Vec<Value>, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    let output = command.args(["check", "--format", "json"]).arg(folder).output().expect("plimsoll starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let files = report["files"].as_array().expect("a list of files");
    assert_eq!(files.len(), 1, "one Dockerfile in {}", folder.display());
    assert!(files[0]["error"].is_null(), "{report:#}");
    (files[0]["findings"].as_array().expect("a list of findings").clone(), output.status.code())
}

#[test]
fn handed_in() {
    for (name, expected) in EXERCISES {
        let (findings, code) = check(&examples().join(name).join("handed-in"));
        for rule in COMMON.iter().chain(*expected) {
            assert!(rules::find(rule).is_some(), "there is no rule `{rule}`");
            assert!(findings.iter().any(|finding| finding["rule"] == *rule), "{name}: no `{rule}` in {findings:#?}");
        }
        // What does not build, Docker tells the student.
        assert!(findings.iter().all(|finding| finding["level"] != "error"), "{name}: {findings:#?}");
        assert_eq!(code, Some(1), "{name}");
    }
}

#[test]
fn good() {
    for (name, _) in EXERCISES {
        let (findings, code) = check(&examples().join(name).join("good"));
        let loud: Vec<_> = findings.iter().filter(|finding| finding["level"] != "note").collect();
        assert!(loud.is_empty(), "{name}: {loud:#?}");
        assert_eq!(code, Some(0), "{name}");
    }
}

/// `--fix --unsafe-fixes` alone turns what is handed in into what is good; only the comments are a teacher's.
#[test]
fn repaired() {
    for (name, _) in EXERCISES {
        let folder = tempfile::tempdir().expect("a folder");
        let handed_in = examples().join(name).join("handed-in");
        for entry in std::fs::read_dir(&handed_in).expect("the folder can be read") {
            let path = entry.expect("it can be listed").path();
            let to = folder.path().join(path.file_name().expect("a file has a name"));
            std::fs::copy(&path, to).expect("it can be copied");
        }
        let run = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
            command.args(["check", "--isolated", "--fix", "--unsafe-fixes"]).arg(folder.path());
            command.output().expect("plimsoll starts")
        };
        let output = run();
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stdout));
        let read = |path: PathBuf| std::fs::read_to_string(path).expect("the file can be read");
        let fixed = read(folder.path().join("Dockerfile"));
        let lines = |text: &str| -> Vec<String> {
            let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(str::to_owned).collect()
        };
        let good = |file: &str| read(examples().join(name).join("good").join(file));
        assert_eq!(lines(&fixed), lines(&good("Dockerfile")), "{name}");
        assert_eq!(read(folder.path().join(".dockerignore")), good(".dockerignore"), "{name}");
        run();
        assert_eq!(read(folder.path().join("Dockerfile")), fixed, "{name}: a second run changes something");
    }
}

/// Two versions of one program would teach nothing about Dockerfiles.
#[test]
fn same_sources() {
    for (name, _) in EXERCISES {
        let folder = examples().join(name);
        let mut sources = 0;
        for entry in std::fs::read_dir(folder.join("handed-in")).expect("the folder can be read") {
            let path = entry.expect("it can be listed").path();
            let file = path.file_name().expect("a file has a name");
            if file != "Dockerfile" {
                let read = |path: &Path| std::fs::read(path).expect("the file can be read");
                assert_eq!(read(&path), read(&folder.join("good").join(file)), "{}", path.display());
                sources += 1;
            }
        }
        assert!(sources > 0, "{name} has no program");
    }
}

/// The exercise about an application and its database, in each language.
fn compose_app() -> impl Iterator<Item = (&'static str, PathBuf)> {
    ["java", "node", "python"].into_iter().map(|name| (name, examples().join("compose-app").join(name)))
}

fn check_project(folder: &Path, options: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command
        .args(["check", "--isolated", "--format", "json"])
        .args(options)
        .arg(folder)
        .output()
        .expect("plimsoll starts")
}

#[test]
fn compose_app_findings() {
    for (name, folder) in compose_app() {
        let output = check_project(&folder.join("handed-in"), &[]);
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        for rule in
            ["unawaited-dependency", "untagged-image", "unpersisted-database", "open-database-port", "missing-user"]
        {
            assert!(rules::find(rule).is_some(), "there is no rule `{rule}`");
            assert!(report.contains(&format!("\"rule\":\"{rule}\"")), "{name}: no `{rule}` in {report}");
        }
        assert_eq!(output.status.code(), Some(1), "{name}");
        let output = check_project(&folder.join("good"), &[]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// The Compose file of `good` is the fixed one with comments; so is the Dockerfile where one stage is enough.
#[test]
fn compose_app_repaired() {
    for (name, folder) in compose_app() {
        let copy = tempfile::tempdir().expect("a folder");
        for entry in std::fs::read_dir(folder.join("handed-in")).expect("the folder can be read") {
            let path = entry.expect("it can be listed").path();
            std::fs::copy(&path, copy.path().join(path.file_name().expect("a name"))).expect("it can be copied");
        }
        check_project(copy.path(), &["--fix", "--unsafe-fixes"]);
        let read = |path: PathBuf| std::fs::read_to_string(path).expect("the file can be read");
        let lines = |text: String| -> Vec<String> {
            let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
            lines.filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned).collect()
        };
        for file in ["compose.yaml", "Dockerfile"] {
            if name != "java" || file != "Dockerfile" {
                let (fixed, good) = (read(copy.path().join(file)), read(folder.join("good").join(file)));
                assert_eq!(lines(fixed), lines(good), "{name}: {file}");
            }
        }
        assert!(copy.path().join(".dockerignore").is_file(), "{name}");
    }
}

/// An exercise that is not in the table would be tested by nothing.
#[test]
fn table_is_complete() {
    let is_exercise = |path: &PathBuf| path.join("handed-in").is_dir() || path.join("good").is_dir();
    let entries = std::fs::read_dir(examples()).expect("the folder can be read");
    let mut folders: Vec<_> =
        entries.map(|entry| entry.expect("it can be listed").path()).filter(is_exercise).collect();
    folders.sort();
    let names: Vec<_> = folders.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(names, EXERCISES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}
