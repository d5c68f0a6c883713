//! Twice as much of anything takes at most twice as many counted steps, with every rule on.

use plimsoll::compose::Project;
use plimsoll::lint::{self, Settings};
use plimsoll::model::{BuildArgs, Model};
use plimsoll::rules;
use plimsoll::syntax;
use plimsoll::text::Source;
use plimsoll::text::steps::{self, Stopped, counted};

/// How many steps a file takes, and how many edits its fixes have.
fn steps(text: &str, settings: &Settings) -> (u64, u64) {
    let source = Source::new("Dockerfile", text);
    let (edits, steps) = counted(|| {
        let file = syntax::parse(source.text());
        let model = Model::build(&source, &file, &BuildArgs::new(), None);
        let found = lint::check(&model, settings, None);
        found.iter().flat_map(|found| &found.fix).map(|fix| fix.edits().len() as u64).sum()
    });
    (steps, edits)
}

/// Replaces every `%` by the number.
fn numbered(template: &str, numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| template.replace('%', &number.to_string())).collect()
}

/// Files that have as many of something as one likes: what comes first, what is repeated, what is repeated behind all of
/// that, and what comes last.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    ("", "FROM debian:12 AS builder-%\n", "COPY --from=bulider-% /a /a\n", ""),
    ("", "FROM debian:12 AS builder-%\n", "COPY --from=bulider /a /a\n", ""),
    ("", "FROM debian:12 AS a\nCOPY --from=a /a /a\n", "", ""),
    ("", "FROM debian:12 AS s%\nRUN a\n", "", "FROM debian:12\n"),
    ("", "FROM debian:12 AS s%\nRUN a\n", "COPY --from=s% /a /a\n", ""),
    ("FROM debian:12\n", "RUN apt-get update && apt-get install -y curl\n", "", ""),
    ("FROM debian:12\nRUN apt-get install -y", " curl", "", "\n"),
    ("FROM debian:12\n", "RUN apt-get install -y a%\n", "RUN apt-get purge -y a%\n", ""),
    ("FROM debian:12\n", "RUN apt-get install -y a%\n", "RUN apt-get install -y curl\n", ""),
    ("FROM debian:12\nRUN a", " && apt-get install -y vim && apt-get purge -y a%", "", "\n"),
    ("FROM debian:12\n", "# plimsoll: ignore-file[untagged-base]: x\n", "RUN cd a\n", ""),
    ("FROM debian:12\n", "# plimsoll: ignore[untagged-base]: x%\nRUN apt-get install a\n", "", ""),
    ("", "# plimsoll: ignore-stage[all]: x\nFROM a\nRUN cd /a\n", "", ""),
    ("FROM debian:12\n# plimsoll: ignore[", "a%,", "", "]: x\nRUN a\n"),
    ("FROM debian:12\n", "# shellcheck disable=SC2086\nRUN echo $a\n", "", ""),
    ("FROM debian:12\nRUN <<EOF\n", "# shellcheck disable=SC2086\necho $a\n", "", "EOF\n"),
    ("", "FROM golang:1.22 AS b%\nCOPY . .\nRUN go build -o /app\nCMD [\"/app\"]\n", "", ""),
    ("FROM golang:1.22\n", "RUN go build -o /app ./cmd\n", "", ""),
    ("FROM debian:12\n", "RUN curl -fsSL https://example.com/% -o /a%\n", "", ""),
    ("FROM debian:12\nRUN true", " && wget https://example.com/a.tgz", "", "\n"),
    ("FROM debian:12\n", "RUN curl -o /tmp/a% https://example.com/a\n", "RUN rm /tmp/a%\n", ""),
    ("FROM debian:12\n", "COPY a% /tmp/a%\n", "RUN rm /tmp/a%\n", ""),
    ("FROM debian:12\n", "COPY a% /tmp/a%\n", "RUN chmod +x /tmp/a%\n", ""),
    ("FROM debian:12\n", "COPY id_rsa /root/.ssh/id%\n", "RUN rm /root/.ssh/id%\n", ""),
    (
        "FROM debian:12\n",
        "RUN curl -H 'Authorization: Bearer ghp_%6789012345678901234567890123456' https://example.com\n",
        "",
        "",
    ),
    ("FROM debian:12\n", "ENV PASSWORD%=hunter2hunter%\nRUN echo $PASSWORD%\n", "", ""),
    ("FROM debian:12\n", "ARG TOKEN%\nRUN echo $TOKEN%\n", "", ""),
    ("FROM debian:12\nRUN apt-get install -y a", " && rm -rf /var/lib/apt/lists/* /tmp/*", "", "\n"),
    ("FROM debian:12\nRUN true", " && cd a", "", "\n"),
    ("FROM debian:12\nRUN true", " && rm /a%", "", "\n"),
    ("", "ARG A%=1\n", "FROM debian:$A%\n", ""),
    ("FROM debian:12\n", "ARG VERSION_%=1\n", "ENV A=$VERSOIN_%\n", ""),
    ("FROM debian:12\n", "RUN echo $A%\nENV B%=$C%\n", "", ""),
    ("FROM debian:12\nRUN ", "env A=b ", "", "\n"),
    ("FROM debian:12\nRUN ", "$'", "", "\n"),
    ("FROM debian:12\nRUN a ", ">/a% ", "", "\n"),
    ("FROM debian:12\nRUN ", "f%() { a; }; ", "f%; ", "\n"),
    ("FROM debian:12\nRUN ", "a%=1; ", "echo $a%; ", "\n"),
    ("FROM debian:12 AS s0\n", "ONBUILD ENV A%=1\n", "FROM s0 AS t%\nRUN a\n", ""),
    ("FROM debian:12\n", "USER u%\nRUN a\n", "", ""),
    ("FROM debian:12\n", "CMD a\nENTRYPOINT b\nHEALTHCHECK CMD c\n", "", ""),
    ("FROM debian:12\n", "ENV A=$A$A\n", "", ""),
    ("FROM debian:12\n", "LABEL a=1\nEXPOSE 80\n", "", ""),
    ("FROM debian:12\n", "ADD a% b\n", "", ""),
    ("FROM debian:12\n", "ADD a% b\nRUN c\n", "", ""),
    ("FROM debian:12\n", "RUN useradd u%\nUSER u%\n", "", ""),
    ("", "FROM debian:12 AS S%\nCOPY --from=S% /a /a\n", "", ""),
    ("", "FROM debian:12 AS s%\nUSER u%\nRUN a\n", "", ""),
    ("ARG V=12\n", "FROM node:$V AS s%\n", "", ""),
    ("", "FROM openjdk:8 AS s%\nRUN a\n", "", ""),
    ("FROM example.com/base\n", "RUN curl https://example.com/a | sh\n", "", ""),
    ("FROM debian:12\n", "RUN a%\n", "RUN curl https://example.com/a | sh\n", ""),
    ("FROM debian:12\n", "RUN apt-get install -y gpg software-properties-common\n", "", ""),
    ("FROM debian:12\n", "COPY a%.sh /opt/\n", "RUN a%.sh\n", ""),
    ("FROM debian:12\n", "COPY a%.sh /opt/\nRUN ln -s /b% /c%\n", "RUN a%.sh\n", ""),
    ("FROM debian:12\n", "RUN curl -o /tmp/a%.tgz https://example.com/a && tar xf /tmp/a%.tgz\n", "", ""),
    ("FROM debian:12\n", "", "RUN apt-get install -y gcc make vim\nCOPY a% b\n", ""),
    ("FROM alpine:3.22\n", "RUN apk add a%-doc\n", "COPY a% b\n", ""),
];

const TOKENS: &[&str] = &[
    "time ", "! ", "${x@", "${x:-", "$'", "$\"", "$(", "`", "$((", "(", "{ ", "[[ ", "[ ", "if ", "while ",
    "case a in ", "for i in a; do ", "f() ", "coproc ", "a=(", "a[", "<(", "<<E ", "<<<", ">", "2>&1 ", "{a,", "+(",
    "*", "'", "\"", "\\", "#", "|", "&&", "& ", ";", ";;", "a ", "a=b ", "sudo ", "sh -c ", "xargs ", "export A=b ",
    "set -e; ", "cd a; ", "eval ", "echo $a ", "${a}", "$a", "a | ", "a && ", "apt-get install -y a && ", "wget a; ",
];

#[test]
fn twice_as_much_takes_twice_the_steps() {
    let settings = Settings::of(rules::ALL);
    let mut failed = Vec::new();
    let mut compare = |what: String, make: &dyn Fn(usize) -> String, count: usize| {
        let (half, whole) = (steps(&make(count), &settings), steps(&make(2 * count), &settings));
        if whole.0 > half.0 * 9 / 4 + 20_000 {
            failed.push(format!("{what:?}: {} steps, then {}", half.0, whole.0));
        }
        if whole.1 > half.1 * 9 / 4 + 20_000 {
            failed.push(format!("{what:?}: {} edits, then {}", half.1, whole.1));
        }
    };
    for (before, each, other, after) in SHAPES {
        let make = |count| format!("{before}{}{}{after}", numbered(each, 0..count), numbered(other, 0..count));
        compare(format!("{each}…{other}"), &make, 600);
    }
    for token in TOKENS {
        let run = |count| format!("FROM debian:12\nRUN {}\n", token.repeat(count));
        compare(format!("RUN {token}"), &run, 400);
        let heredoc = |count| format!("FROM debian:12\nRUN <<EOF\n{}\nEOF\n", token.repeat(count));
        compare(format!("heredoc {token}"), &heredoc, 400);
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// Lines of a Dockerfile that have findings with fixes.
const LINES: &[&str] = &["RUN cd /a", "RUN apk add curl && echo $$A%", "RUN apk add curl && echo ${A%:-b}", "ENV A% b"];

#[test]
fn twice_as_much_of_an_inline_dockerfile_takes_twice_the_steps() {
    let settings = Settings::of(rules::ALL);
    let steps = |text: &str| {
        let source = Source::new("compose.yaml", text);
        counted(|| lint::check_compose(&Project::load(&source, "compose.yaml", None), &settings).len())
    };
    let mut failed = Vec::new();
    for line in LINES {
        let make = |count| {
            let lines = numbered(&format!("        {line}\n"), 0..count);
            format!("services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n{lines}")
        };
        let ((found, half), (_, whole)) = (steps(&make(600)), steps(&make(1200)));
        assert!(found > 0, "{line}");
        if whole > half * 9 / 4 + 20_000 {
            failed.push(format!("{line}: {half} steps, then {whole}"));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn a_limit_ends_the_work_in_its_middle() {
    let settings = Settings::of(rules::ALL);
    let text = "FROM debian:12\n".to_owned() + &"RUN apt-get install -y a\n".repeat(100);
    let needed = steps(&text, &settings).0;
    assert_eq!(steps::within(needed / 2, || steps(&text, &settings)), Err(Stopped::Limit));
    assert!(steps::within(2 * needed, || steps(&text, &settings)).is_ok());
    // Far more than any such file needs.
    assert!(needed < steps::limit(text.len()) / 10, "{needed}");
}
