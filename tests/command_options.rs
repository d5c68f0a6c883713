//! Every option of every command with a right, an odd and a wrong value: a snapshot for each command has the exit code and
//! the first lines of what is printed. The commands and options are those that `--help` lists, so that a new one fails this
//! test until it has values here. What the options of `check` do is in `options.rs`.
//!
//! No engine is in reach: a command that needs one says so once it has accepted its options.

#[path = "support/case.rs"]
mod case;

use case::{Case, Ran};

/// Commands, with `{}` for the option.
const COMMANDS: &[(&str, &str)] = &[
    ("check", "check {} Dockerfile"),
    ("completions", "completions {} bash"),
    ("config", "config {}"),
    ("engines", "engines {}"),
    ("format", "format {} --check Dockerfile"),
    ("grade", "grade {} rubric.toml class"),
    ("grade merge", "grade merge {} rubric.toml results"),
    ("hadolint", "hadolint {} Dockerfile"),
    ("init", "init {}"),
    ("man", "man {}"),
    ("pin", "pin {} Dockerfile"),
    ("rule", "rule {} untagged-base"),
    ("server", "server {}"),
    ("verify", "verify {} Dockerfile"),
    ("weigh", "weigh {} Dockerfile"),
];

/// Options with a value: a right one, an odd one, a wrong one, and what is printed of that. Nothing where any text is a value
/// to us, and only an engine or a file can tell.
const VALUES: &[(&str, &str, &str, &str, &str)] = &[
    ("--baseline", "known.json", "./known.json", "none.json", "write it: `plimsoll check --write-baseline none.json`"),
    ("--build-arg", "A=1", "A=", "=1", "expected NAME or NAME=VALUE"),
    ("--build-context", "x=.", "x=docker-image://a", "x", "expected NAME=VALUE"),
    ("--build-cpus", "1", "0.5", "0", "expected a number greater than 0"),
    ("--build-memory", "1g", "512", "much", "`much` is not a size"),
    ("--build-timeout", "60", "1h", "soon", "`soon` is not a time"),
    ("--builder", "default", "a-b", "-", ""),
    ("--canvas", "list.csv", "./list.csv", "none.csv", ""),
    ("--cap-add", "NET_BIND_SERVICE", "net_raw", "?", ""),
    ("--changed-since", "HEAD", "main~1", "--output=x", "`--output=x` is not a revision"),
    ("--color", "never", "always", "sometimes", "possible values: auto, always, never"),
    ("--compare", "other", "a:1", "?", ""),
    ("--config", "own.toml", "./own.toml", "none.toml", ""),
    ("--context", ".", "./", "none", ""),
    ("--cpus", "1", "0.5", "nan", "expected a number greater than 0"),
    ("--disk", "1g", "1", "huge", "`huge` is not a size"),
    ("--dockerfile", "Dockerfile", "./Dockerfile", "none", ""),
    ("--engine", "docker", "auto", "vmware", "possible values: auto, docker"),
    ("--entrypoint", "/x", "x", "[", ""),
    ("--env", "A=1", "A", "=1", "expected NAME or NAME=VALUE"),
    ("--error", "DL3006", "x", "?", ""),
    ("--evidence", "kept", "./kept", "Dockerfile", ""),
    ("--exclude", "x*", "**/y", "[", "`[` is not a valid glob"),
    ("--expect-exit", "0", "255", "many", "--expect-exit"),
    ("--expect-stdout", "x", "[", "?", ""),
    ("--extend-select", "root-user", "DL3002,", "no-such-rule", "there is no rule and no practice `no-such-rule`"),
    ("--fail-on", "error", "warning", "off", "possible values: note, warn, error"),
    ("--failure-threshold", "error", "none", "loud", "expected error, warning, info, style, ignore or none"),
    ("--file-path-in-report", "x", "a/b", "?", ""),
    ("--fix-finding", "0123456789abcdef", "0", "?", ""),
    ("--fixable", "pinned", "all", "no-such-rule", "there is no rule and no practice `no-such-rule`"),
    ("--forget", "a", "b/c", "?", ""),
    ("--format", "json", "JSON", "xml", "xml"),
    ("--from-hadolint", "h.yaml", "./h.yaml", "none.yaml", "cannot read `none.yaml`"),
    ("--grace", "5", "1m", "soon", "`soon` is not a time"),
    ("--http", ":8080", ":8080/x=204", "nonsense", "expected `:PORT/PATH=STATUS`"),
    ("--ignore", "untagged-base", "DL3006,", "DL9999", ""),
    ("--include", "*.df", "**/x", "[", "`[` is not a valid glob"),
    ("--info", "DL3006", "x", "?", ""),
    ("--jobs", "1", "2", "0", "expected a number from 1 to 1024"),
    ("--max-context", "1g", "1", "huge", "`huge` is not a size"),
    ("--max-layer", "1g", "1", "huge", "`huge` is not a size"),
    ("--max-size", "1g", "1", "huge", "`huge` is not a size"),
    ("--max-wasted", "1g", "1", "huge", "`huge` is not a size"),
    ("--memory", "1g", "512", "0", "a limit must be greater than 0"),
    ("--min-level", "error", "warning", "off", "possible values: note, warn, error"),
    ("--moodle", "list.csv", "./list.csv", "none.csv", ""),
    ("--only", "a", "b", "?", ""),
    ("--out", "results", "./results", "Dockerfile", ""),
    ("--output", "report", "./report", "none/report", "cannot write the report"),
    ("--output-file", "report", "./report", "none/report", "cannot write `none/report`"),
    ("--overrides", "list.csv", "./list.csv", "none.csv", ""),
    ("--path-prefix", "services/", "a/../b", "?", ""),
    ("--pids", "10", "1", "none", "--pids"),
    ("--platform", "linux/amd64", "linux/arm64/v8", "?", ""),
    ("--port", "80", "65535", "65536", "65536 is not in"),
    ("--profile", "strict", "course", "lax", "possible values: recommended, course, strict, hadolint"),
    ("--pull", "missing", "never", "often", "possible values: missing, never, always"),
    ("--range", "1:2", "1:1", "2-1", "expected FIRST:LAST"),
    ("--require-label", "a:text", "a:", "a", "expected LABEL:FORMAT"),
    ("--roster", "list.csv", "./list.csv", "none.csv", ""),
    ("--run-on", "docker", "podman", "vmware", "possible values: docker"),
    ("--run-timeout", "5", "1m", "soon", "`soon` is not a time"),
    ("--secret", "id=a,src=own.toml", "id=a,env=B", "?", ""),
    ("--select", "pinned", "DL3006,", ",", "`--select` contains no rules"),
    ("--serve", "8080", "0", "http", "invalid digit"),
    ("--shard", "1/2", "2/2", "3/2", "expected a part and the number of parts"),
    ("--shellcheck", "off", "builtin", "maybe", "possible values: builtin, external, off"),
    ("--sort", "line", "weight", "colour", "possible values: line, weight"),
    ("--ssh", "default", "x=Dockerfile", "?", ""),
    ("--stdin", "own.toml", "./own.toml", "none", "cannot read `none`, given by `--stdin`"),
    ("--stdin-filename", "x/Dockerfile", "a", "?", ""),
    ("--style", "DL3006", "x", "?", ""),
    ("--target", "a", "0", "?", ""),
    ("--timeout", "60", "1h", "soon", "`soon` is not a time"),
    ("--today", "2026-11-30", "2024-02-29", "2026-02-30", "--today"),
    ("--trusted-registry", "docker.io", "*", "?", ""),
    ("--unfixable", "pinned", "all", "no-such-rule", "there is no rule and no practice `no-such-rule`"),
    ("--warning", "DL3006", "x", "?", ""),
    ("--with", "auto", "docker", "foo", "possible values: auto, docker, skopeo"),
    ("--write-baseline", "new.json", "./new.json", "none/new.json", "cannot write `none/new.json`"),
];

/// Options that the help does not list: each undoes another one, given before it or by a variable.
const COUNTERPARTS: &[(&str, &str)] = &[
    ("--exit-zero", "--no-exit-zero"),
    ("--fix", "--no-fix"),
    ("--force-exclude", "--no-force-exclude"),
    ("--no-ignore", "--gitignore"),
    ("--no-inline-ignore", "--inline-ignore"),
    ("--preview", "--no-preview"),
    ("--statistics", "--no-statistics"),
    ("--unsafe-fixes", "--no-unsafe-fixes"),
];

const RUBRIC: &str = concat!(
    "title = \"x\"\nplimsoll = \"",
    env!("CARGO_PKG_VERSION"),
    "\"\n\n[[criterion]]\nid = \"pinned\"\ntitle = \"x\"\npoints = 1\nrules = [\"pinned\"]\n"
);

fn case() -> Case {
    let files = [
        ("Dockerfile", "FROM python\nUSER nobody\n"),
        ("own.toml", "fail-on = \"error\"\n"),
        ("h.yaml", "ignored: [DL3006]\n"),
        ("list.csv", "id,name\n"),
        ("known.json", "{\"version\": 2, \"files\": {}}\n"),
        ("rubric.toml", RUBRIC),
        ("class/a/Dockerfile", "FROM python\n"),
    ];
    Case::new(&files).env("PATH", "/nonexistent")
}

/// The options that the help of a command lists, and whether they take a value.
fn listed(command: &str) -> Vec<(String, bool)> {
    let help = case().run(&format!("{command} --help")).out;
    let mut found = Vec::new();
    // What is said of them is indented more, and may begin with the name of another one.
    let is_option = |line: &&str| line.trim_start().starts_with('-') && line.find('-').is_some_and(|at| at < 8);
    for line in help.lines().filter(is_option).map(str::trim_start) {
        let Some(at) = line.find("--") else { continue };
        let rest = &line[at..];
        let end = rest.find(|char: char| char != '-' && !char.is_ascii_lowercase()).unwrap_or(rest.len());
        found.push((
            rest[..end].to_owned(),
            rest[end..].starts_with([' ', '[']) && rest[end..].trim_start_matches([' ', '[', '=']).starts_with('<'),
        ));
    }
    assert!(found.len() > 3, "{command}: {help}");
    found
}

/// Whether the command line was understood.
fn is_accepted(ran: &Ran) -> bool {
    ["unexpected argument", "unexpected value", "invalid value"].iter().all(|text| !ran.err.contains(text))
}

/// The exit code, and the first line of each stream.
fn shown(ran: &Ran) -> String {
    // The date of the tables changes more often than what is tested here.
    let undated = |line: &str| line.split(" (image and package data of").next().unwrap_or_default().to_owned();
    let first = |text: &str| undated(text.lines().next().unwrap_or_default());
    let mut text = format!("exit {}", ran.code);
    for (name, line) in [("out", first(&ran.out)), ("err", first(&ran.err))] {
        if !line.is_empty() {
            text += &format!("\n    {name}: {line}");
        }
    }
    text
}

/// All options of a command, and what becomes of them.
fn tried(command: &str, line: &str) -> String {
    let wrong_usage = if command == "hadolint" { 1 } else { 2 };
    let mut text = String::new();
    let mut note = |given: &str, ran: &Ran| text += &format!("{given}: {}\n", shown(ran));
    for (option, has_value) in listed(command) {
        // A new directory each: some commands write.
        let run = |text: &str| case().run(&line.replace("{}", text));
        if !has_value {
            let wrong = run(&format!("{option}=maybe"));
            assert_eq!(wrong.code, wrong_usage, "{command} {option}=maybe: {wrong}");
            assert!(wrong.err.contains("unexpected value 'maybe'"), "{command} {option}=maybe: {wrong}");
            // It would not end.
            if option != "--watch" {
                let given = run(&option);
                assert!(is_accepted(&given), "{command} {option}: {given}");
                note(&option, &given);
            }
            note(&format!("{option}=maybe"), &wrong);
            continue;
        }
        let row = VALUES.iter().find(|row| row.0 == option);
        let (_, right, odd, wrong, expected) = row.unwrap_or_else(|| panic!("no values for {command} {option}"));
        // The names of formats are each command's own.
        let own = |value: &'static str| match value {
            "json" if command.starts_with("grade") => "jsonl",
            "JSON" => own_format(command),
            value => value,
        };
        for value in [right, odd] {
            let given = format!("{option}={}", own(value));
            let ran = run(&given);
            assert!(is_accepted(&ran), "{command} {given}: {ran}");
            note(&given, &ran);
        }
        let given = format!("{option}={wrong}");
        let ran = run(&given);
        if !expected.is_empty() {
            assert_eq!(ran.code, wrong_usage, "{command} {given}: {ran}");
            assert!(ran.err.contains(expected), "{command} {given}: {ran}");
            assert_eq!(ran.err.matches("error:").count(), 1, "{command} {given}: {ran}");
        }
        note(&given, &ran);
        let missing = run(&format!("--quiet {option}="));
        note(&format!("{option}="), &missing);
        assert!(!missing.err.contains("panicked"), "{command} {option}=: {missing}");
    }
    text
}

/// A format that only some commands have.
fn own_format(command: &str) -> &'static str {
    match command {
        "check" => "concise",
        "grade" | "grade merge" => "csv",
        "hadolint" => "tty",
        "verify" | "weigh" => "markdown",
        _ => "text",
    }
}

#[test]
fn every_option_of_every_command() {
    std::thread::scope(|scope| {
        let started: Vec<_> =
            COMMANDS.iter().map(|(command, line)| (command, scope.spawn(move || tried(command, line)))).collect();
        for (command, thread) in started {
            let text = thread.join().unwrap_or_else(|problem| std::panic::resume_unwind(problem));
            insta::assert_snapshot!(command.replace(' ', "_"), text);
        }
    });
}

#[test]
fn options_that_undo_others() {
    let run = |text: &str| case().run(&format!("check {text} Dockerfile"));
    let plain = run("");
    for (option, counterpart) in COUNTERPARTS {
        let undone = run(&format!("{option} {counterpart}"));
        assert_eq!((undone.code, &undone.out), (plain.code, &plain.out), "{option} {counterpart}: {undone}");
        // The last one counts.
        let again = run(&format!("{counterpart} {option}"));
        let alone = run(option);
        assert_eq!((again.code, &again.out), (alone.code, &alone.out), "{counterpart} {option}: {again}");
        let wrong = run(&format!("{counterpart}=maybe"));
        assert_eq!(wrong.code, 2, "{counterpart}=maybe: {wrong}");
        assert!(wrong.err.contains("unexpected value 'maybe'"), "{counterpart}=maybe: {wrong}");
    }
}

/// Limits of the processes that analyse submissions: tests set them, and `--help` does not list them.
#[test]
fn limits_of_workers() {
    let run = |text: &str| case().run(&format!("grade {text} rubric.toml class"));
    let plain = run("");
    assert_eq!(plain.code, 0, "{plain}");
    for option in ["--worker-cpu", "--worker-memory"] {
        assert!(!run("--help").out.contains(option), "{option}");
        for accepted in [format!("{option}=600"), format!("{option} 00600"), format!("{option}=86400")] {
            let ran = run(&accepted);
            assert_eq!((ran.code, &ran.out), (plain.code, &plain.out), "{accepted}: {ran}");
        }
        for wrong in ["many", "-1", "1.5", "", "0", "18446744073709551615"] {
            let ran = run(&format!("{option}={wrong}"));
            assert_eq!(ran.code, 2, "{option}={wrong}: {ran}");
            assert!(ran.err.contains(option), "{option}={wrong}: {ran}");
        }
    }
}

/// A Podman that only counts what it is asked.
#[cfg(unix)]
#[test]
fn an_engine_is_asked_about_its_machine_once() {
    use std::os::unix::fs::PermissionsExt;
    let podman = "#!/bin/sh\necho \"$1\" >> \"${0%/*}/asked\"\n[ \"$1\" != info ] || \
                  printf '5.4.2\\ncgroupfs\\n[memory]\\nfalse\\n/nonexistent\\noverlay\\n'\n";
    let case = Case::new(&[("bin/podman", podman)]);
    let path: &'static str = Box::leak(case.path("bin").display().to_string().into_boxed_str());
    let case = case.env("PATH", path);
    std::fs::set_permissions(case.path("bin/podman"), std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let ran = case.run("engines");
    assert!(ran.out.contains("5.4.2"), "{ran}");
    let asked = std::fs::read_to_string(case.path("bin/asked")).expect("it was called");
    assert_eq!(asked.lines().filter(|line| *line == "info").count(), 1, "{asked}");
}

#[test]
fn every_command_is_here() {
    let help = case().run("--help").out;
    let commands =
        help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.collect();
    assert!(commands.len() > 10, "{help}");
    for line in commands {
        let name = line.split_whitespace().next().unwrap_or_default();
        // The last is there with a feature only, and has no options of its own.
        assert!(matches!(name, "help" | "mcp") || COMMANDS.iter().any(|row| row.0 == name), "{line}");
    }
}
