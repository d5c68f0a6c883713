//! Work that a grader could lose: archives in directories, large submissions, links, unusual names and encodings.

use std::io::Write;
use std::path::Path;

use plimsoll::grade::Points;
use plimsoll::grade::rubric::LatePolicy;
use plimsoll::grade::sheet::{Flag, SheetStatus};
use plimsoll::grade::submissions::{Roster, SearchOptions, find};

use crate::{directory, grade, grade_with, mark, put, rubric, sheet};

const PINNED: &str = "[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n";
const GOOD: &str = "FROM python:3.13-slim\nUSER 1000\n";

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a file");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).expect("a file");
    }
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive")
}

#[test]
fn archives_inside_a_students_directory() {
    let class = directory(&[
        ("open/Dockerfile", "FROM python\n"),
        ("parts/week1/Dockerfile", "FROM python\n"),
        ("rar/report.txt", "see archive"),
    ]);
    let root = class.path();
    let good: &[(&str, &[u8])] = &[("app/Dockerfile", GOOD.as_bytes()), ("app/run.py", b"")];
    put(root, "Ada Lovelace_7_assignsubmission_file/x.zip", &zip(good));
    put(root, "tar/work.tar.gz", &tar_gz(good));
    put(root, "pdf/answers.pdf", b"%PDF-1.7");
    put(root, "pdf/work.zip", &zip(good));
    put(root, "twice/outer.zip", &zip(&[("inner.zip", &zip(good))]));
    put(root, "zip.zip", &zip(&[("inner.tar.gz", &tar_gz(good))]));
    // An archive beside a Dockerfile is data.
    put(root, "open/data.zip", &zip(good));
    put(root, "parts/week2/work.zip", &zip(good));
    put(root, "rar/work.rar", b"Rar!");
    let class = grade(&rubric(PINNED), root);
    for id in ["Ada Lovelace 7", "tar", "pdf", "twice", "zip"] {
        let sheet = sheet(&class, id);
        assert_eq!(sheet.total, Points::whole(10), "{id}: {:?}", sheet.marks);
        assert!(
            sheet.notes.iter().any(|note| note.contains("was unpacked")) || id == "twice",
            "{id}: {:?}",
            sheet.notes
        );
    }
    assert_eq!(sheet(&class, "open").total, Points::ZERO);
    assert!(matches!(&sheet(&class, "rar").status, SheetStatus::NotGraded { why } if why.contains("RAR")));
    let second = rubric(&format!("[submission]\ndirectory = 'week2'\n{PINNED}"));
    assert_eq!(sheet(&grade(&second, root), "parts").total, Points::whole(10));
}

#[test]
fn a_large_submission() {
    let class = tempfile::tempdir().expect("a directory");
    let names: Vec<String> = (0..20_010).map(|number| format!("data/{}/{number}.txt", number % 50)).collect();
    let mut all: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let modules: Vec<String> = (0..300).map(|number| format!("node_modules/m{number}/index.js")).collect();
    all.extend(modules.iter().map(|name| (name.as_str(), &b"x"[..])));
    all.push(("Dockerfile", GOOD.as_bytes()));
    put(class.path(), "ada.zip", &zip(&all));
    put(class.path(), "bob.zip", &zip(&all[20_000..]));
    assert_eq!(sheet(&grade(&rubric(PINNED), class.path()), "ada").total, Points::whole(10));
    let limited = grade(&rubric(&format!("[submission]\nmax-files = 100\n{PINNED}")), class.path());
    // The command passes the rubric's limit on; the modules do not count.
    assert_eq!(sheet(&limited, "bob").total, Points::whole(10));
}

#[cfg(unix)]
#[test]
fn linked_directories() {
    let elsewhere = directory(&[("work/Dockerfile", GOOD)]);
    let class = directory(&[("ada/Dockerfile", "FROM python\n")]);
    for (target, name) in
        [(elsewhere.path().join("work"), "bob"), (class.path().join("ada"), "mallory"), ("/nowhere/x".into(), "zoe")]
    {
        std::os::unix::fs::symlink(target, class.path().join(name)).expect("a link");
    }
    let found = find(&[class.path().to_path_buf()], &SearchOptions::default()).expect("it can be read");
    let problems: Vec<&str> = found.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        problems,
        ["skipped `mallory`: a symbolic link to another submission", "skipped `zoe`: a symbolic link to nothing"]
    );
    let graded = grade(&rubric(PINNED), class.path());
    assert_eq!(sheet(&graded, "bob").total, Points::whole(10));
}

#[test]
fn files_named_for_what_they_are() {
    let class = directory(&[
        ("plain/Dockerfile", GOOD),
        ("txt/dockerfile.txt", GOOD),
        ("many/Dockerfile", GOOD),
        ("many/b/Dockerfile", GOOD),
    ]);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    put(class.path(), "utf16/Dockerfile", &utf16);
    put(class.path(), "word/Dockerfile.docx", b"PK\x03\x04 and so on");
    let rubric = rubric(&format!(
        "{PINNED}[[criterion]]\nid = 'form'\npoints = 4\npartial = true\nrequire = {{ usual-name = true, utf8 = true }}\n"
    ));
    let class = grade(&rubric, class.path());
    for (id, pinned, form, flag) in [
        ("plain", 10, 4, None),
        ("txt", 10, 2, Some(Flag::WrongName)),
        ("utf16", 10, 2, Some(Flag::WrongEncoding)),
        ("word", 0, 0, Some(Flag::WrongEncoding)),
        ("many", 10, 4, Some(Flag::SeveralDockerfiles)),
    ] {
        let points = |criterion: &str| mark(&class, id, criterion).points;
        assert_eq!(
            (points("pinned"), points("form")),
            (Points::whole(pinned), Points::whole(form)),
            "{id}: {:?}",
            sheet(&class, id)
        );
        assert!(flag.is_none_or(|flag| sheet(&class, id).flags.contains(&flag)), "{id}: {:?}", sheet(&class, id).flags);
    }
    let loss = &mark(&class, "word", "pinned").losses[0];
    assert!(loss.what.contains("word processor"), "{}", loss.what);
    assert_eq!(loss.earn_back, "save it as plain text named `Dockerfile`");
}

#[test]
fn missing_late_and_in_groups() {
    let class = directory(&[("ada/Dockerfile", GOOD), ("Team Blue/Dockerfile", GOOD)]);
    let roster = "id;submitted;extension;group\nada;2026-11-21 10:00;;\nbob;;;Team Blue\ncy;2026-11-22 10:00;1 day;team blue\nzoe;;;\n";
    let options = SearchOptions {
        single: false,
        roster: Some(Roster::of(roster).expect("it is sound")),
        late: LatePolicy { due: "2026-11-20 23:59".parse().ok(), grace: "10m".parse().ok(), ..LatePolicy::default() },
    };
    let rubric = rubric(&format!("pass = 50\n[late]\nper-day = 10\n{PINNED}"));
    let class = grade_with(&rubric, class.path(), &options, None);
    let days = |id: &str| (sheet(&class, id).late_days, sheet(&class, id).total);
    assert_eq!(days("ada"), (1, Points::whole(9)));
    assert_eq!(days("bob"), (0, Points::whole(10)));
    assert_eq!(days("cy"), (1, Points::whole(9)));
    let zoe = sheet(&class, "zoe");
    assert_eq!((&zoe.status, zoe.passed), (&SheetStatus::Missing, None));
    assert_eq!((class.summary.graded, class.summary.missing, class.summary.not_graded), (3, 1, 0));
}

#[test]
fn accounts_that_do_not_exist_are_not_an_unprivileged_user() {
    let class = directory(&[
        ("good/Dockerfile", "FROM python:3.13-slim\nRUN useradd app\nUSER app\n"),
        ("bad/Dockerfile", "FROM python:3.13-slim\nUSER appuser\n"),
    ]);
    let rubric = rubric("[[criterion]]\nid = 'user'\npoints = 10\nrequire = { not-root = true }\n");
    let class = grade(&rubric, class.path());
    assert_eq!(sheet(&class, "good").total, Points::whole(10));
    let loss = &mark(&class, "bad", "user").losses[0];
    assert!(loss.what.contains("`appuser`") && loss.earn_back.contains("useradd"), "{loss:?}");
    assert!(Path::new(&loss.place.as_ref().expect("a place").file).ends_with("Dockerfile"));
}

#[test]
fn what_needs_an_engine_is_named_and_nothing_is_passed_over_it() {
    let class = directory(&[("ada/Dockerfile", GOOD)]);
    let rubric = rubric(&format!(
        "pass = 50\n{PINNED}[[criterion]]\nid = 'b'\ntitle = 'It builds'\npoints = 10\nbuild = true\n"
    ));
    let class = grade(&rubric, class.path());
    let ada = sheet(&class, "ada");
    assert_eq!((ada.passed, &ada.omitted[..]), (None, &["It builds".to_owned()][..]));
    let page = plimsoll::grade::export::details("x", ada);
    assert!(page.contains("not checked here: It builds") && !page.contains("passed"), "{page}");
}
