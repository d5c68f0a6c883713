//! Runs the commands of the examples that grade a class in parts, with the environment that their service would provide. The
//! results are the same, byte for byte, as those of one run over the whole class.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::class::class;
use crate::{files, text};

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    fs::read_to_string(path).expect("it is there")
}

/// A directory with the program, and with a `podman` that has nothing to load.
fn programs(root: &Path) -> String {
    let directory = root.join("bin");
    fs::create_dir_all(&directory).expect("a directory");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_plimsoll"), directory.join("plimsoll")).expect("a link");
    fs::write(directory.join("podman"), "#!/bin/sh\n[ \"$*\" = \"load --quiet --input $CLASS/bases.tar\" ]\n")
        .expect("a file");
    fs::set_permissions(directory.join("podman"), fs::Permissions::from_mode(0o755)).expect("its mode");
    format!("{}:{}", directory.display(), std::env::var("PATH").unwrap_or_default())
}

fn shell(directory: &Path, path: &str, script: &str, env: &[(&str, &str)]) {
    let mut command = Command::new("/bin/sh");
    command.args(["-euc", script]).current_dir(directory).env("PATH", path).env("CI", "true").envs(env.iter().copied());
    let output = command.output().expect("there is a shell");
    assert!(output.status.success(), "{script}\n{}{}", text(&output.stdout), text(&output.stderr));
}

/// Links what a checkout or a volume has.
fn checkout(class: &Path, directory: &Path) {
    fs::create_dir_all(directory).expect("a directory");
    for name in ["rubric.toml", "submissions"] {
        std::os::unix::fs::symlink(class.join(name), directory.join(name)).expect("a link");
    }
}

#[test]
fn the_matrix_of_jobs() {
    let (class, yaml) = (class(), example("ci/grade-matrix.yml"));
    let root = class.path();
    let path = programs(root);
    let commands: Vec<&str> = yaml.lines().filter_map(|line| line.trim().strip_prefix("- run: plimsoll ")).collect();
    let [grade, merge] = commands[..] else { panic!("{commands:?}") };
    let parts = yaml.lines().find_map(|line| line.trim().strip_prefix("part: [")?.strip_suffix(']'));
    let parts: Vec<&str> = parts.expect("there are parts").split(", ").collect();
    assert!(grade.contains(&format!("--shard ${{{{ matrix.part }}}}/{} ", parts.len())), "{grade}");
    let joined = root.join("merge");
    checkout(root, &joined);
    for part in parts {
        let job = root.join(format!("job-{part}"));
        checkout(root, &job);
        let script = format!("plimsoll {}", grade.replace("${{ matrix.part }}", part));
        shell(&job, &path, &script, &[("GITHUB_ACTIONS", "true")]);
        let to = joined.join(format!("parts/grades-{part}"));
        fs::create_dir_all(&to).expect("a directory");
        fs::rename(job.join("part/grades.jsonl"), to.join("grades.jsonl")).expect("the artifact");
    }
    shell(&joined, &path, &format!("plimsoll {merge}"), &[("GITHUB_ACTIONS", "true")]);
    shell(root, &path, "plimsoll grade rubric.toml submissions/ --out whole --exit-zero", &[]);
    assert!(files(&joined.join("results")) == files(&root.join("whole")), "the files differ");
}

#[test]
fn the_job_of_a_cluster() {
    let (class, yaml) = (class(), example("kubernetes/grade-job.yaml"));
    let root = class.path();
    let path = programs(root);
    let value = |key: &str| {
        let found = yaml.lines().find_map(|line| line.trim().strip_prefix(key));
        found.expect("the key is there").trim().trim_matches('"')
    };
    let parts: usize = value("completions:").parse().expect("a number");
    assert_eq!(value("value:"), parts.to_string());
    let script: Vec<&str> = yaml.lines().skip_while(|line| line.trim() != "- |").skip(1).collect();
    let script: Vec<&str> =
        script.into_iter().take_while(|line| line.starts_with("              ")).map(str::trim).collect();
    let (script, here) = (script.join("\n"), root.display().to_string());
    assert!(script.contains("plimsoll grade /class/rubric.toml"), "{script}");
    let script = script.replace("/class", &here);
    for index in 0..parts {
        let (index, parts) = (index.to_string(), parts.to_string());
        let env = [("JOB_COMPLETION_INDEX", index.as_str()), ("PARTS", &parts), ("CLASS", &here)];
        shell(root, &path, &script, &env);
    }
    let merge = yaml.lines().find_map(|line| line.strip_prefix("#     plimsoll grade merge "));
    let merge = format!("plimsoll grade merge {} --exit-zero", merge.expect("the command is in a comment"));
    shell(root, &path, &merge, &[]);
    shell(root, &path, "plimsoll grade rubric.toml submissions/ --out whole --exit-zero", &[]);
    assert!(files(&root.join("grades")) == files(&root.join("whole")), "the files differ");
}
