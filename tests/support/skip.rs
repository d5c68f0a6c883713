//! How a test says that it tests nothing here.

// Each test uses its part of it.
#![allow(dead_code)]

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

/// Says it where it is read: what a test prints by `println!` and `eprintln!` is shown only when it fails.
pub(crate) fn skipped(why: &str) {
    // Without a reader of standard error the test still passes.
    let _ = writeln!(std::io::stderr(), "\nSKIPPED: {why}\n");
}

/// As [`skipped`], for what CI installs: with `CI` set, a missing tool fails the test.
pub(crate) fn missing(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "required in CI: {why}");
    skipped(why);
}

/// A Python that has BuildKit's own parser (the package `dockerfile` 3.4.0): the one that `PLIMSOLL_ORACLE_PYTHON` names,
/// or the one that `.ci/run` installs.
pub(crate) fn oracle_python() -> Option<OsString> {
    let installed = || {
        let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/oracle/bin/python");
        python.is_file().then(|| python.into_os_string())
    };
    let python = std::env::var_os("PLIMSOLL_ORACLE_PYTHON").or_else(installed);
    if python.is_none() {
        missing("no Python with the package `dockerfile` (see CONTRIBUTING.md), so BuildKit's parser was not asked");
    }
    python
}
