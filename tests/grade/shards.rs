//! A class on several machines: shards share a directory of evidence, one is killed halfway and resumed, and the merged results are
//! those of one machine, byte for byte. `tests/bench/shards.py` measures the same. With `PLIMSOLL_ALL=1`, 1,000 submissions are read and
//! 60 are built, otherwise 48 and 6.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::skip::skipped;
use crate::{directory, files, plimsoll, text};

const RUBRIC: &str = "title = 'Week 3'\nplimsoll = '0.1.0'\npass = 50\n\
    [[criterion]]\nid = 'practices'\npoints = 20\neach = 2\nrules = ['pinned', 'slim', 'nonroot', 'layers']\n\
    [[criterion]]\nid = 'start'\npoints = 10\nrequire = { exec-form = true }\n";

const ENGINE: &str = "[engine]\nbase-images = ['busybox:1.37']\npull = 'never'\n\
    [[criterion]]\nid = 'builds'\npoints = 10\nbuild = true\n\
    [[criterion]]\nid = 'greets'\npoints = 10\nneeds = 'builds'\nrun = { env = { WHO = '{word}' }, stdout = 'Hello, {word}!' }\n";

fn evidence(root: &Path) -> usize {
    if root.join("evidence").is_dir() { files(&root.join("evidence")).len() } else { 0 }
}

/// How many submissions to grade: this many in every run, or all of them.
fn submissions(some: usize, all: usize) -> usize {
    if std::env::var_os("PLIMSOLL_ALL").is_some() { all } else { some }
}

#[test]
fn read_on_three_shards() {
    held(submissions(48, 1_000), RUBRIC, by_reading, &["--static-only"]);
}

#[test]
fn built_on_three_shards() {
    let inspect = Command::new("docker").args(["image", "inspect", "busybox:1.37"]).stdout(Stdio::null()).status();
    if !inspect.is_ok_and(|status| status.success()) {
        let required = std::env::var("PLIMSOLL_REQUIRE_ENGINE").unwrap_or_default();
        assert!(!required.split(',').any(|name| name.trim() == "docker"), "Docker has no image `busybox:1.37`");
        return skipped("nothing is built on shards: there is no Docker with the image `busybox:1.37`");
    }
    held(submissions(6, 60), &format!("{RUBRIC}{ENGINE}"), built, &["--engine", "docker"]);
}

fn by_reading(number: usize) -> String {
    let bases = ["python", "python:3.13-slim", "node:22", "debian:13-slim"];
    let steps: String = (0..number % 7).map(|step| format!("RUN echo {step} > /{step}\n")).collect();
    let user = if number.is_multiple_of(3) { "" } else { "USER 1000\n" };
    format!("FROM {}\n{steps}{user}CMD [\"run\"]\n", bases[number % 4])
}

fn built(number: usize) -> String {
    let greeting = ["Hello, $WHO!", "Hello, you!", "Hi, $WHO!"][number % 3];
    let fails = if number % 10 == 9 { "RUN false\n" } else { "" };
    format!(
        "FROM busybox:1.37\nRUN echo {number} > /number\n{fails}CMD [\"sh\", \"-c\", \"echo \\\"{greeting}\\\"\"]\n"
    )
}

fn held(students: usize, rubric: &str, dockerfile: fn(usize) -> String, mode: &[&str]) {
    let submissions: Vec<(String, String)> =
        (0..students).map(|number| (format!("class/student{number:04}/Dockerfile"), dockerfile(number))).collect();
    let mut all: Vec<(&str, &str)> = submissions.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    all.push(("rubric.toml", rubric));
    let directory = directory(&all);
    let root = directory.path();
    let command =
        |more: &[&str]| [&["grade", "rubric.toml", "class", "--exit-zero"][..], mode, more].concat().join(" ");
    let shard = |part: usize| {
        command(&["--jobs", "1", "--evidence", "evidence"]) + &format!(" --shard {part}/3 --out out{part}")
    };
    let run = |args: &str| {
        let output = plimsoll(root, &args.split(' ').collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    };
    run(&shard(1));
    // The second one is killed when it has half of what the first one found.
    let before = evidence(root);
    let mut killed = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    killed.args(shard(2).split(' ')).current_dir(root).stdout(Stdio::null()).stderr(Stdio::null());
    let mut killed = killed.spawn().expect("it starts");
    let until = Instant::now() + Duration::from_secs(600);
    while evidence(root) < before + before / 2 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
    }
    killed.kill().expect("it can be killed");
    killed.wait().expect("it ends");
    assert!(evidence(root) > before);
    run(&shard(2));
    run(&shard(3));
    run("grade merge rubric.toml out1 out2 out3 --evidence evidence --exit-zero --out merged");
    run(&command(&["--out", "one"]));
    let (merged, one) = (files(&root.join("merged")), files(&root.join("one")));
    let names = |all: &[(std::path::PathBuf, Vec<u8>)]| all.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(&merged), names(&one));
    for ((path, merged), (_, one)) in merged.iter().zip(&one) {
        assert!(merged == one, "{} differs", path.display());
    }
    assert!(one.len() > 2 * students, "each student has two pages");
}
