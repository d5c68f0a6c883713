use super::super::{Origin, Tri, UseStatus};
use super::*;
use crate::syntax::parse;

/// Builds a model of `text` and looks at it.
fn with<T>(text: &str, look: impl FnOnce(&Model<'_>) -> T) -> T {
    with_args(text, &[], look)
}

fn with_args<T>(text: &str, args: &[(&str, &str)], look: impl FnOnce(&Model<'_>) -> T) -> T {
    let source = Source::new("Dockerfile", text);
    let file = parse(source.text());
    let args = args.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    look(&Model::build(&source, &file, &args, None))
}

/// The base of each stage, shown.
fn bases(text: &str) -> Vec<String> {
    with(text, |model| {
        let shown = model.stages.iter().map(|stage| match &stage.base {
            Base::Scratch => "scratch".to_owned(),
            Base::Stage(index) => format!("#{index}"),
            Base::Image(image) => image.value.clone().unwrap_or_else(|| "?".to_owned()),
            Base::Missing => "-".to_owned(),
        });
        shown.collect()
    })
}

/// The origins of the imports of each stage, shown.
fn imports(text: &str) -> Vec<Vec<String>> {
    with(text, |model| {
        let shown = |origin: &Origin| match origin {
            Origin::Stage(index) => format!("#{index}"),
            Origin::Later(index) => format!("later #{index}"),
            Origin::Image(image) => image.value.clone().unwrap_or_else(|| "?".to_owned()),
            Origin::Itself => "itself".to_owned(),
            Origin::NoSuchIndex => "no such index".to_owned(),
            Origin::Unknown => "unknown".to_owned(),
        };
        model.stages.iter().map(|stage| stage.imports.iter().map(|import| shown(&import.origin)).collect()).collect()
    })
}

/// The value of a variable at the end of the last stage: `?` when it is not known, `unset` for a bare ARG, `-` for none.
fn variable(text: &str, args: &[(&str, &str)], name: &str) -> String {
    with_args(text, args, |model| {
        let Some(variable) = model.stages.last().and_then(|stage| stage.end.variables.get(name)) else {
            return "-".into();
        };
        match &variable.value {
            Some(value) => value.clone(),
            None => if variable.unset { "unset" } else { "?" }.into(),
        }
    })
}

/// The variables used, with their status, as written.
fn uses(text: &str) -> Vec<String> {
    with(text, |model| {
        let shown = model.variable_uses().map(|used| {
            let status = match used.status {
                UseStatus::Set => "",
                UseStatus::Unset => " unset",
                UseStatus::Undefined => " undefined",
            };
            format!("{}{status}", model.source.slice(used.span))
        });
        shown.collect()
    })
}

#[test]
fn what_a_stage_starts_from() {
    let cases: [(&str, &[&str]); 10] = [
        ("FROM a\nFROM scratch\nFROM b AS c\nFROM c\n", &["a", "scratch", "b", "#2"]),
        ("FROM a AS Build\nFROM build\nFROM Build\n", &["a", "#0", "Build"]),
        ("FROM a AS x\nFROM b AS x\nFROM x\n", &["a", "b", "#1"]),
        ("FROM x\nFROM b AS x\n", &["x", "b"]),
        ("FROM a AS a\nFROM a AS a\nFROM a\n", &["a", "#0", "#1"]),
        ("FROM a\nFROM 0\n", &["a", "0"]),
        ("ARG B=base\nFROM a AS base\nFROM $B\nFROM ${B}x\n", &["a", "#0", "basex"]),
        ("ARG V=1\nARG I=python:$V\nFROM $I\n", &["python:1"]),
        ("ARG V\nFROM python:$V\nFROM python:${V:-2}\nFROM $NOTHING\n", &["?", "python:2", ""]),
        ("FROM\nFROM --platform=$BUILDPLATFORM a$TARGETARCH\n", &["-", "?"]),
    ];
    for (text, expected) in cases {
        assert_eq!(bases(text), expected, "{text}");
    }
}

#[test]
fn where_files_come_from() {
    let cases: [(&str, &[&[&str]]); 11] = [
        ("FROM a AS x\nFROM b\nCOPY --from=x . .\nCOPY --from=X . .\nCOPY --from=0 . .\n", &[&[], &["#0", "#0", "#0"]]),
        ("FROM a\nCOPY --from=nginx:1 . .\n", &[&["nginx:1"]]),
        ("FROM a\nCOPY --from=0 . .\n", &[&["itself"]]),
        ("FROM a AS x\nCOPY --from=x . .\n", &[&["itself"]]),
        ("FROM a AS x\nCOPY --from=1 . .\nCOPY --from=-1 . .\n", &[&["no such index", "no such index"]]),
        ("FROM a\nCOPY --from=$X . .\n", &[&["unknown"]]),
        ("FROM a AS x\nCOPY --from=y . .\nFROM b AS y\n", &[&["later #1"], &[]]),
        ("FROM a AS x\nFROM a AS x\nFROM b\nCOPY --from=x . .\n", &[&[], &[], &["#1"]]),
        ("FROM a AS x\nFROM a AS x\nCOPY --from=x . .\n", &[&[], &["itself"]]),
        (
            "FROM a AS x\nFROM b\nRUN --mount=type=bind,from=x,target=/x --mount=from=alpine,target=/y ls\n",
            &[&[], &["#0", "alpine"]],
        ),
        (
            "FROM a AS x\nFROM b\nENV N=x\nRUN --mount=from=$N,target=/x ls\nONBUILD COPY --from=x . .\n",
            &[&[], &["#0", "#0"]],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(imports(text), expected, "{text}");
    }
}

#[test]
fn what_reaches_the_final_image() {
    // F: the final stage, I: in it, R: reaches it, -: neither.
    let cases = [
        ("FROM a\n", "F"),
        ("FROM a\nFROM b\n", "-F"),
        ("FROM a AS x\nFROM x\n", "IF"),
        ("FROM a AS x\nFROM b\nCOPY --from=x . .\n", "RF"),
        (
            "FROM a AS x\nFROM x AS y\nFROM b AS unused\nCOPY --from=x . .\nFROM b\nRUN --mount=from=y,target=/y ls\n",
            "RR-F",
        ),
        ("FROM a AS x\nFROM b AS y\nONBUILD COPY --from=x . .\nFROM y\n", "RIF"),
        ("FROM a AS x\nFROM b AS y\nONBUILD COPY --from=x . .\n", "-F"),
        ("FROM a AS x\nCOPY --from=y . .\nFROM b AS y\nCOPY --from=x . .\n", "RF"),
    ];
    for (text, expected) in cases {
        let shown: String = with(text, |model| {
            let stages = model.stages.iter();
            stages
                .map(|stage| match (stage.is_final, stage.in_final, stage.reaches_final) {
                    (true, true, true) => 'F',
                    (false, true, true) => 'I',
                    (false, false, true) => 'R',
                    (false, false, false) => '-',
                    _ => '!',
                })
                .collect()
        });
        assert_eq!(shown, expected, "{text}");
    }
}

/// A file, build arguments, and the value of `A`.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn scopes() {
    let cases: [Case<'_>; 24] = [
        ("ARG A=1\nFROM x\n", &[], "-"),
        ("ARG A=1\nFROM x\nARG A\n", &[], "1"),
        ("ARG A=1\nFROM x\nARG A=2\n", &[], "2"),
        ("ARG A=1\nFROM x\nARG A\n", &[("A", "9")], "9"),
        ("FROM x\nARG A=2\n", &[("A", "9")], "9"),
        ("FROM x\n", &[("A", "9")], "-"),
        ("ARG A\nFROM x\nARG A\n", &[], "unset"),
        ("FROM x\nARG A\n", &[], "unset"),
        ("FROM x\nENV A=1\nARG A\n", &[], "1"),
        ("FROM x\nARG A=1\nENV A=2\n", &[], "2"),
        ("FROM x\nARG A=1\nENV A=${A}b\n", &[("A", "9")], "9b"),
        ("FROM x AS y\nARG A=1\nFROM y\n", &[], "1"),
        ("FROM x AS y\nENV A=1\nFROM z\n", &[], "-"),
        ("FROM x\nENV A=1\nENV A=2 B=$A\nENV A=$B\n", &[], "1"),
        ("FROM x\nARG B=1 A=$B\n", &[], "1"),
        ("ARG B=1 A=$B\nFROM x\nARG A\n", &[], "1"),
        ("FROM x\nENV A one two\n", &[], "one two"),
        ("FROM x\nENV A \"one  two\"\n", &[], "one  two"),
        ("FROM x\nENV A=$UNKNOWN\n", &[], "?"),
        ("FROM scratch\nENV A=$UNKNOWN\n", &[], ""),
        ("FROM x AS y\nONBUILD ENV A=1\nFROM y\n", &[], "1"),
        ("FROM x AS y\nONBUILD ENV A=1\n", &[], "-"),
        ("FROM x\nENV K=A\nENV $K=1\n", &[], "1"),
        ("FROM x\nENV A=a\\\n\\\n b B=2\n", &[], "a"),
    ];
    for (text, args, expected) in cases {
        assert_eq!(variable(text, args, "A"), expected, "{text} {args:?}");
    }
    assert_eq!(variable("FROM x\nARG TARGETARCH\n", &[], "TARGETARCH"), "?");
    assert_eq!(variable("FROM x\n", &[], "TARGETARCH"), "-");
    assert_eq!(variable("FROM scratch\n", &[], "PATH"), DEFAULT_PATH);
}

#[test]
fn uses_of_variables() {
    let cases: [(&str, &[&str]); 13] = [
        ("FROM $X\n", &["$X undefined"]),
        ("ARG X=\nFROM $X\n", &["$X"]),
        ("ARG X\nFROM a${X:-b}\n", &["${X:-b} unset"]),
        ("FROM --platform=$BUILDPLATFORM a\n", &["$BUILDPLATFORM"]),
        ("FROM a\nRUN echo $X\nCMD $Y\nENTRYPOINT [\"$Z\"]\n", &[]),
        (
            "FROM scratch\nARG X\nENV PATH=/x:$PATH\nLABEL a=$X b=$TARGETARCH c=$HTTP_PROXY\n",
            &["$PATH", "$X unset", "$TARGETARCH undefined", "$HTTP_PROXY undefined"],
        ),
        ("FROM a\nCOPY --chown=$U $S \"${D}\"/\n", &["$U undefined", "$S undefined", "${D} undefined"]),
        (
            "FROM a\nWORKDIR /a b/$X\nUSER $Y\nVOLUME $V\nEXPOSE $P\nSTOPSIGNAL $Q\n",
            &["$X undefined", "$Y undefined", "$V undefined", "$P undefined", "$Q undefined"],
        ),
        ("FROM a\nCOPY <<A <<'B' /x/\n$X '$Y'\nA\n$Z\nB\n", &["$X undefined", "$Y undefined"]),
        ("FROM a\nRUN --mount=type=bind,source=$S,target=/x ls $X\n", &["$S undefined"]),
        ("FROM a\nENV A=1 B=$A\nENV C=$A\n", &["$A undefined", "$A"]),
        ("ARG A=$B\nARG B=1\nFROM a\nARG C=$B\n", &["$B undefined", "$B undefined"]),
        (
            "FROM a\nCOPY [\"$X\", \"/\"]\nENV Y=a\\\n  # comment\n$Z\\\n/b$\\\nQ\n",
            &["$X undefined", "$Z undefined", "$\\\nQ undefined"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(uses(text), expected, "{text}");
    }
}

#[test]
fn values_lead_to_where_they_are_written() {
    let text = "ARG V=3.8\nARG Q=\"3.9\"\nARG I=python:3.10\nARG M=3.$V\nFROM a:$V\nFROM a:$Q\nFROM $I\nFROM a:$M\n";
    let set_at = with(text, |model| {
        let tags = model.images().filter_map(|used| used.image.tag.clone());
        tags.map(|tag| (tag.text, tag.set_at.map(|span| text[span.range()].to_owned()))).collect::<Vec<_>>()
    });
    let expected = [("3.8", Some("3.8")), ("3.9", Some("3.9")), ("3.10", Some("3.10")), ("3.3.8", None)];
    let expected = expected.map(|(text, at)| (Some(text.to_owned()), at.map(str::to_owned)));
    assert_eq!(set_at, expected);
    let built = with_args("ARG V=3.8\nFROM a:$V\n", &[("V", "4")], |model| {
        model.images().next().and_then(|used| used.image.tag.clone())
    });
    assert_eq!(built.map(|tag| (tag.text, tag.set_at)), Some((Some("4".to_owned()), None)));
}

#[test]
fn directories() {
    let cases = [
        ("FROM a\n", None),
        ("FROM a\nWORKDIR /app\n", Some("/app")),
        ("FROM a\nWORKDIR /app\nWORKDIR src\nWORKDIR ../x\n", Some("/app/x")),
        ("FROM a\nWORKDIR app\n", None),
        ("FROM scratch\nWORKDIR app\n", Some("/app")),
        ("FROM a\nENV D=/d\nWORKDIR $D/e\n", Some("/d/e")),
        ("FROM a\nWORKDIR $D\nWORKDIR e\n", None),
        ("FROM a\nWORKDIR $D\nWORKDIR /e\n", Some("/e")),
        ("FROM a AS b\nWORKDIR /b\nFROM b\nWORKDIR c\n", Some("/b/c")),
        ("FROM a\nWORKDIR /a b\n", Some("/a b")),
        ("FROM a\nWORKDIR \"/a b\"\n", Some("/a b")),
        (
            "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR C:\\app\nWORKDIR x\n",
            Some("/app/x"),
        ),
    ];
    for (text, expected) in cases {
        let got = with(text, |model| model.final_stage().and_then(|stage| stage.end.workdir.as_ref()?.value.clone()));
        assert_eq!(got.as_deref(), expected, "{text}");
    }
    let dests = [
        ("a b /x", "/x"),
        ("a b /x/", "/x/"),
        ("a .", "/w/"),
        ("a ./", "/w/"),
        ("a b", "/w/b"),
        ("a ../", "/"),
        ("a $E/y", "/e/y"),
    ];
    for (args, expected) in dests {
        let text = format!("FROM a\nENV E=/e\nWORKDIR /w\nCOPY {args}\n");
        let got = with(&text, |model| {
            model.stages[0].last(Keyword::Copy).and_then(|step| Some(step.copy_dest(model)?.to_owned()))
        });
        assert_eq!(got.as_deref(), Some(expected), "{args}");
    }
}

#[test]
fn users() {
    let cases = [
        ("FROM a\n", Tri::Unknown),
        ("FROM a\nUSER root\n", Tri::Yes),
        ("FROM a\nUSER 0:0\n", Tri::Yes),
        ("FROM a\nUSER app:root\n", Tri::No),
        ("FROM a\nUSER $X\n", Tri::Unknown),
        ("FROM a\nARG X=root\nUSER $X\n", Tri::Yes),
        ("FROM a AS b\nUSER app\nFROM b\n", Tri::No),
        ("FROM a AS b\nUSER app\nFROM c\n", Tri::Unknown),
        ("FROM a\nUSER app\nUSER 00\n", Tri::Yes),
    ];
    for (text, expected) in cases {
        assert_eq!(
            with(text, |model| model.final_stage().map(|stage| stage.end.user_is_root())),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn shells_in_force() {
    let cases = [
        ("FROM a\n", Dialect::Posix, false),
        ("FROM alpine\n", Dialect::Ash, false),
        ("FROM alpine AS b\nFROM b\n", Dialect::Ash, false),
        ("FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n", Dialect::Bash, true),
        ("FROM a AS b\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nFROM b\n", Dialect::Bash, true),
        ("FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nFROM b\n", Dialect::Posix, false),
        ("FROM alpine\nSHELL [\"/bin/sh\", \"-eo\", \"pipefail\", \"-c\"]\n", Dialect::Ash, true),
        ("FROM a\n# hadolint shell=bash\n", Dialect::Bash, false),
        ("FROM a\n# hadolint shell=bash\nFROM b\n", Dialect::Posix, false),
        ("FROM --platform=windows/amd64 a\n", Dialect::Cmd, false),
        ("FROM mcr.microsoft.com/windows/nanoserver:1809\n", Dialect::Cmd, false),
        ("# escape=`\nFROM a\n", Dialect::Cmd, false),
        ("FROM mcr.microsoft.com/dotnet/framework/sdk:4.8\n", Dialect::PowerShell, false),
    ];
    for (text, dialect, pipefail) in cases {
        let shell = with(text, |model| model.final_stage().map(|stage| stage.end.shell.clone())).expect("has a stage");
        assert_eq!((shell.dialect, shell.pipefail), (dialect, pipefail), "{text}");
    }
}

/// Dialect, whether a failure stops it, and the commands, of the last step.
type Read<'a> = (Dialect, bool, &'a str);

#[test]
fn scripts() {
    let cases: [(&str, Option<Read<'_>>); 13] = [
        ("FROM a\nRUN apt-get update && \\\n  apt-get install x\n", Some((Dialect::Posix, false, "apt-get apt-get"))),
        ("FROM alpine\nRUN apk add x\n", Some((Dialect::Ash, false, "apk"))),
        ("FROM a\nSHELL [\"bash\", \"-ec\"]\nRUN make\n", Some((Dialect::Bash, true, "make"))),
        ("FROM a\nRUN [\"make\", \"x\"]\n", Some((Dialect::Posix, false, "make"))),
        ("FROM a\nCMD python x.py\n", Some((Dialect::Posix, false, "python"))),
        ("FROM a\nENTRYPOINT [\"tini\", \"x\"]\n", Some((Dialect::Posix, false, "x"))),
        ("FROM a\nHEALTHCHECK --interval=1s CMD curl x\n", Some((Dialect::Posix, false, "curl"))),
        ("FROM a\nHEALTHCHECK CMD [\"curl\", \"x\"]\n", Some((Dialect::Posix, false, "curl"))),
        ("FROM a\nHEALTHCHECK NONE\n", None),
        ("FROM a\nRUN <<EOF\nmake\nls\nEOF\n", Some((Dialect::Posix, false, "make ls"))),
        ("FROM a\nRUN <<EOF\n#!/bin/bash -e\nmake\nEOF\n", Some((Dialect::Bash, true, "make"))),
        ("FROM a\nRUN <<EOF\n#!/usr/bin/env python\nprint()\nEOF\n", None),
        ("FROM mcr.microsoft.com/windows/nanoserver\nRUN dir\n", None),
    ];
    for (text, expected) in cases {
        let got = with(text, |model| {
            let script = model.steps().last()?.script.as_ref()?;
            let names: Vec<_> = script.commands.iter().map(|command| command.name.as_str()).collect();
            Some((script.dialect, script.scopes[0].options.errexit, names.join(" ")))
        });
        let expected = expected.map(|(dialect, errexit, names)| (dialect, errexit, names.to_owned()));
        assert_eq!(got, expected, "{text}");
    }
    with("FROM a\nRUN x\nRUN bash <<E\nls\nE\nCMD z\n", |model| {
        assert_eq!(model.runs().count(), 2);
        let names = model
            .runs()
            .last()
            .map(|(_, script)| script.commands.iter().map(|command| command.name.clone()).collect::<Vec<_>>());
        assert!(names.is_some_and(|names| names.contains(&"ls".to_owned())));
    });
}

#[test]
fn what_starts_the_container() {
    // CMD, ENTRYPOINT and HEALTHCHECK as stage.step.
    let cases = [
        ("FROM a\nCMD x\nCMD y\n", "0.1 - -"),
        ("FROM a AS b\nCMD x\nFROM b\n", "0.0 - -"),
        ("FROM a AS b\nCMD x\nFROM b\nENTRYPOINT y\n", "- 1.0 -"),
        ("FROM a AS b\nCMD x\nFROM b\nCMD z\nENTRYPOINT y\n", "1.0 1.1 -"),
        ("FROM a AS b\nENTRYPOINT x\nHEALTHCHECK CMD x\nFROM b\nCMD y\n", "1.0 0.0 0.1"),
    ];
    for (text, expected) in cases {
        let got = with(text, |model| {
            let stage = model.final_stage().expect("has a stage");
            let steps = [stage.cmd(model), stage.entrypoint(model), stage.healthcheck(model)];
            steps.map(|step| step.map_or("-".to_owned(), |step| format!("{}.{}", step.stage, step.index))).join(" ")
        });
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn chains_and_roots() {
    with("FROM python:3 AS a\nFROM a AS b\nFROM b\nFROM scratch\n", |model| {
        let chain: Vec<_> = model.stages[2].chain(model).map(|stage| stage.index).collect();
        assert_eq!(chain, [1, 0]);
        assert_eq!(model.stages[2].root_image(model).and_then(|image| image.value.as_deref()), Some("python:3"));
        assert!(model.stages[3].root_image(model).is_none() && model.stages[3].is_from_scratch(model));
        assert_eq!(model.stage_named("A").map(|stage| stage.index), Some(0));
    });
}

#[test]
fn mounts_and_names_nearby() {
    with("FROM a\nENV VERSION=1\nRUN --mount=type=cache,dst=/c,readonly --mount=src=a,target=/b ls\n", |model| {
        let step = model.stages[0].last(Keyword::Run).expect("has a RUN");
        let mounts: Vec<_> = step.run_mounts().collect();
        let shown = |word: Option<&crate::syntax::Word>| word.map(|word| word.text.clone());
        assert_eq!(
            (mounts[0].kind(), shown(mounts[0].target()), mounts[0].has("readonly")),
            ("cache", Some("/c".into()), true)
        );
        assert_eq!(
            (mounts[1].kind(), shown(mounts[1].source()), mounts[1].has("readonly")),
            ("bind", Some("a".into()), false)
        );
        assert_eq!(step.state.similar("VERSON"), ["VERSION"]);
        assert!(step.state.similar("X").is_empty());
    });
}

#[test]
fn hostile_files_take_linear_time() {
    let doubling = "FROM scratch\nENV A=x\n".to_owned() + &"ENV A=$A$A\n".repeat(2000) + &"ENV B=$A$A$A\n".repeat(2000);
    assert_eq!(variable(&doubling, &[], "B"), "?");
    let grown = "FROM scratch\nENV A=".to_owned() + &"x".repeat(60_000) + "\n" + &"ENV B=$A\nUSER $A\n".repeat(3000);
    with(&grown, |model| assert_eq!(model.steps().count(), 6001));
    let chain = "FROM a AS s0\n".to_owned()
        + &(1..5000)
            .map(|at| format!("FROM s{} AS s{at}\nRUN x\nCOPY --from=s{} . .\n", at - 1, at / 2))
            .collect::<String>();
    with(&chain, |model| assert!(model.stages.iter().all(|stage| stage.in_final)));
    let deep = "FROM a\n".to_owned() + &"WORKDIR a/b/c\n".repeat(20_000);
    with(&deep, |model| assert_eq!(model.steps().count(), 20_000));
    let onbuild = "FROM a AS b\n".to_owned() + &"ONBUILD ENV A=1\n".repeat(2000) + &"FROM b\n".repeat(2000);
    with(&onbuild, |model| assert_eq!(model.stages.len(), 2001));
}
