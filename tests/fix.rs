//! Repairs as a user meets them: what is written, what is not, and what is said.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder to run the program in, with two rules: `legacy-pair` has a safe fix, `untagged-base` none.
struct Case {
    _dir: tempfile::TempDir,
    root: PathBuf,
}

const BAD: &str = "FROM python:3.13-slim\nENV A b\n";
const GOOD: &str = "FROM python:3.13-slim\nENV A=b\n";
const RULES: &str = "check --isolated --select legacy-pair,untagged-base";

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let root = dir.path().canonicalize().expect("it is there");
        let case = Self { _dir: dir, root };
        for (name, text) in files {
            case.write(name, text.as_bytes());
        }
        case
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("it can be read")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn run(&self, args: &str) -> Ran {
        self.run_with(args, b"")
    }

    fn run_with(&self, args: &str, stdin: &[u8]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        run(command.args(RULES.split(' ')).args(args.split_whitespace()).env_clear().current_dir(&self.root), stdin)
    }

    fn git(&self, folder: &str, args: &str, stdin: &[u8]) {
        let mut git = Command::new("git");
        let ran = run(git.args(args.split_whitespace()).current_dir(self.path(folder)), stdin);
        assert_eq!(ran.code, 0, "{args}: {}", ran.err);
    }
}

struct Ran {
    code: i32,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }
}

fn run(command: &mut Command, stdin: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let _ = child.stdin.take().expect("it is a pipe").write_all(stdin);
    let Output { status, stdout, stderr } = child.wait_with_output().expect("the program ends");
    let err = String::from_utf8_lossy(&stderr).into_owned();
    Ran { code: status.code().expect("no signal"), out: stdout, err }
}

#[test]
fn fix_writes_and_reports_what_is_left() {
    let case = Case::new(&[("Dockerfile", "FROM python\nENV A b\n"), ("clean/Dockerfile", GOOD)]);
    let ran = case.run("--fix");
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(case.read("Dockerfile"), b"FROM python\nENV A=b\n");
    assert!(ran.text().contains("untagged-base") && !ran.text().contains("legacy-pair"), "{}", ran.text());
    assert!(ran.err.contains("; 1 fixed"), "{}", ran.err);
    let again = case.run("--fix");
    assert_eq!((again.code, again.text()), (1, ran.text()));
    assert!(!again.err.contains("fixed"), "{}", again.err);
    let report = case.run("--fix --no-fix Dockerfile");
    assert_eq!(report.code, 1);
}

#[test]
fn fix_only_is_silent() {
    let case = Case::new(&[("Dockerfile", "FROM python\nENV A b\n"), ("b/Dockerfile", BAD)]);
    let ran = case.run("--fix-only");
    assert_eq!((ran.code, ran.text().as_str()), (0, ""));
    assert_eq!(ran.err, "2 findings fixed in 2 files; 1 more fixable with --unsafe-fixes\n");
    assert_eq!(case.read("Dockerfile"), b"FROM python\nENV A=b\n");
    assert_eq!(case.run("--fix-only").err, "nothing to fix in 2 files; 1 more fixable with --unsafe-fixes\n");
    assert_eq!(case.run("--fix-only Dockerfile missing").code, 2);
    assert_eq!(case.run("--fix-only --format json").code, 2);
}

#[test]
fn show_fixes_lists_them() {
    let case = Case::new(&[("Dockerfile", "FROM python:3.13-slim\nENV A b\nENV C d\n")]);
    let dry = case.run("--diff --show-fixes");
    assert!(dry.err.starts_with("Dockerfile: 1 fixed\n  1  legacy-pair\n"), "{}", dry.err);
    let json = Case::new(&[("Dockerfile", BAD)]).run("--fix --show-fixes --format json");
    let json: serde_json::Value = serde_json::from_slice(&json.out).expect("it is JSON");
    assert_eq!(json["summary"]["fixed"], 1);
    let ran = case.run("--fix --show-fixes");
    assert_eq!((ran.code, ran.text().as_str()), (0, "Dockerfile: 1 fixed\n  1  legacy-pair\n"), "{}", ran.err);
}

#[test]
fn unsafe_fixes_are_asked_for() {
    let text = "FROM alpine:3.22\nRUN wget -qO- https://example.com/x | sh\n";
    let case = Case::new(&[("Dockerfile", text)]);
    let check = |args: &str| case.run(&format!("--select unchecked-pipe {args}"));
    let plain = [check(""), check("--unsafe-fixes")].map(|ran| (ran.code, ran.text(), ran.err));
    assert_eq!(plain[0], plain[1]);
    assert!(plain[0].2.contains("1 fixable with --fix --unsafe-fixes"), "{}", plain[0].2);
    let safe = check("--fix");
    assert!(safe.err.contains("1 more fixable with --unsafe-fixes"), "{}", safe.err);
    assert_eq!(case.read("Dockerfile"), text.as_bytes());
    let held_back = check("--fix-only");
    assert_eq!(held_back.err, "nothing to fix in 1 file; 1 more fixable with --unsafe-fixes\n");
    assert!(check("--fix --unsafe-fixes").err.contains("1 fixed"));
    assert!(String::from_utf8_lossy(&case.read("Dockerfile")).contains("RUN set -o pipefail && wget"));
}

#[test]
fn git_takes_the_diff() {
    let last = "FROM python:3.13-slim\r\nENV A b\r\nENV C d";
    let files = [
        ("a/Dockerfile", BAD),
        ("a/sub folder/Dockerfile", BAD),
        ("a/\"q\" \u{e9}.Dockerfile", last),
        ("a/b/Dockerfile", GOOD),
    ];
    let case = Case::new(&files);
    case.git("", "init -q", b"");
    for (folder, args) in [("", "--diff"), ("a", "--diff --unsafe-fixes --fix")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(RULES.split(' ')).args(args.split(' ')).env_clear().current_dir(case.path(folder));
        let ran = run(&mut command, b"");
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert_eq!(ran.err, "3 findings would be fixed in 3 files\n");
        for (name, text) in files {
            assert_eq!(case.read(name), text.as_bytes(), "nothing is written");
        }
        case.git(folder, "apply --whitespace=nowarn -", &ran.out);
        let none = run(&mut command, b"");
        assert_eq!((none.code, none.text().as_str()), (0, ""));
        let applied: Vec<_> = files.iter().map(|(name, _)| case.read(name)).collect();
        files.iter().for_each(|(name, text)| case.write(name, text.as_bytes()));
        assert_eq!(case.run("--fix-only").code, 0);
        assert_eq!(files.map(|(name, _)| case.read(name)).to_vec(), applied);
        files.iter().for_each(|(name, text)| case.write(name, text.as_bytes()));
    }
    assert_eq!(case.run("--diff --exit-zero").code, 0);
    assert_eq!(case.run("--diff missing a").code, 2);
    assert_eq!(case.run("--diff -q").err, "");
    assert!(case.run("--diff --color always").text().contains("\u{1b}["));
}

#[test]
fn other_bytes_stay() {
    let case = Case::new(&[]);
    case.write(
        "Dockerfile",
        b"\xef\xbb\xbfFROM python:3.13-slim\r\n\r\n# \xc3\xa9 \t \r\nENV A b  \r\nLABEL x=y\n\nRUN true",
    );
    assert_eq!(case.run("--fix").code, 0);
    let want = b"\xef\xbb\xbfFROM python:3.13-slim\r\n\r\n# \xc3\xa9 \t \r\nENV A=b  \r\nLABEL x=y\n\nRUN true";
    assert_eq!(String::from_utf8_lossy(&case.read("Dockerfile")), String::from_utf8_lossy(want));
    let latin = b"FROM python:3.13-slim\n# \xe9\nENV A b\n";
    case.write("Dockerfile", latin);
    let ran = case.run("--fix");
    assert_eq!(case.read("Dockerfile"), latin);
    assert!(ran.err.contains("Dockerfile: not fixed: the file is not valid UTF-8"), "{}", ran.err);
    assert!(ran.text().contains("legacy-pair"), "{}", ran.text());
    assert_eq!(case.run_with("--fix -", latin).out, latin);
}

#[test]
fn ignore_comments_hold() {
    let text = "FROM python:3.13-slim\n# plimsoll: ignore[legacy-pair]: as it was\nENV A b\n";
    let case = Case::new(&[("Dockerfile", text)]);
    assert_eq!(case.run("--fix").code, 0);
    assert_eq!(case.read("Dockerfile"), text.as_bytes());
    assert_eq!(case.run("--diff --no-inline-ignore").code, 1);
}

#[test]
fn standard_input_comes_out_fixed() {
    let case = Case::new(&[("other/Dockerfile", BAD)]);
    let ran = case.run_with("--fix - --show-fixes", b"FROM python\nENV A b\n");
    assert_eq!((ran.code, ran.text().as_str()), (1, "FROM python\nENV A=b\n"));
    assert!(ran.err.contains("-:1:6: warning[untagged-base]") && ran.err.contains("-: 1 fixed\n"), "{}", ran.err);
    let same = case.run_with("--fix -", GOOD.as_bytes());
    assert_eq!((same.code, same.text().as_str()), (0, GOOD));
    let only = case.run_with("--fix-only - other", BAD.as_bytes());
    assert_eq!((only.code, only.text().as_str(), only.err.as_str()), (0, GOOD, "2 findings fixed in 2 files\n"));
    assert_eq!(case.read("other/Dockerfile"), GOOD.as_bytes());
    let diff = case.run_with("--diff - --stdin-filename web/Dockerfile", BAD.as_bytes());
    assert!(diff.text().starts_with("--- a/web/Dockerfile\n+++ b/web/Dockerfile\n@@ "), "{}", diff.text());
}

#[test]
fn many_files_at_once() {
    let case = Case::new(&[]);
    (0..200).for_each(|at| case.write(&format!("{at}/Dockerfile"), BAD.as_bytes()));
    let ran = case.run("--fix");
    assert_eq!((ran.code, ran.err.as_str()), (0, "no findings in 200 files; 200 fixed\n"));
    for at in 0..200 {
        assert_eq!(case.read(&format!("{at}/Dockerfile")), GOOD.as_bytes());
        assert_eq!(fs::read_dir(case.path(&at.to_string())).expect("it is there").count(), 1, "nothing is left over");
    }
}

#[test]
fn many_fixes_in_one_file() {
    let case = Case::new(&[("Dockerfile", &"FROM python:3.13-slim\nENV A b\n".repeat(10_000))]);
    let start = std::time::Instant::now();
    let ran = case.run("--diff");
    assert_eq!(ran.err, "10000 findings would be fixed in 1 file\n");
    assert_eq!(case.run("--fix").err, "no findings in 1 file; 10000 fixed\n");
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::os::unix::process::CommandExt;

    use super::*;

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be changed");
    }

    #[test]
    fn mode_and_owner_stay() {
        let case = Case::new(&[("Dockerfile", BAD)]);
        let path = case.path("Dockerfile");
        // Only root may give a file away.
        let given = std::os::unix::fs::chown(&path, Some(1234), Some(4321)).is_ok();
        chmod(&path, 0o751);
        assert_eq!(case.run("--fix").code, 0);
        let after = fs::metadata(&path).expect("it is there");
        assert_eq!((case.read("Dockerfile"), after.mode() & 0o7777), (GOOD.into(), 0o751));
        assert!(!given || (after.uid(), after.gid()) == (1234, 4321));
    }

    #[test]
    fn a_link_stays_one() {
        let case = Case::new(&[("real/File", BAD)]);
        symlink("real/File", case.path("Dockerfile")).expect("a link can be made");
        let diff = case.run("--diff Dockerfile");
        assert!(diff.text().starts_with("--- a/real/File\n"), "{}", diff.text());
        assert_eq!(case.run("--fix Dockerfile").code, 0);
        assert!(case.path("Dockerfile").is_symlink());
        assert_eq!(case.read("real/File"), GOOD.as_bytes());
    }

    /// Nothing keeps root from writing, so root becomes somebody else.
    #[test]
    fn what_cannot_be_written_hinders_no_other() {
        let case = Case::new(&[("locked/Dockerfile", BAD), ("ours/Dockerfile", BAD), ("shut.Dockerfile", BAD)]);
        let program = case.path("program");
        fs::copy(env!("CARGO_BIN_EXE_plimsoll"), &program).expect("it can be copied");
        let mut command = Command::new(&program);
        command.args(RULES.split(' ')).arg("--fix").env_clear().current_dir(&case.root);
        if fs::metadata(&case.root).expect("it is there").uid() == 0 {
            command.uid(65534).gid(65534);
            for path in ["ours", "ours/Dockerfile", "locked/Dockerfile"] {
                std::os::unix::fs::chown(case.path(path), Some(65534), Some(65534)).expect("root may");
            }
        }
        chmod(&case.root, 0o755);
        chmod(&program, 0o755);
        chmod(&case.path("locked"), 0o555);
        chmod(&case.path("shut.Dockerfile"), 0o444);
        let ran = run(&mut command, b"");
        chmod(&case.path("locked"), 0o755);
        assert_eq!(ran.code, 2, "{} {}", ran.text(), ran.err);
        let said = |name: &str| format!("{name}: error: permission denied: not written\n");
        assert!(ran.text().contains(&said("locked/Dockerfile")), "{}", ran.text());
        assert!(ran.text().contains(&said("shut.Dockerfile")), "{}", ran.text());
        assert!(ran.text().contains("locked/Dockerfile:2:"), "its findings are still there: {}", ran.text());
        assert_eq!(case.read("locked/Dockerfile"), BAD.as_bytes());
        assert_eq!(case.read("shut.Dockerfile"), BAD.as_bytes());
        assert_eq!(case.read("ours/Dockerfile"), GOOD.as_bytes());
        assert!(ran.err.ends_with("; 1 fixed; 2 files could not be read or fixed\n"), "{}", ran.err);
    }
}

const WHOLE: &str = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"run.py\"]\n";
const WRITES: &str = "check --isolated --select whole-context --unsafe-fixes";

fn plimsoll(case: &Case, args: &str, stdin: &[u8]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    run(command.args(args.split_whitespace()).env_clear().current_dir(&case.root), stdin)
}

#[test]
fn a_missing_ignore_file_is_written() {
    let case = Case::new(&[("a/Dockerfile", WHOLE), ("a/other.Dockerfile", WHOLE), ("a/run.py", "")]);
    // As a diff that git takes, once for both.
    case.git("", "init -q", b"");
    let diff = plimsoll(&case, &format!("{WRITES} --diff a"), b"");
    assert_eq!(diff.text().matches("--- /dev/null\n+++ b/a/.dockerignore\n").count(), 1, "{}", diff.text());
    assert!(!case.path("a/.dockerignore").exists());
    case.git("", "apply --check", &diff.out);
    let fixed = plimsoll(&case, &format!("{WRITES} --fix a"), b"");
    assert_eq!(fixed.code, 0, "{}", fixed.text());
    let text = case.read("a/.dockerignore");
    assert!(String::from_utf8_lossy(&text).contains("\n.git\n"));
    assert_eq!(case.read("a/Dockerfile"), WHOLE.as_bytes());
    // One that is there is the user's.
    case.write("a/.dockerignore", b"x\n");
    plimsoll(&case, &format!("{WRITES} --fix a"), b"");
    assert_eq!(case.read("a/.dockerignore"), b"x\n");
}

#[test]
fn what_is_built_is_left_behind_unless_something_takes_it() {
    let build = "FROM maven:3.9\nWORKDIR /app\nCOPY . .\n";
    let start = "CMD [\"java\", \"-jar\", \"target/app.jar\"]\n";
    let cases = [
        (format!("{build}RUN mvn package\n{start}"), "", true),
        // Made outside, or taken from there all the same.
        (format!("{build}{start}"), "", false),
        (format!("# After `mvn package`.\n{build}RUN mvn --version\n{start}"), "", false),
        (format!("{build}COPY target/classes /x/\nRUN mvn package\n{start}"), "", false),
        (format!("{build}ARG JAR\nCOPY $JAR /x/\nRUN mvn package\n{start}"), "", false),
        (format!("{build}RUN mvn package\n{start}"), "FROM tomcat:11\nCOPY target/app.war /x/\n", false),
    ];
    for (text, other, listed) in cases {
        let case = Case::new(&[("Dockerfile", &*text), ("pom.xml", "<project/>"), ("other.Dockerfile", other)]);
        plimsoll(&case, &format!("{WRITES} --fix Dockerfile"), b"");
        let written = String::from_utf8(case.read(".dockerignore")).expect("it is text");
        assert_eq!(written.contains("\ntarget\n"), listed, "{text}{other}{written}");
    }
}

#[test]
fn standard_input_has_no_folder_to_write_to() {
    let case = Case::new(&[("run.py", ""), ("package.json", "{}")]);
    let ran = plimsoll(&case, &format!("{WRITES} --fix-only --stdin-filename Dockerfile -"), WHOLE.as_bytes());
    assert_eq!(ran.text(), WHOLE);
    assert!(!case.path(".dockerignore").exists());
}

#[test]
fn a_file_in_utf_16_becomes_utf_8() {
    let case = Case::new(&[]);
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = format!("\u{feff}{GOOD}").encode_utf16().flat_map(unit).collect();
        case.write("Dockerfile", &bytes);
        let ran = case.run("--extend-select unreadable-file");
        assert!(ran.text().contains("encoded as UTF-16"), "{}", ran.text());
        assert_eq!(case.run("--extend-select unreadable-file --fix").code, 0);
        assert_eq!(case.read("Dockerfile"), GOOD.as_bytes());
    }
}

#[test]
fn a_file_with_a_nul_byte_is_checked() {
    let case = Case::new(&[]);
    case.write("Dockerfile", b"FROM python:3.13-slim\n# a\0b\nENV A b\n");
    assert_eq!(case.run("--fix").code, 0);
    assert_eq!(case.read("Dockerfile"), b"FROM python:3.13-slim\n# a\0b\nENV A=b\n");
}
