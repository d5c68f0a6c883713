//! A directory to run the program in, and what it printed.

// Each test uses its part of it.
#![allow(dead_code)]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A folder to run the program in.
pub(crate) struct Case {
    _dir: tempfile::TempDir,
    pub(crate) root: PathBuf,
    pub(crate) env: Vec<(&'static str, &'static str)>,
}

/// What a run printed, as text, and its exit code.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Case {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let root = dir.path().canonicalize().expect("it is there");
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        Self { _dir: dir, root, env: Vec::new() }
    }

    pub(crate) fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    pub(crate) fn run(&self, args: &str) -> Ran {
        self.run_with(args, b"")
    }

    /// Arguments are split at blanks.
    pub(crate) fn run_with(&self, args: &str, stdin: &[u8]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(args.split_whitespace())
            .current_dir(&self.root)
            .env_clear()
            .envs(self.env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // It may end without having read all.
        let _ = child.stdin.take().expect("it is a pipe").write_all(stdin);
        let output = child.wait_with_output().expect("the program ends");
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("output is UTF-8");
            text.replace(&self.root.display().to_string(), "[DIR]").replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
        };
        Ran { code: output.status.code().expect("no signal"), out: text(output.stdout), err: text(output.stderr) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }
}
