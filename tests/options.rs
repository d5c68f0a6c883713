//! Every option of `check` with a right, an odd and a wrong value; environment variables, configuration files, reports for
//! CI services, and runs that look only at what changed.

#[path = "support/case.rs"]
mod case;
#[path = "support/generated.rs"]
mod generated;
#[path = "support/skip.rs"]
mod skip;

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use case::{Case, Ran};
use serde_json::Value;
use skip::skipped;

const UNTAGGED: &str = "FROM python\nUSER nobody\n";

/// `PATH` of this process, for programs that a run starts.
fn path() -> &'static str {
    Box::leak(std::env::var("PATH").unwrap_or_default().into_boxed_str())
}

fn check(case: &Case, arguments: &str) -> Ran {
    case.run(&format!("check --select untagged-base {arguments}"))
}

#[test]
fn every_option() {
    let case = Case::new(&[
        ("Dockerfile", UNTAGGED),
        ("sub/app.df", UNTAGGED),
        ("clean/Dockerfile", "FROM python:3.13\n"),
        ("empty/x", ""),
        ("own.toml", "fail-on = \"error\"\n"),
        ("known.json", "{"),
    ])
    .env("PATH", path());
    // Arguments, the exit code, and a part of what is printed.
    for (arguments, code, text) in [
        ("--color never Dockerfile", 1, "warning[untagged-base]"),
        ("--color=always --format full Dockerfile", 1, "\u{1b}["),
        ("--color sometimes Dockerfile", 2, "possible values: auto, always, never"),
        ("--config own.toml Dockerfile", 0, "1 warning"),
        ("--config own.toml --config own.toml Dockerfile", 2, "cannot be used multiple times"),
        ("--config none.toml Dockerfile", 2, "cannot read the configuration `none.toml`"),
        ("--isolated Dockerfile", 1, "untagged-base"),
        ("--isolated --config own.toml Dockerfile", 2, "cannot be used with"),
        ("--quiet Dockerfile", 1, "untagged-base"),
        ("-q -v Dockerfile", 2, "cannot be used with"),
        ("--verbose Dockerfile", 1, "checking Dockerfile with no configuration file"),
        ("--ignore untagged-base Dockerfile", 0, "no findings"),
        ("--ignore DL9999 Dockerfile", 2, "`--ignore`"),
        ("--ignore zz* Dockerfile", 1, "`--ignore zz*` matches no rule"),
        ("--extend-select root-user,, Dockerfile", 1, "untagged-base"),
        ("--extend-select no-such-rule Dockerfile", 2, "there is no rule and no practice `no-such-rule`"),
        ("--profile strict Dockerfile", 1, "untagged-base"),
        ("--profile lax Dockerfile", 2, "possible values: recommended, course, strict, hadolint"),
        ("--preview --no-preview Dockerfile", 1, "untagged-base"),
        ("--preview=yes Dockerfile", 2, "unexpected value"),
        ("--build-arg A=1 Dockerfile", 1, "untagged-base"),
        ("--build-arg A Dockerfile", 1, "untagged-base"),
        ("--build-arg =1 Dockerfile", 2, "expected NAME or NAME=VALUE"),
        ("--shellcheck off Dockerfile", 1, "untagged-base"),
        ("--shellcheck maybe Dockerfile", 2, "possible values: builtin, external, off"),
        ("--context . Dockerfile", 1, "untagged-base"),
        ("--context none Dockerfile", 2, "the build context `none` is not a directory"),
        ("--fix clean/Dockerfile", 0, "no findings"),
        ("--fix=yes Dockerfile", 2, "unexpected value"),
        ("--unsafe-fixes Dockerfile", 1, "untagged-base"),
        ("--unsafe-fixes --diff Dockerfile", 1, "+FROM python:"),
        ("--diff Dockerfile", 0, "nothing to fix"),
        ("--diff --format json Dockerfile", 2, "cannot be used with"),
        ("--fix-only clean/Dockerfile", 0, "nothing to fix"),
        ("--fix-only --statistics Dockerfile", 2, "cannot be used with"),
        ("--show-fixes Dockerfile", 1, "untagged-base"),
        ("--verify Dockerfile", 2, "`--verify` requires `--fix`"),
        ("--verify --unsafe-fixes Dockerfile", 2, "`--verify` requires `--fix`"),
        ("--exclude clean .", 1, "untagged-base"),
        ("--exclude ,, .", 1, "untagged-base"),
        ("--exclude [ .", 2, "`--exclude`: `[`"),
        ("--include *.df sub", 1, "sub/app.df"),
        ("--include nothing sub", 3, "no Dockerfiles or Compose files found"),
        ("--include { sub", 2, "`--include`: `{`"),
        ("--force-exclude --exclude Dockerfile Dockerfile", 0, ""),
        ("--force-exclude=1 Dockerfile", 2, "unexpected value"),
        ("--allow-empty empty", 0, ""),
        ("empty", 3, "no Dockerfiles or Compose files found in `empty`"),
        ("--no-ignore --gitignore Dockerfile", 1, "untagged-base"),
        ("--no-inline-ignore Dockerfile", 1, "untagged-base"),
        ("--no-inline-ignore=x Dockerfile", 2, "unexpected value"),
        ("--stdin-filename x/Dockerfile -", 0, "no findings"),
        ("--stdin-filename", 2, "a value is required"),
        ("--show-files Dockerfile", 0, "Dockerfile\n"),
        ("--show-files --show-settings Dockerfile", 2, "cannot be used with"),
        ("--show-settings Dockerfile", 0, "untagged-base = \"warn\""),
        ("--jobs 1 Dockerfile", 1, "untagged-base"),
        ("-j 1024 Dockerfile", 1, "untagged-base"),
        ("--jobs 0 Dockerfile", 2, "expected a number from 1 to 1024"),
        ("--jobs many Dockerfile", 2, "expected a number from 1 to 1024"),
        ("--format json Dockerfile", 1, "\"untagged-base\""),
        ("--format sarif= Dockerfile", 2, "the file name after `=` is missing"),
        ("--format xml Dockerfile", 2, "unknown format `xml`"),
        ("--format json --format sarif Dockerfile", 2, "would both go to standard output"),
        ("--format sarif=same --output-file same Dockerfile", 2, "two reports would be written to `same`"),
        ("--output-file no/such/report Dockerfile", 2, "cannot write `no/such/report`"),
        ("--output-file report --diff Dockerfile", 2, "cannot be used with"),
        ("--path-prefix services/ --format github Dockerfile", 1, "file=services/Dockerfile"),
        ("--path-prefix", 2, "a value is required"),
        ("--fail-on error Dockerfile", 0, "1 warning"),
        ("--fail-on warning Dockerfile", 1, "1 warning"),
        ("--fail-on off Dockerfile", 2, "possible values: note, warn, error"),
        ("--today 2026-11-30 Dockerfile", 1, "untagged-base"),
        ("--today 2024-02-29 Dockerfile", 1, "untagged-base"),
        ("--today 2026-02-30 Dockerfile", 2, "--today"),
        ("--baseline known.json Dockerfile", 2, "cannot read the baseline `known.json`"),
        ("--baseline none.json Dockerfile", 2, "write it: `plimsoll check --write-baseline none.json`"),
        ("--write-baseline no/such/file Dockerfile", 2, "cannot write `no/such/file`"),
        ("--update-baseline Dockerfile", 2, "`--update-baseline` needs a baseline"),
        ("--exit-zero Dockerfile", 0, "untagged-base"),
        ("--exit-zero=1 Dockerfile", 2, "unexpected value"),
        ("--statistics Dockerfile", 1, "pinned/untagged-base"),
        ("--statistics --format sarif Dockerfile", 2, "`--statistics` cannot be written as `sarif`"),
        ("Dockerfile --changed-since", 2, "a value is required"),
        ("--changed-since=-x Dockerfile", 2, "`-x` is not a revision"),
        ("--changed-since HEAD --fix --verify Dockerfile", 2, "cannot be used with"),
        ("--watch -", 2, "`--watch` cannot watch standard input"),
        ("--watch --fix Dockerfile", 2, "cannot be used with"),
        ("--engine none Dockerfile", 2, "possible values: auto, docker"),
        ("--http nonsense Dockerfile", 2, "--http"),
        ("--memory 0 Dockerfile", 2, "a limit must be greater than 0"),
        ("--cpus nan Dockerfile", 2, "expected a number greater than 0"),
        ("--run-timeout 5 Dockerfile", 1, "untagged-base"),
        ("--run-timeout soon Dockerfile", 2, "--run-timeout"),
        ("--no-such-option Dockerfile", 2, "unexpected argument '--no-such-option'"),
        ("none/Dockerfile", 2, "none/Dockerfile"),
    ] {
        let ran = check(&case, arguments);
        assert_eq!(ran.code, code, "{arguments}: {ran}");
        assert!(ran.out.contains(text) || ran.err.contains(text), "{arguments}: {text:?} is not in {ran}");
    }
    let none = case.run("check --select , Dockerfile");
    assert_eq!((none.code, none.err.contains("`--select` contains no rules")), (2, true), "{none}");
    // None of these has changed a file.
    assert_eq!(fs::read_to_string(case.path("Dockerfile")).expect("it is there"), UNTAGGED);
}

#[test]
fn environment_variables_set_options() {
    let files = [("Dockerfile", UNTAGGED), ("own.toml", "fail-on = \"error\"\n"), ("plimsoll.toml", "nonsense = 1\n")];
    let with = |name, value, arguments: &str| check(&Case::new(&files).env(name, value), arguments);
    assert_eq!(with("PLIMSOLL_CONFIG", "own.toml", "").code, 0);
    assert_eq!(with("PLIMSOLL_CONFIG", "own.toml", "--isolated").code, 1);
    assert_eq!(with("PLIMSOLL_CONFIG", "none.toml", "--config own.toml").code, 0);
    assert_eq!(with("PLIMSOLL_CONFIG", "", "").code, 2);
    assert!(with("PLIMSOLL_FORMAT", "json", "--isolated").out.starts_with('{'));
    assert!(!with("PLIMSOLL_FORMAT", "json", "--isolated --format concise").out.starts_with('{'));
    assert_eq!(with("PLIMSOLL_FORMAT", "json", "--isolated --statistics").code, 1);
    assert_eq!(with("PLIMSOLL_FORMAT", "json", "--isolated --diff").code, 0);
    assert_eq!(with("PLIMSOLL_FAIL_ON", "error", "--isolated").code, 0);
    assert_eq!(with("PLIMSOLL_FAIL_ON", "error", "--isolated --fail-on warn").code, 1);
    assert_eq!(with("PLIMSOLL_JOBS", "2", "--isolated").code, 1);
    assert_eq!(with("PLIMSOLL_BASELINE", "none.json", "--isolated").code, 2);
    assert!(with("PLIMSOLL_PATH_PREFIX", "a", "--isolated --format github").out.contains("file=a/Dockerfile"));
    let case = Case::new(&files).env("PLIMSOLL_OUTPUT_FILE", "report.txt");
    assert_eq!(check(&case, "--isolated").out, "");
    assert!(fs::read_to_string(case.path("report.txt")).is_ok_and(|text| text.contains("untagged-base")));
    for (name, value) in
        [("PLIMSOLL_PROFILE", "lax"), ("PLIMSOLL_FORMAT", "xml"), ("PLIMSOLL_FAIL_ON", "off"), ("PLIMSOLL_JOBS", "0")]
    {
        let ran = with(name, value, "--isolated");
        assert_eq!((ran.code, ran.err.contains(name) && ran.err.contains("expected")), (2, true), "{ran}");
    }
}

#[test]
fn the_report_goes_to_a_file() {
    let case = Case::new(&[("Dockerfile", UNTAGGED)]);
    let ran = check(&case, "--output-file out.json --format json");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran}");
    assert!(ran.err.contains("1 finding in 1 file"), "{ran}");
    let text = fs::read_to_string(case.path("out.json")).expect("it was written");
    assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
    assert_eq!(check(&case, "-o out.txt --color always").code, 1);
    let text = fs::read_to_string(case.path("out.txt")).expect("it was written");
    assert!(text.contains("untagged-base") && !text.contains('\u{1b}'), "{text}");
    check(&case, "-o counts --statistics");
    assert!(fs::read_to_string(case.path("counts")).is_ok_and(|text| text.contains("pinned/untagged-base")));
}

#[test]
fn a_file_says_which_version_it_is_for() {
    let case = Case::new(&[("Dockerfile", UNTAGGED), ("plimsoll.toml", "required-version = \">=0.1, <999\"\n")]);
    assert_eq!(check(&case, "").code, 1);
    // What only that version knows is not reported.
    fs::write(case.path("plimsoll.toml"), "not-yet-known = 1\nrequired-version = \">=999\"\n").expect("it is written");
    let ran = check(&case, "");
    assert_eq!((ran.code, ran.err.contains("this file requires plimsoll >=999")), (2, true), "{ran}");
    assert!(!ran.err.contains("not-yet-known"), "{ran}");
    fs::write(case.path("plimsoll.toml"), "required-version = \"new\"\n").expect("it is written");
    assert!(check(&case, "").err.contains("`new` is not a version range"));
}

#[test]
fn overrides_are_for_some_files() {
    let config = "[levels]\nuntagged-base = \"error\"\n\n[[overrides]]\nfiles = [\"dev/**\"]\nlevels = { untagged-base = \"note\" }\n\n\
                  [[overrides]]\nfiles = [\"dev/old/*\", \"Dockerfile.old\"]\nignore = [\"pinned\"]\n";
    let case = Case::new(&[
        ("plimsoll.toml", config),
        ("Dockerfile", UNTAGGED),
        ("dev/Dockerfile", UNTAGGED),
        ("dev/old/Dockerfile", UNTAGGED),
        ("Dockerfile.old", UNTAGGED),
    ]);
    let ran = check(&case, "--format concise .");
    let lines: Vec<_> = ran.out.lines().map(|line| line.split(" `").next().unwrap_or_default()).collect();
    assert_eq!(lines, ["Dockerfile:1:6: error[untagged-base]", "dev/Dockerfile:1:6: note[untagged-base]"], "{ran}");

    for (text, expected) in [
        ("[[overrides]]\nignore = [\"pinned\"]\n", "`files` is missing"),
        ("[[overrides]]\nfiles = [\"*\"]\nignor = [\"pinned\"]\n", "did you mean `ignore`?"),
        ("[overrides]\nfiles = [\"*\"]\n", "expected a list of tables"),
        ("overrides = [1]\n", "expected a table"),
        ("[[overrides]]\nfiles = [\"[\"]\n", "`[` "),
    ] {
        fs::write(case.path("plimsoll.toml"), text).expect("it is written");
        let ran = check(&case, "Dockerfile");
        assert_eq!((ran.code, ran.err.contains(expected)), (2, true), "{text}: {ran}");
    }
    fs::write(case.path("plimsoll.toml"), "[[overrides]]\nfiles = [\"dev/**\"]\nselect = [\"root-user\"]\n")
        .expect("it is written");
    assert_eq!(case.run("check dev/Dockerfile").code, 0);
}

#[test]
fn project_files_of_other_tools_configure_it() {
    let case = Case::new(&[
        ("py/pyproject.toml", "[project]\nname = \"x\"\n\n[tool.plimsoll]\nfail-on = \"error\"\n"),
        ("py/Dockerfile", UNTAGGED),
        ("js/package.json", "{ \"name\": \"x\", \"plimsoll\": { \"fail-on\": \"error\" } }"),
        ("js/deep/Dockerfile", UNTAGGED),
        // Names that are not for us.
        ("other/package.json", "{ \"devDependencies\": { \"plimsoll\": \"^1\" } }"),
        ("other/pyproject.toml", "[project]\nname = \"plimsoll\"\n"),
        ("other/Dockerfile", UNTAGGED),
        ("broken/package.json", "{ \"plimsoll\": "),
        ("broken/Dockerfile", UNTAGGED),
        ("both/pyproject.toml", "[tool.plimsoll]\nfail-on = \"error\"\n"),
        ("both/plimsoll.toml", "fail-on = \"warn\"\n"),
        ("both/Dockerfile", UNTAGGED),
        ("base/pyproject.toml", "[tool.plimsoll]\nextend = \"../py/pyproject.toml\"\n"),
        ("base/Dockerfile", UNTAGGED),
    ]);
    for (file, code) in [
        ("py/Dockerfile", 0),
        ("js/deep/Dockerfile", 0),
        ("other/Dockerfile", 1),
        ("broken/Dockerfile", 1),
        ("both/Dockerfile", 1),
        ("base/Dockerfile", 0),
        ("--config py/pyproject.toml other/Dockerfile", 0),
        ("--config js/package.json other/Dockerfile", 0),
        ("--config broken/package.json other/Dockerfile", 2),
    ] {
        // Without `--select`, which would turn the rule on again.
        let ran = case.run(&format!("check --ignore metadata {file}"));
        assert_eq!(ran.code, code, "{file}: {ran}");
    }
    fs::write(case.path("js/package.json"), "{ \"plimsoll\": { \"fial-on\": \"error\", \"preview\": 1 } }")
        .expect("it is written");
    let ran = case.run("check js");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("`plimsoll` in js/package.json: unknown key `fial-on`"), "{ran}");
    fs::write(case.path("py/pyproject.toml"), "[tool.plimsoll]\nfial-on = 1\n").expect("it is written");
    assert!(case.run("check py").err.contains("py/pyproject.toml:2:1"), "a mistake is shown at its place");
}

/// `plimsoll.schema.json` is what the program prints.
#[test]
fn the_schema_of_the_configuration_is_current() {
    let case = Case::new(&[]);
    let printed = case.run("config --schema").out;
    generated::assert_up_to_date("src/config/plimsoll.schema.json", &printed);
    let schema: Value = serde_json::from_str(&printed).expect("it is JSON");
    let keys: Value = serde_json::from_str(&case.run("config --format json").out).expect("it is JSON");
    for key in keys.as_array().expect("a list") {
        let name = key["key"].as_str().expect("a name");
        assert!(schema["properties"][name].is_object(), "{name}");
    }
}

/// What `init` writes, with every key in use, and mistakes, as taplo sees them.
#[test]
fn taplo_knows_the_configuration() {
    let Some(taplo) = std::env::var_os("PLIMSOLL_TAPLO") else {
        return skipped("PLIMSOLL_TAPLO does not name the program taplo");
    };
    let keys: Value = serde_json::from_str(&Case::new(&[]).run("config --format json").out).expect("it is JSON");
    let mut example: String = keys
        .as_array()
        .expect("a list")
        .iter()
        .map(|key| format!("{}\n", key["example"].as_str().unwrap_or_default()))
        .collect();
    example = example.replace("extend = \"../plimsoll.toml\"\n", "");
    let case = Case::new(&[
        ("plimsoll.toml", &example),
        ("wrong.toml", "fail-on = \"off\"\n"),
        ("odd.toml", "fial-on = \"warn\"\n"),
    ]);
    let schema = format!("file://{}/src/config/plimsoll.schema.json", env!("CARGO_MANIFEST_DIR"));
    for (file, fits) in [("plimsoll.toml", true), ("wrong.toml", false), ("odd.toml", false)] {
        let lint = Command::new(&taplo).args(["lint", "--schema", &schema, file]).current_dir(&case.root).output();
        let lint = lint.expect("taplo starts");
        assert_eq!(lint.status.success(), fits, "{file}: {}\n{example}", String::from_utf8_lossy(&lint.stderr));
    }
}

#[test]
fn services_find_files_in_the_repository() {
    let case =
        Case::new(&[("repo/.git/HEAD", ""), ("repo/svc/Dockerfile", UNTAGGED), ("elsewhere/Dockerfile", UNTAGGED)]);
    let run = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(["check", "--isolated", "--select", "untagged-base"]).args(arguments).env_clear();
        let ran = command.envs(environment.iter().copied()).current_dir(case.path("repo/svc")).output();
        String::from_utf8(ran.expect("it runs").stdout).expect("it is text")
    };
    let absolute = case.path("repo/svc/Dockerfile").display().to_string();
    for path in ["Dockerfile", "./Dockerfile", "../svc/Dockerfile", &absolute] {
        let text = run(&[], &["--format", "github", path]);
        assert!(text.contains("file=svc/Dockerfile,line=1"), "{path}: {text}");
        assert!(text.contains("::svc/Dockerfile:1:6: untagged-base: `python` has no tag"), "{path}: {text}");
    }
    let gitlab: Value = serde_json::from_str(&run(&[], &["--format", "gitlab"])).expect("it is JSON");
    assert_eq!(gitlab[0]["location"]["path"], "svc/Dockerfile");
    // What GitLab documents as required.
    for key in ["description", "check_name", "fingerprint", "severity", "location"] {
        assert!(!gitlab[0][key].is_null(), "{key}: {gitlab}");
    }
    assert!(
        ["info", "minor", "major", "critical", "blocker"].iter().any(|severity| gitlab[0]["severity"] == *severity)
    );
    let sarif: Value = serde_json::from_str(&run(&[], &["--format", "sarif"])).expect("it is JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], "svc/Dockerfile");
    // People see paths that they can open.
    assert!(run(&[], &["--format", "concise"]).starts_with("Dockerfile:1:6"));

    let workspace = case.root.display().to_string();
    for name in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"] {
        let text = run(&[(name, &workspace)], &["--format", "github"]);
        assert!(text.contains("file=repo/svc/Dockerfile"), "{name}: {text}");
    }
    // The checkout of another job is not ours.
    let other = case.path("elsewhere").display().to_string();
    assert!(run(&[("GITHUB_WORKSPACE", &other)], &["--format", "github"]).contains("file=svc/Dockerfile"));
    let text = run(&[], &["--format", "github", "--path-prefix", "mono/"]);
    assert!(text.contains("file=mono/svc/Dockerfile"), "{text}");
}

#[test]
fn a_step_has_a_summary() {
    let case = Case::new(&[("Dockerfile", UNTAGGED), ("summary.md", "before\n")]);
    let case = case.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", "summary.md");
    assert_eq!(check(&case, "--format sarif=out.sarif").code, 1);
    let text = fs::read_to_string(case.path("summary.md")).expect("it is there");
    assert!(text.starts_with("before\n### Plimsoll\n") && text.contains("`untagged-base`"), "{text}");
    let case = Case::new(&[("Dockerfile", UNTAGGED)]).env("GITHUB_STEP_SUMMARY", "summary.md");
    check(&case, "");
    assert!(!case.path("summary.md").exists());
}

#[test]
fn sarif_ranks_security_findings() {
    let case = Case::new(&[(
        "Dockerfile",
        "FROM python:3.13\nENV API_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345\nUSER root\n",
    )]);
    let sarif: Value = serde_json::from_str(&case.run("check --format sarif").out).expect("it is JSON");
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().expect("a list").clone();
    let about = |practice: &str| rules.iter().filter(|rule| rule["properties"]["tags"][0] == practice).count();
    assert!(
        about("secrets") > 0 && rules.len() > about("secrets") + about("nonroot") + about("downloads"),
        "{sarif:#}"
    );
    for rule in &rules {
        let tags = rule["properties"]["tags"].as_array().expect("a list");
        let is_security = tags.iter().any(|tag| tag == "security");
        let score =
            rule["properties"]["security-severity"].as_str().map(|score| score.parse::<f64>().expect("a number"));
        assert_eq!(score.is_some_and(|score| (0.1..=10.0).contains(&score)), is_security, "{rule:#}");
    }
}

fn git(case: &Case, arguments: &str) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments.split(' '));
    let output = command.current_dir(&case.root).output().expect("git starts");
    assert!(output.status.success(), "git {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn only_what_changed() {
    if Command::new("git").arg("--version").output().is_err() {
        return skipped("git is not installed");
    }
    let case = Case::new(&[
        ("Dockerfile", "FROM python AS a\nFROM node AS b\nFROM alpine AS c\n"),
        ("same/Dockerfile", UNTAGGED),
        ("a \"b\" ü/Dockerfile", UNTAGGED),
    ])
    .env("PATH", path())
    .env("HOME", "/");
    let outside = check(&case, "--changed-since HEAD .");
    assert_eq!((outside.code, outside.err.contains("git failed: not a git repository")), (2, true), "{outside}");
    git(&case, "init -q -b main");
    git(&case, "add .");
    git(&case, "commit -qm one");
    let lines = |arguments: &str| -> Vec<String> {
        let ran = check(&case, &format!("--format concise {arguments}"));
        ran.out.lines().map(|line| line.split(": ").next().unwrap_or_default().to_owned()).collect()
    };
    let nothing = check(&case, "--changed-since HEAD .");
    assert_eq!((nothing.code, nothing.err.as_str()), (0, "no findings in 0 files\n"), "{nothing}");
    git(&case, "checkout -qb work");
    fs::write(case.path("Dockerfile"), "FROM python AS a\n# new\nFROM debian AS b\nFROM alpine AS c\n")
        .expect("it is written");
    fs::write(case.path("a \"b\" ü/Dockerfile"), "FROM ruby\nUSER nobody\n").expect("it is written");
    fs::create_dir(case.path("new")).expect("it is made");
    fs::write(case.path("new/Dockerfile"), "FROM python AS a\nFROM node AS b\n").expect("it is written");
    let expected = ["Dockerfile:3:6", "a \"b\" ü/Dockerfile:1:6", "new/Dockerfile:1:6", "new/Dockerfile:2:6"];
    assert_eq!(lines("--changed-since HEAD ."), expected);
    assert_eq!(check(&case, "--changed-since HEAD .").code, 1);
    assert_eq!(lines("--changed-since main new"), expected[2..]);
    git(&case, "add .");
    git(&case, "commit -qm two");
    assert_eq!(lines("--changed-since main ."), expected);
    assert_eq!(lines("--changed-since HEAD ."), [""; 0]);
    // What happened on the other branch since is not ours.
    git(&case, "checkout -q main");
    fs::write(case.path("same/Dockerfile"), "FROM perl\nUSER nobody\n").expect("it is written");
    git(&case, "commit -qam three");
    git(&case, "checkout -q work");
    assert_eq!(lines("--changed-since main ."), expected);
    assert_eq!(check(&case, "--changed-since main --show-files .").out.lines().count(), 3);
    // Fixes keep to these lines, also when earlier ones move them.
    let diff = check(&case, "--changed-since main --unsafe-fixes --diff Dockerfile");
    let removed: Vec<_> = diff.out.lines().filter(|line| line.starts_with('-') && !line.starts_with("---")).collect();
    assert_eq!(removed, ["-FROM debian AS b"], "{diff}");
    let fixed = check(&case, "--changed-since main --fix --unsafe-fixes Dockerfile");
    let text = fs::read_to_string(case.path("Dockerfile")).expect("it is read");
    assert!(text.starts_with("FROM python AS a\n# new\nFROM debian:"), "{fixed}{text}");
    assert!(text.ends_with("FROM alpine AS c\n"), "{fixed}{text}");
    let unknown = check(&case, "--changed-since nowhere .");
    assert_eq!((unknown.code, unknown.err.contains("no common history with `nowhere`")), (2, true), "{unknown}");
    // Options of git are no revisions.
    assert_eq!(check(&case, "--changed-since=--output=pwned .").code, 2);
    assert!(!case.path("pwned").exists());
}

#[test]
fn a_watched_file_is_checked_again() {
    let case = Case::new(&[("Dockerfile", UNTAGGED)]);
    let out = fs::File::create(case.path("log")).expect("it is made");
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", "--isolated", "--watch", "--select", "untagged-base", "--format", "concise"])
        .current_dir(&case.root)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let wait_for = |text: &str| {
        for _ in 0..600 {
            let log = fs::read_to_string(case.path("log")).unwrap_or_default();
            if log.contains(text) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        false
    };
    let first = wait_for("`python` has no tag");
    fs::write(case.path("Dockerfile"), "FROM node\nUSER nobody\n").expect("it is written");
    let second = wait_for("`node` has no tag");
    fs::create_dir(case.path("new")).expect("it is made");
    fs::write(case.path("new/Dockerfile"), "FROM ruby\nUSER nobody\n").expect("it is written");
    let third = wait_for("`ruby` has no tag");
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!((first, second, third), (true, true, true));
}

#[test]
fn baselines_follow_moves_and_shrink() {
    let case = Case::new(&[
        ("app/Dockerfile", "FROM python AS a\nFROM node AS b\n"),
        ("plimsoll.toml", "baseline = \"known.json\"\n"),
        ("sub/x", ""),
    ]);
    assert_eq!(check(&case, "--write-baseline known.json .").out, "wrote 2 findings to known.json\n");
    let absolute = case.path("app/Dockerfile").display().to_string();
    // From another directory, by an absolute path, and by the key of the configuration.
    for arguments in ["--baseline known.json app", "app/../app/Dockerfile", &absolute, "."] {
        let ran = check(&case, arguments);
        assert_eq!(
            (ran.code, ran.err.contains("known.json: 2 known findings not reported")),
            (0, true),
            "{arguments}: {ran}"
        );
    }
    let ran = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", "--select", "untagged-base", "../app", "--baseline", "../known.json"])
        .current_dir(case.path("sub"))
        .output()
        .expect("it runs");
    assert_eq!(ran.status.code(), Some(0));
    // Lines that move are known; one more of the same is not.
    fs::write(case.path("app/Dockerfile"), "# ours\n\nFROM node AS b\nFROM python AS a\nFROM ruby AS c\n")
        .expect("it is written");
    let more = check(&case, ".");
    assert_eq!((more.code, more.out.lines().count()), (1, 1), "{more}");
    // A fixed finding is stale until the file is updated.
    fs::write(case.path("app/Dockerfile"), "FROM python:3.13 AS a\nFROM node AS b\n").expect("it is written");
    let stale = check(&case, ".");
    assert_eq!(
        (stale.code, stale.err.contains("1 stale finding, which --update-baseline drops")),
        (0, true),
        "{stale}"
    );
    let before = fs::read_to_string(case.path("known.json")).expect("it is there");
    let updated = check(&case, "--update-baseline .");
    assert_eq!((updated.code, updated.err.contains("1 stale finding dropped")), (0, true), "{updated}");
    assert_ne!(fs::read_to_string(case.path("known.json")).expect("it is there"), before);
    // `--update-baseline` adds nothing.
    fs::write(case.path("app/Dockerfile"), "FROM python AS a\nFROM node AS b\n").expect("it is written");
    assert_eq!(check(&case, "--update-baseline .").code, 1);
    fs::remove_file(case.path("app/Dockerfile")).expect("it is removed");
    let gone = check(&case, "--allow-empty --baseline known.json .");
    assert!(gone.err.contains("1 stale finding"), "{gone}");
}

#[test]
fn ignore_comments_expire() {
    let text = "# plimsoll: ignore[untagged-base] until 2027-03-01: waits for the mirror\nFROM python\nUSER nobody\n";
    let case = Case::new(&[("Dockerfile", text)]);
    let run =
        |arguments: &str| case.run(&format!("check --select untagged-base,expired-ignore {arguments} Dockerfile"));
    for (arguments, expired) in [("", false), ("--today 2027-02-28", false), ("--today 2027-03-02", true)] {
        let ran = run(arguments);
        assert_eq!(ran.out.contains("expired-ignore"), expired, "{arguments}: {ran}");
    }
}

#[test]
fn the_profile_hadolint_is_all_of_hadolint() {
    let text = "FROM debian\nRUN apt-get update\nRUN cd /tmp && echo $x\nCMD echo hi\n";
    let case = Case::new(&[("Dockerfile", text), ("plimsoll.toml", "profile = \"hadolint\"\n")]);
    let ran = case.run("check --format concise Dockerfile");
    let theirs = case.run("hadolint --no-color Dockerfile");
    assert_eq!((ran.code, theirs.code), (1, 1), "{ran}\n{theirs}");
    let places = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.split(':').nth(1)?.split(' ').next()?.to_owned())).collect()
    };
    assert_eq!(places(&ran.out), places(&theirs.out), "{ran}\n{theirs}");
    assert!(places(&ran.out).len() >= 3, "{ran}");
    for (table, code) in [
        ("no-fail = true", 0),
        ("failure-threshold = \"error\"", 0),
        ("failure-threshold = \"style\"", 1),
        (
            "ignored = [\"DL3003\", \"DL3006\", \"DL3025\", \"DL3009\", \"SC2086\", \"SC2154\", \"DL4006\", \"DL3059\"]",
            0,
        ),
    ] {
        fs::write(case.path("plimsoll.toml"), format!("profile = \"hadolint\"\n\n[hadolint]\n{table}\n"))
            .expect("it is written");
        let ran = case.run("check Dockerfile");
        assert_eq!(ran.code, code, "{table}: {ran}");
    }
    let wrong = "profile = \"hadolint\"\n\n[hadolint]\nfailure-threshold = \"loud\"\n";
    fs::write(case.path("plimsoll.toml"), wrong).expect("it is written");
    assert_eq!(case.run("check Dockerfile").code, 2);
}

/// Our own image passes the strictest profile: what it does not do is in the configuration beside it, with the reasons.
#[test]
fn our_own_image_is_clean() {
    let image = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/image");
    let ran = Case::new(&[]).run(&format!("check --profile strict {}", image.display()));
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran}");
}
