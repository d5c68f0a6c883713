//! Submissions that kill or hang their analysis cost nobody else anything.

use std::fs;

use crate::{directory, plimsoll, text};

const RUBRIC: &str =
    "title = \"Week 3\"\nplimsoll = \"0.1.0\"\n[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n";

/// How large the class is, and how many of it kill their analysis.
const STUDENTS: usize = 200;
const KILLERS: usize = 10;

/// Within what the workers of this test may take, a Dockerfile of this size cannot be analysed.
const LIMITS: [&str; 4] = ["--worker-cpu", "1", "--worker-memory", "64"];

/// Every line of it takes memory of its own.
fn killer() -> String {
    "FROM debian:12\n".to_owned() + &"RUN a | b && c\n".repeat(250_000)
}

#[test]
#[cfg(target_os = "linux")]
fn a_class_is_graded_to_its_end_whatever_ten_of_it_submit() {
    let class = directory(&[("rubric.toml", RUBRIC)]);
    let killer = killer();
    let is_killer = |student: usize| student.is_multiple_of(STUDENTS / KILLERS);
    for student in 0..STUDENTS {
        let path = class.path().join(format!("class/student{student:03}"));
        fs::create_dir_all(&path).expect("a directory");
        let text =
            if is_killer(student) { killer.clone() } else { format!("FROM python:3.{}\nUSER 1000\n", student % 5) };
        fs::write(path.join("Dockerfile"), text).expect("a file");
    }
    let run = |out: &str, more: &[&str]| {
        let args = [
            &["grade", "rubric.toml", "class", "--static-only", "--format", "jsonl,csv", "--out", out][..],
            &LIMITS,
            more,
        ];
        let output = plimsoll(class.path(), &args.concat());
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        let results = fs::read_to_string(class.path().join(out).join("grades.jsonl")).expect("there are results");
        (results, fs::read(class.path().join(out).join("grades.csv")).expect("there is a table"))
    };
    let first = run("one", &[]);
    let lines: Vec<&str> = first.0.lines().collect();
    assert_eq!(lines.len(), STUDENTS);
    for (student, line) in lines.iter().enumerate() {
        let limit = line.contains("\"status\":{\"is\":\"not-graded\",\"why\":\"analysis limit");
        assert_eq!(limit, is_killer(student), "{line}");
    }
    assert_eq!(run("two", &[]), first);
    assert_eq!(run("two", &["--fresh"]), first);
}
