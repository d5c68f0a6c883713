//! The runtime interface of Kubernetes, on containerd: what is limited, what is reached, what is left.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use plimsoll::engine::{
    BuildLimits, Container, Engine, EngineError, Image, Kind, Network, Ran, Run, RunEnd, RunLimits, UnpackedImage,
};

use crate::skip::skipped;
use crate::support::{BASE, ask, build, engine, gone, plimsoll_with, project};

/// Docker, which builds, and containerd.
fn engines() -> Option<(Engine, Engine)> {
    Some((engine(Kind::Docker)?, engine(Kind::Cri)?))
}

/// An image of its own for each test, since it is removed from containerd with the connection.
struct Archive<'e> {
    image: Image<'e>,
    file: UnpackedImage,
}

impl<'e> Archive<'e> {
    fn new((docker, runtime): &'e (Engine, Engine)) -> Self {
        // containerd removes equal images together.
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let text = format!("FROM {BASE}\nLABEL number={number}\nCMD [\"echo\", \"usual\"]\n");
        let image = build(docker, &text, BuildLimits::default()).image.expect("it builds");
        let file = docker.unpack_for(runtime, &image.tag).expect("it can be saved").expect("it is not in containerd");
        Self { image, file }
    }

    fn run(&self) -> Run {
        let limits = RunLimits { time: Duration::from_secs(8), grace: Duration::from_secs(1), ..RunLimits::default() };
        Run {
            facts: self.image.facts.clone(),
            unpacked: Some(self.file.path.clone()),
            limits,
            ..Run::new(&self.image.tag)
        }
    }

    fn sh(&self, script: &str) -> Run {
        Run { args: ["sh", "-c", script].map(str::to_owned).to_vec(), ..self.run() }
    }
}

fn ran(engine: &Engine, run: Run) -> Ran {
    engine.run(run).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn streams_users_and_exit_codes() {
    let Some(engines) = engines() else { return };
    let (image, runtime) = (Archive::new(&engines), &engines.1);
    let script = "echo \"$GREETING\"; echo no >&2; printf open; id -u; cat /proc/self/status; exit 3";
    let run = Run {
        env: vec![("GREETING".to_owned(), "moin\tmoin".to_owned())],
        user: Some("nobody".to_owned()),
        ..image.sh(script)
    };
    let seen = ran(runtime, run);
    assert_eq!(seen.end, RunEnd::Exit(3), "{}", seen.stderr.text());
    let text = seen.stdout.text();
    assert!(text.starts_with("moin\tmoin\nopen65534\n"), "{text}");
    assert_eq!((seen.stderr.text().as_str(), seen.uid), ("no\n", Some(65534)));
    for line in ["NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let seen = ran(runtime, Run { caps: vec!["CHOWN".to_owned()], ..image.sh("cat /proc/self/status") });
    assert!(seen.stdout.text().contains("CapBnd:\t0000000000000001") && seen.uid == Some(0), "{}", seen.stdout.text());
    // A different entrypoint drops the image's CMD.
    assert_eq!(ran(runtime, image.run()).stdout.text(), "usual\n");
    let echo = Run { entrypoint: Some("echo".to_owned()), ..image.run() };
    assert_eq!(ran(runtime, echo).stdout.text(), "\n");
    let none = Run { args: vec!["no-such-program".to_owned()], ..image.run() };
    let seen = ran(runtime, none);
    assert_eq!(seen.end, RunEnd::Exit(127));
    assert!(seen.stderr.text().contains("no-such-program"), "{}", seen.stderr.text());
}

#[test]
fn limits() {
    let Some(engines) = engines() else { return };
    let (image, runtime) = (Archive::new(&engines), &engines.1);
    let with = |script: &str, set: &dyn Fn(&mut RunLimits)| {
        let mut run = image.sh(script);
        set(&mut run.limits);
        ran(runtime, run)
    };
    let seen = with("tail /dev/zero", &|limits| limits.memory = 32 << 20);
    assert_eq!(seen.end, RunEnd::OutOfMemory, "{}", seen.stderr.text());
    let fork = "i=0; while [ $i -lt 60 ]; do sleep 3 & i=$((i+1)); done; wait; echo all";
    let seen = with(fork, &|limits| limits.pids = 8);
    assert!(seen.stderr.text().contains("fork"), "{:?}: {}", seen.end, seen.stderr.text());
    let seen = with("yes", &|limits| limits.max_output = 1 << 20);
    assert_eq!(seen.end, RunEnd::Over("it printed more than 1 MiB".to_owned()));
    assert!(seen.stdout.text().starts_with("y\ny\n"));
    let seen = with("sleep 1; dd if=/dev/zero of=/large bs=1M count=64; ls -l /large", &|limits| limits.disk = 8 << 20);
    assert!(!seen.stdout.text().contains("67108864"), "{:?}: {}", seen.end, seen.stdout.text());
    let seen = with("echo ready; sleep 71.3", &|limits| limits.time = Duration::from_secs(2));
    assert_eq!((seen.end, seen.stdout.text().as_str()), (RunEnd::KeptRunning, "ready\n"));
    assert!(gone("sleep 71.3"));
}

fn stop(container: Result<Container<'_>, EngineError>) -> (bool, Ran) {
    let mut container = container.unwrap_or_else(|error| panic!("{error:?}"));
    let is_over = container.wait(Duration::from_secs(1)).expect("it can be watched");
    assert!(!is_over);
    let inside = container.exec(&["cat", "/proc/1/comm"].map(str::to_owned), Duration::from_secs(5));
    assert_eq!(inside.expect("it runs").stdout.text(), "sh\n");
    let report = container.stop().expect("it can be stopped");
    (report.heeded, container.finish().expect("it ends"))
}

#[test]
fn stops_and_leaves_nothing() {
    let Some(engines) = engines() else { return };
    let (image, runtime) = (Archive::new(&engines), &engines.1);
    let (heeded, seen) = stop(runtime.start(image.sh("trap 'echo bye; exit 4' TERM; while :; do sleep 0.1; done")));
    assert_eq!((heeded, seen.end, seen.stdout.text().as_str()), (true, RunEnd::Exit(4), "bye\n"));
    let (heeded, seen) = stop(runtime.start(image.sh("trap '' TERM; while :; do sleep 0.1; done")));
    assert_eq!((heeded, seen.end), (false, RunEnd::Exit(137)));
    let tag = image.image.tag.clone();
    assert!(listed("images").contains(&tag));
    drop(image);
    drop(engines);
    assert!(!listed("images").contains(&tag));
    assert!(!listed("containers").contains(&tag), "a container is left");
}

/// What containerd has, as its own client lists it.
fn listed(what: &str) -> String {
    let socket = std::env::var("CONTAINER_RUNTIME_ENDPOINT").unwrap_or_default();
    let socket = match socket.trim_start_matches("unix://") {
        "" => "/run/containerd/containerd.sock",
        socket => socket,
    };
    ask("ctr", &["--address", socket, "--namespace", "k8s.io", what, "ls"])
}

/// A service of this machine is out of reach, unless a network is asked for.
#[test]
fn networks() {
    let Some(engines) = engines() else { return };
    let (image, runtime) = (Archive::new(&engines), &engines.1);
    let service = TcpListener::bind("0.0.0.0:0").expect("a port is free");
    service.set_nonblocking(true).expect("it can wait");
    let port = service.local_addr().expect("it has an address").port();
    let addresses = ask("hostname", &["-I"]);
    let script = format!(
        "for host in {}; do nc -w 1 $host {port} </dev/null; done; cat /proc/net/route; echo done",
        addresses.trim()
    );
    let seen = ran(runtime, image.sh(&script));
    assert!(seen.stdout.text().contains("done") && service.accept().is_err(), "{}", seen.stdout.text());
    let seen = ran(runtime, Run { network: Network::Usual, ..image.sh(&script) });
    assert!(service.accept().is_ok(), "{}{}", seen.stdout.text(), seen.stderr.text());
}

/// Without a network plugin a container shares the network of its machine, if that is allowed.
#[test]
fn without_a_network_plugin() {
    let Ok(socket) = std::env::var("PLIMSOLL_CRI_WITHOUT_CNI") else {
        return skipped("no containerd without a network plugin: PLIMSOLL_CRI_WITHOUT_CNI is not set");
    };
    let folder = project(&[("Dockerfile", &format!("FROM {BASE}\nUSER 1000\nCMD [\"echo\", \"ahoy\"]\n"))]);
    let usual = ["verify", ".", "--isolated", "--pull", "never", "--engine", "docker", "--run-on", "cri"];
    let verify = |more: &[&str]| {
        let args = [&usual[..], more].concat();
        plimsoll_with(folder.path(), &args, ("CONTAINER_RUNTIME_ENDPOINT", &socket))
    };
    let said = verify(&["--expect-stdout", "ahoy", "--network"]);
    assert_eq!(said.code, Some(0), "{said}");
    let said = verify(&["--expect-stdout", "ahoy"]);
    assert!(said.code == Some(2) && said.err.contains("the runtime has no network plugin"), "{said}");
}
