#![allow(clippy::unwrap_used)]

use super::*;

fn found(text: &str, options: &Options) -> Vec<(usize, &'static str)> {
    check(&Source::new("Dockerfile", text), options).iter().map(|found| (found.line, found.code)).collect()
}

fn codes(text: &str) -> Vec<(usize, &'static str)> {
    found(text, &Options::default())
}

#[test]
fn codes_are_sorted_and_have_rules() {
    assert!(severity::CODES.is_sorted_by_key(|row| row.0));
    for (code, _, message) in severity::CODES {
        assert!(!message.is_empty());
        assert!(entry(code).is_some(), "{code}");
    }
}

#[test]
fn lines_and_codes() {
    for (text, expected) in [
        ("FROM debian\n", &[(1, "DL3006")][..]),
        ("FROM debian:latest\n", &[(1, "DL3007")]),
        ("FROM localhost:5000/x\nFROM debian@sha256:00\n", &[]),
        ("FROM debian:12\nRUN cd /x && \\\n  ls\n", &[(2, "DL3003")]),
        ("FROM debian:12\nRUN sudo apt-get install x\n", &[(2, "DL3004")]),
        ("FROM debian:12\nRUN apt-get install -y --no-install-recommends x\n", &[(2, "DL3008")]),
        ("FROM debian:12\nRUN apt-get install x=1\n", &[(2, "DL3014"), (2, "DL3015")]),
        ("FROM debian:12 AS a\nUSER root\nFROM debian:12\nUSER 1:1\n", &[(2, "DL3002"), (2, "DL3066")]),
        ("FROM a:1\nRUN yum install -y a-1 a-1.2-3.el7 b-2-c && yum clean all\n", &[]),
        ("FROM a:1\nRUN yum install -y a-el8 && yum clean all\n", &[(2, "DL3033")]),
        ("FROM a:1\nRUN yum install -y a-10-b-* && yum clean all\n", &[(2, "DL3033")]),
        ("FROM a:1\nRUN a\nRUN b\nRUN c\n", &[(3, "DL3059"), (4, "DL3059")]),
        ("FROM a:1\nRUN a | b\n", &[(2, "DL4006")]),
        ("FROM a:1\nARG X\nRUN a $X\n", &[]),
        ("FROM a:1\nRUN a $X\n", &[(2, "SC2086")]),
        ("FROM a:1\nARG X\nFROM b:1\nRUN a $X\n", &[(4, "SC2086")]),
        ("FROM a:1\nENV X=y\nRUN X=$(b) && a $X\n", &[(3, "SC2086")]),
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\n", &[]),
        ("FROM a:1\nCMD a\nENTRYPOINT [\"b\"]\n", &[(2, "DL3025")]),
        ("FORM a\nRUN cd /x\n", &[(1, "DL1000")]),
        ("FROM a:1\nADD x.tar.gz /\nADD x /\n", &[(3, "DL3020")]),
        ("FROM a:1\nCOPY --from=b /x /x\n", &[(2, "DL3022")]),
        ("FROM a:1\nONBUILD RUN apt update\n", &[(2, "DL3009"), (2, "DL3027")]),
        ("FROM a:$B\nFROM a${B:+:c}\nFROM ${B:-c}:latest\n", &[(2, "DL3006"), (3, "DL3007")]),
        ("FROM a:1\nRUN [ -e /x ] && a\nRUN bash -c 'a; b'\n", &[(3, "DL3059")]),
        ("FROM a:1\nENV A=${x!}\nSTOPSIGNAL X\nSHELL bash\n", &[]),
        ("FROM a:1\nRUN\n", &[(2, "DL1000")]),
        ("FROM a:1 AS 1x\nFROM b:1 # c\nFROM c:1 \\\n  AS d\n", &[]),
        ("FROM a:<% b %>\nUSER root\n", &[(1, "DL1000")]),
    ] {
        assert_eq!(codes(text), expected, "{text}");
    }
}

#[test]
fn comments_are_read_strictly() {
    for (comment, covered) in [
        ("# hadolint ignore=DL3007", true),
        ("#hadolint ignore=DL3007,DL3006 # because", true),
        ("# hadolint global ignore=DL3007", true),
        ("# hadolint ignore=DL3007\n", false),
        ("# hadolint ignore=dl3007", false),
        ("# hadolint ignore=DL3007;DL3006", false),
        ("## hadolint ignore=DL3007", false),
        ("# hadolint stage ignore=DL3007", false),
    ] {
        assert_eq!(codes(&format!("{comment}\nFROM a:latest\n")).is_empty(), covered, "{comment:?}");
    }
}

#[test]
fn settings_decide() {
    let text = "FROM docker.io/a:latest\nLABEL Bad=1\n";
    let ignored = Options { ignored: vec!["DL3007".into()], ..Options::default() };
    assert_eq!(found(text, &ignored), [(2, "DL3048")]);
    let trusted = Options { trusted_registries: vec!["*.example.com".into()], ..Options::default() };
    assert_eq!(found(text, &trusted), [(1, "DL3007"), (1, "DL3026"), (2, "DL3048")]);
    let only_style = check(&Source::new("Dockerfile", text), &ignored);
    assert!(!fails(&only_style, &ignored));
    let threshold = Threshold::of("style").unwrap();
    assert!(fails(&only_style, &Options { threshold, ..ignored.clone() }));
    assert!(!fails(&only_style, &Options { threshold, no_fail: true, ..ignored }));
}

#[test]
fn scripts_are_read_as_by_shellcheck_with_the_shell_of_the_stage() {
    for (text, code) in [
        ("FROM debian:12\nRUN source x", "SC3046"),
        ("FROM alpine:3\nRUN source x", "SC3046"),
        ("FROM rockylinux:9\nRUN source x", "SC3046"),
        ("FROM mcr.microsoft.com/windows/servercore:1\nRUN a $B", "SC2086"),
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN source x", ""),
        ("FROM a:1\nSHELL [\"bash\", \"-c\"]\nRUN source x", "SC2239"),
        // A declaration makes hadolint forget the shell.
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nENV A=b\nRUN source x", "SC3046"),
        ("FROM a:1\nSHELL [\"powershell\"]\nRUN a (b", ""),
        ("FROM a:1\nSHELL [\"powershell\"]\nARG A\nRUN a (b c", "SC1065"),
        ("FROM a:1\nSHELL [\"/bin/zsh\"]\nRUN a", "SC1071"),
        ("# hadolint shell=/bin/bash\nFROM a:1\nFROM b:1\nRUN source x", ""),
        // The first line of a heredoc does not choose the shell, but it may keep ShellCheck away.
        ("FROM a:1\nRUN <<EOF\n#!/bin/bash\nsource x\nEOF", "SC3046"),
        ("FROM a:1\nRUN <<EOF\n#!/usr/bin/python\nprint(1)\nEOF", ""),
        ("FROM a:1\nRUN a $B `b`", "SC2006"),
        ("FROM a:1\nRUN a `b` $B", "SC2086"),
        ("FROM a:1\nRUN a `b`", "SC2006"),
        ("FROM a:1\nARG A B\nRUN a $A", ""),
        ("FROM a:1\nARG A B\nRUN a $B", "SC2086"),
        ("FROM a:1\nRUN a b (c)", "SC1088"),
        ("FROM a:1\nRUN a (c)", "SC1072"),
        ("FROM a:1\nRUN a ('{0}')", "SC1065"),
        ("FROM a:1\nRUN & a", "SC1133"),
        ("FROM a:1\nRUN a; fi", "SC1089"),
        ("FROM a:1\nRUN a; ; b", "SC1070"),
        ("FROM a:1\nRUN a $(b; fi)", "SC1072"),
        ("FROM a:1\nRUN a `b; fi`", "SC1089"),
        ("FROM a:1\nRUN [ -f a] && b", "SC1072"),
        ("FROM a:1\nRUN (a) b", "SC1141"),
        ("FROM a:1\nRUN (a).b(\"c\")", "SC1036"),
        ("FROM a:1\nRUN (a) b (c)", "SC1141"),
        ("FROM a:1\nRUN ulimit -Sn 1", "SC3045"),
        ("FROM a:1\nRUN ulimit -f 1; umask -S; trap - INT; cd -", "SC2164"),
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN ulimit -n 1", ""),
        ("FROM a:1\nRUN a $B; echo -n a", "SC3037"),
        ("FROM a:1\nRUN echo -n a; a $B", "SC2086"),
        ("FROM a:1\nRUN /bin/echo -e a", "SC3037"),
        ("FROM a:1\nRUN [ -a x -o -a y ]", "SC2331"),
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN [ -a x ]", "SC2331"),
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN [[ $(a) -eq b ]]", "SC2309"),
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN [[ -R B ]]", ""),
        ("FROM a:1\nARG B\nRUN [[ -R B ]]", "SC3063"),
    ] {
        let last = codes(text).into_iter().rfind(|found| found.1.starts_with("SC"));
        assert_eq!(last.map_or("", |found| found.1), code, "{text}");
    }
    // What is ignored still hides what comes before it.
    let ignored = Options { ignored: vec!["SC2086".into()], ..Options::default() };
    assert_eq!(found("FROM a:1\nRUN echo \"a\\n\" && a $B", &ignored), []);
}

#[test]
fn labels_are_inherited() {
    let labels = std::iter::once(("a".to_owned(), crate::knowledge::labels::Form::Text)).collect();
    let options = Options { labels, ..Options::default() };
    for (text, lines) in [
        ("FROM x:1 AS b\nFROM b\n", &[1, 2][..]),
        ("FROM x:1 AS b\nLABEL a=1\nFROM b\n", &[]),
        ("FROM x:1 AS b\nFROM b\nLABEL a=1\n", &[1]),
        ("FROM x:1 AS b\nFROM y:1\nCOPY --from=b /x /y\nLABEL a=1\n", &[]),
        ("FROM x:1 AS b\nFROM y:1\nCOPY --from=0 /x /y\nLABEL a=1\n", &[1]),
    ] {
        let found: Vec<usize> = found(text, &options).iter().filter(|it| it.1 == "DL3049").map(|it| it.0).collect();
        assert_eq!(found, lines, "{text}");
    }
}

#[test]
fn a_code_of_several_rules_has_the_closest() {
    let source = Source::new("Dockerfile", "FROM a:1\nRUN ssh x\nCMD b\n");
    let found = check(&source, &Options::default());
    let names: Vec<_> = found.iter().filter_map(|found| Some(found.entry()?.meta.name)).collect();
    assert_eq!(names, ["host-command", "shell-form"]);
}

#[test]
fn what_onbuild_keeps_has_a_state_of_its_own() {
    for (text, expected) in [
        ("FROM a:1\nENV x=1\nONBUILD RUN a $x\nRUN a $x\n", &[(3, "SC2086")][..]),
        ("FROM a:1\nONBUILD ENV x=1\nONBUILD RUN a $x\nRUN a $x\n", &[(4, "SC2086")]),
        ("FROM a:1\nONBUILD ENV x=1\nFROM b:1\nONBUILD RUN a $x\n", &[]),
        ("FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nONBUILD RUN source x\nRUN source x\n", &[(3, "SC3046")]),
        ("# hadolint shell=bash\nFROM a:1\nONBUILD RUN source x\n", &[(3, "SC3046")]),
        ("FROM a:1\nONBUILD RUN a | b\n", &[]),
        ("FROM a:1\nONBUILD RUN wget -q a\nRUN curl b\n", &[]),
        ("FROM a:1\nONBUILD RUN wget -q a\nFROM b:1\nONBUILD RUN curl b\n", &[(4, "DL4001")]),
        ("FROM a:1\nONBUILD ENV PIP_NO_CACHE_DIR=1\nONBUILD RUN pip install x==1\n", &[]),
        ("FROM a:1\nONBUILD ENV PIP_NO_CACHE_DIR=1\nRUN pip install x==1\n", &[(3, "DL3042")]),
    ] {
        assert_eq!(codes(text), expected, "{text}");
    }
}

#[test]
fn what_follows_a_flag_of_gem_is_its_value() {
    assert_eq!(codes("FROM a:1\nRUN gem install --no-rdoc --no-ri a\n"), [(2, "DL3028")]);
    assert_eq!(codes("FROM a:1\nRUN gem install --no-document a\n"), []);
}

#[test]
fn a_variable_is_no_name_of_a_command() {
    assert_eq!(codes("FROM a:1\nRUN x && \"$C/a.sh\"\nRUN b\n"), [(3, "DL3059")]);
    assert_eq!(codes("FROM a:1\nRUN x && \"a.sh\"\nRUN b\n"), []);
}
