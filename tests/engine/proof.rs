//! What counts as verified: an image that did its job before and does it after. Whatever fails, hangs or shows nothing
//! is built, and not verified.

use serde_json::Value;

use crate::support::{BASE, Said, both, builders, plimsoll, project};

/// One Dockerfile, with a fix that changes nothing, on one engine.
fn verify(kind: &str, end: &str, files: &[(&str, &str)], more: &[&str]) -> (Value, Said) {
    let text = format!("FROM {BASE}\nADD run.sh /\n{end}\n");
    let mut all = vec![("Dockerfile", text.as_str())];
    all.extend(files);
    let folder = project(&all);
    let args =
        ["verify", ".", "--isolated", "--pull", "never", "--engine", kind, "--run-timeout", "4", "--grace", "1s"];
    let said = plimsoll(folder.path(), &[&args[..], &["--format", "json"], more].concat());
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said}"));
    (report["files"][0].clone(), said)
}

/// Programs that fail on purpose: none of them is verified, and each report says why and what to try.
#[test]
fn failures_prove_nothing() {
    let server = "httpd -f -p 127.0.0.1:8080";
    let cases = [
        ("exit 3", "echo no harbour >&2; exit 3", "", "it exits with code 3", "--expect-exit 3"),
        ("crash", "sh -c 'kill -SEGV $$'; exit $?", "", "it exits with code 139 (segmentation fault)", "--expect-exit"),
        ("not found", "exec nonesuch", "", "it exits with code 127 (the program was not found)", ""),
        ("silent", "true", "", "it exits with code 0, and prints nothing", "--expect-exit 0"),
        ("sleeps", "sleep 50", "", "without an open port", "--port PORT"),
        ("variable", "echo ${NAME_OF_PORT:?is not set}", "", "it exits with code", "--env NAME_OF_PORT=VALUE"),
        ("usage", "echo usage: run.sh HOST >&2; exit 2", "", "it exits with code 2", "after `--`"),
        ("refused", "echo dial tcp: connection refused", "", "and reports: dial tcp", "--network"),
        ("closed", "sleep 50", "EXPOSE 8080", "port 8080 is closed", "--http"),
        ("other port", "httpd -f -p 8081", "EXPOSE 8080", "port 8080 is closed, and port 8081 is open", ""),
        ("loopback", server, "EXPOSE 8080", "127.0.0.1 only", ""),
        ("ends", "echo started", "EXPOSE 8080", "although it EXPOSEs port 8080", ""),
        ("unhealthy", "httpd -f -p 8080", "EXPOSE 8080\nHEALTHCHECK CMD false", "HEALTHCHECK fails", ""),
    ];
    for engine in both() {
        let kind = engine.kind().as_str();
        for (name, script, more, why, advice) in cases {
            // Without root on the engine's machine a port is seen from outside only.
            if !engine.sees_inside() && matches!(name, "other port" | "loopback") {
                continue;
            }
            let end = format!("{more}\nENTRYPOINT [\"sh\", \"/run.sh\"]");
            let (file, said) = verify(kind, &end, &[("run.sh", script)], &[]);
            let behaviour = &file["behaviour"];
            assert_eq!((said.code, &behaviour["kind"]), (Some(1), &"unverified".into()), "{kind} {name}: {file:#}");
            assert!(behaviour["why"].as_str().is_some_and(|told| told.contains(why)), "{kind} {name}: {behaviour:#}");
            assert!(behaviour["advice"].to_string().contains(advice), "{kind} {name}: {behaviour:#}");
            let verdict = file["verdict"].as_str().expect("there is one");
            assert!(verdict.contains("behavior not verified"), "{kind} {name}: {verdict}");
            assert!(!verdict.contains("identically") && file["holds"] == false, "{kind} {name}: {verdict}");
            // The fix is safe, so it stays.
            let fixes = file["fixes"].as_array().expect("a list");
            assert!(
                fixes.iter().any(|fix| fix["rule"] == "needless-add" && fix["kept"] == true),
                "{kind} {name}: {file:#}"
            );
            if name == "exit 3" {
                assert_eq!(behaviour["said"], "no harbour", "{kind}: {file:#}");
            }
        }
    }
}

/// An EXPOSEd port is probed without being asked for, and so is one that is only listened on.
#[test]
fn ports_are_probed() {
    for engine in builders() {
        let kind = engine.kind().as_str();
        for (expose, exposed) in [("EXPOSE 8080", true), ("", false)] {
            if !engine.sees_inside() && !exposed {
                continue;
            }
            let end = format!("{expose}\nCMD [\"sh\", \"/run.sh\"]");
            let (file, said) = verify(
                kind,
                &end,
                &[("run.sh", "mkdir -p /www; echo hi >/www/index.html; exec httpd -f -p 8080 -h /www")],
                &[],
            );
            assert_eq!(said.code, Some(0), "{kind}: {file:#}");
            assert_eq!(file["behaviour"]["seen"], "port 8080 answers HTTP 200", "{kind}: {file:#}");
            let port = &file["after"]["run"]["ports"][0];
            assert_eq!((&port["port"], &port["exposed"]), (&8080.into(), &exposed.into()), "{kind}: {file:#}");
        }
    }
}

/// The environment of Compose and `.env.example`, and the capabilities of an entry point that steps down, are found.
#[test]
fn a_profile_is_found() {
    for engine in builders() {
        let kind = engine.kind().as_str();
        let script = "echo bound for ${PORT_OF_CALL:?is not set}";
        let end = "CMD [\"sh\", \"/run.sh\"]";
        let example = [("run.sh", script), (".env.example", "PORT_OF_CALL=Oslo\n")];
        let (file, said) = verify(kind, end, &example, &[]);
        assert_eq!(said.code, Some(0), "{kind}: {file:#}");
        assert_eq!(file["profile"][0], "PORT_OF_CALL from `.env.example`", "{kind}: {file:#}");
        assert_eq!(file["after"]["run"]["stdout"], "bound for Oslo\n", "{kind}: {file:#}");
        let compose = "services:\n  ship:\n    build: .\n    environment:\n      PORT_OF_CALL: Bergen\n";
        let (file, _) = verify(kind, end, &[("run.sh", script), ("compose.yaml", compose)], &[]);
        assert_eq!(file["after"]["run"]["stdout"], "bound for Bergen\n", "{kind}: {file:#}");
        let script = "set -e; touch /a; chown 1000 /a; echo owned by $(stat -c %u /a)";
        let (file, said) = verify(kind, end, &[("run.sh", script)], &[]);
        assert_eq!(said.code, Some(0), "{kind}: {file:#}");
        assert!(file["profile"][0].as_str().is_some_and(|told| told.contains("--cap-add CHOWN")), "{kind}: {file:#}");
    }
}

/// An unsafe fix needs an original that does its job, unless it is asked for; `check` and `verify` say the same.
#[test]
fn unsafe_fixes_need_proof() {
    for engine in builders() {
        let kind = engine.kind().as_str();
        let text = format!("FROM {BASE}\nADD run.sh /\nCMD [\"sh\", \"/run.sh\"]\n");
        let folder = project(&[("Dockerfile", &text), ("run.sh", "exit 4")]);
        let usual = ["--isolated", "--pull", "never", "--engine", kind, "--select", "needless-add,missing-user"];
        let verify = |more: &[&str]| plimsoll(folder.path(), &[&["verify"], &usual[..], more].concat());
        let check =
            |more: &[&str]| plimsoll(folder.path(), &[&["check", "--fix", "--verify"], &usual[..], more].concat());
        let told = verify(&[]);
        let verdict = told.out.lines().last().unwrap_or_default().trim().to_owned();
        assert!(verdict.contains("behavior not verified: it exits with code 4"), "{told}");
        assert!(told.out.contains("not tried missing-user"), "{told}");
        let checked = check(&[]);
        assert!(checked.err.contains(&verdict), "{checked}\n{verdict}");
        let fixed = std::fs::read_to_string(folder.path().join("Dockerfile")).expect("it is there");
        assert!(fixed.contains("COPY run.sh") && !fixed.contains("USER"), "{fixed}\n{checked}");
        let checked = check(&["--unsafe-fixes"]);
        let fixed = std::fs::read_to_string(folder.path().join("Dockerfile")).expect("it is there");
        assert!(fixed.contains("USER"), "{fixed}\n{checked}");
    }
}

/// Secrets, more contexts and the platform reach the build; what the old builder does not know is an error.
#[test]
fn what_a_build_is_given() {
    for engine in builders() {
        let kind = engine.kind().as_str();
        let text = format!(
            "FROM {BASE}\nRUN --mount=type=secret,id=token grep -q harbour /run/secrets/token\n\
             COPY --from=shared greeting /\nUSER 1000\nCMD [\"cat\", \"/greeting\"]\n"
        );
        let folder = project(&[("Dockerfile", &text), ("shared/greeting", "ahoy\n"), ("token", "harbour\n")]);
        let args = [
            "verify", "--isolated", "--pull", "never", "--engine", kind, "--secret", "id=token,src=token",
            "--build-context", "shared=shared", "--platform", "linux/amd64", "--format", "json",
        ];
        let said = plimsoll(folder.path(), &args);
        if kind == "docker-legacy" {
            assert!(said.code == Some(2) && said.err.contains("cannot pass secrets"), "{said}");
            continue;
        }
        let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said}"));
        assert_eq!(report["files"][0]["after"]["run"]["stdout"], "ahoy\n", "{kind}: {report:#}");
    }
}

/// What a killed run leaves in the temporary directory is removed by the next one.
#[test]
fn left_directories() {
    for engine in builders() {
        let temporary = tempfile::tempdir().expect("a folder can be made");
        let left = temporary.path().join("plimsoll-1-99999999999-1-context-aB3");
        std::fs::create_dir_all(left.join("context")).expect("a folder can be made");
        let folder = project(&[("Dockerfile", &format!("FROM {BASE}\nUSER 1000\nCMD [\"echo\", \"a\"]\n"))]);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(["verify", "--isolated", "--pull", "never", "--engine", engine.kind().as_str()]);
        let output = command.current_dir(folder.path()).env("TMPDIR", temporary.path()).output().expect("it starts");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let rest: Vec<_> = std::fs::read_dir(temporary.path()).expect("it is there").flatten().collect();
        assert!(rest.is_empty(), "{rest:?}");
    }
}

/// A page and a comment: the verdict, the change in size, and the diff.
#[test]
fn reports_for_people() {
    for engine in builders().into_iter().take(1) {
        let text = format!("FROM {BASE}\nADD run.sh /\nUSER 1000\nCMD [\"sh\", \"/run.sh\"]\n");
        let folder = project(&[("Dockerfile", &text), ("run.sh", "echo '<b>'")]);
        let args = ["verify", "--isolated", "--pull", "never", "--engine", engine.kind().as_str(), "--format"];
        let page = plimsoll(folder.path(), &[&args[..], &["html"]].concat());
        assert!(page.out.contains("<td class=\"removed\">ADD run.sh /</td>"), "{page}");
        assert!(page.out.contains("behaves identically") && page.out.contains("&lt;b&gt;"), "{page}");
        let comment = plimsoll(folder.path(), &[&args[..], &["markdown"]].concat());
        assert!(comment.out.contains("✅ **Dockerfile**: ") && comment.out.contains("<details>"), "{comment}");
        assert!(comment.out.contains("-ADD run.sh /\n+COPY run.sh /\n"), "{comment}");
        assert!(comment.err.contains("building the original"), "progress without a terminal: {comment}");
        let failing = project(&[("Dockerfile", &text), ("run.sh", "echo shoal >&2; exit 9")]);
        let told = plimsoll(failing.path(), &[&args[..], &["text"]].concat());
        assert!(told.out.contains("shoal") && told.out.contains("try `--expect-exit 9`"), "{told}");
        assert!(told.out.contains("-ADD run.sh /"), "{told}");
    }
}
