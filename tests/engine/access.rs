//! Engines and images that are not simply here: a registry with a password, and an engine behind `DOCKER_HOST`.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use plimsoll::engine::Kind;

use crate::pin::Registry;
use crate::skip::skipped;
use crate::support::{BASE, Said, engine, project};

fn run(program: &str, folder: &Path, args: &[&str], env: &[(&str, &str)]) -> Said {
    let mut command = Command::new(program);
    let output = command.args(args).current_dir(folder).envs(env.iter().copied()).stdin(Stdio::null()).output();
    let output = output.expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

const VERIFY: [&str; 5] = ["verify", "--isolated", "--engine", "docker", "."];

/// Who has logged in to a registry can verify what is based on its images; who has not is told to.
#[test]
fn a_registry_with_a_password() {
    let Some(_) = engine(Kind::Docker) else { return };
    let Some(registry) = Registry::with_password() else {
        assert!(std::env::var_os("PLIMSOLL_REQUIRE_ENGINE").is_none(), "docker-registry is required");
        skipped("logins are not tested: docker-registry is not here");
        return;
    };
    let host = format!("127.0.0.1:{}", registry.port);
    let image = format!("{host}/plimsoll-private:1");
    let config = tempfile::tempdir().expect("a folder can be made");
    let home = std::env::var("HOME").unwrap_or_default();
    let plugins = format!("{{\"cliPluginsExtraDirs\": [\"{home}/.docker/cli-plugins\"]}}");
    std::fs::write(config.path().join("config.json"), plugins).expect("a file can be written");
    let env = [("DOCKER_CONFIG", config.path().to_str().expect("it is UTF-8"))];
    let docker = |args: &[&str]| run("docker", config.path(), args, &env);
    let text = format!("FROM {image}\nUSER 1000\nCMD [\"echo\", \"ahoy\"]\n");
    let folder = project(&[("Dockerfile", &text)]);
    let verify = || run(env!("CARGO_BIN_EXE_plimsoll"), folder.path(), &VERIFY, &env);

    docker(&["tag", BASE, &image]);
    let said = docker(&["login", "--username", "captain", "--password", "U*U", &host]);
    assert_eq!(said.code, Some(0), "{said}");
    let said = docker(&["push", "--quiet", &image]);
    assert_eq!(said.code, Some(0), "{said}");
    docker(&["image", "rm", &image]);
    let said = verify();
    docker(&["image", "rm", &image]);
    assert_eq!(said.code, Some(0), "{said}");
    docker(&["logout", &host]);
    let said = verify();
    docker(&["image", "rm", &image]);
    assert!(said.code == Some(2) && said.err.contains("log in to its registry first"), "{said}");
}

/// Passes on what comes in at a port to the engine's socket.
fn forward(from: TcpStream, to: UnixStream) -> io::Result<()> {
    let (mut up, mut down) = ((from.try_clone()?, to.try_clone()?), (to, from));
    thread::spawn(move || {
        let _ = io::copy(&mut up.0, &mut up.1);
        let _ = up.1.shutdown(std::net::Shutdown::Write);
    });
    io::copy(&mut down.0, &mut down.1)?;
    down.1.shutdown(std::net::Shutdown::Write)
}

#[test]
fn behind_docker_host() {
    let Some(_) = engine(Kind::Docker) else { return };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let host = format!("tcp://{}", listener.local_addr().expect("it has one"));
    thread::spawn(move || {
        for from in listener.incoming().flatten() {
            let Ok(to) = UnixStream::connect("/var/run/docker.sock") else { continue };
            thread::spawn(move || forward(from, to));
        }
    });
    let text = format!("FROM {BASE}\nADD run.sh /\nEXPOSE 8080\nUSER 1000\nCMD [\"sh\", \"/run.sh\"]\n");
    let folder = project(&[("Dockerfile", &text), ("run.sh", "exec httpd -f -p 8080 -h /etc")]);
    let args = [&VERIFY[..], &["--pull", "never"]].concat();
    let said = run(env!("CARGO_BIN_EXE_plimsoll"), folder.path(), &args, &[("DOCKER_HOST", &host)]);
    assert_eq!(said.code, Some(0), "{said}");
    assert!(said.out.contains("port 8080"), "{said}");
}
