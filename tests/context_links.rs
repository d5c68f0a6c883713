//! Symbolic links that a source names: a builder follows them, within the build context.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

fn report(dockerfile: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let root = folder.path();
    fs::write(root.join("Dockerfile"), dockerfile).expect("writable");
    fs::write(root.join("real.txt"), "x\n").expect("writable");
    symlink("real.txt", root.join("inside.txt")).expect("links");
    symlink("/real.txt", root.join("rooted.txt")).expect("links");
    symlink("../outside.conf", root.join("outside.txt")).expect("links");
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", "--isolated", "--select", "missing-source", "--format", "concise", "."])
        .current_dir(root)
        .output()
        .expect("plimsoll runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_link_out_of_the_context_is_reported() {
    let found = report("FROM alpine:3.22\nCOPY outside.txt /x\n");
    assert!(found.contains("`outside.txt` is a symbolic link to `../outside.conf`"), "{found}");
}

#[test]
fn links_within_the_context_are_not() {
    for name in ["inside.txt", "rooted.txt"] {
        let found = report(&format!("FROM alpine:3.22\nCOPY {name} /x\n"));
        assert!(!found.contains("missing-source"), "{name}: {found}");
    }
}

#[test]
fn a_fragment_that_is_included_needs_no_base() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let root = folder.path();
    fs::create_dir(root.join("other")).expect("writable");
    fs::write(root.join("other/dockerfile"), "RUN true\n").expect("writable");
    let found = |dockerfile: &str| {
        fs::write(root.join("Dockerfile"), dockerfile).expect("writable");
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["check", "--isolated", "--select", "no-stage", "--format", "concise", "."])
            .current_dir(root)
            .output()
            .expect("plimsoll runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let frontend = "# syntax = devthefuture/dockerfile-x\nFROM alpine:3.22\n";
    assert!(found(frontend).contains("other/dockerfile"));
    assert_eq!(found(&format!("{frontend}INCLUDE ./other/dockerfile\n")), "");
}
