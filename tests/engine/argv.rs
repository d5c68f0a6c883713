//! The command lines, as data.

use std::time::Duration;

use insta::assert_snapshot;
use plimsoll::engine::{
    Build, BuildInputs, BuildLimits, Facts, ImageForm, Kind, Lifecycle, Network, Pull, Run, RunLimits,
};
use plimsoll::text::Variants;

fn build() -> Build {
    Build {
        context: "/tmp/context".into(),
        dockerfile: "/tmp/file/Dockerfile".into(),
        tag: "localhost/plimsoll-1-2-3:latest".to_owned(),
        target: Some("app".to_owned()),
        build_args: vec![("VERSION".to_owned(), "3 13".to_owned())],
        network: false,
        pull: Pull::Never,
        no_cache: true,
        builder: Some("far".to_owned()),
        inputs: BuildInputs {
            platform: Some("linux/arm64".to_owned()),
            secrets: vec!["id=token,src=token.txt".to_owned()],
            ssh: vec!["default".to_owned()],
            contexts: vec!["shared=../shared".to_owned()],
        },
        limits: BuildLimits { time: Duration::from_secs(600), memory: 4 << 30, cpus: 2.0, pids: 512, disk: 1 << 30 },
        labels: vec!["plimsoll.owner=here".to_owned()],
        cgroup: Some("/plimsoll-1-2-4".to_owned()),
    }
}

fn run() -> Run {
    Run {
        name: "plimsoll-1-2-5".to_owned(),
        args: vec!["--host".to_owned(), "a b".to_owned()],
        env: vec![("MY_VAR".to_owned(), "it's".to_owned())],
        user: Some("1000".to_owned()),
        stdin: Some(Vec::new()),
        network: Network::None,
        caps: vec!["CHOWN".to_owned()],
        read_only: true,
        limits: RunLimits { memory: 64 << 20, cpus: 0.5, pids: 32, disk: 1 << 20, ..RunLimits::default() },
        labels: vec!["plimsoll.owner=here".to_owned()],
        cgroup: Some("/plimsoll-1-2-6".to_owned()),
        facts: Facts { entrypoint: vec!["/app".to_owned()], env: vec!["PATH=/bin".to_owned()], ..Facts::default() },
        unpacked: Some("/tmp/image".into()),
        ..Run::new("localhost/plimsoll-1-2-3:latest")
    }
}

#[test]
fn command_lines() {
    let mut text = String::new();
    for kind in Kind::ALL {
        let driver = kind.driver();
        text += &format!("# {kind}\n{}\n", driver.version.map_or_else(String::new, |line| line().to_string()));
        if let Some(build_line) = driver.build {
            text += &format!("{}\n", build_line(&build()));
        }
        if let Lifecycle::Steps { prepare, .. } = driver.lifecycle {
            prepare(&run()).iter().for_each(|line| text += &format!("{line}\n"));
        }
        if let Some(run_line) = driver.run {
            text += &format!("{}\n", run_line(&run()));
        }
        if let Lifecycle::Steps { signal, remove, .. } = driver.lifecycle {
            if let Some(signal) = signal {
                text += &format!("{}\n", signal("plimsoll-1-2-5", "SIGTERM"));
            }
            remove(&run()).iter().for_each(|line| text += &format!("{line}\n"));
        }
        if let ImageForm::Bundle { file, text: bundle } = driver.needs {
            text += &format!("{file}: {}\n", bundle(&run(), Default::default()));
        }
        text.push('\n');
    }
    assert_snapshot!("argv", text);
}

/// What must be on no command line, whatever the request.
#[test]
fn never() {
    for kind in Kind::ALL {
        let driver = kind.driver();
        let mut lines = Vec::new();
        lines.extend(driver.build.map(|line| line(&build())));
        lines.extend(driver.run.map(|line| line(&run())));
        lines.extend(driver.run.map(|line| line(&Run { network: Network::Usual, ..run() })));
        for line in lines.iter().flat_map(|line| &line.args) {
            for word in ["--privileged", "docker.sock", "podman.sock", "--volume", "--mount", "--pid=host", "--device"]
            {
                assert!(!line.contains(word), "{kind}: {line}");
            }
        }
    }
}

/// Every engine that runs drops capabilities and has no network of itself.
#[test]
fn always() {
    for kind in Kind::ALL {
        let Some(line) = kind.driver().run else { continue };
        let mut text = line(&Run { caps: Vec::new(), ..run() }).to_string();
        if let ImageForm::Bundle { text: bundle, .. } = kind.driver().needs {
            text += &bundle(&Run { caps: Vec::new(), ..run() }, Default::default());
        }
        let lower = text.to_lowercase();
        assert!(
            lower.contains("--cap-drop all")
                || lower.contains("--cap-drop cap_chown")
                || lower.contains("\"bounding\":[]")
                || lower.contains("lxc.cap.keep = none"),
            "{text}"
        );
        assert!(!lower.contains("--net-host") && !lower.contains("net.0.type = none"), "{text}");
    }
}
