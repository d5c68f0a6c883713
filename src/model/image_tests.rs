use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use regex::Regex;

use super::super::expand::{Scope, expand};
use super::super::{Variable, VariableKind, Variables};
use super::*;

/// The file is the word alone; `$REG`, `$V`, `$FULL` and `$EMPTY` have values, written in an imagined ARG from byte 1000 on.
fn image(text: &str) -> ImageRef {
    let mut variables = Variables::default();
    for (at, (name, value)) in
        [("REG", "localhost:5000"), ("V", "3.8"), ("FULL", "python:3.8-slim"), ("EMPTY", "")].into_iter().enumerate()
    {
        let start = 1000 * (at + 1);
        let variable = Variable {
            value: Some(value.into()),
            kind: VariableKind::Arg,
            span: None,
            value_span: Some(Span::new(start, start + value.len())),
            unset: false,
        };
        variables.insert_mut(Arc::from(name), variable);
    }
    let unset = Variable { value: None, kind: VariableKind::Arg, span: None, value_span: None, unset: true };
    variables.insert_mut(Arc::from("HOLE"), unset);
    let word = Word { text: text.into(), span: Span::new(0, text.len()) };
    let place = WordOrigin::Linear(0);
    ImageRef::new(&word, &expand(text, place, '\\', Scope::new(&variables, false)), place)
}

fn shown(part: &Option<Part>) -> &str {
    part.as_ref().map_or("-", |part| part.text.as_deref().unwrap_or("?"))
}

#[test]
fn parts() {
    // reference, registry, repository, tag, digest ("-": none, "?": not known), untagged
    let digest = format!("sha256:{}", "a".repeat(64));
    let at_digest = |name: &str| format!("{name}@{digest}");
    let cases: Vec<(String, &str, &str, &str, &str, bool)> = vec![
        ("python".into(), "-", "python", "-", "-", true),
        ("python:3.8".into(), "-", "python", "3.8", "-", false),
        ("library/python".into(), "-", "library/python", "-", "-", true),
        ("bitnami/redis:7".into(), "-", "bitnami/redis", "7", "-", false),
        ("docker.io/python".into(), "docker.io", "python", "-", "-", true),
        ("docker.io/library/python:3".into(), "docker.io", "library/python", "3", "-", false),
        ("localhost/x".into(), "localhost", "x", "-", "-", true),
        ("localhost:5000/x".into(), "localhost:5000", "x", "-", "-", true),
        ("localhost:5000/x:1".into(), "localhost:5000", "x", "1", "-", false),
        ("host:80/a/b:1".into(), "host:80", "a/b", "1", "-", false),
        ("gcr.io/x/y".into(), "gcr.io", "x/y", "-", "-", true),
        ("[::1]:5000/x".into(), "[::1]:5000", "x", "-", "-", true),
        ("Upper/x".into(), "Upper", "x", "-", "-", true),
        ("host:80".into(), "-", "host", "80", "-", false),
        (at_digest("python"), "-", "python", "-", &digest, false),
        (at_digest("python:3.8"), "-", "python", "3.8", &digest, false),
        (at_digest("ghcr.io/a/b:v1"), "ghcr.io", "a/b", "v1", &digest, false),
        ("python:".into(), "-", "python", "", "-", false),
        ("python:$V".into(), "-", "python", "3.8", "-", false),
        ("python:${V}-slim".into(), "-", "python", "3.8-slim", "-", false),
        ("python:${HOLE:-3.9}".into(), "-", "python", "3.9", "-", false),
        ("python${EMPTY:+:x}".into(), "-", "python", "-", "-", true),
        ("$REG/x:1".into(), "localhost:5000", "x", "1", "-", false),
        ("$FULL".into(), "-", "python", "3.8-slim", "-", false),
        ("${HOLE:-python:3.9}".into(), "-", "python", "3.9", "-", false),
        ("\"python:3\"".into(), "-", "python", "3", "-", false),
        ("'python':3".into(), "-", "python", "3", "-", false),
        // A variable that is not known.
        ("$HOLE".into(), "-", "?", "-", "-", false),
        ("python$HOLE".into(), "-", "?", "-", "-", false),
        ("python:$HOLE".into(), "-", "python", "?", "-", false),
        ("python:3.$HOLE-slim".into(), "-", "python", "?", "-", false),
        ("python@$HOLE".into(), "-", "python", "-", "?", false),
        ("$HOLE/python".into(), "?", "python", "-", "-", true),
        ("$HOLE/python:3".into(), "?", "python", "3", "-", false),
        ("${HOLE}python".into(), "-", "?", "-", "-", false),
        ("${HOLE}python:3.8".into(), "-", "?", "3.8", "-", false),
        ("$HOLE:3.8".into(), "-", "?", "3.8", "-", false),
        ("gcr.io/$HOLE/x".into(), "gcr.io", "?", "-", "-", true),
        ("gcr.io/a/$HOLE".into(), "gcr.io", "?", "-", "-", false),
        ("$HOLE.dkr.aws.com/x:1".into(), "?", "x", "1", "-", false),
    ];
    for (text, registry, repository, tag, digest, untagged) in cases {
        let image = image(&text);
        let repository_text = image.repository.text.as_deref().unwrap_or("?");
        let got = (shown(&image.registry), repository_text, shown(&image.tag), shown(&image.digest), image.untagged());
        assert_eq!(got, (registry, repository, tag, digest, untagged), "{text}");
    }
}

#[test]
fn familiar_names() {
    let cases = [
        ("python:3", Some("python")),
        ("library/python", Some("python")),
        ("docker.io/library/python", Some("python")),
        ("index.docker.io/python", Some("python")),
        ("docker.io/python", Some("python")),
        ("docker.io/bitnami/redis", Some("bitnami/redis")),
        ("library/a/b", Some("library/a/b")),
        ("gcr.io/library/python", Some("gcr.io/library/python")),
        ("$HOLE/python", None),
        ("${HOLE}python", None),
        ("python:$HOLE", Some("python")),
    ];
    for (text, name) in cases {
        assert_eq!(image(text).familiar_name().as_deref(), name, "{text}");
        assert_eq!(image(text).is_official("python"), name == Some("python"), "{text}");
    }
}

#[test]
fn refused() {
    let valid =
        ["a", "a:1", "a__b", "a-b.c_d", "a---b", "0", "a.b:80/c", "Host/x", "a:Tag", "[::1]/x", "$HOLE", "A$HOLE"];
    let wrong = [
        "Alpine", "a/Bc", "alpine:", "a:-x", "a b", "a//b", "/a", "a/", "a_-b", "a___b", "-a", "a.b-/c", "a@sha256:12",
        "a@md5:x", "https://x/y", "a:b:c", "a..b", "$EMPTY", "é",
    ];
    for text in valid {
        assert_eq!(image(text).invalid, None, "{text}");
    }
    for text in wrong {
        assert!(image(text).invalid.is_some(), "{text}");
    }
    assert!(image(&"a".repeat(64)).invalid.is_some());
    assert!(image(&"g".repeat(256)).invalid.is_some());
    assert!(image(&format!("a:{}", "1".repeat(129))).invalid.is_some());
}

#[test]
fn spans_lead_to_where_the_value_is_written() {
    let tag = |text: &str| {
        let part = image(text).tag.expect("has a tag");
        (part.span.map(|span| span.range()), part.set_at.map(|span| span.range()))
    };
    assert_eq!(tag("python:3.8"), (Some(7..10), None));
    assert_eq!(tag("\"python:3.8\""), (Some(8..11), None));
    assert_eq!(tag("python:${V}"), (Some(7..11), Some(2000..2003)));
    assert_eq!(tag("$FULL"), (Some(0..5), Some(3007..3015)));
    assert_eq!(tag("python:${V}-slim"), (Some(7..16), None));
    assert_eq!(tag("${HOLE:-python:3.9}"), (Some(15..18), None));
    assert_eq!(tag("python:${V%.8}"), (Some(7..14), None));
    assert_eq!(tag("python:"), (Some(7..7), None));
    let repository = image("$FULL").repository;
    assert_eq!(repository.set_at.map(|span| span.range()), Some(3000..3006));
}

#[test]
fn kinds_of_base() {
    for text in
        ["alpine:3", "python:3-alpine", "node:20-alpine3.19", "alpine/git", "busybox", "docker:dind", "x.io/alpine"]
    {
        assert!(image(text).is_busybox(), "{text}");
    }
    for text in ["debian", "python:3-slim", "x/alpinist", "node:20"] {
        assert!(!image(text).is_busybox(), "{text}");
    }
    for text in [
        "mcr.microsoft.com/windows/nanoserver:1809",
        "mcr.microsoft.com/windows:20H2",
        "golang:1-windowsservercore",
        "microsoft/nanoserver",
    ] {
        assert!(image(text).is_windows(), "{text}");
    }
    assert!(!image("mcr.microsoft.com/dotnet/sdk:8.0").is_windows());
}

proptest! {
    /// The `distribution` project's grammar, as it is written there: an expression.
    #[test]
    fn references_are_those_of_the_grammar(value in r"[a-zA-F0-9.:/@_\-\[\]]{1,14}|[ab.:]{1,4}/[ab._:-]{1,6}(@sha256:[0-9a-f]{63,65})?") {
        static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
            let host = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?";
            let part = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*";
            let tag = r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}";
            let digest = r"(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})";
            Regex::new(&format!("^({host}/)?({part}(?:/{part})*)(?::{tag})?(?:@{digest})?$")).expect("it is constant")
        });
        let host = value.split_once('/').map(|(host, _)| host).filter(|host| super::is_host(host)).unwrap_or_default();
        let expected = REFERENCE.captures(&value).is_some_and(|found| {
            host.is_empty() || found.get(1).is_some_and(|at| at.len() == host.len() + 1)
        });
        prop_assert_eq!(refusal(&value).is_none(), expected && !value.split([':', '@']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default().chars().any(char::is_uppercase), "{}", value);
    }
}
