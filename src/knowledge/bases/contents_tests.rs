use super::*;

fn program(image: &str, program: &str) -> Option<bool> {
    let (name, tag) = image.split_once(':').map_or((image, None), |(name, tag)| (name, Some(tag)));
    contents(name, tag).and_then(|contents| contents.program(program))
}

#[test]
fn programs_of_images() {
    for (image, name, expected) in [
        ("debian:12-slim", "curl", Some(false)),
        ("debian:12", "adduser", Some(true)),
        ("debian:13", "adduser", Some(false)),
        ("debian", "adduser", None),
        ("debian:8", "gpg", None),
        ("ubuntu:24.04", "make", Some(false)),
        ("ubuntu:24.04", "ps", Some(true)),
        ("ubuntu:14.04", "python3", None),
        ("ubuntu:14.04", "curl", Some(false)),
        ("alpine:3.20", "bash", Some(false)),
        ("alpine", "wget", Some(true)),
        ("alpine", "useradd", Some(false)),
        ("python:3.12", "curl", Some(true)),
        ("python:3.12", "git", Some(true)),
        ("python:3.12-slim", "curl", Some(false)),
        ("python:3.12-slim", "python", Some(true)),
        ("python:3.12-alpine3.20", "bash", Some(false)),
        ("node:22-alpine", "adduser", Some(true)),
        ("node:22", "make", Some(true)),
        ("golang:1.24", "git", Some(true)),
        ("golang:1.24-alpine", "git", Some(false)),
        ("golang:1.24-alpine", "gcc", Some(false)),
        ("php:8.3-apache", "composer", Some(false)),
        ("php:8.3-fpm-alpine", "make", Some(false)),
        ("php:8.3-fpm", "make", Some(true)),
        ("buildpack-deps:bookworm-curl", "git", Some(false)),
        ("buildpack-deps:bookworm-scm", "git", Some(true)),
        ("buildpack-deps:bookworm-scm", "make", Some(false)),
        ("nginx", "vim", Some(false)),
        ("nginx", "frobnicate", None),
        ("postgres:17-alpine", "bash", Some(true)),
        ("centos:7", "git", Some(false)),
        ("centos:7", "rsync", None),
        ("gcr.io/distroless/java21-debian12", "curl", Some(false)),
        ("gcr.io/distroless/java21-debian12", "java", Some(true)),
        ("jenkins/jenkins", "make", None),
        ("acme/app:1-alpine", "bash", None),
        ("python:3.12-windowsservercore", "curl", None),
    ] {
        assert_eq!(program(image, name), expected, "{image} {name}");
    }
}

#[test]
fn entrypoints() {
    let of = |name: &str, tag| contents(name, tag).and_then(|contents| contents.entrypoint());
    assert_eq!(of("gcr.io/distroless/java21-debian12", Some("nonroot")), Some(Entrypoint::Takes));
    assert_eq!(of("gcr.io/distroless/static-debian12", None), Some(Entrypoint::None));
    assert_eq!(of("node", Some("22")), Some(Entrypoint::Completes));
    assert_eq!(of("python", Some("3.13-slim")), Some(Entrypoint::None));
    assert_eq!(of("sonarqube", None), None);
    assert_eq!(of("acme/app", None), None);
}

#[test]
fn directories_ports_and_variables() {
    let of = |name: &str| contents(name, None).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(of("debian").workdir(), Some("/"));
    assert_eq!(of("golang").workdir(), Some("/go"));
    assert_eq!(of("postgres").ports(), [5432]);
    assert_eq!(of("postgres").volumes(), ["/var/lib/postgresql/data"]);
    assert!(of("alpine").lacks_variable("HOME") && !of("alpine").lacks_variable("LANG"));
    assert!(of("python").lacks_variable("PYTHONPATH") && !of("python").lacks_variable("PYTHON_VERSION"));
}

#[test]
fn the_records_are_well_formed() {
    for (name, record) in RECORDS.iter() {
        assert!(record.on.is_none_or(|on| RECORDS.contains_key(on)), "{name}");
        for program in record.programs.keys() {
            assert!(providers::is_known(program), "{name}: `{program}` is not in providers/programs.txt");
        }
    }
    let keys = ["on", "partial", "programs", "entrypoint", "env", "groups", "workdir", "ports", "volumes"];
    for line in include_str!("contents.txt").lines().filter_map(|line| line.strip_prefix("  ")) {
        assert!(keys.contains(&line.split(' ').next().unwrap_or_default()), "{line}");
    }
}
