//! Real editors with our clients: open a file, see a finding, apply its fix, rename a stage, format, save.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::skip::missing;

const BEFORE: &str = "\
FROM alpine:3.22 AS build
RUN  echo é > /file
FROM alpine:3.22
MAINTAINER someone
COPY --from=build /file /
";

const AFTER: &str = "\
FROM alpine:3.22 AS maker
RUN echo é > /file
FROM alpine:3.22
LABEL org.opencontainers.image.authors=\"someone\"
COPY --from=maker /file /
";

fn session(program: &str, args: &[&str], client: &str) {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        return missing(&format!("no `{program}`, so the client for it was not tried"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("Dockerfile");
    std::fs::write(&file, BEFORE).expect("written");
    let output = Command::new("timeout")
        .args(["120", program])
        .args(args)
        .current_dir(root)
        .env("HOME", directory.path())
        .env("XDG_CONFIG_HOME", directory.path())
        .env("PLIMSOLL", env!("CARGO_BIN_EXE_plimsoll"))
        .env("PLIMSOLL_CLIENT", root.join("editors").join(client))
        .env("PLIMSOLL_FILE", &file)
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {text}", output.status);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), AFTER, "{text}");
}

#[test]
fn neovim() {
    session("nvim", &["--headless", "--clean", "-u", "NONE", "-S", "tests/server/neovim.lua"], "neovim");
}

#[test]
fn emacs() {
    session("emacs", &["--batch", "-l", "tests/server/emacs.el"], "emacs");
}
