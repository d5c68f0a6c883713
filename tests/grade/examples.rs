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

/// The commands of an example that run `plimsoll grade --self`, with lines that are continued joined.
fn self_check(name: &str) -> String {
    let text = example(name).replace("\\\n", " ");
    let line = text.lines().find(|line| line.contains("grade --self") && !line.trim_start().starts_with('#'));
    let command = line.expect("the command is there").split_once("grade --self").expect("it is in the line").1;
    format!("plimsoll grade --self{command}")
}

#[test]
fn what_students_run_themselves() {
    let hidden = "[[criterion]]\nid = 'secret'\ntitle = 'Not to be seen'\npoints = 5\nhidden = true\nrequire = { has = 'LABEL' }\n";
    let rubric = format!(
        "title = 'Week 3'\nplimsoll = '0.1.0'\npass = 50\n{hidden}[[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n"
    );
    for (name, result) in [
        ("ci/self-classroom.yml", "submission/feedback.md"),
        ("ci/self-gitlab.yml", "submission/feedback.xml"),
        ("ci/self-gradescope.sh", "results/results.json"),
    ] {
        let directory = crate::directory(&[
            ("rubric.toml", &rubric),
            ("submission/Dockerfile", "FROM python\nCMD [\"python\"]\n"),
            ("results/.keep", ""),
        ]);
        let root = directory.path();
        let path = programs(root);
        fs::create_dir_all(root.join("source")).expect("a directory");
        shell(root, &path, "plimsoll grade --publish rubric.toml > source/rubric.public.toml", &[]);
        fs::copy(root.join("source/rubric.public.toml"), root.join("submission/rubric.public.toml")).expect("a copy");
        let command = self_check(name).replace("/autograder", &root.display().to_string());
        shell(&root.join("submission"), &path, &command, &[]);
        let text = fs::read_to_string(root.join(result)).expect("it is written");
        assert!(
            text.contains("has no tag") && !text.contains("secret") && !text.contains("Not to be seen"),
            "{name}: {text}"
        );
    }
}
