//! Hostile submissions are rejected or contained, and the others are graded.

use std::fs;
use std::io::Write;
use std::path::Path;

use plimsoll::grade::sheet::SheetStatus;
use plimsoll::grade::submissions::SearchOptions;
use plimsoll::grade::summary::Class;

use crate::{directory, grade, grade_with, put, rubric, sheet, text};

const RUBRIC: &str = "[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n";
const GOOD: &str = "FROM python:3.13-slim\nUSER 1000\n";

fn why(class: &Class, id: &str) -> String {
    match &sheet(class, id).status {
        SheetStatus::NotGraded { why } => why.clone(),
        SheetStatus::Missing => "missing".to_owned(),
        SheetStatus::Graded => format!("graded: {}", sheet(class, id).total),
    }
}

type ZipFile = zip::ZipWriter<fs::File>;

fn zip(path: &Path, fill: impl FnOnce(&mut ZipFile)) {
    let mut file = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    fill(&mut file);
    file.finish().expect("written");
}

fn add(file: &mut ZipFile, name: &str, bytes: &[u8]) {
    file.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
    file.write_all(bytes).expect("written");
}

fn tar_gz(path: &Path, fill: impl FnOnce(&mut tar::Builder<flate2::write::GzEncoder<fs::File>>)) {
    let gz = flate2::write::GzEncoder::new(fs::File::create(path).expect("a file"), flate2::Compression::default());
    let mut builder = tar::Builder::new(gz);
    fill(&mut builder);
    builder.into_inner().expect("written").finish().expect("written");
}

/// A header with an unchecked name.
fn header(name: &str, kind: tar::EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_gnu_mut().expect("it is one").name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

#[test]
fn archives_are_refused_and_the_rest_is_graded() {
    let class = directory(&[("good/Dockerfile", GOOD)]);
    let root = class.path();
    zip(&root.join("fine.zip"), |file| {
        add(file, "project/Dockerfile", GOOD.as_bytes());
        file.add_symlink("project/link", "Dockerfile", zip::write::SimpleFileOptions::default()).expect("a link");
    });
    zip(&root.join("up.zip"), |file| add(file, "../../evil.txt", b"x"));
    zip(&root.join("backslash.zip"), |file| add(file, "..\\..\\evil.txt", b"x"));
    zip(&root.join("absolute.zip"), |file| add(file, "/tmp/evil.txt", b"x"));
    zip(&root.join("drive.zip"), |file| add(file, "C:/evil.txt", b"x"));
    zip(&root.join("newline.zip"), |file| add(file, "a\nb", b"x"));
    zip(&root.join("long.zip"), |file| add(file, &"x".repeat(300), b"x"));
    zip(&root.join("deep.zip"), |file| add(file, &"x/".repeat(500), b""));
    zip(&root.join("passwd.zip"), |file| {
        file.add_symlink("Dockerfile", "/etc/passwd", zip::write::SimpleFileOptions::default()).expect("a link");
    });
    zip(&root.join("through.zip"), |file| {
        file.add_symlink("a", "b", zip::write::SimpleFileOptions::default()).expect("a link");
        add(file, "a/evil.txt", b"x");
    });
    zip(&root.join("bomb.zip"), |file| add(file, "zeros", &vec![0; 64 << 20]));
    zip(&root.join("many.zip"), |file| (0..51_000).for_each(|number| add(file, &number.to_string(), b"")));
    put(root, "noise.zip", b"this is no archive");
    put(root, "student.rar", b"Rar!");
    tar_gz(&root.join("tar-up.tar.gz"), |tar| {
        tar.append(&header("../evil.txt", tar::EntryType::Regular, 1), &b"x"[..]).expect("written");
    });
    tar_gz(&root.join("tar-hard.tgz"), |tar| {
        let mut link = header("passwd", tar::EntryType::Link, 0);
        link.set_link_name("/etc/passwd").expect("a name");
        link.set_cksum();
        tar.append(&link, &b""[..]).expect("written");
    });
    tar_gz(&root.join("tar-device.tar.gz"), |tar| {
        tar.append(&header("null", tar::EntryType::Char, 0), &b""[..]).expect("written");
    });
    tar_gz(&root.join("tar-bomb.tar.gz"), |tar| {
        let size = 100 << 20;
        tar.append(&header("zeros", tar::EntryType::Regular, size), std::io::Read::take(std::io::repeat(0), size))
            .expect("written");
    });
    tar_gz(&root.join("tar-fine.tar.gz"), |tar| {
        tar.append(&header("./Dockerfile", tar::EntryType::Regular, GOOD.len() as u64), GOOD.as_bytes())
            .expect("written");
    });
    let class = grade(&rubric(RUBRIC), root);
    for (id, want) in [
        ("good", "graded: 10"),
        ("fine", "graded: 10"),
        ("tar-fine", "graded: 10"),
        ("up", "archive rejected: `../../evil.txt` points outside the archive"),
        ("backslash", "archive rejected: `..\\..\\evil.txt` points outside the archive"),
        ("absolute", "archive rejected: `/tmp/evil.txt` is an absolute path"),
        ("drive", "archive rejected: `C:/evil.txt` is an absolute path"),
        ("newline", "archive rejected: `a\u{fffd}b` is not a valid name"),
        ("passwd", "archive rejected: symbolic link `Dockerfile` points outside the archive, to `/etc/passwd`"),
        ("through", "archive rejected: `a/evil.txt` would be written through a symbolic link"),
        ("many", "archive rejected: more than 50000 files"),
        ("student", "archive rejected: RAR archives are not supported; submit a zip or tar.gz file"),
        ("tar-up", "archive rejected: `../evil.txt` points outside the archive"),
        ("tar-hard", "archive rejected: `passwd` is a hard link"),
        ("tar-device", "archive rejected: `null` is a device or pipe"),
    ] {
        assert_eq!(why(&class, id), want, "{id}");
    }
    for (id, part) in [
        ("long", "is not a valid name"),
        ("deep", "directories deep"),
        ("bomb", "more than 200 times its size"),
        ("tar-bomb", "more than 200 times its size"),
        ("noise", "damaged"),
    ] {
        assert!(why(&class, id).contains(part), "{id}: {}", why(&class, id));
    }
    let evil = [root.join("../evil.txt"), "/tmp/evil.txt".into(), root.join("evil.txt")];
    assert!(evil.iter().all(|path| !path.exists()));
}

#[cfg(unix)]
#[test]
fn links_and_many_files_in_folders() {
    let class = directory(&[
        ("good/Dockerfile", GOOD),
        ("thief/run.py", ""),
        ("context/app/Dockerfile", "FROM python:3.13-slim\nCOPY passwd /\n"),
    ]);
    let root = class.path();
    std::os::unix::fs::symlink("/etc/passwd", root.join("thief/Dockerfile")).expect("a link");
    std::os::unix::fs::symlink("../../good", root.join("context/app/other")).expect("a link");
    std::os::unix::fs::symlink(root.join("good"), root.join("whole")).expect("a link");
    for number in 0..51_000 {
        put(root, &format!("many/files/{number}"), b"");
    }
    put(root, "many/files/zz/Dockerfile", GOOD.as_bytes());
    put(root, "many/Dockerfile", GOOD.as_bytes());
    let class = grade(&rubric(RUBRIC), root);
    assert_eq!(why(&class, "good"), "graded: 10");
    assert_eq!(
        sheet(&class, "thief").marks[0].losses[0].what,
        "`Dockerfile` is a symbolic link, which is not followed"
    );
    assert_eq!(sheet(&class, "many").dockerfile.as_deref(), Some("Dockerfile"));
    assert_eq!(sheet(&class, "many").notes, ["only the first 50000 files were checked"]);
    assert_eq!(
        sheet(&class, "context").notes,
        ["symbolic link `app/other` points outside the submission; not followed"]
    );
    assert!(class.sheets.iter().all(|sheet| sheet.student.id != "whole"), "a link is not a submission");
}

#[cfg(unix)]
#[test]
fn names_act_nowhere() {
    let names = ["=1+1\n@x", "<img src=x onerror=alert(1)>", "\x1b[2Jgone", "a\u{202e}b", "-rf", "..."];
    let class = tempfile::tempdir().expect("a directory");
    for name in names {
        put(&class.path().join(name), "Dockerfile", b"FROM python\nLABEL a=\"<script>alert(1)</script>\"\n");
    }
    let rubric_file = class.path().join("../rubric-of-names.toml");
    let text_of_rubric = format!("title = '<script>alert(2)</script>'\nplimsoll = '0.1.0'\n{RUBRIC}");
    fs::write(&rubric_file, text_of_rubric).expect("written");
    let out = tempfile::tempdir().expect("a directory");
    let (rubric_path, out_path) = (rubric_file.display().to_string(), out.path().display().to_string());
    let run = crate::plimsoll(
        class.path(),
        &[
            "grade",
            &rubric_path,
            ".",
            "--out",
            &out_path,
            "--format",
            "jsonl,csv,markdown,html,gradescope,classroom,prairielearn,junit",
        ],
    );
    fs::remove_file(&rubric_file).expect("removed");
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(!run.stdout.contains(&0x1b) && !run.stderr.contains(&0x1b));
    let files = crate::files(out.path());
    // One less: a name that starts with a dot is not a submission.
    assert!(files.len() > 5 * (names.len() - 1), "{}", files.len());
    for (path, bytes) in files {
        let body = text(&bytes);
        assert!(!bytes.contains(&0x1b), "{}", path.display());
        let end = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        match end.as_str() {
            "json" => _ = serde_json::from_str::<serde_json::Value>(&body).expect("it is JSON"),
            "jsonl" => {
                body.lines().for_each(|line| _ = serde_json::from_str::<serde_json::Value>(line).expect("it is JSON"))
            }
            "csv" => assert!(body.contains("'=1+1␊@x") && body.contains("'-rf"), "{body}"),
            "md" => {
                // Code blocks are text.
                let prose: String = body.split("\n  ```").step_by(2).collect();
                assert!(!prose.contains("<img") && !prose.contains("<script>alert"), "{prose}");
            }
            _ => assert!(!body.contains("<img") && !body.contains("<script>alert"), "{body}"),
        }
    }
}

#[test]
fn the_roster_of_a_class_with_archives_in_one_export() {
    let class = tempfile::tempdir().expect("a directory");
    zip(&class.path().join("export.zip"), |file| {
        add(file, "Ada Lovelace_12_assignsubmission_file_/Dockerfile", GOOD.as_bytes());
        add(file, "Grace Hopper_13_assignsubmission_file_/Dockerfile", b"FROM python\n");
    });
    let roster = "id,name,email,days-late\ns1,Ada Lovelace,ada@x.org,2\ns2,Grace Hopper,g@x.org,\ns3,Alan Turing,,\n";
    let roster = plimsoll::grade::submissions::Roster::of(roster).expect("sound");
    let options = SearchOptions { roster: Some(roster), ..SearchOptions::default() };
    let rubric = rubric(&format!("pass = 50\n[late]\nper-day = 10\n{RUBRIC}"));
    let class = grade_with(&rubric, &class.path().join("export.zip"), &options, None);
    let row = |id: &str| {
        let sheet = sheet(&class, id);
        format!("{} {} {:?}", sheet.total, sheet.penalty, sheet.passed)
    };
    assert_eq!([row("s1"), row("s2"), row("s3")], ["8 2 Some(true)", "0 0 Some(false)", "0 0 None"]);
    assert_eq!(sheet(&class, "s3").marks[0].losses[0].what, "nothing was submitted");
}

#[test]
fn a_huge_dockerfile_takes_no_time() {
    let bad = "FROM python\nADD a b\nRUN cd /x && apt-get install -y y\nNONSENSE\n".repeat(1_500);
    let class = directory(&[("huge/Dockerfile", &bad), ("good/Dockerfile", GOOD)]);
    let start = std::time::Instant::now();
    let all =
        "[[criterion]]\nid = 'all'\npoints = 100\nrules = ['all']\nlevels = ['note', 'warn', 'error']\neach = 1\n";
    let class = grade(&rubric(&format!("{RUBRIC}{all}")), class.path());
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    // Three findings of each rule count; the others are only a number.
    assert!(sheet(&class, "huge").is_graded() && sheet(&class, "huge").marks[0].losses[2].more == 1_497);
    assert!(sheet(&class, "huge").marks[1].losses.len() < 500);
}

/// Everything at once, with the program: all are graded or refused with a reason, and a second run gives the same bytes.
#[cfg(unix)]
#[test]
fn a_hostile_class_is_graded_to_its_end_twice() {
    let class = directory(&[
        ("rubric.toml", &format!("title = 'Week 3'\nplimsoll = '0.1.0'\n{RUBRIC}")),
        ("class/a-good/Dockerfile", GOOD),
        ("class/pipe/notes.txt", ""),
        ("class/colours\u{1b}[31m/Dockerfile", GOOD),
        ("class/two\nlines/Dockerfile", GOOD),
        ("class/socket/Dockerfile", GOOD),
        ("class/turned/Dockerfile\u{202e}txt", GOOD),
        ("elsewhere/Dockerfile", GOOD),
    ]);
    let root = class.path().join("class");
    let make_pipe = |path: &str| {
        let made = std::process::Command::new("mkfifo").arg(root.join(path)).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo {path}");
    };
    make_pipe("pipe/Dockerfile");
    make_pipe("socket/data");
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket/listener")).expect("a socket");
    zip(&root.join("bomb.zip"), |file| add(file, "zeros", &vec![0; 64 << 20]));
    zip(&root.join("up.zip"), |file| add(file, "../up.txt", b"x"));
    zip(&root.join("many.zip"), |file| {
        (0..20_000).for_each(|number| add(file, &format!("data/{number}"), b""));
        add(file, "Dockerfile", GOOD.as_bytes());
    });
    let inner = tempfile::tempdir().expect("a directory");
    let mut archive = inner.path().join("0.zip");
    zip(&archive, |file| add(file, "Dockerfile", GOOD.as_bytes()));
    for number in 1..20 {
        let bytes = fs::read(&archive).expect("readable");
        archive = inner.path().join(format!("{number}.zip"));
        zip(&archive, |file| add(file, "nested.zip", &bytes));
    }
    fs::copy(&archive, root.join("nested.zip")).expect("copied");
    tar_gz(&root.join("device.tar.gz"), |tar| {
        tar.append(&header("Dockerfile", tar::EntryType::Char, 0), &b""[..]).expect("written");
    });
    put(&root, "huge/Dockerfile", "FROM python\nRUN a && b\n".repeat(1_000).as_bytes());
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    put(&root, "utf16/Dockerfile", &utf16);
    put(&root, "zeros/Dockerfile", &vec![0; 1 << 20]);
    std::os::unix::fs::symlink("..", root.join("huge/up")).expect("a link");
    std::os::unix::fs::symlink("../elsewhere", root.join("linked")).expect("a link");
    std::os::unix::fs::symlink("a-good", root.join("whole")).expect("a link");
    let run = |out: &str, more: &[&str]| {
        let args = [&["grade", "rubric.toml", "class", "--static-only", "--out", out][..], more].concat();
        let run = crate::plimsoll(class.path(), &args);
        assert_eq!(run.status.code(), Some(2), "{}", text(&run.stderr));
        assert!(!run.stdout.contains(&0x1b) && !run.stderr.contains(&0x1b));
        crate::files(&class.path().join(out))
    };
    let first = run("one", &["--jobs", "1"]);
    assert!(run("two", &["--jobs", "4"]) == first, "the second run gives other bytes");
    let lines = first.iter().find(|(path, _)| path == Path::new("grades.jsonl")).expect("there are results");
    let sheets: Vec<serde_json::Value> =
        text(&lines.1).lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    let states: Vec<String> = sheets
        .iter()
        .map(|sheet| {
            let id = sheet["student"]["id"].as_str().unwrap_or_default().escape_default().to_string();
            format!("{id}: {} {}", sheet["status"]["is"].as_str().unwrap_or_default(), sheet["total"])
        })
        .collect();
    assert_eq!(
        states,
        [
            "a-good: graded 10", "bomb: not-graded 0", "colours\\u{1b}[31m: graded 10", "device: not-graded 0",
            "huge: graded 0", "linked: graded 10", "many: graded 10", "nested: graded 0", "pipe: graded 0",
            "socket: graded 10", "turned: graded 0", "two\\nlines: graded 10", "up: not-graded 0", "utf16: graded 10",
            "zeros: graded 0",
        ]
    );
    assert!(!class.path().join("up.txt").exists());
}
