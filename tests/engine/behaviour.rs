//! What images do, criterion by criterion, on real engines; and submissions that mean harm.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll::engine::{Engine, Kind};
use plimsoll::grade::rubric::{self, Rubric};
use plimsoll::grade::runs::{EngineRunner, Evaluation, Failure, RunTask, Runner, Unavailable};
use plimsoll::text::Source;

use crate::support::{BASE, both, engine, gone, left_by, project};

fn rubric(criterion: &str, engine: &str) -> Rubric {
    let text = format!(
        "title = 'x'\nplimsoll = '0.1.0'\n[engine]\npull = 'never'\n{engine}\n[[criterion]]\nid = 'a'\npoints = 1\n{criterion}\n"
    );
    match Rubric::of(&Arc::new(Source::new("rubric.toml", text))) {
        Ok((rubric, _)) => rubric,
        Err(problems) => panic!("{:?}", problems.iter().map(|problem| &problem.message).collect::<Vec<_>>()),
    }
}

fn tried(engine: Engine, rubric: &Rubric, folder: &Path) -> Result<Evaluation, Unavailable> {
    let runner = EngineRunner::of(engine.kind());
    let task = RunTask {
        directory: folder,
        context: folder,
        dockerfile: Some(Path::new("Dockerfile")),
        rules: &rubric.engine,
        progress: &|_| {},
    };
    let mut session = runner.open(task)?;
    let rubric::CriterionKind::Engine(kind) = &rubric.criteria[0].kind else { panic!("it is one") };
    session.evaluate(kind)
}

/// What is amiss, with a Dockerfile's text on each engine.
fn failures(criterion: &str, settings: &str, lines: &str) -> Vec<(Kind, Vec<Failure>)> {
    let rubric = rubric(criterion, settings);
    let folder = project(&[("Dockerfile", &format!("FROM {BASE}\n{lines}\n"))]);
    let each = both().into_iter().map(|engine| {
        let kind = engine.kind();
        match tried(engine, &rubric, folder.path()) {
            Ok(Evaluation::Checks(checks)) => (kind, checks.into_iter().filter_map(|check| check.failure).collect()),
            Ok(Evaluation::NoImage) => panic!("{kind}: no image"),
            other => panic!("{kind}: {other:?}"),
        }
    });
    each.collect()
}

fn holds(criterion: &str, lines: &str) {
    for (kind, failures) in failures(criterion, "", lines) {
        assert_eq!(failures, [], "{kind}: {criterion}");
    }
}

/// The one thing that is amiss.
fn failure(criterion: &str, settings: &str, lines: &str) -> Vec<(Kind, String, String)> {
    let each = failures(criterion, settings, lines).into_iter().map(|(kind, failures)| {
        assert_eq!(failures.len(), 1, "{kind}: {criterion}: {failures:#?}");
        (kind, failures[0].what.clone(), failures[0].seen.clone())
    });
    each.collect()
}

#[test]
fn runs() {
    holds("run = { stdout = 'ahoy', uid = 1000 }", "USER 1000\nCMD [\"echo\", \"ahoy\"]");
    holds("run = { env = { NAME = '{word}' }, stdout = 'Hello, {word}!' }", "CMD echo \"Hello, $NAME!\"");
    holds("run = { args = ['{word}'], stdout-regex = '^[a-z]+[0-9]{4}\\n$' }", "ENTRYPOINT [\"echo\"]\nCMD [\"x\"]");
    holds("run = { stdin = '{number}', stdout-contains = '{number}', exit = 3 }", "CMD cat; exit 3");
    holds("run = { entrypoint = 'id', args = ['-u'], user = '1234', stdout = '1234', not-root = true }", "CMD false");
    for (_, what, _) in
        failure("run = { env = { NAME = '{word}' }, stdout = 'Hello, {word}!' }", "", "CMD echo 'Hello, world!'")
    {
        let said = "IMAGE` prints the same whatever the input is: `Hello, world!`";
        assert!(what.starts_with("`docker run -e NAME=") && what.ends_with(said), "{what}");
    }
    for (kind, what, seen) in failure("run = { stdout = 'x' }", "", "CMD echo broken >&2; printf 'x\\033[31m'; exit 7")
    {
        assert_eq!(what, "the container exited with code 7, after `broken` on standard error; it prints `x`", "{kind}");
        assert_eq!(seen, "broken", "{kind}");
    }
    for (kind, what, _) in failure("run = { any-exit = true, not-root = true }", "", "CMD true") {
        assert_eq!(what, "the container runs as root", "{kind}");
    }
    for (kind, what, seen) in failure("run = { stdout = 'x' }", "", "CMD [\"no-such-program\"]") {
        assert!(what.contains("with code 127") || what.contains("cannot start"), "{kind}: {what}");
        assert!(seen.contains("no-such-program"), "{kind}: {seen}");
    }
    for (kind, what, seen) in failure("run = { stdout = 'x' }", "", "USER nobody-here\nCMD [\"true\"]") {
        assert!(what.contains("cannot start") || what.contains("with code 126"), "{kind}: {what} {seen}");
    }
}

#[test]
fn servers() {
    let server = "WORKDIR /www\nRUN echo fine > health\nEXPOSE 8080\nUSER 1000\nSTOPSIGNAL SIGTERM\nCMD trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait";
    holds("http = { port = 8080, path = '/health', status = 200, body-contains = 'fine', within = '15s' }", server);
    holds("signal = { within = '4s', exit = 0 }", server);
    holds("inspect = { not-root = true, exposes = '8080', workdir = '/www', user = '1000' }", server);
    holds(
        "files = { has = ['/www/health', '/bin/sh', '/www/*'], lacks = '**/gcc', contains = { '/www/health' = 'fine' } }",
        server,
    );
    for (kind, what, _) in failure("http = { port = 8080, path = '/nothing', within = '3s' }", "", server) {
        assert_eq!(what, "`GET :8080/nothing` returned status 404", "{kind}");
    }
    for (kind, what, seen) in failure("http = { port = 8080, within = '20s' }", "", "CMD echo no database >&2; exit 1")
    {
        assert_eq!(what, "the container exited before it responded to `GET :8080/`", "{kind}");
        assert_eq!(seen, "no database", "{kind}");
    }
    for (kind, what, _) in
        failure("signal = { within = '1s', after = '1s' }", "", "CMD trap '' TERM; while true; do sleep 67.1; done")
    {
        assert_eq!(what, "the container did not exit within 1 s of SIGTERM", "{kind}");
        assert!(gone("sleep 67.1"), "{kind}");
    }
}

/// A scale, a build that fails, and one without a Dockerfile.
#[test]
fn builds() {
    let scale = rubric("scale = { layers = [{ max = 3, points = 1 }] }", "");
    let folder = project(&[("Dockerfile", &format!("FROM {BASE}\nRUN touch /a\n"))]);
    for engine in both() {
        let kind = engine.kind();
        assert!(matches!(tried(engine, &scale, folder.path()), Ok(Evaluation::Measured(2 | 3))), "{kind}");
    }
    for (kind, what, seen) in failure("build = true", "", "RUN echo shoal ahead; exit 7") {
        assert_eq!(what, "the image does not build", "{kind}");
        assert!(seen.contains("shoal ahead") && seen.contains('7'), "{kind}: {seen}");
        assert!(!seen.contains("plimsoll-") && !seen.contains("0."), "{kind}: {seen}");
    }
    let criterion = rubric("build = true", "");
    let empty = project(&[]);
    for engine in both() {
        match tried(engine, &criterion, empty.path()) {
            Ok(Evaluation::Checks(checks)) => {
                assert_eq!(checks[0].failure.as_ref().expect("there is one").what, "no Dockerfile found");
            }
            other => panic!("{other:?}"),
        }
    }
    let needs = rubric("run = {}", "");
    for engine in both() {
        assert!(matches!(tried(engine, &needs, empty.path()), Ok(Evaluation::NoImage)));
    }
}

/// What is not allowed costs the student; what is allowed by its name and is not here costs nobody.
#[test]
fn base_images() {
    for (kind, what, _) in failure("build = true", "base-images = ['python:*']", "") {
        assert_eq!(what, format!("image `{BASE}` is not allowed"), "{kind}");
    }
    let folder = project(&[("Dockerfile", "FROM nowhere.invalid/a:1\n")]);
    for engine in both() {
        let named = rubric("build = true", "base-images = ['nowhere.invalid/a:1']");
        let outage = tried(engine, &named, folder.path()).expect_err("it is not present locally");
        assert!(!outage.retry && outage.reason.contains("`nowhere.invalid/a:1` is not present locally"), "{outage:?}");
    }
    for engine in both() {
        let pattern = rubric("build = true", "base-images = ['nowhere.invalid/*']");
        match tried(engine, &pattern, folder.path()) {
            Ok(Evaluation::Checks(checks)) => assert!(checks[0].failure.is_some()),
            other => panic!("{other:?}"),
        }
    }
    let foreign = project(&[("Dockerfile", &format!("# syntax=evil.invalid/dockerfile:1\nFROM {BASE}\n"))]);
    for engine in both() {
        match tried(engine, &rubric("build = true", ""), foreign.path()) {
            Ok(Evaluation::Checks(checks)) => {
                assert!(checks[0].failure.as_ref().is_some_and(|failure| failure.what.contains("evil.invalid")))
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A Dockerfile that is a link to a file of this machine is not read, and one of its folders is no build context.
#[test]
fn links() {
    let Some(docker) = engine(Kind::Docker) else { return };
    let (folder, outside) = (project(&[]), project(&[("Dockerfile", &format!("FROM {BASE}\n"))]));
    std::os::unix::fs::symlink(outside.path().join("Dockerfile"), folder.path().join("Dockerfile"))
        .expect("a link can be made");
    match tried(docker, &rubric("build = true", ""), folder.path()) {
        Ok(Evaluation::Checks(checks)) => {
            assert_eq!(
                checks[0].failure.as_ref().expect("there is one").what,
                "the Dockerfile is a symbolic link that points outside the submission"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_outage_is_not_the_submissions_fault() {
    let folder = project(&[("Dockerfile", &format!("FROM {BASE}\n"))]);
    let Some(podman) = engine(Kind::Podman) else { return };
    // Of what one engine keeps the other knows nothing.
    let outage =
        tried(podman, &rubric("build = true", ""), project(&[("Dockerfile", "FROM only-elsewhere:1\n")]).path());
    assert!(
        outage.is_err_and(|outage| !outage.retry && outage.reason.contains("only-elsewhere:1")),
        "{}",
        folder.path().display()
    );
}

#[test]
fn hostile_containers() {
    for (kind, what, _) in failure("run = { within = '30s' }", "disk = '20MB'", "CMD yes overboard") {
        assert!(what.contains("it printed more than"), "{kind}: {what}");
        assert!(gone("yes overboard"), "{kind}");
    }
    let start = Instant::now();
    for (kind, what, _) in
        failure("run = { within = '3s' }", "pids = 64", "CMD bomb() { bomb | bomb & }; bomb; sleep 68.1")
    {
        assert!(what.contains("still running") || what.contains("exited with code"), "{kind}: {what}");
        assert!(gone("sleep 68.1"), "{kind}");
    }
    for (kind, what, _) in failure("run = { within = '2s' }", "", "CMD trap '' TERM; sleep 68.2; sleep 68.2") {
        assert_eq!(what, "the container was still running after 2 s", "{kind}");
        assert!(gone("sleep 68.2"), "{kind}");
    }
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
    // Neither another submission, nor this machine, nor a way out.
    let look = "CMD cat /proc/net/route; ls /sys/class/net; ls -d /work /home/* /var/run/docker.sock /run/podman 2>/dev/null; \
                wget -T 2 -q -O - http://192.0.2.1/; cat /etc/hostname; true";
    holds("run = { stdout-lacks = ['eth0', 'docker.sock', 'podman', '/work'] }", look);
}

#[test]
fn hostile_builds() {
    let start = Instant::now();
    for (kind, what, _) in failure("build = true", "build-timeout = '4s'", "RUN trap '' TERM; sleep 69.1; sleep 69.1") {
        assert_eq!(what, "the build did not finish within 4 s", "{kind}");
        assert!(gone("sleep 69.1"), "{kind}");
    }
    for (kind, what, seen) in failure("build = true", "", "RUN wget -T 2 -q -O /x http://192.0.2.1/x") {
        assert_eq!(what, "the image does not build: this step needs the network", "{kind}");
        assert!(seen.contains("wget"), "{kind}: {seen}");
    }
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
}

/// A project of two services: the one is asked for what has been put into the other.
#[test]
fn compose() {
    let rubric = rubric(
        "compose = { services = ['app', 'store'], healthy = 'store', within = '60s', exec = { service = 'store', command = ['sh', '-c', \
         'echo {word} > /data/guest'] }, http = { service = 'app', port = 8080, path = '/cgi-bin/guest', body-contains = 'Hello, {word}' } }",
        "run-timeout = '20s'",
    );
    let dockerfile = format!(
        "FROM {BASE}\nWORKDIR /www\n# Without this the C library asks for names elsewhere first.\nRUN echo hosts: files dns > /etc/nsswitch.conf\n\
         RUN mkdir cgi-bin && printf '#!/bin/sh\\necho; echo Hello, $(wget -q -O - http://store:8080/guest)\\n' \
         > cgi-bin/guest && chmod 755 cgi-bin/guest\nUSER 1000\nCMD httpd -f -p 8080 -h /www\n"
    );
    let good = format!(
        "services:\n  app:\n    build: .\n    ports: ['8080:8080']\n    depends_on: {{store: {{condition: service_healthy}}}}\n  store:\n    \
         image: {BASE}\n    command: httpd -f -p 8080 -h /data\n    volumes: ['data:/data']\n    healthcheck: {{test: [CMD, 'true']}}\n\
         volumes: {{data: {{}}}}\n"
    );
    let outcome = |compose: &str, engine: Engine| {
        let folder = project(&[("Dockerfile", &dockerfile), ("compose.yaml", compose)]);
        match tried(engine, &rubric, folder.path()) {
            Ok(Evaluation::Checks(checks)) => {
                checks.into_iter().map(|check| check.failure.map(|failure| failure.what)).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    for engine in both() {
        let kind = engine.kind();
        assert_eq!(outcome(&good, engine), vec![None; 6], "{kind}");
    }
    for engine in both() {
        let kind = engine.kind();
        let apart = good
            .replace("    depends_on", "    networks: [other]\n    depends_on")
            .replace("volumes: {data", "networks: {other: {}}\nvolumes: {data");
        let seen = outcome(&apart, engine);
        assert!(
            seen[5].as_ref().is_some_and(|what| what.starts_with("service `app`: `GET :8080/cgi-bin/guest`")),
            "{kind}: {seen:?}"
        );
    }
    for engine in both() {
        let seen = outcome(&good.replace("    ports", "    privileged: true\n    pid: host\n    ports"), engine);
        let refused = seen[0].as_ref().expect("it is refused");
        assert!(refused.contains("`privileged: true`") && refused.contains("`pid: host`"), "{refused}");
        assert_eq!(seen.iter().flatten().count(), 6);
    }
    for engine in both() {
        let kind = engine.kind();
        let seen = outcome(&good.replace("'true'", "'false'"), engine);
        assert!(seen[0].as_ref().is_some_and(|what| what.contains("store")), "{kind}: {seen:?}");
    }
    for engine in both() {
        assert_eq!(left_by(&engine, std::process::id()).iter().filter(|name| name.contains("-app-")).count(), 0);
    }
}
