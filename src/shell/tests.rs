//! Scripts as a whole: what is seen, and where.

use super::*;

fn bash(text: &str) -> Script {
    parse_script(text, 0, Dialect::Bash)
}

/// `wrapper:wrapper:name arg arg`, one a command.
fn shown(script: &Script) -> Vec<String> {
    let shown = script.commands.iter().map(|command| {
        let mut line: String = command.wrappers.iter().map(|wrapper| format!("{}:", wrapper.name)).collect();
        line.push_str(&command.name);
        for arg in &command.args {
            line.push(' ');
            line.push_str(arg.lexeme());
        }
        line
    });
    shown.collect()
}

#[test]
fn commands_are_found_wherever_they_stand() {
    for (text, want) in [
        ("apt-get update && apt-get install -y vim", &["apt-get update", "apt-get install -y vim"][..]),
        ("a; b | c & d\ne || f", &["a", "b", "c", "d", "e", "f"]),
        ("a \\\n  b \\\n  && c", &["a b", "c"]),
        ("if a; then b; elif c; then d; else e; fi", &["a", "b", "c", "d", "e"]),
        ("for x in $(a) b; do c $x; done", &["a", "c $x"]),
        ("while a; do b; done; until c; do d; done", &["a", "b", "c", "d"]),
        ("case $x in a) b ;; *) c ;; esac", &["b", "c"]),
        ("(a; { b; }) && f() { c; }", &["a", "b", "c"]),
        ("X=$(a | b) c `d` \"$(e)\" <(f)", &["c `d` \"$(e)\" <(f)", "a", "b", "d", "e", "f"]),
        ("[[ -f x && $(a) ]] && (( 1 + 2 )) && export A=$(b)", &["[[", "a", "((", "export A=$(b)", "b"]),
        ("exit 1; return; A=1 B=\"x y\"", &["exit 1", "return", ""]),
        ("time a b | c", &["time:a b", "time:c"]),
        ("echo $((1 + $(a)))", &["echo $((1 + $(a)))", "a"]),
        ("cat <<EOF > x\n$(a)\nEOF\nb", &["cat", "a", "b"]),
        ("{\\\n  a; \\\n}", &["a"]),
        ("echo ${A:-$(b)}", &["echo ${A:-$(b)}", "b"]),
    ] {
        let script = bash(text);
        assert!(script.clean, "{text}");
        assert_eq!(shown(&script), want, "{text}");
    }
}

#[test]
fn wrappers_are_seen_through() {
    for (text, want) in [
        ("sudo -E -u root apt-get update", &["sudo:apt-get update"][..]),
        ("sudo -nu root X=1 /usr/bin/apt-get update", &["sudo:apt-get update"]),
        ("sudo -v", &["sudo -v"]),
        ("env -i A=1 B=$x sudo -- a b", &["env:sudo:a b"]),
        ("env", &["env"]),
        ("exec -a x nginx -g 'daemon off;'", &["exec:nginx -g daemon off;"]),
        ("command -v curl; command curl x", &["command -v curl", "command:curl x"]),
        ("nice -n 5 nohup timeout -k 5 10 a b", &["nice:nohup:timeout:a b"]),
        ("gosu app:app a; su-exec app b; chroot /mnt c", &["gosu:a", "su-exec:b", "chroot:c"]),
        ("find . -type f | xargs -0 -n1 rm -rf", &["find . -type f", "xargs:rm -rf"]),
        ("sh -c 'a && b'", &["sh -c a && b", "sh:a", "sh:b"]),
        ("sudo bash -lc \"a \\\"x y\\\"; b\"", &["sudo:bash -lc a \"x y\"; b", "sudo:bash:a x y", "sudo:bash:b"]),
        ("bash -euo pipefail -c 'a | b'", &["bash -euo pipefail -c a | b", "bash:a", "bash:b"]),
        ("su - postgres -c 'psql -c \"x\"'", &["su - postgres -c psql -c \"x\"", "su:psql -c x"]),
        ("su -c 'a' me", &["su -c a me", "su:a"]),
        ("runuser -u me -- a b", &["runuser:a b"]),
        ("eval \"a b\"; eval a b", &["eval a b", "eval:a b", "eval:a b"]),
        (
            "find / -name x -exec rm -rf {} + -exec sh -c 'a \"$1\"' \\;",
            &[
                "find / -name x -exec rm -rf {} + -exec sh -c a \"$1\" ;",
                "find:rm -rf {}",
                "find:sh -c a \"$1\"",
                "find:sh:a \"$1\"",
            ],
        ),
        ("\"$VENV/bin/pip\" install x", &["pip install x"]),
        ("$PIP install x", &[" install x"]),
        ("tini -- nginx", &["tini:nginx"]),
        ("conda run -n x pip install y", &["conda:pip install y"]),
        ("bash <<'EOF'\na && b\nEOF", &["bash", "bash:a", "bash:b"]),
        ("sh -c \"echo $(a)\"", &["sh -c \"echo $(a)\"", "sh:echo $(a)", "sh:a"]),
        ("pwsh -c 'Get-Item x'", &["pwsh -c Get-Item x"]),
    ] {
        let script = bash(text);
        assert!(script.clean, "{text}");
        assert_eq!(shown(&script), want, "{text}");
    }
}

#[test]
fn a_broken_script_gives_its_good_parts() {
    for (text, want) in [
        (
            "apt-get update && apt-get install -y vim && echo \"x",
            &["apt-get update", "apt-get install -y vim", "echo x"][..],
        ),
        ("if a; then b && c", &["a", "b", "c"]),
        ("a && b) && c | d", &["a", "b", "c", "d"]),
        ("a &&\n && b", &["a", "b"]),
        ("(fi) && a |", &["a"]),
        ("A=1 \\\n && b \\\n  | c \\\n && done }}", &["", "b", "c"]),
        ("a; fi; cat <<EOF\nx; y\nEOF\nb", &["a", "cat", "b"]),
        ("for x in 1 2; do a; b $(c 'x;y'); done done &&", &["a", "b $(c 'x;y')", "c x;y"]),
    ] {
        let script = bash(text);
        assert!(!script.clean, "{text}");
        assert_eq!(shown(&script), want, "{text}");
    }
}

#[test]
fn spans_are_those_of_the_file() {
    let file = "RUN sudo A=1 /bin/apt-get -y install \"vim\" > x && sh -c \"b \\\"c d\\\"; e\" && bash <<X\n  f g\nX\n";
    let script = parse_script(&file[4..], 4, Dialect::Posix);
    let at = |span: Span| &file[span.range()];
    assert_eq!(at(script.span), &file[4..]);
    for command in &script.commands {
        assert!(at(command.name_span).ends_with(&command.name));
    }
    let apt = &script.commands[0];
    assert_eq!(at(apt.span), "sudo A=1 /bin/apt-get -y install \"vim\"");
    assert_eq!(at(apt.wrappers[0].span), "sudo");
    assert_eq!(at(apt.assignments[0].span), "A=1");
    assert_eq!(at(apt.args[2].span), "\"vim\"");
    assert_eq!((apt.redirects[0].operator.as_str(), at(apt.redirects[0].span)), (">", "> x"));
    let b = script.named("b").next().unwrap();
    assert_eq!((at(b.span), at(b.args[0].span)), ("b \\\"c d\\\"", "\"c d\\\""));
    assert_eq!(at(script.named("e").next().unwrap().span), "e");
    assert_eq!(at(script.named("f").next().unwrap().span), "f g");
}

#[test]
fn redirections() {
    for (text, want) in [
        ("a > x 2>&1", &[(">", Some("x")), ("2>&", Some("1"))][..]),
        ("a >&2 2>>y &>\"z\" <w", &[(">&", Some("2")), ("2>>", Some("y")), ("&>", Some("z")), ("<", Some("w"))]),
        ("a <<-'EOF' 2>&-\n\tx\n\tEOF\n", &[("<<-", Some("EOF")), ("2>&", Some("-"))]),
        ("> x", &[(">", Some("x"))]),
    ] {
        let script = bash(text);
        let found = script.commands[0].redirects.iter();
        let found: Vec<_> =
            found.map(|it| (it.operator.as_str(), it.target.as_ref().map(|arg| arg.lexeme()))).collect();
        assert_eq!(found, want, "{text}");
    }
}

#[test]
fn exec_form_is_one_command() {
    let file = r#"CMD ["/usr/bin/env", "A=1", "sh", "-c", "exec nginx; b"]"#;
    let items: Vec<(String, Span)> = ["/usr/bin/env", "A=1", "sh", "-c", "exec nginx; b"]
        .iter()
        .map(|text| {
            let at = file.find(&format!("\"{text}\"")).unwrap();
            (text.to_string(), Span::new(at, at + text.len() + 2))
        })
        .collect();
    let script = exec_form(&items);
    assert_eq!(shown(&script), ["env:sh -c exec nginx; b", "env:sh:exec:nginx", "env:sh:b"]);
    assert_eq!(&file[script.commands[1].name_span.range()], "nginx");
    assert_eq!(&file[script.commands[0].name_span.range()], "\"sh\"");
    let escaped = exec_form(&[
        ("sh".into(), Span::new(1, 5)),
        ("-c".into(), Span::new(7, 11)),
        ("a \"b\"".into(), Span::new(13, 24)),
    ]);
    assert_eq!(escaped.commands[1].span, Span::new(13, 24));
    assert!(exec_form(&[]).commands.is_empty());
    assert_eq!(shown(&exec_form(&[("$HOME/x".into(), Span::new(1, 10))])), ["x"]);
}

#[test]
fn places() {
    let script = bash("a && b | c || d & (e; f) ; if g; then h; fi");
    let place = |name: &str| script.commands.iter().find(|command| command.is(name)).unwrap().place;
    assert_eq!((place("b").pipe_index, place("c").pipe_index, place("c").pipe_len), (0, 1, 2));
    assert_eq!(place("b").pipeline, place("c").pipeline);
    assert_eq!((place("a").list, place("e").list == place("a").list), (place("d").list, false));
    assert_eq!(
        (place("b").link, place("c").link, place("d").link, place("e").link),
        (Link::And, Link::Pipe, Link::Or, Link::Sequence)
    );
    assert!(place("d").conditional && place("a").background && place("h").conditional);
    assert!(!place("b").conditional && !place("g").conditional && !place("e").background);
    assert!(place("e").subshell && place("e").scope == place("f").scope && place("e").scope != place("a").scope);
    assert_eq!((place("a").depth, place("e").depth, place("h").depth), (0, 1, 1));
    let of = &script.commands[1];
    assert_eq!(script.pipeline(of).map(|command| command.name.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    let unclean = bash("a | b && c | d || (");
    assert_eq!(unclean.pipes().map(|command| command.name.as_str()).collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn shell_options_in_force() {
    for (text, pipefail, errexit) in [
        ("set -o pipefail && a | x", true, false),
        ("set -euxo pipefail; a | x", true, true),
        ("a | x; set -o pipefail", false, false),
        ("set -eo pipefail; set +o pipefail; a | x", false, true),
        ("(set -o pipefail; b | c); a | x", false, false),
        ("set -o pipefail; (a | x)", true, false),
        ("set -o pipefail; sh -c 'a | x'", false, false),
        ("bash -eo pipefail -c 'a | x'", true, true),
        ("set -- -e; a | x", false, true),
    ] {
        let script = bash(text);
        let x = script.named("x").next().unwrap();
        assert_eq!((script.has_pipefail(x), script.has_errexit(x)), (pipefail, errexit), "{text}");
    }
    let started = bash("a | x").started_with(shell_options(&["/bin/bash", "-eo", "pipefail", "-c"]));
    assert!(started.has_pipefail(&started.commands[0]) && started.has_errexit(&started.commands[0]));
}

#[test]
fn words_of_the_vocabulary() {
    let one = |text: &str| bash(text).commands.remove(0);
    let apt = one("apt-get -o Dpkg::Use-Pty=0 -qqy --no-install-recommends -t=sid install vim -- -x");
    assert!(apt.runs("apt-get", "install") && apt.runs_any(&["apt", "apt-get"], &["install"]));
    assert!(apt.has_flag(&["-y", "--yes"]) && apt.has_flag(&["--no-install-recommends"]) && !apt.has_flag(&["-x"]));
    assert_eq!(apt.count_flag(&["-q"]), 2);
    assert_eq!(apt.flag_value(&["-o"]).unwrap().lexeme(), "Dpkg::Use-Pty=0");
    assert_eq!(apt.flag_value(&["-t"]).unwrap().lexeme(), "sid");
    assert_eq!(apt.rest().map(|arg| arg.lexeme()).collect::<Vec<_>>(), ["vim", "-x"]);
    let curl = one("curl -fsSLo /tmp/x \"$URL\" --retry 3 https://y");
    assert!(curl.has_flag(&["-f"]) && curl.has_flag(&["-L"]));
    assert_eq!(curl.flag_value(&["-o"]).unwrap().lexeme(), "/tmp/x");
    assert_eq!(curl.operands().map(|arg| arg.lexeme()).collect::<Vec<_>>(), ["\"$URL\"", "https://y"]);
    assert!(curl.has_dynamic_arg());
    let useradd = one("useradd -u1000 --gid=5 me >/dev/null 2>&1");
    assert_eq!(useradd.flag_value(&["-u", "--uid"]).unwrap().lexeme(), "1000");
    assert_eq!(useradd.flag_value(&["--gid"]).unwrap().lexeme(), "5");
    assert!(useradd.is_silenced());
    assert_eq!(one("go install -tags x ./cmd").rest().map(|arg| arg.lexeme()).collect::<Vec<_>>(), ["./cmd"]);
    assert_eq!(one("git -C /x clone --depth 1 u").subcommand().unwrap().lexeme(), "clone");
    assert_eq!(
        one("DEBIAN_FRONTEND=noninteractive apt-get install x").assigned("DEBIAN_FRONTEND"),
        Some(Some("noninteractive"))
    );
}

#[test]
fn unknown_languages_are_left_alone() {
    for dialect in [Dialect::PowerShell, Dialect::Cmd, Dialect::Other] {
        let script = parse_script("Get-Item x | y", 0, dialect);
        assert!(script.clean && script.commands.is_empty());
    }
}

/// Asks everything that can be asked of a command.
fn ask(script: &Script) {
    for command in &script.commands {
        let spans =
            command.args.iter().map(|arg| arg.span).chain([command.span, command.name_span, command.full_span()]);
        spans.for_each(|span| assert!(script.span.contains(span), "{span:?} of {command:?}"));
        let _ = (
            crate::commands::packages::installs(command),
            crate::commands::packages::refreshes_index(command),
            crate::commands::packages::upgrades(command),
        );
        let _ = (
            crate::commands::packages::uninstalls(command),
            crate::commands::cleanup::cleans(command),
            crate::commands::download::downloads(command),
        );
        let _ = (
            crate::commands::download::extracts(command),
            crate::commands::service::starts(command),
            script.has_pipefail(command),
        );
        let _ = (command.flag_values(&["-o", "-f"]), command.is_silenced(), command.subcommand());
    }
}

proptest::proptest! {
    #[test]
    fn whatever_the_script(words in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        let text = words.concat();
        for dialect in [Dialect::Posix, Dialect::Ksh, Dialect::Zsh] {
            ask(&parse_script(&text, 7, dialect));
        }
        let quoted = format!("sh -c \"{}\"", text.replace(['"', '$', '`'], "\\\""));
        ask(&parse_script(&quoted, 0, Dialect::Bash));
        ask(&exec_form(&[("sh".into(), Span::new(1, 5)), ("-c".into(), Span::new(6, 10)), (text, Span::new(11, 5000))]));
    }
}

const PIECES: &[&str] = &[
    " ", " ", " ", "\n", "\\\n", "\\", "\r\n", "'", "\"", "`", "$", "$(", "${", ")", "}", "(", "{", ";", "&&", "||",
    "|", "&", "|&", ">", "<<", "<<-E", "E", "2>&1", "#", "=", "A=", "é", "\u{1a}", "*", "~", "!", "[[", "]]", "((",
    "))", "if", "then", "fi", "for", "do", "done", "case", "in", "esac", "a", "b c", "sudo ", "env ", "-c", "sh -c ",
    "su -c ", "find ", "-exec ", "+", "eval ", "apt-get ", "install ", "pip ", "x==1", "x[", "-o", "--", "-",
    "rm -rf ", "/*", "{a,", "tar x", "f", "curl ", "npm i ", "@", "/", ":", "go get ", "yum install a-1-", "set -o ",
    "pipefail",
];

#[test]
fn absurd_scripts_come_to_an_end() {
    let cases = [
        vec!["apt-get update"; 20_000].join(" && "),
        vec!["a"; 20_000].join("|"),
        "(".repeat(20_000),
        "${".repeat(20_000),
        "$(".repeat(20_000),
        format!("{}``", "$(".repeat(10_000)).repeat(2),
        "\"$(".repeat(10_000),
        "{ ".repeat(20_000),
        "if a; then ".repeat(5_000),
        "a <<X;".repeat(10_000),
        "sudo ".repeat(20_000),
        "sh -c 'sh -c \"".repeat(5_000),
        format!("echo {}", "x ".repeat(100_000)),
        "a ".repeat(5 << 20),
        "a;".repeat(100_000),
        "find -exec ".repeat(5_000),
        "{a,b}".repeat(5_000),
        "\\\n".repeat(50_000),
        "'".repeat(50_001),
        "é`\\\u{1a}\0<(\r\n".repeat(1000),
    ];
    for case in cases {
        let started = std::time::Instant::now();
        parse_script(&case, 0, Dialect::Posix);
        let took = started.elapsed();
        // Against what never ends; a slow or busy machine is no mistake of ours.
        assert!(took.as_secs() < 300, "{:?}… took {took:?}", case.chars().take(30).collect::<String>());
        if std::env::var_os("PLIMSOLL_TIMES").is_some() {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{took:?} {:?}", case.chars().take(30).collect::<String>());
        }
    }
    let long = bash(&vec!["a b"; 20_000].join(" && "));
    assert_eq!(long.commands.len(), 20_000);
}
