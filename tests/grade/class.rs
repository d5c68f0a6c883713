//! Grading a class with the program: deterministic, in parts, and resumed.

use std::fs;
use std::path::Path;

use crate::{directory, files, plimsoll, put, text};

const RUBRIC: &str = "title = 'Week 3'\nplimsoll = '0.1.0'\npass = 50\nround = 0.5\n\
    [[criterion]]\nid = 'pinned'\ntitle = 'The base has a version'\npoints = 10\nrules = ['pinned']\n\
    [[criterion]]\nid = 'user'\ntitle = 'It is not root'\npoints = 10\nhidden = true\nrequire = { not-root = true }\n\
    [[criterion]]\nid = 'rest'\npoints = 5\nbonus = true\nrules = ['all']\neach = 1\n";

pub(crate) fn class() -> tempfile::TempDir {
    let class = directory(&[("rubric.toml", RUBRIC)]);
    for number in 0..24 {
        let base = ["python", "python:3.13-slim", "node:latest", "alpine:3.22"][number % 4];
        let user = if number % 3 == 0 { "USER 1000\n" } else { "" };
        let text = format!("FROM {base}\nRUN apt-get update\nCOPY . .\n{user}CMD python run.py\n");
        put(class.path(), &format!("submissions/student-{number:02}/Dockerfile"), text.as_bytes());
        put(class.path(), &format!("submissions/student-{number:02}/run.py"), b"print(1)\n");
    }
    put(class.path(), "submissions/student-99/notes.txt", b"sorry");
    class
}

fn grade(root: &Path, out: &str, more: &[&str]) -> String {
    let args = [
        &[
            "grade",
            "rubric.toml",
            "submissions",
            "--exit-zero",
            "--out",
            out,
            "--format",
            "jsonl,csv,markdown,html,gradescope,classroom,prairielearn,junit",
        ][..],
        more,
    ]
    .concat();
    let run = plimsoll(root, &args);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    text(&run.stdout)
}

#[test]
fn the_same_bytes_whatever_the_order_of_work() {
    let class = class();
    let first = grade(class.path(), "a", &["--jobs", "1"]);
    let second = grade(class.path(), "b", &["--jobs", "7"]);
    assert_eq!(first, second);
    let (a, b) = (files(&class.path().join("a")), files(&class.path().join("b")));
    assert_eq!(a.len(), 25 * 5 + 4);
    assert!(a == b, "the files differ");
    let here = class.path().display().to_string();
    assert!(a.iter().all(|(_, bytes)| !text(bytes).contains(&here)), "a path of this machine is in a result");
    assert!(first.contains("student-99") && first.contains("25 graded"), "{first}");
}

#[test]
fn parts_merge_into_the_whole() {
    let class = class();
    let whole = grade(class.path(), "whole", &[]);
    let mut sizes = Vec::new();
    for part in 1..=3 {
        grade(class.path(), &format!("part{part}"), &["--shard", &format!("{part}/3")]);
        let lines = fs::read_to_string(class.path().join(format!("part{part}/grades.jsonl"))).expect("written");
        sizes.push(lines.lines().count());
    }
    assert!(sizes.iter().all(|size| *size > 2) && sizes.iter().sum::<usize>() == 25, "{sizes:?}");
    let formats = "jsonl,csv,markdown,html,gradescope,classroom,prairielearn,junit";
    let run = plimsoll(
        class.path(),
        &[
            "grade", "merge", "rubric.toml", "part1", "part2", "part3/grades.jsonl", "--exit-zero", "--out", "merged",
            "--format", formats,
        ],
    );
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(0), whole), "{}", text(&run.stderr));
    assert!(files(&class.path().join("whole")) == files(&class.path().join("merged")), "the files differ");
    fs::write(class.path().join("rubric.toml"), RUBRIC.replace("points = 10", "points = 11")).expect("written");
    let run = plimsoll(class.path(), &["grade", "merge", "rubric.toml", "part1"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("was graded with a different rubric"), "{}", text(&run.stderr));
}

#[test]
fn an_interrupted_run_is_resumed() {
    let class = class();
    grade(class.path(), "whole", &[]);
    let whole = fs::read_to_string(class.path().join("whole/grades.jsonl")).expect("written");
    // As if the run had been killed in the middle of the eleventh line.
    let half: String =
        whole.lines().take(10).map(|line| format!("{}\n", line.replace("\"max\":20,", "\"max\":21,"))).collect();
    put(
        class.path(),
        "half/grades.part.jsonl",
        format!("{half}{}", &whole.lines().nth(10).expect("there is one")[..40]).as_bytes(),
    );
    put(class.path(), "submissions/student-00/new.txt", b"handed in later");
    grade(class.path(), "half", &["--resume"]);
    let resumed = fs::read_to_string(class.path().join("half/grades.jsonl")).expect("written");
    let kept: Vec<&str> = resumed.lines().filter(|line| half.contains(*line)).collect();
    // Except the submission that has changed since.
    assert_eq!(kept.len(), 9);
    assert_eq!(resumed.lines().count(), 25);
    assert!(!class.path().join("half/grades.part.jsonl").exists());
}

#[test]
fn exit_codes_and_what_is_shown() {
    let class = class();
    let run = |args: &[&str]| {
        let run = plimsoll(class.path(), args);
        (run.status.code(), text(&run.stdout), text(&run.stderr))
    };
    let (code, out, _) = run(&["grade", "rubric.toml"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("Week 3: 3 criteria, 20 points and 5 bonus, "), "{out}");
    assert_eq!(run(&["grade", "rubric.toml", "submissions"]).0, Some(1));
    fs::create_dir(class.path().join("nobody")).expect("a directory");
    assert_eq!(run(&["grade", "rubric.toml", "nobody"]).0, Some(3));
    assert_eq!(run(&["grade", "rubric.toml", "gone"]).0, Some(2));
    assert_eq!(run(&["grade", "gone.toml", "submissions"]).0, Some(2));
    assert_eq!(run(&["grade", "rubric.toml", "submissions", "--format", "html"]).0, Some(2));
    put(class.path(), "broken/x.zip", b"PK");
    let (code, _, err) = run(&["grade", "rubric.toml", "broken"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("1 of 1 submissions are not graded"), "{err}");
    // A single submission, as its student sees it.
    let (_, out, _) = run(&["grade", "rubric.toml", "submissions/student-01", "--student"]);
    assert!(out.contains("The base has a version: 10 of 10") && !out.contains("It is not root"), "{out}");
    let (_, out, _) = run(&["grade", "rubric.toml", "submissions/student-01"]);
    assert!(out.contains("It is not root: 0 of 10 (missed)"), "{out}");
    let (code, out, _) = run(&["grade", "--schema"]);
    assert_eq!(code, Some(0));
    let schema: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    assert!(schema["properties"]["criterion"].is_object() && schema["properties"]["plimsoll"].is_object(), "{out}");
    let (code, out, _) = run(&["grade", "rubric.toml", "--freeze"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\nfrozen-rules = [\n") && out.contains("\"untagged-base\",\n"));
    let fresh = tempfile::tempdir().expect("a directory");
    assert_eq!(plimsoll(fresh.path(), &["grade", "--init"]).status.code(), Some(0));
    assert_eq!(plimsoll(fresh.path(), &["grade", "--init"]).status.code(), Some(2));
    assert_eq!(plimsoll(fresh.path(), &["grade", "rubric.toml"]).status.code(), Some(0));
}
