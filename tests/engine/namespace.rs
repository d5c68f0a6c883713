//! What can be seen of a container from this machine, and what a container can reach of it.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plimsoll::engine::{Engine, Kind, Pull};
use plimsoll::text::Source;
use plimsoll::text::units::Time;
use plimsoll::verify::{ContextLimits, MissingFile, Project, RunSpec, Trial};
use serde_json::Value;

use crate::skip::skipped;
use crate::support::{BASE, ask, builders, engine, gone, plimsoll, processes, project};

/// Listens on all of this machine's addresses, as a service of it would.
struct Service(TcpListener);

impl Service {
    fn start() -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").expect("a port is free");
        listener.set_nonblocking(true).expect("it can wait");
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().expect("it has an address").port()
    }

    fn was_reached(&self) -> bool {
        self.0.accept().is_ok()
    }
}

fn server(before: &str, listen: &str) -> String {
    format!(
        "FROM {BASE}\nRUN mkdir /www && echo fine > /www/health\nEXPOSE 8080\nUSER 1000\n\
         CMD [\"sh\", \"-c\", \"{before}exec httpd -f -p {listen} -h /www\"]\n"
    )
}

fn verified(text: &str, seconds: &str, args: &[&str]) -> Value {
    let folder = project(&[("Dockerfile", text)]);
    let usual = ["verify", ".", "--isolated", "--pull", "never", "--format", "json"];
    let said = plimsoll(folder.path(), &[&usual[..], &["--run-timeout", seconds][..], args].concat());
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said}"));
    report["files"][0]["before"]["run"].clone()
}

/// A container that is asked by HTTP has no network: neither a service of this machine nor the engine's own can be reached.
#[test]
fn asked_without_a_network() {
    let service = Service::start();
    let addresses = ask("hostname", &["-I"]);
    let reach = format!(
        "for host in {} host.docker.internal host.containers.internal; do \
         wget -q -T 1 -O /dev/null http://$host:{}/ && echo reached $host; done; ls /sys/class/net; ",
        addresses.trim(),
        service.port()
    );
    for engine in builders() {
        let kind = engine.kind();
        let run = verified(&server(&reach, "8080"), "30", &["--engine", kind.as_str(), "--http", ":8080/health=200"]);
        assert_eq!(run["http"][0]["status"], 200, "{kind}: {run:#}");
        assert!(!service.was_reached(), "{kind}: {run:#}");
        if engine.sees_inside() {
            let printed = run["stdout"].as_str().expect("it is text");
            assert!(!printed.contains("reached") && !printed.contains("eth"), "{kind}: {printed}");
        }
    }
}

/// What answers to itself alone would not answer from outside.
#[test]
fn listens_to_itself_alone() {
    for engine in builders() {
        let kind = engine.kind().as_str();
        let run = verified(&server("", "127.0.0.1:8080"), "4", &["--engine", kind, "--port", "8080"]);
        assert_eq!(run["port_open"], false, "{kind}: {run:#}");
    }
}

/// Runtimes that know no ports are asked in the same way.
#[test]
fn ports_of_low_level_runtimes() {
    let Some(docker) = engine(Kind::Docker) else { return };
    if !docker.sees_inside() {
        skipped("only root can ask a container from inside");
        return;
    }
    for kind in [Kind::Runc, Kind::Containerd, Kind::Cri, Kind::Lxc] {
        let Some(_) = engine(kind) else { continue };
        let args = ["--engine", "docker", "--run-on", kind.as_str(), "--http", ":8080/health=200"];
        let run = verified(&server("", "8080"), "20", &args);
        assert_eq!(run["http"][0]["status"], 200, "{kind}: {run:#}");
    }
}

fn missing(engine: &Engine, old: &str, new: &str) -> Vec<MissingFile> {
    let folder = project(&[("Dockerfile", old), ("table", "a,b\n")]);
    let path = folder.path().join("Dockerfile");
    let project = Project::copy(folder.path(), &path, ContextLimits::default()).expect("it can be copied");
    let time = Some(Time(Duration::from_secs(6)));
    let spec = RunSpec { pull: Some(Pull::Never), run_timeout: time, ..RunSpec::default() };
    let trial = Trial { builder: engine, runtime: engine, project: &project, spec: &spec, progress: &|_| {} };
    let before = trial.first(&Source::new("Dockerfile", old), &[]).expect("the engine works");
    let side = trial.of(&Source::new("Dockerfile", new), &[], "trial", &before).expect("the engine works");
    side.run.unwrap_or_else(|| panic!("{:?}", side.build_error)).missing
}

/// Files of the old image that the new one lacks, by what the program says and by what it had open.
#[test]
fn files_that_have_gone() {
    for engine in builders() {
        let kind = engine.kind();
        let old = |program: &str| format!("FROM {BASE}\nCOPY table /data/table\nCMD [\"sh\", \"-c\", \"{program}\"]\n");
        let new = |program: &str| format!("FROM {BASE}\nWORKDIR /app\nCMD [\"sh\", \"-c\", \"{program}\"]\n");
        let path = "/data/table".to_owned();
        let found = missing(&engine, &old("cat /data/table"), &new("cat /data/table"));
        assert_eq!(found, [MissingFile { path: path.clone(), reported: true }], "{kind}");
        let found = missing(&engine, &old("cat data/table"), &new("cat data/table"));
        assert_eq!(found, [MissingFile { path: path.clone(), reported: true }], "{kind}");
        // It never was there: no fault of the new image.
        assert_eq!(missing(&engine, &old("cat /no/such"), &new("cat /no/such")), [], "{kind}");
        if engine.sees_inside() {
            let found = missing(&engine, &old("exec 3</data/table; sleep 2; echo ok"), &new("sleep 1; echo ok"));
            assert_eq!(found, [MissingFile { path, reported: false }], "{kind}");
        }
    }
}

/// Whom `.ci/engines` makes, with other users lent to him.
const SOMEONE: &str = "plimsoll-rootless";

/// Podman without root: as a user who owns nothing but his home.
#[test]
fn podman_without_root() {
    let home = Path::new("/home").join(SOMEONE);
    let required = std::env::var("PLIMSOLL_REQUIRE_ENGINE").unwrap_or_default().contains("rootless");
    let uid = ask("id", &["-u", SOMEONE]);
    if !home.exists() || ask("id", &["-u"]).trim() != "0" {
        assert!(!required, "there is no user `{SOMEONE}`");
        skipped(&format!("nothing on Podman without root: there is no user `{SOMEONE}`, or we are not root"));
        return;
    }
    let folder = tempfile::tempdir_in(&home).expect("a folder can be made");
    let program = folder.path().join("plimsoll");
    std::fs::copy(env!("CARGO_BIN_EXE_plimsoll"), &program).expect("it can be copied");
    let text = format!(
        "FROM {BASE}\nADD hello.sh /\nUSER 1000\nCMD [\"sh\", \"-c\", \"sleep 1; id -u; exec sh /hello.sh\"]\n"
    );
    std::fs::write(folder.path().join("Dockerfile"), text).expect("a file can be written");
    std::fs::write(folder.path().join("hello.sh"), "echo hello harbour\n").expect("a file can be written");
    ask("chown", &["-R", SOMEONE, &folder.path().display().to_string()]);
    let run = |args: &[&str]| {
        let mut command = Command::new("runuser");
        command.args(["-u", SOMEONE, "--"]).arg(&program).args(["verify", ".", "--isolated", "--engine", "podman"]);
        command
            .args(["--pull", "never", "--format", "json"])
            .args(args)
            .current_dir(folder.path())
            .stdin(Stdio::null());
        command
            .env_remove("CONTAINERS_CONF")
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", format!("/run/user/{}", uid.trim()));
        let output = command.output().expect("plimsoll starts");
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let start = Instant::now();
    let (out, err) = run(&["--expect-stdout", "1000\nhello harbour"]);
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
    let file = &report["files"][0];
    assert_eq!((&file["after"]["built"], &file["unmet"]), (&true.into(), &Value::Array(Vec::new())), "{file:#}");
    assert_eq!(file["after"]["run"]["uid"], 1000, "{file:#}");
    assert!(file["fixes"].as_array().is_some_and(|fixes| fixes.iter().any(|fix| fix["kept"] == true)), "{file:#}");
    assert!(start.elapsed() < Duration::from_secs(120));
    // Its containers' ports are out of reach, which is said.
    let (_, err) = run(&["--port", "8080"]);
    assert!(err.contains("unless run by root"), "{err}");
    // A build that takes too long leaves no working container, no process and no file.
    let endless = format!("FROM {BASE}\nRUN sleep 79.3\nUSER 1000\nRUN sleep 79.3\nCMD [\"true\"]\n");
    std::fs::write(folder.path().join("Dockerfile"), endless).expect("a file can be written");
    run(&["--build-timeout", "8", "--timeout", "8"]);
    let left = || {
        let mut command = Command::new("runuser");
        command.args(["-u", SOMEONE, "--", "podman", "ps", "--all", "--external", "--format", "{{.Names}}"]);
        command.env_remove("CONTAINERS_CONF").env("HOME", &home).current_dir(&home);
        let output =
            command.env("XDG_RUNTIME_DIR", format!("/run/user/{}", uid.trim())).output().expect("podman is here");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    assert_eq!(left(), "");
    assert!(gone("sleep 79.3"));
    // What a run that was killed leaves is removed by the next one.
    let mut killed = Command::new("runuser");
    killed.args(["-u", SOMEONE, "--"]).arg(&program).args(["verify", ".", "--isolated", "--engine", "podman"]);
    killed.args(["--pull", "never"]).current_dir(folder.path()).env_remove("CONTAINERS_CONF").env("HOME", &home);
    killed.env("XDG_RUNTIME_DIR", format!("/run/user/{}", uid.trim())).stdin(Stdio::null());
    let mut killed = killed.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("plimsoll starts");
    let until = Instant::now() + Duration::from_secs(60);
    while processes("sleep 79.3") == 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    ask("pkill", &["-KILL", "--uid", SOMEONE, "--exact", "plimsoll"]);
    let _ = killed.wait();
    assert!(processes("sleep 79.3") > 0, "the build goes on without plimsoll");
    run(&["--build-timeout", "8", "--timeout", "8"]);
    assert_eq!(left(), "");
    assert!(gone("sleep 79.3"));
    let scratch = std::fs::read_dir("/var/tmp").expect("it can be read").flatten().filter(|entry| {
        use std::os::unix::fs::MetadataExt;
        let is_ours = entry.file_name().to_string_lossy().starts_with("plimsoll-");
        is_ours && entry.metadata().is_ok_and(|meta| meta.uid().to_string() == uid.trim())
    });
    assert_eq!(scratch.count(), 0);
}
