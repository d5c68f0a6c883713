//! The program as a user meets it: what it prints and how it ends.

#[path = "support/case.rs"]
mod case;
#[path = "support/skip.rs"]
mod skip;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use case::Case;
use insta::assert_snapshot;
use skip::skipped;

/// Without findings, whatever rules there are: none is run.
const CLEAN: &str = "check --isolated --ignore all";

#[test]
fn help() {
    let case = Case::new(&[]);
    let mut all = case.run("--help");
    // Only in builds with the feature `mcp`.
    all.out = all.out.split_inclusive('\n').filter(|line| !line.starts_with("  mcp ")).collect();
    assert_snapshot!("help", all);
    assert_snapshot!("help_check", case.run("check --help"));
    let none = case.run("");
    assert_eq!((none.code, none.out.as_str()), (2, ""));
    assert_eq!(none.err, case.run("-h").out);
    assert_eq!(
        case.run("--version").out,
        format!("plimsoll [VERSION] (image and package data of {})\n", plimsoll::knowledge::DATE)
    );
}

#[test]
fn usage_errors() {
    let case = Case::new(&[("Dockerfile", "FROM scratch\n")]);
    for args in [
        "--nope Dockerfile", "check --format yaml", "check --format sarif=", "check --format json --format sarif",
        "check --format json=x --format sarif=x", "check --fail-on off", "check --select rot-user-xyz Dockerfile",
        "check --context nowhere", "check --config nowhere.toml", "chekc Dockerfile", "rule no-such-rule",
        "config selct",
    ] {
        let ran = case.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args}: {ran}");
        assert!(ran.err.starts_with("error: "), "{args}: {ran}");
    }
    assert_snapshot!("unknown_format", case.run("check --format yaml"));
    assert_snapshot!("unknown_selector", case.run("check --select rot-user-xyz --ignore also-unknown"));
    assert_snapshot!("unknown_command", case.run("chekc Dockerfile"));
    assert_snapshot!("unknown_key", case.run("config selct"));
    assert!(!case.path("x").exists());
}

#[test]
fn exit_codes() {
    let case =
        Case::new(&[("a/Dockerfile", "FROM scratch\n"), ("empty/README", ""), ("b/Dockerfile", "FROM scratch\n")]);
    for (args, code) in [
        ("a", 0),
        (".", 0),
        ("", 0),
        ("--exit-zero a", 0),
        ("empty", 3),
        ("--exit-zero empty", 3),
        ("missing", 2),
        ("missing a", 2),
        ("--exit-zero missing", 2),
        ("--exclude a,b .", 3),
        ("--force-exclude --exclude a a/Dockerfile", 0),
        ("--exclude a a/Dockerfile", 0),
        ("--show-files a", 0),
        ("--show-files empty", 3),
        ("--show-files missing", 2),
        ("--show-settings a", 0),
    ] {
        let ran = case.run(&format!("{CLEAN} {args}"));
        assert_eq!(ran.code, code, "{args}: {ran}");
    }
}

/// `missing-user` and `untagged-base` are there to stay.
#[test]
fn findings_decide() {
    let case = Case::new(&[
        ("Dockerfile", "FROM python\nCMD [\"python\"]\n"),
        ("broken/Dockerfile", "FORM python\n"),
        ("covered/Dockerfile", "# plimsoll: ignore[untagged-base]: the newest is what we test\nFROM python\n"),
        ("strict/plimsoll.toml", "fail-on = \"note\"\n[levels]\nuntagged-base = \"note\"\n"),
        ("strict/Dockerfile", "FROM python\n"),
        ("spared/plimsoll.toml", "[per-file-ignores]\n\"Dockerfile.*\" = [\"DL3006\"]\n"),
        ("spared/Dockerfile.dev", "FROM python\n"),
    ]);
    for (args, code) in [
        ("--select untagged-base Dockerfile", 1),
        ("--select DL3006 Dockerfile", 1),
        ("--select untagged-base --fail-on error Dockerfile", 0),
        ("--select untagged-base --exit-zero Dockerfile", 0),
        ("--select untagged-base --exit-zero --no-exit-zero Dockerfile", 1),
        ("--select untagged-base Dockerfile missing", 2),
        ("--select correctness --fail-on error broken", 1),
        ("--select untagged-base covered", 0),
        ("--select untagged-base --no-inline-ignore covered", 1),
        ("--select untagged-base strict", 1),
        ("--select untagged-base --fail-on warn strict", 0),
        ("--select untagged-base spared", 0),
        ("--select untagged-base --isolated spared", 1),
        ("--select untagged-base --context . -", 0),
    ] {
        let ran = case.run_with(&format!("check {args}"), b"FROM python:3.13\n");
        assert_eq!(ran.code, code, "{args}: {ran}");
    }
    let counted = case.run("check --select untagged-base --statistics Dockerfile covered").out;
    assert!(counted.starts_with("1  warning") && counted.contains("pinned/untagged-base"), "{counted}");
    assert_eq!(case.run("Dockerfile").out, case.run("check --format concise Dockerfile").out);
    let twice = [case.run("."), case.run(".")].map(|ran| ran.to_string());
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn annotations_come_with_the_lines() {
    let case = Case::new(&[("Dockerfile", "FROM python\n")]).env("GITHUB_ACTIONS", "true");
    let ran = case.run("check --select untagged-base");
    let starts: Vec<_> = ran.out.lines().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(starts, ["Dockerfile:1:6:", "::warning"], "{ran}");
    assert_eq!(case.run("check --select untagged-base --format concise").out.lines().count(), 1);
}

#[test]
fn an_unreadable_file_hinders_no_other() {
    let case = Case::new(&[("Dockerfile", "FROM scratch\n"), ("Dockerfile.bin", "FROM\0")]);
    assert_snapshot!("unreadable", case.run(&format!("{CLEAN} missing Dockerfile Dockerfile.bin")));
    let json = case.run(&format!("{CLEAN} missing Dockerfile --format json"));
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("it is JSON");
    assert_eq!((&json["summary"]["files"], &json["summary"]["failed"]), (&2.into(), &1.into()));
}

#[test]
fn files_are_found_in_order() {
    let case = Case::new(&[
        ("b/Dockerfile", ""),
        ("a.Dockerfile", ""),
        ("b/vendor/Dockerfile", ""),
        ("b/plimsoll.toml", "exclude = [\"vendor\"]\n"),
        ("x/Dockerfile", ""),
    ]);
    for (args, expected) in [
        (".", "a.Dockerfile b/Dockerfile x/Dockerfile"),
        ("--isolated .", "a.Dockerfile b/Dockerfile b/vendor/Dockerfile x/Dockerfile"),
        ("b x", "b/Dockerfile x/Dockerfile"),
        ("x ./b/../x/Dockerfile", "x/Dockerfile"),
        ("b/vendor/Dockerfile", "b/vendor/Dockerfile"),
        ("--force-exclude b/vendor/Dockerfile x/Dockerfile", "x/Dockerfile"),
        ("--exclude b --exclude /x .", "a.Dockerfile"),
        ("- x --stdin-filename c/Dockerfile", "c/Dockerfile x/Dockerfile"),
        ("-", "-"),
    ] {
        let ran = case.run(&format!("check --show-files {args}"));
        assert_eq!(ran.out.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{args}: {ran}");
    }
}

#[test]
fn configuration_errors() {
    let case = Case::new(&[
        ("Dockerfile", "FROM scratch\n"),
        ("plimsoll.toml", "preview = 1\nfial-on = \"warn\"\nselect = [\"no-such-rule\"]\n\n[levels]\nall = \"loud\"\n"),
        ("sub/Dockerfile", "FROM scratch\n"),
        ("sub/.plimsoll.toml", "extend = \"nowhere.toml\"\n"),
        ("broken/Dockerfile", "FROM scratch\n"),
        ("broken/plimsoll.toml", "select = [\u{1b}\n"),
    ]);
    assert_snapshot!("configuration_errors", case.run("check ."));
    let isolated = case.run("check --isolated --ignore all .");
    assert_eq!((isolated.code, isolated.err.as_str()), (0, "no findings in 3 files\n"));
}

#[test]
fn a_given_configuration_is_the_only_one() {
    let case = Case::new(&[
        ("Dockerfile", "FROM scratch\n"),
        ("plimsoll.toml", "nonsense = 1\n"),
        ("ci/strict.toml", "fail-on = \"note\"\nexclude = [\"out\"]\n"),
        ("out/Dockerfile", ""),
    ]);
    let ran = case.run("--config ci/strict.toml check --show-files");
    assert_eq!((ran.code, ran.out.as_str()), (0, "Dockerfile\n"), "{ran}");
    let ran = case.run("check --config ci/strict.toml --show-settings");
    assert!(ran.out.contains("configuration: ci/strict.toml\n") && ran.out.contains("fail-on = \"note\"\n"), "{ran}");
    let ran = case.run("check --isolated --config ci/strict.toml");
    assert_eq!(ran.code, 2);
}

#[test]
fn standard_input() {
    let case = Case::new(&[("sub/plimsoll.toml", "fail-on = \"error\"\n")]);
    for (args, name) in [("-", "-"), ("- --stdin-filename sub/Dockerfile", "sub/Dockerfile")] {
        let ran = case.run_with(&format!("{CLEAN} {args} --format json"), b"FROM scratch\n\xff");
        let json: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
        assert_eq!((ran.code, &json["files"][0]["path"]), (0, &name.into()), "{ran}");
    }
    let ran = case.run_with("check --show-settings - --stdin-filename sub/Dockerfile", b"");
    assert!(ran.out.contains("fail-on = \"error\""), "{ran}");
}

#[test]
fn several_reports_from_one_run() {
    let case = Case::new(&[("Dockerfile", "FROM scratch\n")]);
    let ran = case.run(&format!("{CLEAN} --format json=a.json --format sarif=b.sarif --format full"));
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "no findings in 1 file\n", ""));
    for name in ["a.json", "b.sarif"] {
        let text = fs::read_to_string(case.path(name)).expect("it was written");
        serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON");
    }
    let ran = case.run(&format!("{CLEAN} --format json=no/such/folder --format sarif=c.sarif"));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("cannot write `no/such/folder`"), "{ran}");
    assert!(case.path("c.sarif").exists());
}

#[test]
fn quiet_and_verbose() {
    let case = Case::new(&[("Dockerfile", "FROM scratch\n"), ("Dockerfile.j2", "FROM {{ base }}\n")]);
    let quiet = case.run(&format!("{CLEAN} -q"));
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""));
    let verbose = case.run(&format!("{CLEAN} -v"));
    let expected = "checking Dockerfile with no configuration file: 0 rules\n\
                    skipping Dockerfile.j2: a template\nno findings in 1 file\n";
    assert_eq!((verbose.code, verbose.out.as_str(), verbose.err.as_str()), (0, "", expected));
}

#[test]
fn colour_is_for_those_who_want_it() {
    let coloured = |case: Case, args: &str| case.run(args).err.contains('\u{1b}');
    for (args, env, expected) in [
        ("check missing --format yaml", None, false),
        ("check missing --format yaml --color always", None, true),
        ("--color=always check --config missing", None, true),
        ("check --config missing", Some(("FORCE_COLOR", "1")), true),
        ("check --format yaml", Some(("FORCE_COLOR", "1")), true),
        ("check --format yaml --color never", Some(("CLICOLOR_FORCE", "1")), false),
        ("check --config missing", Some(("NO_COLOR", "1")), false),
    ] {
        let case = env.into_iter().fold(Case::new(&[]), |case, (name, value)| case.env(name, value));
        assert_eq!(coloured(case, args), expected, "{args} {env:?}");
    }
}

#[test]
fn init_writes_what_check_reads() {
    let case = Case::new(&[("Dockerfile", "FROM scratch\n")]);
    let ran = case.run("init");
    assert_eq!((ran.code, ran.out.as_str()), (0, "wrote plimsoll.toml\n"));
    assert_snapshot!("init", fs::read_to_string(case.path("plimsoll.toml")).expect("it was written"));
    let settings = case.run("check --show-settings");
    assert_eq!((settings.code, settings.err.as_str()), (0, ""));
    let again = case.run("init");
    assert_eq!(again.code, 2);
    assert!(again.err.contains("`plimsoll.toml` already exists"), "{again}");
}

#[test]
fn configuration_is_explained() {
    let case = Case::new(&[]);
    assert_snapshot!("config", case.run("config"));
    assert_snapshot!("config_select", case.run("config select"));
    let json = case.run("config --format json");
    assert!(serde_json::from_str::<serde_json::Value>(&json.out).is_ok_and(|json| json.is_array()), "{json}");
}

#[test]
fn rules_are_explained() {
    let case = Case::new(&[]);
    let all: serde_json::Value = serde_json::from_str(&case.run("rule --format json").out).expect("it is JSON");
    let text = case.run("rule").out;
    for rule in all.as_array().expect("it is a list") {
        let name = rule["name"].as_str().expect("it has a name");
        assert!(text.contains(name));
        let page = case.run(&format!("rule {name}"));
        let (title, body) = rule["page"].as_str().and_then(|page| page.split_once('\n')).expect("it has a heading");
        assert!(page.code == 0 && page.out.starts_with(title) && page.out.contains(body.trim()), "{page}");
    }
}

#[test]
fn hidden_commands() {
    let case = Case::new(&[("Dockerfile", "FROM scratch\nRUN a \\\n  b\n")]);
    assert_eq!(case.run("debug-parse Dockerfile").out, "Dockerfile\tFROM\t1\t1\nDockerfile\tRUN\t2\t3\n");
    let ran = case.run("debug-parse missing Dockerfile");
    assert_eq!((ran.code, ran.out.lines().count()), (2, 2), "{ran}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(case.run(&format!("completions {shell}")).out.contains("plimsoll"), "{shell}");
    }
    assert!(case.run("man").out.contains(".TH plimsoll 1"));
}

/// Whoever reads the output may stop.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let case = Case::new(&[("Dockerfile", "FROM scratch\n")]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["config", "--format", "json"])
        .current_dir(&case.root)
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// A pipe may never end.
#[cfg(unix)]
#[test]
fn a_pipe_is_not_opened() {
    let case = Case::new(&[]);
    let pipe = case.path("Dockerfile");
    let made = Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        skipped("there is no mkfifo");
        return;
    }
    assert!(Path::new(&pipe).exists());
    for args in ["check --isolated Dockerfile", "debug-parse Dockerfile", "check --config Dockerfile"] {
        assert_eq!(case.run(args).code, 2, "{args}");
    }
    assert_eq!(case.run("check --isolated .").code, 3);
}

#[test]
fn shellcheck_can_be_chosen() {
    let case = Case::new(&[("Dockerfile", "FROM debian:12\nRUN cp $a b\n")]);
    let own = "unquoted-variable";
    assert!(case.run("check --isolated --select SC2086").out.contains(own));
    assert!(!case.run("check --isolated --select all --shellcheck off").out.contains(own));
    // There is nothing in the folders of `PATH`.
    let ran = case.run("check --isolated --shellcheck external");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("`shellcheck` not found in `PATH`"), "{ran}");
    let page = case.run("rule SC2086").out;
    assert!(page.starts_with("# unquoted-variable\n"), "{page}");
}

#[test]
fn a_baseline_leaves_new_findings_only() {
    let case = Case::new(&[("Dockerfile", "FROM python\nUSER nobody\nCMD [\"python\", \"app.py\"]\n")]);
    let check = |arguments: &str| case.run(&format!("check --isolated --select pinned,nonroot {arguments}"));
    assert_eq!(check("").code, 1);
    let written = check("--write-baseline known.json");
    assert_eq!((written.code, written.out.as_str()), (0, "wrote 1 finding to known.json\n"));
    let known = check("--baseline known.json");
    assert_eq!((known.code, known.out.contains("untagged-base")), (0, false), "{}", known.out);

    // Lines above change nothing; what is written anew is new.
    fs::write(case.root.join("Dockerfile"), "# ours\n\nFROM python\nUSER root\nCMD [\"python\", \"app.py\"]\n")
        .expect("it can be written");
    let new = check("--baseline known.json");
    assert_eq!((new.code, new.out.contains("untagged-base"), new.out.contains("root-user")), (1, false, true));

    fs::write(case.root.join("known.json"), "{").expect("it can be written");
    assert_eq!(check("--baseline known.json").code, 2);
}

#[test]
fn profiles_set_levels() {
    let case = Case::new(&[("Dockerfile", "FROM python:slim\nUSER 1000\n")]);
    let level = |profile: &str| {
        let ran = case.run(&format!("check --isolated --select floating-tag --profile {profile}"));
        (ran.code, ran.out.contains("warn"))
    };
    assert_eq!(level("recommended").0, 0);
    assert_eq!(level("course").0, 1);
    assert_eq!(level("strict").0, 1);
}

#[test]
fn hadolints_configuration_is_read_where_there_is_none_of_ours() {
    let files = [
        (".hadolint.yaml", "ignored: [DL3006]\nfailure-threshold: error\n"),
        ("Dockerfile", "FROM python\nUSER 1000\n"),
    ];
    let case = Case::new(&files);
    let ran = case.run("check --select pinned");
    assert!(ran.out.contains("untagged-base"), "a selection on the command line replaces it: {}", ran.out);
    let ran = case.run("check");
    assert_eq!((ran.code, ran.out.contains("untagged-base")), (0, false), "{}", ran.out);

    let ran = case.run("init --from-hadolint");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let made = fs::read_to_string(case.root.join("plimsoll.toml")).expect("it was written");
    assert_snapshot!(made);
    fs::remove_file(case.root.join(".hadolint.yaml")).expect("it is there");
    let again = case.run("check");
    assert_eq!((again.code, again.out.contains("untagged-base")), (0, false), "{}", again.out);
}

#[test]
#[cfg(unix)]
fn ignore_files_that_never_end_are_not_read() {
    let case = Case::new(&[("a/Dockerfile", "FROM scratch\n"), ("b/c/Dockerfile", "FROM scratch\n"), ("b/c/x", "")]);
    std::os::unix::fs::symlink("/dev/zero", case.root.join("a/.gitignore")).expect("a link can be made");
    let pipe = Command::new("mkfifo").arg(case.root.join("b/.ignore")).status().expect("there is mkfifo");
    assert!(pipe.success());
    let ran = case.run("check --isolated --show-files .");
    assert_eq!(ran.out, "a/Dockerfile\nb/c/Dockerfile\n", "{}", ran.err);
    let ran = case.run("check --isolated .");
    assert_eq!(ran.code, 2, "{}", ran.err);
    for name in ["a/.gitignore", "b/.ignore"] {
        assert!(ran.out.contains(&format!("{name}: error: not a regular file, not read")), "{name}: {}", ran.out);
    }
    fs::remove_file(case.root.join("a/.gitignore")).expect("it is there");
    fs::write(case.root.join("a/.gitignore"), "x\n".repeat(1 << 20)).expect("a file can be written");
    let ran = case.run("check --isolated a");
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn a_file_name_is_no_command_of_a_log() {
    let case =
        Case::new(&[("::error::x/Dockerfile", "FROM scratch\nCMD a\nCMD b\n"), ("##[error]/Dockerfile", "FROM\n")]);
    for format in ["concise", "full"] {
        let ran = case.run(&format!("check --isolated --format {format} ."));
        for line in ran.out.lines().chain(ran.err.lines()) {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
        }
    }
}

/// Two findings with safe fixes: a legacy pair, and `ADD` of a file.
const FIXABLE: &str = "FROM scratch\nENV A b\nADD x /x\n";

#[test]
fn whose_fixes_are_applied() {
    let rules = "--select legacy-pair,needless-add --isolated";
    for (options, expected) in [
        ("", "FROM scratch\nENV A=b\nCOPY x /x\n"),
        ("--fixable legacy-pair", "FROM scratch\nENV A=b\nADD x /x\n"),
        ("--unfixable legacy-pair", "FROM scratch\nENV A b\nCOPY x /x\n"),
        ("--fixable correctness --unfixable needless-add", "FROM scratch\nENV A=b\nADD x /x\n"),
        ("--unfixable correctness --fixable needless-add", "FROM scratch\nENV A b\nCOPY x /x\n"),
    ] {
        let case = Case::new(&[("Dockerfile", FIXABLE), ("x", "")]);
        case.run(&format!("check --fix {rules} {options} Dockerfile"));
        assert_eq!(fs::read_to_string(case.path("Dockerfile")).expect("it is there"), expected, "{options}");
    }
    let case = Case::new(&[("Dockerfile", FIXABLE), ("x", "")]);
    assert_eq!(case.run(&format!("check {rules} --unfixable no-such-rule Dockerfile")).code, 2);
}

#[test]
fn as_how_safe_fixes_count() {
    for (config, options, expected) in [
        ("extend-unsafe-fixes = [\"legacy-pair\"]", "", "FROM scratch\nENV A b\nCOPY x /x\n"),
        ("extend-unsafe-fixes = [\"legacy-pair\"]", "--unsafe-fixes", "FROM scratch\nENV A=b\nCOPY x /x\n"),
        ("unfixable = [\"legacy-pair\"]", "--unsafe-fixes", "FROM scratch\nENV A b\nCOPY x /x\n"),
        ("fixable = [\"legacy-pair\"]", "", "FROM scratch\nENV A=b\nADD x /x\n"),
        (
            "extend-unsafe-fixes = [\"correctness\"]\nextend-safe-fixes = [\"legacy-pair\"]",
            "",
            "FROM scratch\nENV A=b\nADD x /x\n",
        ),
    ] {
        let case = Case::new(&[("Dockerfile", FIXABLE), ("x", ""), ("plimsoll.toml", config)]);
        case.run(&format!("check --fix --select legacy-pair,needless-add {options} Dockerfile"));
        let text = fs::read_to_string(case.path("Dockerfile")).expect("it is there");
        assert_eq!(text, expected, "{config} {options}");
    }
    let arg = "FROM scratch\nARG NAME\nCMD [\"/x\"]\n";
    let case = Case::new(&[("Dockerfile", arg), ("plimsoll.toml", "extend-safe-fixes = [\"unused-arg\"]")]);
    case.run("check --fix --select unused-arg Dockerfile");
    let text = fs::read_to_string(case.path("Dockerfile")).expect("it is there");
    assert_eq!(text, "FROM scratch\nCMD [\"/x\"]\n");
}

#[test]
fn one_finding_is_fixed() {
    let case = Case::new(&[("Dockerfile", FIXABLE), ("x", "")]);
    let rules = "--select legacy-pair,needless-add --isolated Dockerfile";
    let json: serde_json::Value =
        serde_json::from_str(&case.run(&format!("check --format json {rules}")).out).expect("it is JSON");
    let text = json.to_string();
    let at = text.find("\"fingerprint\":\"").expect("there is one") + "\"fingerprint\":\"".len();
    let fingerprint = text[at..].split('"').next().expect("it ends");
    case.run(&format!("check --fix-finding {fingerprint} {rules}"));
    let text = fs::read_to_string(case.path("Dockerfile")).expect("it is there");
    let one = ["FROM scratch\nENV A=b\nADD x /x\n", "FROM scratch\nENV A b\nCOPY x /x\n"];
    assert!(one.contains(&text.as_str()), "{text}");
}

#[test]
fn fixes_are_asked_for() {
    let rules = "--select legacy-pair,needless-add --isolated Dockerfile";
    for (answers, expected) in [
        ("y\nn\n", "FROM scratch\nENV A=b\nADD x /x\n"),
        ("n\ny\n", "FROM scratch\nENV A b\nCOPY x /x\n"),
        ("?\na\n", "FROM scratch\nENV A=b\nCOPY x /x\n"),
        ("y\nq\n", "FROM scratch\nENV A=b\nADD x /x\n"),
        ("d\n", FIXABLE),
        ("", FIXABLE),
    ] {
        let case = Case::new(&[("Dockerfile", FIXABLE), ("x", "")]);
        let ran = case.run_with(&format!("check --interactive {rules}"), answers.as_bytes());
        let text = fs::read_to_string(case.path("Dockerfile")).expect("it is there");
        assert_eq!(text, expected, "{answers:?} {ran}");
        assert!(ran.err.contains("safe fix: "), "{ran}");
    }
}

#[test]
fn builds_of_a_matrix_and_of_inline_dockerfiles_are_shown() {
    let compose = "services:\n  a:\n    build:\n      target: x\n      dockerfile_inline: |\n        FROM alpine:3.22 AS x\n  \
                   b:\n    image: nginx:1.28\n";
    let bake = "target \"web\" {\n  name = \"web-${v}\"\n  matrix = { v = [\"1\", \"2\"] }\n  args = { V = v }\n}\n";
    let case = Case::new(&[("compose.yaml", compose), ("docker-bake.hcl", bake), ("Dockerfile", "FROM scratch\n")]);
    let ran = case.run("check --isolated --show-invocations .");
    let expected = "# Dockerfile\n# docker-bake.hcl: target `web-1`\ndocker build --file Dockerfile --build-arg V=1 .\n\
                    # docker-bake.hcl: target `web-2`\ndocker build --file Dockerfile --build-arg V=2 .\n\n\
                    # compose.yaml\n# compose.yaml: service `a`\ndocker build --file - --target x .\n";
    assert_eq!((ran.out.as_str(), ran.code), (expected, 0));
}

#[test]
fn a_project_says_how_its_dockerfiles_are_built() {
    let dockerfile = "ARG BASE\nFROM ${BASE} AS dev\nCMD [\"sh\"]\n\nFROM debian:13-slim AS prod\nCOPY app.sh /\n\
                      CMD [\"sh\", \"/app.sh\"]\n";
    let compose = "services:\n  web:\n    build:\n      context: ..\n      dockerfile: web/Dockerfile\n      target: dev\n      \
                   args:\n        BASE: debian:13-slim\n        API_TOKEN: abc\n        UNUSED: 1\n";
    let bake = "target \"web\" {\n  dockerfile = \"web/Dockerfile\"\n  args = { BASE = \"debian:13\" }\n}\n";
    let case = Case::new(&[
        ("web/Dockerfile", dockerfile),
        ("deploy/compose.yaml", compose),
        ("compose.yaml", "include: [deploy/compose.yaml]\n"),
        ("docker-bake.hcl", bake),
        ("app.sh", "echo\n"),
    ]);
    let ran = case.run("check --isolated --show-invocations web");
    let expected = "# web/Dockerfile\n# compose.yaml: service `web`\ndocker build --file web/Dockerfile --target dev \
                    --build-arg API_TOKEN --build-arg BASE=debian:13-slim --build-arg UNUSED=1 .\n\
                    # docker-bake.hcl: target `web`\n\
                    docker build --file web/Dockerfile --build-arg BASE=debian:13 .\n";
    assert_eq!((ran.out.as_str(), ran.code), (expected, 0));
    // The context is the one that the project names, and so the file is there.
    let ran = case.run(
        "check --isolated --select missing-source,missing-healthcheck,missing-user,unused-stage web --format concise",
    );
    let places: Vec<_> = ran.out.lines().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, ["web/Dockerfile:2:6", "web/Dockerfile:5:1", "web/Dockerfile:5:6"], "{}", ran.out);
    // The Dockerfile is outside of the directory.
    let ran = case.run("check --isolated --select compose --format concise deploy");
    assert!(ran.out.contains("the Dockerfile has no `ARG UNUSED`"), "{}", ran.out);
}
