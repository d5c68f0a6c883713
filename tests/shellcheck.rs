//! ShellCheck's codes, held fixed: a new version of the linter that is built in must not change them unseen.

use std::fmt::Write;

use insta::assert_snapshot;
use plimsoll::finding::Diagnostic;
use plimsoll::finding::Entry;
use plimsoll::finding::Safety;
use plimsoll::lint::fix_loop;
use plimsoll::lint::registry;
use plimsoll::lint::{self, Settings};
use plimsoll::model::{BuildArgs, Model};
use plimsoll::syntax;
use plimsoll::text::Source;

fn codes() -> impl Iterator<Item = &'static Entry> {
    registry::all().iter().filter(|entry| entry.is_shell_check())
}

fn found(source: &Source) -> Vec<Diagnostic> {
    let tree = syntax::parse(source.text());
    let model = Model::build(source, &tree, &BuildArgs::new(), None);
    let settings = Settings::of(codes());
    lint::check(&model, &settings, None)
}

/// Each finding as `line:column code [level] what stands there`.
fn check(text: &str) -> String {
    let source = Source::new("Dockerfile", text);
    let mut out = String::new();
    for diagnostic in found(&source) {
        let there = source.slice(diagnostic.span).escape_debug();
        let (line, column) = source.line_column(diagnostic.span.start());
        writeln!(out, "{line}:{column} {} {} {there}", diagnostic.rule.name, diagnostic.level.as_str())
            .expect("memory");
    }
    out
}

fn names(text: &str) -> Vec<&'static str> {
    found(&Source::new("Dockerfile", text)).iter().map(|diagnostic| diagnostic.rule.name).collect()
}

#[test]
fn every_finding_has_its_place() {
    assert_snapshot!(check(include_str!("shellcheck/places.Dockerfile")));
}

#[test]
fn line_ends_change_nothing() {
    let text = include_str!("shellcheck/places.Dockerfile");
    assert_eq!(check(text), check(&text.replace('\n', "\r\n")).replace("\\r", ""));
}

#[test]
fn what_the_linter_lacks() {
    assert_snapshot!(check(include_str!("shellcheck/extra.Dockerfile")));
}

#[test]
fn shells() {
    assert_snapshot!(check(include_str!("shellcheck/shells.Dockerfile")));
}

#[test]
fn variables() {
    assert_snapshot!(check(include_str!("shellcheck/variables.Dockerfile")));
}

#[test]
fn what_is_built_in() {
    let lines =
        codes().map(|entry| format!("{} {} {}\n", entry.meta.name, entry.meta.level.as_str(), entry.meta.summary()));
    assert_snapshot!(lines.collect::<String>());
}

#[test]
fn pages() {
    for entry in codes() {
        let page = entry.meta.page;
        assert!(page.starts_with(&format!("# {}\n\n", entry.meta.name)), "{page}");
        assert!(page.contains("https://www.shellcheck.net/wiki/SC"), "{page}");
        assert!(entry.meta.summary().ends_with('.'), "{page}");
    }
}

#[test]
fn ignore_comments() {
    let run = "RUN cp $a b\n";
    assert_eq!(names(&format!("FROM debian\n{run}")), ["undefined-shell-variable", "unquoted-variable"]);
    for comment in [
        "# hadolint ignore=SC2086,SC2154",
        "# shellcheck disable=SC2086,SC2154",
        "# shellcheck disable=all",
        "# plimsoll: ignore[SC2086, SC2154]: fine",
        "# plimsoll: ignore[shell]: fine",
    ] {
        assert_eq!(names(&format!("FROM debian\n{comment}\n{run}")), [""; 0], "{comment}");
    }
    assert_eq!(names("FROM debian\nRUN <<E\n# shellcheck disable=SC2086\necho\ncp $1 b\nE\n"), [""; 0]);
    assert_eq!(
        names("FROM debian\nRUN <<E\necho\n# shellcheck disable=SC2086\ncp $1 b\ncp $2 b\nE\n"),
        ["unquoted-variable"]
    );
}

#[test]
fn fixes() {
    let fixed = |text: &str, allowed| {
        let lint = |source: &Source| (found(source), syntax::parse(source.text()).errors.len());
        let fixed = fix_loop::fix(&Source::new("Dockerfile", text), allowed, lint).expect("the fixes come to rest");
        assert!(fixed.left_out.is_empty(), "{:?}", fixed.left_out);
        fixed.source.text().to_owned()
    };
    let text = include_str!("shellcheck/fixes.Dockerfile");
    assert_snapshot!("fixes_safe", fixed(text, Safety::Safe));
    assert_snapshot!("fixes_unsafe", fixed(text, Safety::Unsafe));
}

#[test]
fn absurd_scripts_come_to_an_end() {
    let start = std::time::Instant::now();
    let long = |part: &str, count: usize| format!("FROM debian\nRUN true {}\n", part.repeat(count));
    for text in [
        long("&& echo $x ", 800),
        long("\\\n && echo \"$x\" ", 20_000),
        long("$(", 3_000),
        long("; case x in a) ;; esac", 2_000),
        format!("FROM debian\n{}", "ENV A=1\n".repeat(3_200)),
        format!("FROM debian\nRUN case $1 in {} esac\n", "x) echo $y;; ".repeat(4_000)),
    ] {
        check(&text);
    }
    // Against what never ends; a slow machine is no mistake of ours.
    assert!(start.elapsed().as_secs() < 600, "{:?}", start.elapsed());
}
