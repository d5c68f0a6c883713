//! The course's assignments: invented submissions get the marks that they must get, on Docker and on Podman, and the same
//! bytes each time.
//!
//! On Podman, which takes longer, only one assignment is graded a second time, unless `PLIMSOLL_ALL=1` is set.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use plimsoll::engine::{Engine, Kind};
use serde_json::Value;

use crate::skip::skipped;
use crate::support::{engine, examples, plimsoll};

/// What assignments build on.
const IMAGES: [&str; 11] = [
    "python:latest", "python:3.14-slim-trixie", "node:latest", "node:24-bookworm-slim", "eclipse-temurin:21-jdk",
    "eclipse-temurin:21-jre", "openjdk:latest", "gcc:latest", "gcc:15-trixie", "debian:trixie-slim",
    "postgres:17-trixie",
];

/// An engine that has them.
fn with_images(kind: Kind) -> Option<Engine> {
    let engine = engine(kind)?;
    let missing = IMAGES.iter().find(|image| !engine.has(image).expect("the engine works"));
    let Some(missing) = missing else { return Some(engine) };
    let required = std::env::var("PLIMSOLL_REQUIRE_ENGINE").unwrap_or_default();
    assert!(!required.split(',').any(|name| name.trim() == "course"), "{kind} has no image `{missing}`");
    skipped(&format!("no assignment is graded on {kind}: it has no image `{missing}`"));
    None
}

/// `student,criterion,…,total`: the points of each.
type Marks = BTreeMap<String, BTreeMap<String, String>>;

fn expected(assignment: &Path) -> Marks {
    let text = fs::read_to_string(assignment.join("expected.csv")).expect("it is there");
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().expect("it has a head");
    let row = |fields: Vec<&str>| {
        let points =
            head[1..].iter().zip(&fields[1..]).map(|(name, points)| ((*name).to_owned(), (*points).to_owned()));
        (fields[0].to_owned(), points.collect())
    };
    lines.map(row).collect()
}

fn marks(lines: &str) -> Marks {
    let mut all = Marks::new();
    for line in lines.lines() {
        let sheet: Value = serde_json::from_str(line).expect("it is JSON");
        assert_eq!(sheet["status"]["is"], "graded", "{sheet:#}");
        let of = |mark: &Value| (mark["id"].as_str().expect("a text").to_owned(), mark["points"].to_string());
        let mut points: BTreeMap<_, _> = sheet["marks"].as_array().expect("a list").iter().map(of).collect();
        points.insert("total".to_owned(), sheet["total"].to_string());
        all.insert(sheet["student"]["id"].as_str().expect("a text").to_owned(), points);
    }
    all
}

fn grade(assignment: &str, kind: Kind) -> String {
    let folder = examples().join("course").join(assignment);
    let out = tempfile::tempdir().expect("a folder can be made");
    let out_text = out.path().display().to_string();
    let args =
        ["grade", "rubric.toml", "submissions", "--engine", kind.as_str(), "--jobs", "2", "--format", "jsonl", "--out"];
    let said = plimsoll(&folder, &[&args[..], &[&out_text, "--exit-zero"]].concat());
    assert_eq!(said.code, Some(0), "{assignment} on {kind}: {said}");
    fs::read_to_string(out.path().join("grades.jsonl")).expect("it is there")
}

fn held(assignment: &str) {
    for kind in [Kind::Docker, Kind::Podman] {
        if with_images(kind).is_none() {
            continue;
        }
        let lines = grade(assignment, kind);
        let folder = examples().join("course").join(assignment);
        let (seen, wanted) = (marks(&lines), expected(&folder));
        if seen != wanted {
            let reasons: Vec<Value> =
                lines.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
            panic!("{assignment} on {kind}: {seen:#?}\nand not {wanted:#?}\n{reasons:#?}");
        }
        let submissions = fs::read_dir(folder.join("submissions")).expect("it is there").count();
        assert!(seen.len() == submissions && submissions >= 6, "{assignment}");
        // Nothing in it depends on this run.
        let all = std::env::var_os("PLIMSOLL_ALL").is_some();
        if all || kind == Kind::Docker || assignment == "hello-python" {
            assert_eq!(grade(assignment, kind), lines, "{assignment} on {kind}");
        }
        assert!(!lines.contains("plimsoll-") && !lines.contains("/tmp/"), "{lines}");
    }
}

#[test]
fn hello_python() {
    held("hello-python");
}

#[test]
fn environment() {
    held("environment");
}

#[test]
fn arguments() {
    held("arguments");
}

#[test]
fn secure_node() {
    held("secure-node");
}

#[test]
fn secure_java() {
    held("secure-java");
}

#[test]
fn secure_cpp() {
    held("secure-cpp");
}

#[test]
fn compose_project() {
    held("compose");
}
