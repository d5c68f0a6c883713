//! The hooks file under the real pre-commit, which `PLIMSOLL_PRE_COMMIT` names: which files reach plimsoll, and what
//! comes of it.

#[path = "support/skip.rs"]
mod skip;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use skip::missing;
use tempfile::TempDir;

const CHECK: &str = "plimsoll-check";
const BAD: &str = "FROM python\nUSER root\nCMD [\"python\"]\n";
const GOOD: &str = "FROM python:3.13-slim-bookworm\nUSER 1000:1000\nCMD [\"python\"]\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pre_commit() -> Option<PathBuf> {
    let path = std::env::var_os("PLIMSOLL_PRE_COMMIT").map(PathBuf::from);
    if path.is_none() {
        missing("PLIMSOLL_PRE_COMMIT does not name the pre-commit executable");
    }
    path
}

/// Runs `program` in `folder` with plimsoll on the path, and with no configuration but its own.
fn run<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: &[S], folder: &Path, home: &Path) -> Output {
    let built = Path::new(env!("CARGO_BIN_EXE_plimsoll")).parent().expect("the executable is in a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([built.to_owned()].into_iter().chain(std::env::split_paths(&path)));
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        // A test that runs inside a git hook must not work on the outer repository.
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .args(args)
        .current_dir(folder)
        .env("PATH", path.expect("no folder on the path has a colon"))
        .env("PRE_COMMIT_HOME", home.join("pre-commit"))
        .env("PRE_COMMIT_COLOR", "never")
        .env("HOME", home)
        .env("GIT_CONFIG_GLOBAL", home.join("no-configuration"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap_or_else(|error| panic!("cannot run {:?}: {error}", command.get_program()))
}

/// A repository of its own with `files`, all committed.
fn repository(files: &[(&str, &str)], home: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    for args in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message", "files"]] {
        let output = run("git", &[&identity, args].concat(), folder.path(), home);
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    folder
}

/// What the hook does to `files`: whether it passes, and what is printed.
fn hook(pre_commit: &Path, id: &str, files: &[(&str, &str)]) -> (bool, String) {
    let home = tempfile::tempdir().expect("a temporary folder");
    // As published, but for the build from source, which would compile everything once more.
    let manifest = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("the hooks file");
    assert!(manifest.contains("language: rust\n"));
    let manifest = manifest.replace("language: rust\n", "language: system\n");
    let hooks = repository(&[(".pre-commit-hooks.yaml", &manifest)], home.path());
    let project = repository(files, home.path());
    let args: [OsString; 4] = ["try-repo".into(), hooks.path().into(), id.into(), "--all-files".into()];
    let output = run(pre_commit, &args, project.path(), home.path());
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&printed).into_owned())
}

#[test]
fn takes_dockerfiles_only() {
    let Some(pre_commit) = pre_commit() else { return };
    let taken = ["Containerfile", "Dockerfile", "Dockerfile.dev", "a folder/web.dockerfile", "b/Web.Containerfile"];
    let left =
        ["Dockerfile.dockerignore", "Dockerfile.j2", "Dockerfiles/README.md", "dockerfile-notes.txt", "myDockerfile"];
    let files: Vec<_> = taken.iter().chain(&left).map(|path| (*path, BAD)).collect();
    let (passes, printed) = hook(&pre_commit, CHECK, &files);
    assert!(!passes && printed.contains("Failed"), "{printed}");
    let places: Vec<_> = printed.lines().filter_map(|line| line.split_once(":1:").map(|(path, _)| path)).collect();
    for path in taken {
        assert!(places.contains(&path), "{path} is not checked: {printed}");
    }
    for path in left {
        assert!(!places.contains(&path), "{path} is checked: {printed}");
    }
}

#[test]
fn passes_what_is_clean() {
    let Some(pre_commit) = pre_commit() else { return };
    let (passes, printed) = hook(&pre_commit, CHECK, &[("Dockerfile", GOOD)]);
    assert!(passes && printed.contains("Passed"), "{printed}");
}

#[test]
fn repairs() {
    let Some(pre_commit) = pre_commit() else { return };
    let bad = GOOD.replace("CMD", "MAINTAINER me@example.org\nCMD");
    let (passes, printed) = hook(&pre_commit, "plimsoll-fix", &[("Dockerfile", &bad)]);
    assert!(!passes && printed.contains("files were modified by this hook"), "{printed}");
    let (passes, printed) = hook(&pre_commit, "plimsoll-fix", &[("Dockerfile", GOOD)]);
    assert!(passes, "{printed}");
}

#[test]
fn skips_projects_without() {
    let Some(pre_commit) = pre_commit() else { return };
    let (passes, printed) = hook(&pre_commit, CHECK, &[("README.md", BAD)]);
    assert!(passes && printed.contains("Skipped"), "{printed}");
}

#[test]
fn files_are_valid() {
    let Some(pre_commit) = pre_commit() else { return };
    let home = tempfile::tempdir().expect("a temporary folder");
    for args in
        [["validate-manifest", ".pre-commit-hooks.yaml"], ["validate-config", "examples/ci/pre-commit-config.yaml"]]
    {
        let output = run(&pre_commit, &args, root(), home.path());
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// The example names a hook that there is.
#[test]
fn example_names_the_hook() {
    for file in [".pre-commit-hooks.yaml", "examples/ci/pre-commit-config.yaml"] {
        let text = std::fs::read_to_string(root().join(file)).expect("the file can be read");
        assert!(text.lines().any(|line| line.trim() == format!("- id: {CHECK}")), "{file}");
    }
}
