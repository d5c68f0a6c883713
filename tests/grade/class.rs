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
    // The parts have evidence of their own, so nothing is compared with another part.
    assert!(text(&run.stderr).contains("not compared with each other"), "{}", text(&run.stderr));
    fs::write(class.path().join("rubric.toml"), RUBRIC.replace("points = 10", "points = 11")).expect("written");
    let run = plimsoll(class.path(), &["grade", "merge", "rubric.toml", "part1"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("was graded with a different rubric"), "{}", text(&run.stderr));
}

#[test]
fn evidence_outlives_results() {
    let class = class();
    grade(class.path(), "out", &[]);
    let whole = files(&class.path().join("out"));
    let evidence = || files(&class.path().join("out-evidence"));
    let before = evidence();
    assert!(before.len() > 25, "{}", before.len());
    fs::remove_dir_all(class.path().join("out")).expect("deleted");
    // Only evidence can know this: it is not in any submission.
    let planted: Vec<_> = before.iter().filter(|(_, bytes)| text(bytes).contains("`python` has no tag")).collect();
    assert!(!planted.is_empty());
    for (path, bytes) in &planted {
        let new = text(bytes).replace("`python` has no tag", "`python` has a flag");
        fs::write(class.path().join("out-evidence").join(path), new).expect("written");
    }
    // Points and titles need no new evidence.
    let rubric = RUBRIC.replace("points = 10", "points = 11").replace("The base has a version", "Version");
    fs::write(class.path().join("rubric.toml"), rubric).expect("written");
    grade(class.path(), "out", &[]);
    let page = fs::read_to_string(class.path().join("out/students/student-00.md")).expect("written");
    assert!(page.contains("has a flag") && page.contains("Version"), "{page}");
    assert_eq!(evidence().len(), before.len(), "nothing was read again");
    // Evidence that is collected again, and a rubric that is what it was, give the same bytes.
    fs::write(class.path().join("rubric.toml"), RUBRIC).expect("written");
    grade(class.path(), "out", &["--fresh"]);
    assert!(files(&class.path().join("out")) == whole && evidence() == before, "the files differ");
    // What has changed is read again.
    put(class.path(), "submissions/student-00/Dockerfile", b"FROM python:3.13\nUSER 1000\n");
    grade(class.path(), "out", &[]);
    let page = fs::read_to_string(class.path().join("out/students/student-00.md")).expect("written");
    assert!(!page.contains("has no tag"), "{page}");
}

#[test]
fn students_who_leave_and_one_who_is_forgotten() {
    let class = class();
    grade(class.path(), "out", &[]);
    fs::remove_dir_all(class.path().join("submissions/student-07")).expect("deleted");
    grade(class.path(), "out", &[]);
    for directory in ["students", "gradescope", "classroom", "prairielearn"] {
        let names = fs::read_dir(class.path().join("out").join(directory)).expect("it is there");
        let names: Vec<String> = names.flatten().map(|it| it.file_name().to_string_lossy().into_owned()).collect();
        assert!(names.iter().any(|name| name.starts_with("student-08")), "{names:?}");
        assert!(!names.iter().any(|name| name.starts_with("student-07")), "{names:?}");
    }
    put(class.path(), "submissions/student-08/secret.py", b"print('a secret of student eight')");
    grade(class.path(), "out", &[]);
    let run = plimsoll(class.path(), &["grade", "rubric.toml", "--forget", "student-08", "--out", "out"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    for root in ["out", "out-evidence"] {
        for (path, bytes) in files(&class.path().join(root)) {
            let all = format!("{} {}", path.display(), text(&bytes));
            assert!(!all.contains("student-08"), "{root}/{}", path.display());
        }
    }
    let run = plimsoll(class.path(), &["grade", "rubric.toml", "--forget", "nobody", "--out", "out"]);
    assert_eq!(run.status.code(), Some(2));
}

#[test]
fn a_student_is_forgotten_wherever_results_went() {
    let class = class();
    let worksheet = "Identifier,Full name,Email address,Status,Grade,Maximum grade\nParticipant 1,student-03,x@x.org,,,100\nParticipant 2,student-04,y@x.org,,,100\n";
    put(class.path(), "moodle.csv", worksheet.as_bytes());
    grade(class.path(), "out", &["--moodle", "moodle.csv"]);
    grade(class.path(), "hidden", &["--anonymous"]);
    let list = fs::read_to_string(class.path().join("hidden/identities.csv")).expect("written");
    let pseudonym = |id: &str| {
        let row = list.lines().find(|line| line.split(',').nth(1) == Some(id)).expect("a row");
        row.split(',').next().expect("a pseudonym").to_owned()
    };
    let (third, fourth) = (pseudonym("student-03"), pseudonym("student-04"));
    let forget = |student: &str, out: &str| {
        let run = plimsoll(class.path(), &["grade", "rubric.toml", "--forget", student, "--out", out]);
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        text(&run.stdout)
    };
    // The worksheet is the roster as well.
    let said = forget("x@x.org", "out");
    assert!(said.contains("deleted as a whole: ") && said.contains("moodle.csv"), "{said}");
    // By the id and by the pseudonym.
    forget("student-03", "hidden");
    forget(&fourth, "hidden");
    for root in ["out", "out-evidence", "hidden", "hidden-evidence"] {
        for (path, bytes) in files(&class.path().join(root)) {
            let all = format!("{} {}", path.display(), text(&bytes));
            let names = ["student-03", "x@x.org", &third];
            assert!(!names.iter().any(|name| all.contains(name)), "{root}/{}", path.display());
            let is_kept = root.starts_with("out") || !all.contains("student-04") && !all.contains(&fourth);
            assert!(is_kept, "{root}/{}", path.display());
        }
    }
}

#[test]
fn results_are_always_kept_and_never_among_the_submissions() {
    let class = class();
    let run = plimsoll(class.path(), &["grade", "rubric.toml", "submissions", "--exit-zero"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("results are in grades"), "{}", text(&run.stderr));
    assert!(class.path().join("grades/index.html").is_file() && class.path().join("grades-evidence").is_dir());
    // A class of one is kept, a look at a submission is not.
    let one = directory(&[("rubric.toml", RUBRIC), ("submissions/ada/Dockerfile", "FROM python\n")]);
    for (submissions, is_kept) in [("submissions/ada", false), ("submissions", true)] {
        let run = plimsoll(one.path(), &["grade", "rubric.toml", submissions, "--exit-zero"]);
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        assert_eq!(one.path().join("grades-evidence").is_dir(), is_kept, "{submissions}");
    }
    for out in ["submissions/out", "submissions/student-01/x/y", "submissions"] {
        let run = plimsoll(class.path(), &["grade", "rubric.toml", "submissions", "--out", out]);
        assert_eq!(run.status.code(), Some(2), "{out}");
        assert!(text(&run.stderr).contains("is inside the submissions"), "{}", text(&run.stderr));
    }
}

#[test]
fn the_teacher_has_the_last_word() {
    let class = class();
    let csv = "student,criterion,points,comment,late-days\nstudent-00,pinned,7,\"an inherited image, fine\",\n\
               student-01,,,please see me,2\nstudent-02,total,3,,\nnobody,user,1,,\n";
    put(class.path(), "mine.csv", csv.as_bytes());
    let run = |more: &[&str]| {
        let args =
            [&["grade", "rubric.toml", "submissions", "--exit-zero", "--overrides", "mine.csv"][..], more].concat();
        let run = plimsoll(class.path(), &args);
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        (text(&run.stderr), fs::read_to_string(class.path().join("grades/grades.csv")).expect("written"))
    };
    let (err, first) = run(&[]);
    assert!(err.contains("`nobody` in line 5, who is not in the class"), "{err}");
    let row =
        |table: &str, id: &str| table.lines().find(|line| line.starts_with(id)).map(str::to_owned).expect("a row");
    assert!(row(&first, "student-00").contains("changed by the teacher"), "{first}");
    assert!(row(&first, "student-01").contains("please see me"), "{first}");
    assert!(row(&first, "student-02,").contains(",3,20,"), "{first}");
    let page = fs::read_to_string(class.path().join("grades/students/student-00.md")).expect("written");
    assert!(page.contains("changed from 0 to 7 points") && page.contains("an inherited image, fine"), "{page}");
    // They survive regrading, also of one student.
    assert_eq!(run(&[]).1, first);
    assert_eq!(run(&["--only", "student-05"]).1, first);
    assert_eq!(fs::read_to_string(class.path().join("mine.csv")).expect("there"), csv, "no run changes it");
    put(class.path(), "mine.csv", b"student,criterion,points\nstudent-00,nope,1\n");
    let run = plimsoll(class.path(), &["grade", "rubric.toml", "submissions", "--overrides", "mine.csv"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("line 2: the rubric has no criterion `nope`"), "{}", text(&run.stderr));
}

#[test]
fn names_can_be_hidden_from_who_grades() {
    let class = directory(&[
        ("rubric.toml", RUBRIC),
        ("roster.csv", "id,name,email\nada,Ada Lovelace,ada@x.org\n"),
        ("submissions/ada/Dockerfile", "FROM python\n"),
        ("submissions/bob/Dockerfile", "FROM python\n"),
    ]);
    let args =
        ["grade", "rubric.toml", "submissions", "--roster", "roster.csv", "--anonymous", "--exit-zero", "--out", "out"];
    let run = plimsoll(class.path(), &args);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    for (path, bytes) in files(&class.path().join("out")) {
        let is_key = path == Path::new("identities.csv");
        let all = format!("{} {}", path.display(), text(&bytes));
        assert_eq!(all.contains("Lovelace") || all.contains("bob"), is_key, "{}", path.display());
    }
}

#[test]
fn a_student_checks_before_handing_in() {
    let class = class();
    let run = plimsoll(class.path(), &["grade", "rubric.toml", "--publish"]);
    let public = text(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(public.contains("The base has a version") && !public.contains("It is not root"), "{public}");
    let own = class.path().join("submissions/student-01");
    put(&own, "rubric.public.toml", public.as_bytes());
    let run = plimsoll(&own, &["grade", "--self", "rubric.public.toml"]);
    let out = text(&run.stdout);
    assert!(
        out.contains("The base has a version: 10 of 10") && !out.contains("It is not root"),
        "{out}{}",
        text(&run.stderr)
    );
    assert!(!own.join("grades").exists());
}

#[test]
fn merging_refuses_what_contradicts_itself() {
    let class = class();
    grade(class.path(), "out", &[]);
    let path = class.path().join("out/grades.jsonl");
    let lines = fs::read_to_string(&path).expect("written");
    for (from, to) in [("\"total\":10,", "\"total\":19,"), ("\"points\":10,\"max\":10", "\"points\":99,\"max\":10")] {
        assert!(lines.contains(from), "{lines}");
        fs::write(&path, lines.replacen(from, to, 1)).expect("written");
        let run = plimsoll(class.path(), &["grade", "merge", "rubric.toml", "out"]);
        assert_eq!(run.status.code(), Some(2));
        assert!(text(&run.stderr).contains("is inconsistent"), "{}", text(&run.stderr));
    }
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
    let schema = plimsoll::grade::rubric::derived_schema();
    crate::generated::assert_up_to_date("src/grade/rubric/rubric.schema.json", &format!("{schema:#}\n"));
    assert_eq!(out, format!("{schema:#}\n"));
    assert!(schema["properties"]["criterion"].is_object() && schema["properties"]["plimsoll"].is_object(), "{out}");
    let (code, out, _) = run(&["grade", "rubric.toml", "--freeze"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\nfrozen-rules = [\n") && out.contains("\"untagged-base\",\n"));
    let fresh = tempfile::tempdir().expect("a directory");
    assert_eq!(plimsoll(fresh.path(), &["grade", "--init"]).status.code(), Some(0));
    assert_eq!(plimsoll(fresh.path(), &["grade", "--init"]).status.code(), Some(2));
    assert_eq!(plimsoll(fresh.path(), &["grade", "rubric.toml"]).status.code(), Some(0));
}
