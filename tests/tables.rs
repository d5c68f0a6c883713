//! The programs in `tests/tables` on samples: what they change in copies of small tables, and what they only note.

#[path = "support/skip.rs"]
mod skip;

use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll::text::diff::stretches;

const TABLES: [&str; 3] =
    ["src/knowledge/bases/end_of_life/table.rs", "src/knowledge/bases/releases.rs", "src/knowledge/mod.rs"];

/// What the script prints for the tables below `root`; `None` without Python.
fn refresh(root: &Path, args: &[&str]) -> Option<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
    let samples = ["python", "debian", "nodejs"].map(|name| here.join(format!("sample/{name}.json")));
    let mut command = Command::new("python3");
    command.arg(here.join("refresh.py")).args(["--as-of", "2027-01-01", "--root"]).arg(root).args(args).args(samples);
    let Ok(output) = command.output() else {
        skip::missing("there is no python3");
        return None;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    Some(String::from_utf8(output.stdout).expect("it prints UTF-8"))
}

#[test]
fn tables_are_refreshed() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/sample");
    let copy = tempfile::tempdir().expect("a directory can be made");
    for table in TABLES {
        let path = copy.path().join(table);
        fs::create_dir_all(path.parent().expect("it is in a directory")).expect("a directory can be made");
        fs::copy(sample.join(table), path).expect("the table can be copied");
    }
    let Some(mut shown) = refresh(copy.path(), &[]) else { return };
    for table in TABLES {
        let old = fs::read_to_string(sample.join(table)).expect("the table can be read");
        let new = fs::read_to_string(copy.path().join(table)).expect("the table can be read");
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        for change in stretches(&old, &new).into_iter().filter(|stretch| !stretch.is_same) {
            let lines = |sign: char, lines: &[&str]| -> String {
                lines.iter().map(|line| format!("{sign}{}\n", line.trim_start())).collect()
            };
            shown.push_str(&lines('-', &old[change.old]));
            shown.push_str(&lines('+', &new[change.new]));
        }
    }
    insta::assert_snapshot!(shown);
    let again = refresh(copy.path(), &[]).unwrap_or_default();
    assert!(!again.contains("changed"), "a second run changes nothing: {again}");
}

#[test]
fn our_tables_have_the_form_it_reads() {
    let Some(shown) = refresh(Path::new(env!("CARGO_MANIFEST_DIR")), &["--check"]) else { return };
    assert!(!shown.contains("not in"), "{shown}");
}

#[test]
fn closures_are_computed() {
    let copy = tempfile::tempdir().expect("a directory can be made");
    let folder = copy.path().join("src/knowledge/providers");
    fs::create_dir_all(&folder).expect("a directory can be made");
    let programs = "ssh: openssh-client | openssh |\nupdate-ca-certificates: ca-certificates | |\nxz: xz-utils | |\n";
    let index = "Package: git\nDepends: libcurl3-gnutls (>= 7.56), dpkg\nRecommends: openssh-client | lsh, ca-certificates\n\n\
                 Package: dpkg\nEssential: yes\nDepends: xz-utils\n\nPackage: libcurl3-gnutls\n\nPackage: ca-certificates\n\n\
                 Package: openssh-client\n\nPackage: xz-utils\n\nPackage: nano\n";
    for (name, text) in
        [("programs.txt", programs), ("apt.txt", "# Head.\n\nold: xz-utils\ngit nano\n"), ("Packages", index)]
    {
        fs::write(folder.join(name), text).expect("writable");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/apt_closures.py");
    let run = Command::new("python3").arg(script).arg("--root").arg(copy.path()).arg(folder.join("Packages")).output();
    let Ok(output) = run else { return skip::missing("there is no python3") };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = fs::read_to_string(folder.join("apt.txt")).expect("the table can be read");
    assert_eq!(table, "# Head.\n\ngit: | ca-certificates openssh-client\nold: xz-utils\nnano\n");
}
