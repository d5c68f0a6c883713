//! `plimsoll verify` and `check --fix --verify`, as a user meets them.

use crate::skip::skipped;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plimsoll::engine::{BuildLimits, Engine, Facts, Kind, Run, RunEnd, RunLimits};
use serde_json::Value;

use crate::support::{BASE, build, builders, engine, examples, gone, plimsoll, project, with_path};

fn proof(folder: &Path, kind: Kind, more: &[&str]) -> (Value, Option<i32>) {
    let mut args = vec!["verify", ".", "--isolated", "--pull", "never", "--format", "json", "--engine", kind.as_str()];
    args.extend(more);
    let said = plimsoll(folder, &args);
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said}"));
    (report["files"][0].clone(), said.code)
}

fn row<'r>(file: &'r Value, what: &str) -> &'r Value {
    let rows = file["rows"].as_array().expect("a list");
    rows.iter().find(|row| row["what"] == what).unwrap_or_else(|| panic!("no {what} in {file:#}"))
}

#[test]
fn holds() {
    for engine in builders() {
        let text = format!("FROM {BASE}\nADD hello.sh /\nENV GREETING hello\nUSER 1000\nCMD sh /hello.sh\n");
        let folder = project(&[("Dockerfile", &text), ("hello.sh", "echo $GREETING $NAME; id -u; exit 3\n")]);
        let wish = ["--env", "NAME=harbour", "--expect-exit", "3", "--expect-stdout", "hello harbour\n1000"];
        let (file, code) = proof(folder.path(), engine.kind(), &wish);
        assert_eq!(code, Some(0), "{file:#}");
        assert_eq!(row(&file, "exit")["after"], "code 3");
        assert_eq!(file["after"]["run"]["uid"], 1000, "{file:#}");
        assert_eq!(row(&file, "output")["change"], "same");
        let fixes = file["fixes"].as_array().expect("a list");
        assert!(fixes.iter().any(|fix| fix["rule"] == "needless-add" && fix["kept"] == true), "{file:#}");
        // Nothing has been written.
        assert_eq!(fs::read_to_string(folder.path().join("Dockerfile")).expect("it is there"), text);
    }
}

#[test]
fn expectations() {
    for engine in builders() {
        let folder = project(&[("Dockerfile", &format!("FROM {BASE}\nUSER 1000\nCMD [\"echo\", \"ahoy\"]\n"))]);
        let (file, code) = proof(folder.path(), engine.kind(), &["--expect-stdout", "hello"]);
        assert_eq!(code, Some(1));
        assert_eq!(file["unmet"][0], "expected `hello` on standard output, got `ahoy`");
        let (file, code) = proof(folder.path(), engine.kind(), &["--expect-stdout", "moin", "--", "echo", "moin"]);
        assert_eq!(code, Some(0), "{file:#}");
    }
}

#[test]
fn configured() {
    let Some(_) = engine(Kind::Docker) else { return };
    let config = "[verify]\nengine = \"docker\"\npull = \"never\"\nexpect-stdout = \"bound for Oslo\"\n\
                  args = [\"sh\", \"-c\", \"echo bound for $PORT_OF_CALL\"]\nenv = { PORT_OF_CALL = \"Oslo\" }\n";
    let folder = project(&[("Dockerfile", &format!("FROM {BASE}\nUSER 1000\n")), ("plimsoll.toml", config)]);
    let said = plimsoll(folder.path(), &["verify"]);
    assert_eq!(said.code, Some(0), "{said}");
}

#[test]
fn misconfigured() {
    let files = [("Dockerfile", "FROM scratch\n"), ("plimsoll.toml", "[verify]\nexpect-stdin = 1\n")];
    let said = plimsoll(project(&files).path(), &["verify"]);
    assert!(said.code == Some(2) && said.err.contains("expect-stdin"), "{said}");
}

/// A server: asked by HTTP, stopped by its signal, watched by its health check.
#[test]
fn server() {
    for engine in builders() {
        let text = format!(
            "FROM {BASE}\nWORKDIR /www\nRUN echo fine > health\nEXPOSE 8080\nUSER 1000\n\
             HEALTHCHECK CMD wget -q -O - http://127.0.0.1:8080/health || exit 1\n\
             CMD trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait\n"
        );
        let folder = project(&[("Dockerfile", &text)]);
        let wish = ["--http", ":8080/health=200", "--port", "8080", "--run-timeout", "15"];
        let (file, _) = proof(folder.path(), engine.kind(), &wish);
        let run = &file["after"]["run"];
        assert_eq!(run["http"][0]["status"], 200, "{file:#}");
        assert_eq!((&run["port_open"], &run["end"]["kind"]), (&true.into(), &"kept-running".into()), "{file:#}");
        assert_eq!(run["healthy"], true, "{file:#}");
        assert_eq!(run["stop"]["heeded"], true, "{file:#}");
        let wish = ["--http", ":8080/nothing=200", "--run-timeout", "4"];
        let (file, code) = proof(folder.path(), engine.kind(), &wish);
        assert_eq!(code, Some(1), "{file:#}");
        assert_eq!(file["unmet"][0], "HTTP :8080/nothing: 404");
    }
}

/// The fix that breaks the image is left out, the others are written.
#[test]
fn repaired_by_search() {
    for engine in builders() {
        // A shell sets variables of its own, which the exec form does not have.
        let text = format!("FROM {BASE}\nADD start.sh /start.sh\nENV A b\nUSER 1000\nCMD env\n");
        let folder = project(&[("Dockerfile", &text), ("start.sh", "")]);
        let kind = engine.kind().as_str();
        let args = ["check", "--fix", "--verify", "--isolated", "--pull", "never", "--engine", kind];
        let said = plimsoll(folder.path(), &args);
        let fixed = fs::read_to_string(folder.path().join("Dockerfile")).expect("it is there");
        assert!(fixed.contains("COPY start.sh") && fixed.contains("ENV A=b"), "{fixed}\n{said}");
        assert!(fixed.contains("CMD env\n"), "the exec form prints something else: {fixed}\n{said}");
        assert!(said.err.contains("rejected") && said.err.contains("exec form"), "{said}");
    }
}

/// A move to a base without a shell is kept only where the program does its job there.
#[test]
fn moves_to_distroless_if_verified() {
    let Some(engine) = engine(Kind::Docker) else { return };
    let bare = build(&engine, "FROM scratch\nCOPY Dockerfile /readme\n", BuildLimits::default());
    let bare = bare.image.expect("it builds");
    let text = "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY --chmod=755 go /bin/go\nRUN CGO_ENABLED=0 go build -o /echo .\n\n\
                FROM debian:trixie-slim\nCOPY --from=build /echo /echo\nENTRYPOINT [\"/echo\", \"hello harbour\"]\n";
    // A compiler, of which the program is linked to nothing, and one whose program needs a shell.
    for (compiler, kept) in
        [("cp /bin/busybox $3", true), ("printf '#!/bin/sh\\necho hello harbour\\n' >$3; chmod 755 $3", false)]
    {
        let folder = project(&[("Dockerfile", text), ("go", &format!("#!/bin/sh\n{compiler}\n"))]);
        let golang = format!("golang:1.26=docker-image://{BASE}");
        let debian = format!("debian:trixie-slim=docker-image://{BASE}");
        let distroless = format!("gcr.io/distroless/static-debian13:nonroot=docker-image://{}", bare.tag);
        let mut contexts = Vec::new();
        for context in [&golang, &debian, &distroless] {
            contexts.extend(["--build-context", context.as_str()]);
        }
        let (file, code) = proof(folder.path(), engine.kind(), &contexts);
        assert_eq!(code, Some(0), "{file:#}");
        let fixes = file["fixes"].as_array().expect("a list");
        let moved = fixes.iter().find(|fix| fix["rule"] == "needless-distribution");
        assert_eq!(moved.map(|fix| &fix["kept"]), Some(&kept.into()), "{file:#}");
        // What is not verified is only shown.
        let said = plimsoll(folder.path(), &["check", "--isolated", "--fix", "--unsafe-fixes", "--diff"]);
        assert!(!said.out.contains("gcr.io/distroless"), "{said}");
    }
}

/// Whichever engine builds and saves it, an image has the same bytes at the same lines.
#[test]
fn weighs_the_same_on_every_engine() {
    let text = format!(
        "FROM {BASE}\nWORKDIR /app\nCOPY big.bin ./\nRUN head -c 3000000 /dev/zero > /app/zero.bin\n\
         RUN rm /app/big.bin && chmod 755 /app/zero.bin\nUSER 1000\nCMD [\"true\"]\n"
    );
    let folder = project(&[("Dockerfile", &text), ("big.bin", &"plimsoll".repeat(1_000_000))]);
    let kinds = [Kind::Docker, Kind::Podman, Kind::Buildah].into_iter().filter(|kind| engine(*kind).is_some());
    let weights: Vec<(Kind, Value)> = kinds
        .map(|kind| {
            let args = ["weigh", ".", "--isolated", "--pull", "never", "--engine", kind.as_str(), "--format", "json"];
            let said = plimsoll(folder.path(), &args);
            let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said}"));
            let image = &report["images"][0];
            let lines = image["lines"].as_array().expect("a list");
            let lines: Vec<_> = lines.iter().map(|line| (&line["line"], &line["added"], &line["wasted"])).collect();
            (kind, serde_json::json!([image["bytes"], image["visible"], image["wasted"], lines]))
        })
        .collect();
    for pair in weights.windows(2) {
        assert_eq!(pair[0].1, pair[1].1, "{} and {}", pair[0].0, pair[1].0);
    }
}

/// However many fixes there are: a build that never ends is waited for twice, and trials end when their time is over.
#[test]
fn ends_in_its_time() {
    let Some(_) = engine(Kind::Docker) else { return };
    let fixes = "ADD a /\nADD a /b\nMAINTAINER me\nENV A b\nRUN cd /tmp && echo\n";
    let files = |text| [("Dockerfile", text), ("a", "")];
    let endless = format!("FROM {BASE}\nRUN sleep 68.7\n{fixes}CMD echo\n");
    let start = Instant::now();
    let (file, code) = proof(project(&files(&endless)).path(), Kind::Docker, &["--build-timeout", "4"]);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!((code, &file["after"]["built"]), (Some(1), &false.into()), "{file:#}");
    let quick = format!("FROM {BASE}\n{fixes}CMD echo\n");
    let (file, code) = proof(project(&files(&quick)).path(), Kind::Docker, &["--timeout", "1ms"]);
    assert_eq!(code, Some(1), "{file:#}");
    assert!(file["fixes"][0]["why"].as_str().is_some_and(|why| why.contains("time limit")), "{file:#}");
}

/// What does not build is told in the engine's own words, and nothing is written.
#[test]
fn does_not_build() {
    for engine in builders() {
        let text = format!("FROM {BASE}\nADD a /\nRUN echo shoal ahead; exit 7\n");
        let folder = project(&[("Dockerfile", &text), ("a", "")]);
        let (file, code) = proof(folder.path(), engine.kind(), &[]);
        assert_eq!(code, Some(1));
        assert_eq!(file["after"]["built"], false);
        let error = file["before"]["build_error"].as_str().expect("there is one");
        assert!(error.contains("exit") && error.contains('7'), "{error}");
        let kind = engine.kind().as_str();
        let said = plimsoll(folder.path(), &["check", "--fix", "--verify", "--isolated", ".", "--engine", kind]);
        assert!(said.err.contains("does not build even without fixes"), "{said}");
        assert_eq!(fs::read_to_string(folder.path().join("Dockerfile")).expect("it is there"), text);
    }
}

#[test]
fn markdown_and_text() {
    let Some(_) = engine(Kind::Docker) else { return };
    let text = format!("FROM {BASE}\nADD Dockerfile /x\nUSER 1000\nCMD [\"echo\", \"a|b\"]\n");
    let folder = project(&[("Dockerfile", &text)]);
    let args = ["verify", "--isolated", "--pull", "never", "--engine", "docker", "--format"];
    let said = plimsoll(folder.path(), &[&args[..], &["markdown"]].concat());
    assert!(
        said.out.starts_with("### Plimsoll: verification") && said.out.contains("| output | a&#124;b | a&#124;b |"),
        "{said}"
    );
    let said = plimsoll(folder.path(), &[&args[..], &["text"]].concat());
    assert!(said.out.contains("applied   needless-add:2"), "{said}");
    assert!(said.out.contains("image builds and behaves identically"), "{said}");
}

/// What a step prints in pieces, and on two streams, is put together; a client that cannot tell it as JSON is asked again.
#[test]
fn the_words_of_a_step() {
    let Some(_) = engine(Kind::Docker) else { return };
    let text = format!("FROM {BASE}\nRUN printf one; sleep 0.1; echo ' line'; echo oops >&2; exit 3\n");
    let folder = project(&[("Dockerfile", &text)]);
    let real = std::env::split_paths(&std::env::var_os("PATH").expect("there is one"))
        .map(|folder| folder.join("docker"))
        .find(|path| path.is_file());
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *--progress=rawjson*) echo 'ERROR: invalid progress value : rawjson' >&2; exit 1;; esac\nexec {} \"$@\"\n",
        real.expect("it is here").display()
    );
    let old = project(&[("docker", &script)]);
    std::fs::set_permissions(old.path().join("docker"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("its mode");
    let path = format!("{}:{}", old.path().display(), std::env::var("PATH").expect("there is one"));
    for (path, words) in [
        (None, " RUN printf one; sleep 0.1; echo ' line'; echo oops >&2; exit 3:\none line\noops\n"),
        (Some(Path::new(&path)), "oops"),
    ] {
        let said = with_path(
            folder.path(),
            &["verify", "--isolated", "--engine", "docker", "--pull", "never", "--format", "json"],
            path,
        );
        let told: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said}"));
        let error = told["files"][0]["before"]["build_error"].as_str().unwrap_or_else(|| panic!("{said}"));
        assert!(error.contains(words) && error.ends_with("exit code: 3"), "{error}");
    }
}

/// What people meet when something is not there: what happened, and what to do; exit code 2.
#[test]
fn errors_without_an_engine() {
    let folder = project(&[("Dockerfile", "FROM nowhere.invalid/never/built:1\n")]);
    let empty = project(&[]);
    let said = with_path(folder.path(), &["verify", "--isolated"], Some(empty.path()));
    assert_eq!(said.code, Some(2), "{said}");
    assert!(said.err.contains("no container engine responds"), "{said}");
    assert!(said.err.contains("install Docker or Podman"), "{said}");
    let said = with_path(folder.path(), &["verify", "--isolated", "--engine", "podman"], Some(empty.path()));
    assert!(said.code == Some(2) && said.err.contains("`podman` not found in `PATH`"), "{said}");
    let said = plimsoll(folder.path(), &["verify", "--isolated", "--engine", "submarine"]);
    assert!(said.code == Some(2) && said.err.contains("submarine"), "{said}");
}

#[test]
fn errors_of_engines() {
    let folder = project(&[("Dockerfile", "FROM nowhere.invalid/never/built:1\n")]);
    for engine in builders() {
        let args = ["verify", "--isolated", "--engine", engine.kind().as_str(), "--pull", "never"];
        let said = plimsoll(folder.path(), &args);
        assert_eq!(said.code, Some(2), "{said}");
        assert!(said.err.contains("`nowhere.invalid/never/built:1` is not present locally"), "{said}");
        let said = plimsoll(folder.path(), &args[..4]);
        assert_eq!(said.code, Some(2), "{said}");
        assert!(said.err.contains("is not present locally and cannot be pulled"), "{said}");
    }
    let Some(_) = engine(Kind::Docker) else { return };
    let foreign = project(&[("Dockerfile", &format!("# syntax=evil.invalid/dockerfile:1\nFROM {BASE}\n"))]);
    let said = plimsoll(foreign.path(), &["verify", "--isolated", "--engine", "docker"]);
    assert!(said.code == Some(2) && said.err.contains("third-party frontend"), "{said}");
    assert!(said.err.contains("--allow-frontend"), "{said}");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(["verify", "--isolated", "--engine", "docker"]).current_dir(folder.path());
    let output = command.env("DOCKER_HOST", "unix:///nowhere/docker.sock").output().expect("plimsoll starts");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && err.contains("its service does not respond"), "{err}");
}

/// Docker's own frontend need not be fetched.
#[test]
fn own_frontend_without_a_registry() {
    let Some(_) = engine(Kind::Docker) else { return };
    let text = format!("# syntax=docker/dockerfile:1\nFROM {BASE}\nUSER 1000\nCMD [\"echo\", \"ahoy\"]\n");
    let (file, code) = proof(project(&[("Dockerfile", &text)]).path(), Kind::Docker, &["--expect-stdout", "ahoy"]);
    assert_eq!(code, Some(0), "{file:#}");
}

/// An image of Docker's on the runtimes below it, and of Buildah's own.
#[test]
fn other_runtimes() {
    let Some(docker) = engine(Kind::Docker) else { return };
    let text = format!(
        "FROM {BASE}\nENV A=b\nWORKDIR /tmp\nUSER 1000:1000\n\
         CMD [\"sh\", \"-c\", \"echo $A $(pwd) $(id -u); grep NoNewPrivs /proc/self/status; exit 5\"]\n"
    );
    let built = build(&docker, &text, Default::default());
    let image = built.image.expect("it builds");
    for kind in [Kind::Podman, Kind::Buildah, Kind::Containerd, Kind::Cri, Kind::Runc, Kind::Crun, Kind::Lxc] {
        let Some(runtime) = engine(kind) else { continue };
        if runtime.driver().build.is_some() {
            let built = build(&runtime, &text, Default::default());
            let own = built.image.unwrap_or_else(|| panic!("{kind}: {}", built.log));
            check_run(&runtime, &own.tag, &own.facts, None);
            continue;
        }
        let unpacked = docker.unpack_for(&runtime, &image.tag).unwrap_or_else(|error| panic!("{kind}: {error:?}"));
        check_run(&runtime, &image.tag, &image.facts, unpacked.as_ref().map(|unpacked| unpacked.path.clone()));
    }
}

fn check_run(runtime: &Engine, tag: &str, facts: &Facts, unpacked: Option<PathBuf>) {
    let kind = runtime.kind();
    let (time, grace) = (Duration::from_secs(5), Duration::from_secs(1));
    let run = || Run {
        facts: facts.clone(),
        unpacked: unpacked.clone(),
        limits: RunLimits { time, grace, ..RunLimits::default() },
        ..Run::new(tag)
    };
    let ran = match runtime.run(run()) {
        Ok(ran) => ran,
        // crun of Debian 12 knows no mixed cgroups.
        Err(error) if format!("{error:?}").contains("hybrid mode") => {
            skipped(&format!("{kind} does not run on this machine: {error:?}"));
            return;
        }
        Err(error) => panic!("{kind}: {error:?}"),
    };
    let text = ran.stdout.text();
    assert!(text.starts_with("b /tmp 1000\n"), "{kind}: {text}{}", ran.stderr.text());
    assert_eq!(ran.end, RunEnd::Exit(5), "{kind}");
    // Buildah and ctr have no option for it.
    if !matches!(kind, Kind::Buildah | Kind::Containerd) {
        assert!(text.contains("NoNewPrivs:\t1"), "{kind}: {text}");
    }
    // One that does not end.
    let ran = runtime.run(Run { args: vec!["sleep".to_owned(), "67.7".to_owned()], ..run() }).expect("it runs");
    assert_eq!(ran.end, RunEnd::KeptRunning, "{kind}: {}", ran.stderr.text());
    assert!(gone("sleep 67.7"), "{kind}");
}

/// The course's exercises, as far as their bases are here: handed in → repaired, with the same output.
#[test]
fn course() {
    let exercises = [
        ("hello-python", &["--expect-stdout", "Hello"][..], "python:latest"),
        ("environment", &["--env", "MY_VAR=harbour", "--expect-stdout", "harbour"], "python:latest"),
        ("arguments", &["--expect-stdout", "harbour", "--", "--host", "harbour"], "python:latest"),
        ("hello-node", &["--expect-stdout", "Hello"], "node:latest"),
        ("hello-java", &["--expect-stdout", "Hello"], "openjdk:latest"),
        ("hello-cpp", &["--expect-stdout", "Hello"], "gcc:latest"),
    ];
    for engine in builders() {
        for (name, args, base) in exercises {
            if !engine.has(base).expect("the engine works") {
                continue;
            }
            let folder = examples().join(name).join("handed-in");
            let usual = ["--unsafe-fixes", "--run-timeout", "30"];
            let (file, _) = proof(&folder, engine.kind(), &[&usual[..], args].concat());
            assert_eq!(file["unmet"], Value::Array(Vec::new()), "{name}: {file:#}");
            assert_eq!(row(&file, "exit")["after"], "code 0", "{name}: {file:#}");
            let fixes = file["fixes"].as_array().expect("a list");
            assert!(fixes.iter().any(|fix| fix["kept"] == true), "{name}: {file:#}");
            let of = |side: &str, what: &str| file[side]["image"][what].as_u64().expect("a number");
            assert_ne!(file["after"]["run"]["uid"], 0, "{name}: {file:#}");
            // Where the full base has more in it than the slim one, as `.ci/engines` makes them.
            if engine.inspect(base).expect("it is here").layers < 5 {
                continue;
            }
            assert!(of("after", "size") < of("before", "size") * 3 / 4, "{name}: {file:#}");
            // A JDK's image has no more layers than a JRE's, and the repaired file has one instruction more that makes one.
            if name != "hello-java" {
                assert!(of("after", "layers") < of("before", "layers"), "{name}: {file:#}");
            }
        }
    }
}

/// A repair that writes a file is tried with it, and writes it into the build context.
#[test]
fn a_file_beside() {
    let Some(_) = engine(Kind::Docker) else { return };
    let text = format!("FROM {BASE}\nWORKDIR /app\nCOPY . .\nUSER 1000\nCMD [\"ls\", \"-a\", \"/app\"]\n");
    let files = [("web/Dockerfile", &text[..]), ("web/run.py", "print()"), ("web/.env", "A=b")];
    let folder = project(&files);
    let args = ["check", "--fix", "--verify", "--isolated", "--pull", "never", "--engine", "docker"];
    let said = plimsoll(folder.path(), &[&args[..], &["--expect-stdout", "run.py", "web"]].concat());
    assert!(folder.path().join("web/.dockerignore").exists(), "{said}");
    assert!(!folder.path().join(".dockerignore").exists(), "{said}");
}

/// Compose waits for the health of a service whose image has the `HEALTHCHECK`, as the rules assume; without one, the project
/// does not start.
#[test]
fn healthcheck_of_the_image_counts() {
    let Some(_) = engine(Kind::Docker) else { return };
    let compose = format!(
        "services:\n  app:\n    image: {BASE}\n    command: sleep 60\n    depends_on:\n      slow:\n        condition: \
         service_healthy\n  slow:\n    build: .\n"
    );
    let check = "HEALTHCHECK --interval=1s --start-period=1s CMD test -e /ready\n";
    for (healthcheck, starts) in [(check, true), ("", false)] {
        let dockerfile = format!("FROM {BASE}\n{healthcheck}CMD sh -c 'touch /ready; sleep 60'\n");
        let folder = project(&[("Dockerfile", &dockerfile), ("compose.yaml", &compose)]);
        let args = ["verify", "compose.yaml", "--isolated", "--pull", "never", "--engine", "docker"];
        let said = plimsoll(folder.path(), &args);
        assert_eq!(said.out.contains("does not start even without fixes"), !starts, "{said}");
        assert_eq!(said.out.contains("runs, healthy"), starts, "{said}");
        let found = plimsoll(folder.path(), &["check", "compose.yaml", "--isolated", "--format", "concise"]);
        assert_eq!(found.out.contains("[unmet-health-condition]"), !starts, "{found}");
    }
}

/// The course's application with a database, in each language: once it waits for the database, it responds.
#[test]
fn compose_app() {
    let Some(docker) = engine(Kind::Docker) else { return };
    let bases = ["python:latest", "node:latest", "eclipse-temurin:21-jdk", "postgres:latest", "postgres:18-trixie"];
    if let Some(missing) = bases.iter().find(|image| !docker.has(image).expect("the engine works")) {
        let required = std::env::var("PLIMSOLL_REQUIRE_ENGINE").unwrap_or_default();
        assert!(!required.split(',').any(|name| name.trim() == "course"), "there is no image `{missing}`");
        return skipped(&format!("the application with a database does not run: there is no image `{missing}`"));
    }
    for language in ["python", "node", "java"] {
        let folder = examples().join("compose-app").join(language).join("handed-in");
        let args =
            ["verify", "compose.yaml", "--isolated", "--pull", "never", "--engine", "docker", "--format", "json"];
        let said = plimsoll(&folder, &[&args[..], &["--unsafe-fixes", "--run-timeout", "600"]].concat());
        let report: Value =
            serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{language}: {error}: {said}"));
        let project = &report["files"][0];
        assert_eq!(said.code, Some(0), "{language}: {project:#}");
        // A project that does not start before its fixes shows nothing.
        assert_eq!(project["before"]["fault"], Value::Null, "{language}: {project:#}");
        let fixes = project["fixes"].as_array().expect("a list");
        for rule in ["unawaited-dependency", "database-without-healthcheck", "unpersisted-database", "untagged-image"] {
            assert!(fixes.iter().any(|fix| fix["rule"] == rule && fix["kept"] == true), "{language}: {project:#}");
        }
        let after = &project["after"]["services"];
        assert_eq!(after["app"]["ports"]["8080"]["http"], 200, "{language}: {project:#}");
        assert_eq!(after["db"]["healthy"], true, "{language}: {project:#}");
    }
}
