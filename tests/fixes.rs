//! All repairs of our own Dockerfiles, held against BuildKit's parser and against what they promise: see
//! `tests/oracle/fixes.py`, which does the same with any folder.
//!
//! `PLIMSOLL_ORACLE_PYTHON` names a Python that has the package `dockerfile` 3.4.0; without it this is skipped.

#[path = "support/skip.rs"]
mod skip;

use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll::rules;
use skip::skipped;

/// The Dockerfiles on the pages of the rules: what is bad, what it becomes, what is good.
fn write_examples(folder: &Path) -> usize {
    let mut count = 0;
    for entry in rules::ALL {
        let mut lines = entry.meta.page.lines();
        while let Some(line) = lines.next() {
            let Some(fence) = line.strip_prefix("```") else { continue };
            let body: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            if fence.starts_with("dockerfile ") {
                count += 1;
                fs::write(folder.join(format!("{}-{count}.Dockerfile", entry.meta.name)), body)
                    .expect("it can be written");
            }
        }
    }
    count
}

#[test]
fn repairs_keep_what_they_promise() {
    let Some(python) = std::env::var_os("PLIMSOLL_ORACLE_PYTHON") else {
        skipped("PLIMSOLL_ORACLE_PYTHON is not set, so BuildKit's parser was not asked");
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder can be made");
    assert!(write_examples(folder.path()) > 500);
    let mut command = Command::new(python);
    command.arg(root.join("tests/oracle/fixes.py")).args(["--plimsoll", env!("CARGO_BIN_EXE_plimsoll")]);
    // Examples of mistakes are repaired into files that show other mistakes; what parses, stays and is read as before
    // holds for all of them.
    let tolerated = ["new", "kept", "new-alone"].map(|kind| format!("--tolerated={kind}=1000"));
    let output = command.args(tolerated).args(["--show", "all"]).arg(folder.path()).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
}
