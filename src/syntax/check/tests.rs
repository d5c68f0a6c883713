//! Every error, with the place it points at.

use crate::syntax::{SyntaxErrorKind, parse};

/// The errors of one instruction: the text each points at, and its message.
fn errors(instruction: &str) -> Vec<(SyntaxErrorKind, String, String)> {
    let text = format!("{instruction}\n");
    let file = parse(&text);
    let errors = file.errors.into_iter();
    errors.map(|error| (error.kind, text[error.span.range()].to_owned(), error.message)).collect()
}

#[test]
fn what_builds_is_silent() {
    let digest = format!("ADD --checksum=sha256:{} https://a.test/b /c", "0a".repeat(32));
    for text in [
        "FROM a",
        "FROM a AS b-c.d_1",
        "FROM $a AS b",
        "FROM --platform=$BUILDPLATFORM a",
        "FROM --platform= a",
        "from a as B",
        "RUN",
        "RUN []",
        "RUN a",
        "RUN [\"a\", 'b']",
        "RUN -- --a",
        "CMD",
        "CMD []",
        "ENTRYPOINT []",
        "RUN it's \"",
        "RUN ${x^^}",
        "RUN --mount=type=bind,target=/a --mount=type=cache,target=$b,sharing=locked,uid=1,gid=1,mode=0755,id=x,ro a",
        "RUN --mount=type=secret,id=a,env=B,required --mount=type=ssh,required=true,mode=600 a",
        "RUN --mount=type=tmpfs,target=/a,size=64m --mount=target=.,rw=false --mount=type=$t,foo$x a",
        "RUN --mount=type=bind,src=a x",
        "RUN --mount=type=secret,source=a x",
        "RUN --mount=type=cache,target=\"/a b\" x",
        "RUN --mount=type=Cache,target=/a x",
        "RUN --network=none --security=insecure --device=a/b=c,required a",
        "RUN --network=$n a",
        "COPY a b",
        "COPY a b c/",
        "COPY [\"a\"]  b",
        "COPY [\"a b\", \"c\"]",
        "COPY --link --parents=true --exclude=a --exclude=b a b",
        "COPY --chmod=u=rwX,go+r --chown=a:b a b",
        "COPY --chmod=$m --from=a a b",
        "COPY --from=a$ a b",
        "COPY <<A <<B /c\nA\nB",
        "ADD --keep-git-dir --unpack=false https://a.test/b.git#v1 c",
        "ADD --checksum=abcdef git@a.test:b.git c",
        "ADD --checksum=$s a b",
        "ADD --checksum=sha256:$s https://a.test/b c",
        &digest,
        "ENV a b",
        "ENV a=b c=\"d e\" f=",
        "ENV a=b\\ c",
        "ENV a b=c",
        "LABEL \"a b\"=c",
        "ARG a b=c",
        "ARG --a b",
        "ENV a=${b:-\"c d\"}",
        "ENV a=\\\"",
        "ENV a='$x'",
        "ENV a=$",
        "ENV a=b \\",
        "EXPOSE 1 2/udp 3-4/TCP 5:6 127.0.0.1:7:8 $p \"9\" 0",
        "VOLUME a b",
        "VOLUME [\"a\"",
        "USER a b",
        "WORKDIR a b",
        "WORKDIR 'a b'",
        "STOPSIGNAL 999",
        "STOPSIGNAL $s",
        "STOPSIGNAL sigterm",
        "MAINTAINER a's",
        "SHELL [\"a\"]",
        "HEALTHCHECK NONE",
        "HEALTHCHECK --interval=1m30s --timeout=0 --start-period=.5s --start-interval=5ms --retries=3 CMD a",
        "HEALTHCHECK --interval=$i --retries= CMD [\"a\"]",
        "HEALTHCHECK --bogus none",
        "ONBUILD RUN a",
        "ONBUILD COPY <<E a\nE",
        "# check=skip=A,b;error=true;experimental=all\nFROM a",
        "# syntax=a\n# escape=\\\nFROM a",
        "# check=skip=Nonsense // why\nFROM a",
        "# check = error=t\nFROM a",
        "\u{feff}FROM a",
    ] {
        assert_eq!(errors(text), [], "{text}");
    }
}

#[test]
fn what_does_not_build_is_pointed_at() {
    use SyntaxErrorKind::*;
    for (text, kind, place, message) in [
        // Directives.
        ("# escape=x\nFROM a", Directive, "x", "escape character"),
        ("# escape=` \n# Escape=`\nFROM a", Directive, "Escape", "twice"),
        ("# syntax=a\n# syntax=b\nFROM a", Directive, "syntax", "twice"),
        ("# check=skip\nFROM a", Directive, "skip", "no value"),
        ("# check=skip=A; error=true\nFROM a", Directive, "", "missing"),
        ("# check=skip=A;errr=true\nFROM a", Directive, "errr=true", "not a valid option"),
        ("# check=error=yes\nFROM a", Directive, "error=yes", "neither"),
        // Files and lines.
        ("# a", EmptyFile, "", "no instruction"),
        ("", EmptyFile, "", "no instruction"),
        // Keywords.
        ("FORM a", UnknownInstruction, "FORM", "not a Dockerfile instruction"),
        ("RUN\u{a0}a", UnknownInstruction, "RUN\u{a0}a", "not a Dockerfile instruction"),
        ("\\", UnknownInstruction, "", "no line follows"),
        // Flags.
        ("COPY --form=a a b", Flag, "--form=a", "no flag"),
        ("WORKDIR --a b", Flag, "--a", "no flag"),
        ("COPY --from=a --from=b a b", Flag, "--from=b", "twice"),
        ("COPY --chown a b", Flag, "--chown", "no value"),
        ("COPY --link= a b", Flag, "--link=", "must be"),
        ("COPY --link=1 a b", Flag, "--link=1", "must be"),
        ("COPY --from=$a a b", Flag, "$a", "not expanded"),
        ("COPY --chmod=9 a b", Flag, "9", "file mode"),
        ("ADD --checksum=sha256:a a b", Flag, "--checksum=sha256:a", "downloads"),
        ("ADD --checksum=md5:a https://a.test/b c", Flag, "md5:a", "checksum"),
        ("ADD --checksum=a https://a.test/b https://a.test/c d", Flag, "--checksum=a", "one source"),
        ("FROM --platform=a/b/c/d e", Flag, "a/b/c/d", "platform"),
        ("RUN --network=hots a", Flag, "hots", "--network"),
        ("RUN --security=a a", Flag, "a", "--security"),
        ("RUN --device=a,b a", Flag, "b", "--device"),
        ("RUN --device=a,required=x a", Flag, "x", "neither"),
        ("RUN --mount=type=bnd,target=/a a", Flag, "bnd", "mount type"),
        ("RUN --mount=type=bind,target=/ a", Flag, "/", "root"),
        ("RUN --mount=type=cache,target=/a,shring=b a", Flag, "shring=b", "field"),
        ("RUN --mount=type=cache,target=/a, a", Flag, "", "empty"),
        ("RUN --mount=type=cache,target a", Flag, "target", "no value"),
        ("RUN --mount=type=cache,target=/a,sharing=b a", Flag, "b", "sharing"),
        ("RUN --mount=type=cache,target=/a,ro=b a", Flag, "b", "neither"),
        ("RUN --mount=type=cache,target=/a,uid=root a", Flag, "root", "uid"),
        ("RUN --mount=type=cache,target=/a,mode=8 a", Flag, "8", "mode"),
        ("RUN --mount=type=cache,target=/a,size=1 a", Flag, "size=1", "does not apply"),
        ("RUN --mount=type=tmpfs,target=/a,size=b a", Flag, "b", "size"),
        ("RUN --mount=type=tmpfs,target=/a,uid=1 a", Flag, "uid=1", "does not apply"),
        ("RUN --mount=type=bind,target=/a,required a", Flag, "required", "does not apply"),
        ("RUN --mount=type=secret a", Flag, "--mount=type=secret", "specify a secret"),
        ("RUN --mount=type=secret,id=a,source=b a", Flag, "source=b", "both specify"),
        ("RUN --mount=type=secret,id=a,from=b a", Flag, "from=b", "secret"),
        ("RUN --mount=type=secret,id=a,sharing=shared a", Flag, "sharing=shared", "does not apply"),
        ("RUN --mount=type=bind,target=/a,from=$b a", Flag, "$b", "not expanded"),
        ("HEALTHCHECK --interval=5 CMD a", Flag, "5", "unit"),
        ("HEALTHCHECK --timeout=soon CMD a", Flag, "soon", "duration"),
        ("HEALTHCHECK --start-period=1us CMD a", Flag, "1us", "millisecond"),
        ("HEALTHCHECK --retries=x CMD a", Flag, "x", "retries"),
        ("HEALTHCHECK --retries=-1 CMD a", Flag, "-1", "less than zero"),
        // Arguments.
        ("FROM", Arguments, "FROM", "no image"),
        ("FROM a b", Arguments, "a b", "accepts only"),
        ("FROM a AS", Arguments, "a AS", "no name"),
        ("FROM a AS b c", Arguments, "a AS b c", "accepts only"),
        ("FROM a AS 1b", Arguments, "1b", "build stage"),
        ("RUN [\"a\", 1]", Arguments, "1", "not a string"),
        ("COPY [[\"a\"], \"b\"] ", Arguments, "[\"a\"]", "not a string"),
        ("SHELL bash", Arguments, "bash", "JSON"),
        ("SHELL []", Arguments, "[]", "no program"),
        ("SHELL", Arguments, "SHELL", "no program"),
        ("HEALTHCHECK", Arguments, "HEALTHCHECK", "nothing to check"),
        ("HEALTHCHECK curl a", Arguments, "curl", "neither"),
        ("HEALTHCHECK NONE a", Arguments, "NONE a", "does not accept"),
        ("HEALTHCHECK CMD", Arguments, "CMD", "no command"),
        ("COPY", Arguments, "COPY", "no source"),
        ("COPY a", Arguments, "a", "no destination"),
        ("COPY a <<E\nE", Arguments, "a <<E", "destination"),
        ("ADD <<E\nE", Arguments, "<<E", "no destination"),
        ("COPY https://a.test/b c", Arguments, "https://a.test/b", "download"),
        ("COPY git@a.test:b c", Arguments, "git@a.test:b", "clone"),
        ("ENV", Arguments, "ENV", "no arguments"),
        ("ENV a", Arguments, "a", "no value"),
        ("ENV a=b c d", Arguments, "c", "form"),
        ("LABEL =a", Arguments, "=a", "no name"),
        ("ARG =a", Arguments, "=a", "no name"),
        ("ARG", Arguments, "ARG", "no arguments"),
        ("EXPOSE", Arguments, "EXPOSE", "no port"),
        ("EXPOSE 65536", Arguments, "65536", "port"),
        ("EXPOSE 2-1", Arguments, "2-1", "backwards"),
        ("EXPOSE 1/icmp", Arguments, "1/icmp", "protocol"),
        ("VOLUME", Arguments, "VOLUME", "no path"),
        ("VOLUME [\"a\", \" \"]", Arguments, "\" \"", "empty"),
        ("USER", Arguments, "USER", "no user"),
        ("WORKDIR", Arguments, "WORKDIR", "no directory"),
        ("STOPSIGNAL", Arguments, "STOPSIGNAL", "no signal"),
        ("STOPSIGNAL SIGTREM", Arguments, "SIGTREM", "signal"),
        ("MAINTAINER", Arguments, "MAINTAINER", "no author"),
        ("ONBUILD", Arguments, "ONBUILD", "no instruction"),
        ("ONBUILD ONBUILD RUN a", Arguments, "ONBUILD", "another"),
        ("ONBUILD FROM a", Arguments, "FROM", "cannot contain"),
        ("ONBUILD ENV a", Arguments, "a", "no value"),
        // Heredocs and expansions.
        ("RUN <<E\na", Heredoc, "<<E", "never closed"),
        ("ENV a=\"b c", Expansion, "\"b c", "double quote"),
        ("ENV a='b", Expansion, "'b", "single quote"),
        ("COPY it's here", Expansion, "'s", "single quote"),
        ("FROM a:${b", Expansion, "${b", "no `}`"),
        ("WORKDIR ${b:=c}", Expansion, "${b:=c}", "operator"),
        ("USER ${}", Expansion, "${}", "no variable"),
        ("LABEL a=${b/c}", Expansion, "${b/c}", "no replacement"),
        ("ENV a=${B:?must be set}", Expansion, "${B:?must", "no `}`"),
    ] {
        let found = errors(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].0, &*found[0].1), (kind, place), "{text}: {found:?}");
        assert!(found[0].2.contains(message), "{text}: {found:?}");
    }
}

#[test]
fn help_says_what_was_meant() {
    for (text, help) in [
        ("FORM a", "did you mean `FROM`?"),
        ("COPY --form=a a b", "did you mean `--from`?"),
        ("COPY --checksum=a a b", "it is a flag of `ADD`"),
        ("RUN\u{a0}a", "U+00A0"),
        ("{{ x }}", "template"),
        ("// a", "a comment starts with `#`"),
        ("<<<<<<< ours", "merge conflict"),
        ("apt-get update", "goes after `RUN`"),
        ("RUN --mount=type=cach,target=/a a", "did you mean `cache`?"),
        ("RUN <<E\na\n  E\n", "whitespace before it"),
        ("RUN <<E\na\nE \n", "whitespace after it"),
        ("# check=skp=A\nFROM a", "did you mean `skip`?"),
        ("STOPSIGNAL SIGTREM", "did you mean `SIGTERM`?"),
    ] {
        let errors = parse(text).errors;
        assert!(errors[0].help.as_ref().is_some_and(|found| found.contains(help)), "{text}: {errors:?}");
    }
}

#[test]
fn messages_keep_to_the_conventions() {
    // Whatever each says, it starts in lower case or with code, and does not end in a full stop.
    for text in
        ["FORM a", "COPY a", "RUN <<E", "ENV a='", "# escape=x", "EXPOSE x", "", "RUN --mount=a b", "ONBUILD FROM a"]
    {
        for error in parse(text).errors {
            for sentence in [Some(&error.message), error.help.as_ref()].into_iter().flatten() {
                assert!(sentence.starts_with(|first: char| first.is_lowercase() || first == '`'), "{sentence}");
                assert!(!sentence.ends_with('.') && !sentence.contains('\n'), "{sentence}");
            }
        }
    }
}

#[test]
fn an_error_does_not_end_the_file() {
    let file = parse("FORM a\nCOPY\nRUN <<E ${\nRUN x\n");
    let keywords: Vec<_> = file.instructions().map(|instruction| instruction.keyword.as_str()).collect();
    assert_eq!(keywords, ["?", "COPY", "RUN", "RUN"]);
    assert_eq!(file.errors.len(), 2);
}

#[test]
fn lines_longer_than_buildkit_reads() {
    for (length, broken, text) in [
        (65_535, false, "RUN ".to_owned() + &"x".repeat(65_531)),
        (65_536, true, "RUN ".to_owned() + &"x".repeat(65_532)),
        (65_536, false, "RUN ".to_owned() + &"x".repeat(65_531) + "\n"),
        (65_537, true, "RUN ".to_owned() + &"x".repeat(65_532) + "\n"),
        (65_547, true, "RUN a \\\n#".to_owned() + &"x".repeat(65_536) + "\nb\n"),
    ] {
        assert!(text.len() >= length);
        let kinds: Vec<_> = parse(&text).errors.iter().map(|error| error.kind).collect();
        assert_eq!(kinds, if broken { vec![SyntaxErrorKind::LongLine] } else { vec![] }, "{length}");
    }
}
