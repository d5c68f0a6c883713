//! Images that mean harm, built and run for real.

use std::time::{Duration, Instant};

use plimsoll::engine::{BuildEnd, BuildLimits, Engine, Image, Kind, Network, Ran, Run, RunEnd, RunLimits};

use crate::support::{BASE, build, builders, engine, gone, left_by, plimsoll, project};

fn image<'e>(engine: &'e Engine, lines: &str) -> Image<'e> {
    let built = build(engine, &format!("FROM {BASE}\n{lines}\n"), BuildLimits::default());
    built.image.unwrap_or_else(|| panic!("{}: {}", engine.kind(), built.log))
}

fn script(engine: &Engine, script: &str, limits: RunLimits) -> Ran {
    let image = image(engine, "RUN mkdir -m 777 /data");
    let args = vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()];
    let run = Run { args, limits, facts: image.facts.clone(), ..Run::new(image.tag.as_str()) };
    engine.run(run).unwrap_or_else(|error| panic!("{}: {error:?}", engine.kind()))
}

fn seconds(time: u64) -> RunLimits {
    RunLimits { time: Duration::from_secs(time), grace: Duration::from_secs(1), ..RunLimits::default() }
}

#[test]
fn fork_bomb() {
    for engine in builders() {
        let start = Instant::now();
        let ran = script(&engine, "bomb() { bomb | bomb & }; bomb; sleep 61.7", seconds(4));
        assert!(start.elapsed() < Duration::from_secs(60), "{}: {:?}", engine.kind(), start.elapsed());
        assert!(ran.stderr.total > 0 || ran.end == RunEnd::KeptRunning, "{:?}", ran.end);
        assert!(gone("sleep 61.7"), "{}", engine.kind());
    }
}

#[test]
fn endless_output() {
    for engine in builders() {
        let ran = script(&engine, "yes overboard", seconds(30));
        assert!(matches!(&ran.end, RunEnd::Over(why) if why.contains("printed more than")), "{:?}", ran.end);
        assert!(ran.stdout.text().len() < 200_000);
        assert!(ran.stdout.text().starts_with("overboard\n") && ran.stdout.cut() > 0);
        assert!(gone("yes overboard"), "{}", engine.kind());
    }
}

#[test]
fn deaf_to_its_signal() {
    for engine in builders() {
        let image = image(&engine, "CMD [\"sh\", \"-c\", \"trap '' TERM; sleep 62.7; sleep 62.7\"]");
        let run = Run { limits: seconds(2), facts: image.facts.clone(), ..Run::new(image.tag.as_str()) };
        let mut container = engine.start(run).expect("it starts");
        assert!(!container.wait(Duration::from_secs(1)).expect("nobody stops us"), "{}", engine.kind());
        let stop = container.stop().expect("nobody stops us");
        assert!(!stop.heeded, "{}: {stop:?}", engine.kind());
        container.finish().expect("it ends");
        assert!(gone("sleep 62.7"), "{}", engine.kind());
    }
}

#[test]
fn memory_hog() {
    for engine in builders() {
        let limits = RunLimits { memory: 32 << 20, ..seconds(30) };
        let ran = script(&engine, "x=0123456789abcdef; while true; do x=$x$x; done", limits);
        let ended = matches!(ran.end, RunEnd::OutOfMemory | RunEnd::Exit(137));
        assert!(ended, "{}: {:?} {}", engine.kind(), ran.end, ran.stderr.text());
    }
}

#[test]
fn disk_filler() {
    for engine in builders() {
        // One file no larger than the limit, and all of them together about so.
        let limits = RunLimits { disk: 20 << 20, ..seconds(30) };
        let fill = "i=0; while true; do i=$((i+1)); dd if=/dev/zero of=/data/fill$i bs=1M count=8 2>/dev/null; sleep 0.2; done";
        let ran = script(&engine, fill, limits);
        assert!(
            matches!(&ran.end, RunEnd::Over(why) if why.contains("wrote more than")),
            "{}: {:?}",
            engine.kind(),
            ran.end
        );
        let limits = RunLimits { disk: 4 << 20, ..seconds(10) };
        let ran = script(&engine, "dd if=/dev/zero of=/data/one bs=1M count=64; ls -l /data/one", limits);
        assert!(!ran.stdout.text().contains("67108864"), "{}: {}", engine.kind(), ran.stdout.text());
    }
}

#[test]
fn endless_build() {
    for engine in builders() {
        let limits = BuildLimits { time: Duration::from_secs(5), ..BuildLimits::default() };
        let start = Instant::now();
        let text = format!("FROM {BASE}\nRUN trap '' TERM; sleep 63.7; sleep 63.7\n");
        let built = build(&engine, &text, limits);
        assert_eq!(built.end, BuildEnd::TimedOut, "{}", engine.kind());
        assert!(start.elapsed() < Duration::from_secs(30), "{}: {:?}", engine.kind(), start.elapsed());
        assert!(gone("sleep 63.7"), "{}", engine.kind());
    }
}

#[test]
fn fork_bomb_in_a_build() {
    for engine in builders() {
        let limits = BuildLimits { time: Duration::from_secs(6), pids: 200, ..BuildLimits::default() };
        let text = format!("FROM {BASE}\nRUN bomb() {{ bomb | bomb & }}; bomb; sleep 64.7\n");
        let start = Instant::now();
        let built = build(&engine, &text, limits);
        assert_ne!(built.end, BuildEnd::Built, "{}", engine.kind());
        assert!(start.elapsed() < Duration::from_secs(40), "{}: {:?}", engine.kind(), start.elapsed());
        assert!(gone("sleep 64.7"), "{}", engine.kind());
    }
}

#[test]
fn memory_hog_in_a_build() {
    for engine in builders() {
        let limits = BuildLimits { time: Duration::from_secs(60), memory: 64 << 20, ..BuildLimits::default() };
        let text = format!("FROM {BASE}\nRUN x=0123456789abcdef; while true; do x=$x$x; done\n");
        let built = build(&engine, &text, limits);
        assert!(matches!(built.end, BuildEnd::Failed(_)), "{}: {:?}", engine.kind(), built.end);
    }
}

/// What a step prints is no word of the engine's.
#[test]
fn a_step_that_speaks_like_the_engine() {
    for engine in builders() {
        let text = format!(
            "FROM {BASE}\nRUN echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. no space left on device'; exit 1\n"
        );
        let built = build(&engine, &text, BuildLimits::default());
        assert!(matches!(built.end, BuildEnd::Failed(_)), "{}: {:?}", engine.kind(), built.end);
    }
}

#[test]
fn no_rights_and_no_network() {
    for engine in builders() {
        let look = "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status; ls /sys/class/net; cat /proc/net/route; chown 1:1 /etc/passwd || echo refused; ulimit -n";
        let ran = script(&engine, look, seconds(10));
        let text = ran.stdout.text();
        assert!(text.contains("CapEff:\t0000000000000000") && text.contains("CapBnd:\t0000000000000000"), "{text}");
        assert!(text.contains("NoNewPrivs:\t1") && text.contains("refused"), "{text}");
        assert!(!text.contains("eth0"), "{}: {text}", engine.kind());
        assert_eq!(ran.uid, Some(0));
    }
}

#[test]
fn a_port_but_no_way_out() {
    for engine in builders() {
        let network = engine.network().unwrap_or_else(|error| panic!("{}: {error:?}", engine.kind()));
        let image = image(
            &engine,
            "RUN mkdir /www && echo ok > /www/health\nCMD [\"sh\", \"-c\", \"exec httpd -f -p 8080 -h /www\"]",
        );
        let run = Run {
            limits: seconds(20),
            network: Network::Internal(network.name.clone()),
            facts: image.facts.clone(),
            ..Run::new(image.tag.as_str())
        };
        let mut container = engine.start(run).expect("it starts");
        let until = Instant::now() + Duration::from_secs(10);
        let probe: plimsoll::verify::http::Probe = ":8080/health=200".parse().expect("it is one");
        let mut answer = Err(String::new());
        while answer.is_err() && Instant::now() < until {
            container.wait(Duration::from_millis(200)).expect("nobody stops us");
            answer = container
                .address()
                .ok_or_else(|| "no address".to_owned())
                .and_then(|address| probe.ask(address, Duration::from_secs(1)));
        }
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", engine.kind()));
        assert_eq!((answer.status, answer.body.trim()), (200, "ok"), "{}", engine.kind());
        let route =
            container.exec(&["cat".to_owned(), "/proc/net/route".to_owned()], Duration::from_secs(5)).expect("it runs");
        // A way out would be a route to everywhere.
        assert!(
            !route.stdout.text().lines().skip(1).any(|line| line.split_whitespace().nth(1) == Some("00000000")),
            "{}",
            engine.kind()
        );
        container.finish().expect("it ends");
    }
}

#[test]
fn links_out_of_the_context_and_sparse_files() {
    let Some(_) = engine(Kind::Docker) else { return };
    let folder = project(&[(
        "Dockerfile",
        &format!(
            "FROM {BASE}\nCOPY . /all\nUSER 1000\nCMD [\"sh\", \"-c\", \"cat /all/secret 2>/dev/null || echo nothing there\"]\n"
        ),
    )]);
    let outside = project(&[("secret", "of this machine")]);
    std::os::unix::fs::symlink(outside.path().join("secret"), folder.path().join("secret"))
        .expect("a link can be made");
    let said = plimsoll(
        folder.path(),
        &["verify", ".", "--engine", "docker", "--expect-stdout", "nothing there", "--isolated"],
    );
    assert_eq!(said.code, Some(0), "{said}");
    assert!(said.out.contains("1 symbolic link leaves the build context"), "{said}");
    let file = std::fs::File::create(folder.path().join("disk.img")).expect("a file can be made");
    file.set_len(10 << 30).expect("it takes no room");
    let said = plimsoll(folder.path(), &["verify", ".", "--engine", "docker", "--isolated"]);
    assert_eq!(said.code, Some(2), "{said}");
    assert!(
        said.err.contains("the build context is larger than 1 GiB")
            && said.err.contains("`disk.img` alone is 10.74 GB"),
        "{said}"
    );
}

/// What a crashed run leaves, the next one removes.
#[test]
fn swept_after_a_crash() {
    for engine in builders() {
        let program = engine.driver().program;
        // A process that is no more: its number is above all there are.
        let name = "plimsoll-4194303-77-1";
        let machine = std::fs::read_to_string("/etc/machine-id")
            .or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"))
            .unwrap_or_default();
        let label = format!("plimsoll.owner={}", machine.trim());
        let status = std::process::Command::new(program)
            .args([
                "run", "--detach", "--network", "none", "--ulimit", "nproc=1000:1000", "--ulimit", "nofile=1000:1000",
                "--name", name, "--label", &label, BASE, "sleep", "65.7",
            ])
            .output()
            .expect("the engine is here");
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
        assert_eq!(left_by(&engine, 4_194_303).len(), 1);
        Engine::open(engine.kind()).expect("the engine works");
        assert_eq!(left_by(&engine, 4_194_303), Vec::<String>::new(), "{}", engine.kind());
        assert!(gone("sleep 65.7"));
    }
}

/// A run that the user ends leaves nothing.
#[test]
fn interrupted() {
    for engine in builders() {
        let folder = project(&[("Dockerfile", &format!("FROM {BASE}\nADD Dockerfile /x\nRUN sleep 66.7\n"))]);
        let text = std::fs::read(folder.path().join("Dockerfile")).expect("it is there");
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["check", "--fix", "--verify", "--isolated", ".", "--engine", engine.kind().as_str()])
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("plimsoll starts");
        let until = Instant::now() + Duration::from_secs(30);
        while crate::support::processes("sleep 66.7") == 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(100));
        }
        let pid = child.id();
        std::process::Command::new("kill").args(["-INT", &pid.to_string()]).status().expect("there is a kill");
        let mut err = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().expect("it is a pipe"), &mut err).expect("it is text");
        let code = child.wait().expect("it ends").code();
        assert_eq!(code, Some(2), "{}: {err}", engine.kind());
        assert!(err.contains("no file was changed"), "{err}");
        assert!(gone("sleep 66.7"), "{}", engine.kind());
        assert_eq!(left_by(&engine, pid), Vec::<String>::new(), "{}", engine.kind());
        assert_eq!(std::fs::read(folder.path().join("Dockerfile")).expect("it is there"), text);
    }
}
