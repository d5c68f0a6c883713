//! All fixes of our own Dockerfiles, compared with BuildKit's parser and with what they promise: see
//! `tests/oracle/fixes.py`, which does the same for any directory.
//!
//! Without a Python that has the package `dockerfile` 3.4.0 this is skipped, and fails in CI.

#[path = "rules/example.rs"]
mod example;
#[path = "support/skip.rs"]
mod skip;

use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll::rules;
use skip::oracle_python;

/// Writes every Dockerfile on the pages of the rules and in their cases, bad, fixed and good, and returns their number.
fn write_examples(directory: &Path) -> usize {
    let mut count = 0;
    for entry in rules::ALL {
        for (_, example) in example::of(entry).into_iter().filter(|(_, example)| !example.compose) {
            for text in [Some(example.text), example.fixed].into_iter().flatten() {
                count += 1;
                let path = directory.join(format!("{}-{count}.Dockerfile", entry.meta.name));
                fs::write(path, text).expect("it can be written");
            }
        }
    }
    count
}

#[test]
fn fixes_keep_what_they_promise() {
    let Some(python) = oracle_python() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = tempfile::tempdir().expect("a directory can be made");
    assert!(write_examples(directory.path()) > 500);
    let mut command = Command::new(python);
    command.arg(root.join("tests/oracle/fixes.py")).args(["--plimsoll", env!("CARGO_BIN_EXE_plimsoll")]);
    // The fix of one mistake leaves a file that shows others; that the file still parses and reads as before holds for
    // all of them.
    let tolerated = ["new", "kept", "new-alone"].map(|kind| format!("--tolerated={kind}=1000"));
    let output = command.args(tolerated).args(["--show", "all"]).arg(directory.path()).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
}
