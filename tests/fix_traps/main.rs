//! Ways in which repairs of Dockerfiles have gone wrong elsewhere: ours is right there, or there is none.
//!
//! Every text is tried with the safe fixes and with all of them, by all rules that are on. Whatever they do, the result
//! parses, stays as it is on a second run, and keeps the instructions and values that the trap is about.

mod accounts;
mod bases;

use plimsoll::finding::Safety;
use plimsoll::lint::fix_loop::fix;
use plimsoll::lint::{self, Settings};
use plimsoll::model::{BuildArgs, Model};
use plimsoll::syntax;
use plimsoll::text::Source;

/// What the repairs make of a text.
struct Repaired {
    before: String,
    safe: String,
    all: String,
}

fn repaired(text: &str) -> Repaired {
    let settings = Settings::standard();
    let lint = |source: &Source| {
        let tree = syntax::parse(source.text());
        let found = lint::check_all(&Model::build(source, &tree, &BuildArgs::new(), None), &settings, None);
        (found, tree.errors.len())
    };
    let made = |allowed: Safety| {
        let fixed =
            fix(&Source::new("Dockerfile", text), allowed, lint).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(fixed.left_out.is_empty(), "{:?}\n{text}", fixed.left_out);
        let again = fix(&fixed.source, allowed, lint).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(again.source.text(), fixed.source.text(), "a second run changes it");
        fixed.source.text().to_owned()
    };
    let both = Repaired { before: text.to_owned(), safe: made(Safety::Safe), all: made(Safety::Unsafe) };
    for text in [&both.safe, &both.all] {
        assert!(errors(text) <= errors(&both.before), "it does not parse any more:\n{text}");
    }
    both
}

fn errors(text: &str) -> usize {
    syntax::parse(text).errors.len()
}

impl Repaired {
    /// Both results hold this.
    fn has(self, what: &str) -> Self {
        assert!(self.safe.contains(what), "{what} is gone:\n{}", self.safe);
        assert!(self.all.contains(what), "{what} is gone:\n{}", self.all);
        self
    }

    /// Neither result holds this.
    fn lacks(self, what: &str) -> Self {
        assert!(!self.safe.contains(what), "{what} came in:\n{}", self.safe);
        assert!(!self.all.contains(what), "{what} came in:\n{}", self.all);
        self
    }

    /// All of these stand in both results, in this order.
    fn has_in_order(self, parts: &[&str]) -> Self {
        for text in [&self.safe, &self.all] {
            let mut at = 0;
            for part in parts {
                let found = text[at..].find(part).unwrap_or_else(|| panic!("{part} is gone or moved:\n{text}"));
                at += found + part.len();
            }
        }
        self
    }

    /// The last stage ends with the same values of these variables.
    fn keeps_values(self, names: &[&str]) -> Self {
        let want = values(&self.before, names);
        assert!(want.iter().any(Option::is_some), "nothing to compare:\n{}", self.before);
        for text in [&self.safe, &self.all] {
            assert_eq!(values(text, names), want, "{text}");
        }
        self
    }

    fn left_alone(self) {
        assert_eq!((&self.safe, &self.all), (&self.before, &self.before));
    }
}

fn values(text: &str, names: &[&str]) -> Vec<Option<String>> {
    let source = Source::new("Dockerfile", text);
    let tree = syntax::parse(source.text());
    let model = Model::build(&source, &tree, &BuildArgs::new(), None);
    let end = &model.stages.last().expect("a stage").end;
    names.iter().map(|name| end.variables.get(*name).and_then(|variable| variable.value.clone())).collect()
}

#[test]
fn a_list_of_packages_with_more_of_the_command_behind_it() {
    let text = "FROM debian:13-slim\nRUN apt-get update && \\\n    apt-get install -y --no-install-recommends \\\n      zip \\\n      gawk \\\n      zip \\\n      less && \\\n    rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"gawk\"]\n";
    repaired(text).has("less && \\\n    rm -rf /var/lib/apt/lists/*\n").has("zip \\\n      gawk \\\n");
    let text = "FROM alpine:3.23\nRUN apk add --no-cache --virtual .deps \\\n    make \\\n    gcc && \\\n    make -C /src && apk del .deps\nUSER 1000\nCMD [\"sh\"]\n";
    repaired(text).has("--virtual .deps \\\n    make \\\n    gcc && \\\n").has("apk del .deps");
}

#[test]
fn a_legacy_pair_over_several_lines() {
    let text = "FROM debian:13-slim\nENV TOOLS \\\n    gawk \\\n    less\nENV ONE two\nUSER 1000\nCMD [\"gawk\"]\n";
    repaired(text).keeps_values(&["TOOLS", "ONE"]);
    let text = "FROM debian:13-slim\nENV TOOLS first \\\n# why\n    second\nUSER 1000\nCMD [\"gawk\"]\n";
    repaired(text).keeps_values(&["TOOLS"]);
}

#[test]
fn a_legacy_pair_with_quotes_and_escapes() {
    for value in [
        "\"p q\"", "'one $HOME two'", "p\\ q", "p q", "p 'q r' \"s\"", "-Xms1g -Dname=\"a b\"", "it\\'s", "a=b c=d",
        "\"\"", "/opt/a:$HOME/b", "p\\\\q", "tab\\tq", "say \\\"hi\\\"", "50% off; really?", "# no comment",
    ] {
        let text = format!("FROM debian:13-slim\nENV HOME=/root\nENV NAME {value}\nUSER 1000\nCMD [\"true\"]\n");
        repaired(&text).keeps_values(&["NAME"]);
    }
    let text = "# escape=`\nFROM mcr.microsoft.com/windows/nanoserver:ltsc2025\nENV TOOLS C:\\tools\\bin dir\nENV PLACE C:\\new\n";
    repaired(text).keeps_values(&["TOOLS", "PLACE"]);
}

#[test]
fn many_repairs_in_one_file() {
    let text = "from debian:13-slim as base\nMAINTAINER Ada\nENV A b\nENV PATH=/opt/tool/bin:$PATH\nRUN apt update && apt install -y curl wget\nADD a b /srv/\nENV C \"d e\"\nCMD sh /opt/tool/nightly_job_of_the_year.sh\n";
    let both = repaired(text).has("ENV PATH=/opt/tool/bin:$PATH\n").has("nightly_job_of_the_year.sh");
    both.keeps_values(&["PATH", "A", "C"]);
}

#[test]
fn what_a_template_fills_in() {
    let text = "FROM {{image}}:{{ tag(VERSION, \"-\", OS_NUMBER) }} AS Base\nENV KEYS %%KEYS%%\nENV A %%A%%\n";
    repaired(text).has("OS_NUMBER").has("ENV KEYS %%KEYS%%");
}

#[test]
fn what_add_does_and_copy_does_not() {
    for source in [
        "$SRC /srv/",
        "${SRC} /srv/",
        "*.gz /srv/",
        "data.tar.xz /srv/",
        "a.txt https://example.com/b.txt /srv/",
        "https://example.com/b.txt /srv/b.txt",
        "git@example.com:a/b.git /srv/",
        "--checksum=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 https://example.com/x /srv/x",
    ] {
        let text = format!(
            "FROM debian:13-slim\nARG SRC=https://example.com/x.tar.gz\nADD {source}\nUSER 1000\nCMD [\"true\"]\n"
        );
        repaired(&text).has("ADD ").lacks("COPY ");
    }
    // A name does not tell whether it is an archive: not safe.
    let text = "FROM debian:13-slim\nADD release /srv/\nUSER 1000\nCMD [\"true\"]\n";
    assert!(repaired(text).safe.contains("ADD release"));
}

#[test]
fn wget_of_busybox() {
    for base in ["alpine:3.23", "busybox:1.37", "example.com/unknown:1"] {
        let text =
            format!("FROM {base}\nRUN wget https://example.com/tool && chmod +x tool\nUSER 1000\nCMD [\"./tool\"]\n");
        repaired(&text).lacks("--progress").lacks("-nv");
    }
    let text = "FROM node:24-alpine3.23\nRUN wget -O /t https://example.com/tool\nUSER node\nCMD [\"node\"]\n";
    repaired(text).lacks("--progress").lacks("-nv");
}

#[test]
fn blanks_in_the_content_of_files() {
    let text = "FROM debian:13-slim\nCOPY <<EOF /etc/tool.ini\n[a]   \n\n\n  b = c ; why  \n  b = d\nEOF\nRUN <<EOT\ncat > /x <<IN\ntrailing   \n\n\n\tb\nIN\nEOT\nRUN printf '%s|' a\\  b > /y\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text)
        .has("[a]   \n\n\n  b = c ; why  \n  b = d\nEOF\n")
        .has("trailing   \n\n\n\tb\nIN\n")
        .has("printf '%s|' a\\  b");
}

#[test]
fn the_order_of_what_counts() {
    let text = "FROM debian:13-slim\nARG SIG=SIGINT\nSTOPSIGNAL $SIG\nARG SIG=SIGQUIT\nLABEL sig=$SIG\nCMD echo one && exec sleep 9\nSHELL [\"/bin/bash\", \"-c\"]\nRUN echo two\nUSER 1000\n";
    repaired(text).has_in_order(&["SIG=SIGINT", "STOPSIGNAL $SIG", "SIG=SIGQUIT", "CMD ", "SHELL [", "two"]);
}

#[test]
fn labels_with_comments_between() {
    let text = "FROM debian:13-slim\nLABEL org.opencontainers.image.title=\"a\" \\\n      # who\n      org.opencontainers.image.vendor=\"b\" \\\n      org.opencontainers.image.version=1\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).has("      # who\n").has("org.opencontainers.image.vendor=\"b\"");
    let text = "FROM debian:13-slim\nLABEL version = \"1.0\"\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).has("\"1.0\"");
}

#[test]
fn what_is_overruled() {
    let text = "FROM debian:13-slim\n# the first\nCMD [\"one\"]\n# the second\nCMD [\"two\"]\n# how it starts\nENTRYPOINT [\"run\"]\nUSER 1000\n";
    repaired(text).has("CMD [\"two\"]\n# how it starts\nENTRYPOINT").lacks("commented").lacks("# CMD");
}

#[test]
fn gems_without_a_lock_file() {
    let text = "FROM ruby:3.4-slim\nWORKDIR /app\nCOPY Gemfile ./\nRUN bundle install\nCOPY . .\nUSER 1000\nCMD [\"ruby\", \"app.rb\"]\n";
    repaired(text).lacks("BUNDLE_DEPLOYMENT").lacks("deployment");
}

#[test]
fn a_program_that_lies_where_a_cache_is_mounted() {
    let text = "FROM rust:1.90-slim-trixie AS build\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nFROM debian:13-slim\nCOPY --from=build /app/target/release/app /usr/bin/app\nUSER 1000\nCMD [\"app\"]\n";
    repaired(text)
        .lacks("type=cache,target=/app/target")
        .lacks("type=cache,target=target")
        .has("/app/target/release/app");
}

#[test]
fn caches_of_apt() {
    let text = "FROM debian:13-slim\nRUN apt-get update\nRUN apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"curl\"]\n";
    repaired(text).lacks("--mount").has("rm -rf /var/lib/apt/lists/*");
    let text = "FROM python:3.13-slim\nRUN pip install --no-cache-dir flask==3.1.2\nUSER 1000\nCMD [\"flask\"]\n";
    repaired(text).has("--no-cache-dir");
}

#[test]
fn pipefail_where_it_is_not_known_or_does_harm() {
    let text = "FROM alpine:3.23\nRUN wget -qO- https://example.com/x | sh\nUSER 1000\nCMD [\"sh\"]\n";
    repaired(text).lacks("bash");
    let text = "FROM alpine:3.23\nRUN wget -qO- https://example.com/x | sh && yes | head -1\nUSER 1000\nCMD [\"sh\"]\n";
    repaired(text).lacks("pipefail");
    for base in ["debian:13-slim", "ubuntu:24.04", "example.com/unknown:1"] {
        let text = format!("FROM {base}\nRUN curl -fsSL https://example.com/x | sh\nUSER 1000\nCMD [\"sh\"]\n");
        repaired(&text).lacks("set -o pipefail");
    }
    // Bash would write `\n`: the shell is set back before.
    let text = "FROM debian:13-slim\nRUN curl -fsSL https://example.com/x | sh\nRUN echo \"a\\nb\" > /etc/x\nUSER 1000\nCMD [\"sh\"]\n";
    let both = repaired(text);
    assert!(!both.safe.contains("SHELL"), "{}", both.safe);
    assert!(both.all.contains("| sh\nSHELL [\"/bin/sh\", \"-c\"]\nRUN echo"), "{}", both.all);
    let text = "FROM debian:13-slim\nRUN curl -fsSL https://example.com/x | sh && echo \"a\\nb\" > /etc/x\nUSER 1000\nCMD [\"sh\"]\n";
    repaired(text).lacks("SHELL");
}

#[test]
fn pipefail_that_only_names_the_command() {
    let safe = |pipe: &str| repaired(&format!("FROM alpine:3.23\nRUN {pipe}\nUSER 1000\nCMD [\"sh\"]\n")).safe;
    for pipe in [
        "wget -qO- https://example.com/a.tgz | tar -xz -C /opt",
        "wget -qO- https://example.com/a.gz | gunzip > /opt/a",
        "wget -qO- https://example.com/a.asc | gpg --dearmor -o /opt/a.gpg",
    ] {
        assert!(safe(pipe).contains("RUN set -o pipefail && wget"), "{pipe}");
    }
    // An empty script succeeds, and what reads only a part of its input stops the command before it.
    for pipe in [
        "wget -qO- https://example.com/a.sh | sh",
        "wget -qO- https://example.com/a.tar | tar -x -C /opt",
        "wget -qO- https://example.com/a.tgz | tar -xz --occurrence a",
        "wget -qO- https://example.com/a.tgz | tar -xz && wget -qO- https://example.com/b | sh",
    ] {
        assert!(!safe(pipe).contains("pipefail"), "{pipe}");
    }
}

#[test]
fn a_script_that_may_have_no_first_line() {
    let both = repaired("FROM debian:13-slim\nCOPY start.sh /\nUSER 1000\nCMD /start.sh\n");
    assert!(both.safe.ends_with("CMD exec /start.sh\n"), "{}", both.safe);
    assert!(both.all.ends_with("CMD [\"/start.sh\"]\n"), "{}", both.all);
}

#[test]
fn commands_that_may_fail() {
    let text = "FROM debian:13-slim\nRUN mkdir /a; false; touch /b\nUSER 1000\nCMD [\"true\"]\n";
    let both = repaired(text).lacks("set -e").lacks("<<");
    assert!(both.safe.contains("mkdir /a; false; touch /b"), "{}", both.safe);
}

#[test]
fn a_directory_for_one_step() {
    let text = "FROM debian:13-slim\nWORKDIR /srv\nCOPY . .\nRUN cd /opt && make\nRUN ./configure\nUSER 1000\nCMD [\"./run\"]\n";
    let both = repaired(text);
    assert!(both.safe.contains("RUN cd /opt && make\nRUN ./configure"), "{}", both.safe);
    for text in [&both.safe, &both.all] {
        let opt = text.find("WORKDIR /opt");
        assert!(opt.is_none_or(|opt| text[opt..].contains("WORKDIR /srv")), "what follows runs elsewhere:\n{text}");
    }
}

#[test]
fn words_that_are_meant_to_be_split() {
    let text =
        "FROM debian:13-slim\nENV JAVA_OPTS=\"-Xms1g -Xmx2g\"\nUSER 1000\nCMD exec java $JAVA_OPTS -jar /app.jar\n";
    repaired(text).has("java $JAVA_OPTS -jar");
    let text = "FROM debian:13-slim\nENV TOOLS=\"curl git\"\nRUN apt-get update && apt-get install -y $TOOLS\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).has("$TOOLS").lacks("\"$TOOLS\"");
    let text = "FROM debian:13-slim\nARG V\nRUN tools=\"curl git\" && apt-get update && apt-get install -y $tools && kept=$(apt-mark showmanual) && apt-mark manual $kept && cp /opt/a-$V /srv/\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).has("-y $tools").has("manual $kept");
    let text = "FROM debian:13-slim\nCOPY list /\nRUN apt-get update && apt-get install -y $(cat /list)\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("\"$(cat");
}

#[test]
fn shell_forms_that_are_none_without_a_shell() {
    for (start, never) in [
        ("CMD umask 022 && exec tool", "[\"umask\""),
        ("CMD umask 022", "[\"umask\""),
        ("CMD exec nginx -g 'daemon off;'", "[\"exec\""),
        ("CMD cd /srv && ./run", "[\"cd\""),
        ("CMD . /etc/profile; tool", "[\".\""),
        ("CMD A=b tool", "[\"A=b\""),
        ("CMD tool $PORT", "\"$PORT\""),
        ("CMD tool > /log", "\">\""),
        ("CMD tool *.txt", "\"*.txt\""),
        ("CMD tool ~/x", "\"~/x\""),
    ] {
        repaired(&format!("FROM debian:13-slim\nUSER 1000\n{start}\n")).lacks(never);
    }
    // In shell form what CMD says is not heard; in exec form it would be.
    let text = "FROM debian:13-slim\nUSER 1000\nENTRYPOINT tool --serve\nCMD [\"--never\", \"heard\"]\n";
    let both = repaired(text);
    assert!(!(both.all.contains("ENTRYPOINT [\"tool\"") && both.all.contains("--never")), "{}", both.all);
}

#[test]
fn nothing_is_written_that_nobody_asked_for() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"curl\"]\n";
    repaired(text).lacks(".curlrc").lacks("# [").left_alone();
}

#[test]
fn a_pipe_that_an_export_hides() {
    let text = "FROM debian:13-slim\nRUN export V=$(curl -fsSL https://example.com/v | cut -d. -f1) && echo $V > /v\nUSER 1000\nCMD [\"sh\"]\n";
    repaired(text).has("export V=$(curl");
}

#[test]
fn what_a_second_tool_of_the_step_reads() {
    let text = "FROM ruby:3.4\nWORKDIR /app\nCOPY . .\nRUN bundle install && yarn install\nUSER 1000\nCMD [\"ruby\", \"app.rb\"]\n";
    repaired(text).has_in_order(&["COPY . .", "bundle install"]).lacks("COPY Gemfile");
}

#[test]
fn where_add_puts_it() {
    // The place is told where it is known, and stays where it is not or where a folder of its own comes.
    for (base, place) in [
        ("scratch", "COPY tool.json /etc.d/"),
        ("debian:13-slim", "COPY tool.json /etc.d/"),
        ("example.com/base:1", "COPY tool.json etc.d/"),
        ("php:8.4-cli", "COPY tool.json etc.d/"),
        ("debian:13-slim\nWORKDIR /srv", "COPY tool.json etc.d/"),
    ] {
        let text = format!("FROM {base}\nADD tool.json etc.d/\nUSER 1000\nCMD [\"/tool\"]\n");
        repaired(&text).has(place);
    }
    for dest in ["$X", "../x", "/", "'x'", "."] {
        let text = format!("FROM scratch\nARG X=y\nADD tool.json {dest}\nUSER 1000\nCMD [\"/tool\"]\n");
        let dest = format!("COPY tool.json {dest}\n");
        repaired(&text).has(&dest);
    }
    repaired("FROM scratch\nADD [\"tool.json\", \"x\"]\nUSER 1000\nCMD [\"/tool\"]\n")
        .has("COPY [\"tool.json\", \"x\"]");
}

#[test]
fn a_cache_that_is_removed_at_the_end() {
    let joined = |first: &str, second: &str| {
        let text = format!("FROM fedora:44\nRUN {first}\nRUN {second}\nUSER 1000\nCMD [\"true\"]\n");
        repaired(&text).all
    };
    let all = joined("dnf -y update && dnf clean all", "dnf -y install gnuplot && dnf clean all");
    assert!(all.contains("dnf -y update \\\n && dnf -y install"), "{all}");
    // Nothing removes it later, or not surely.
    for second in ["dnf -y install gnuplot", "touch /x && (dnf clean all)", "touch /x"] {
        let all = joined("dnf -y update && dnf clean all", second);
        assert!(all.contains("dnf -y update && dnf clean all"), "{all}");
    }
    let all = joined("dnf -y update && dnf clean all > /log", "dnf -y install gnuplot && dnf clean all");
    assert!(all.contains("> /log"), "{all}");
}

#[test]
fn a_shell_that_no_step_has_tried() {
    let text =
        "FROM debian:13-slim\nWORKDIR /app\nCOPY app /app/\nSHELL [\"/bin/nosuch\", \"-c\"]\nCMD [\"/app/app\"]\n";
    repaired(text).has_in_order(&["COPY ", "SHELL ", "CMD "]).lacks("nosuch\", \"-c\"]\nRUN");
}

#[test]
fn a_package_whose_program_is_used() {
    let install = |package: &str, rest: &str| {
        format!(
            "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl {package} && rm -rf /var/lib/apt/lists/*\n{rest}USER 1000\nCMD [\"curl\"]\n"
        )
    };
    repaired(&install("vim-common", "COPY run.sh /run.sh\n")).has(" vim-common");
    repaired(&install("less", "COPY <<EOF /run.sh\n#!/bin/sh\nless /etc/hosts\nEOF\n")).has(" less ");
    repaired(&install("telnet", "RUN <<EOF\ntelnet localhost 25\nEOF\n")).has(" telnet ");
}

#[test]
fn packages_of_which_only_half_have_a_successor() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends python curl && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"python\", \"app.py\"]\n";
    repaired(text).has(" python curl ");
}

#[test]
fn flags_of_a_jvm_in_one_pair_of_quotes() {
    let text = "FROM eclipse-temurin:21-jre\nUSER 1000\nCMD ['java', '-Xmx1g -Xms1g', '-jar', 'app.jar']\n";
    let all = repaired(text).all;
    assert!(all.contains("[\"java\", \"-Xmx1g\", \"-Xms1g\", \"-jar\", \"app.jar\"]"), "{all}");
}

#[test]
fn recommended_packages_that_the_next_command_calls() {
    let text = |package: &str, rest: &str| {
        format!(
            "FROM debian:13-slim\nRUN apt-get update && apt-get install -y {package} && rm -rf /var/lib/apt/lists/*\n{rest}\nUSER 1000\nCMD [\"true\"]\n"
        )
    };
    for (package, rest, brings) in [
        ("xvfb", "RUN xvfb-run true", " xauth"),
        ("gpg", "RUN gpg --recv-keys 0123456789ABCDEF0123456789ABCDEF01234567", " gpg-agent"),
        ("r-base", "RUN R -e 'install.packages(\"x\")'", " r-base-dev"),
    ] {
        let all = repaired(&text(package, rest)).all;
        assert!(!all.contains("no-install-recommends") || all.contains(brings), "{all}");
    }
}

#[test]
fn a_package_that_an_old_release_has_by_another_name() {
    let text = "FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y software-properties-common && rm -rf /var/lib/apt/lists/*\nRUN add-apt-repository -y ppa:git-core/ppa\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("gpg-agent").lacks("no-install-recommends");
}

#[test]
fn comments_stay_with_what_they_describe() {
    let text = "FROM python:3.13-slim-bookworm\nWORKDIR /srv/app\n\n# The whole project\nCOPY . .\n\n# Libraries\nRUN pip install --no-cache-dir -r requirements.txt\nUSER 1000\nCMD [\"python\", \"app.py\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("# The whole project\nCOPY . .\n"), "{all}");
    assert!(!all.contains("# The whole project\nCOPY requirements.txt"), "{all}");
    let text = "FROM debian:13-slim\n# Refresh the index\nRUN apt-get update\nENV A=b\nRUN apt-get install -y --no-install-recommends less\nUSER 1000\nCMD [\"less\"]\n";
    let all = repaired(text).all;
    assert!(!all.contains("# Refresh the index\nENV"), "{all}");
    let text = "FROM debian:13-slim\nWORKDIR /srv\n# Count them\nRUN cat /etc/passwd /nosuch | wc -l > n\nUSER 1000\nCMD [\"cat\", \"n\"]\n";
    let all = repaired(text).all;
    assert!(!all.contains("# Count them\nSHELL"), "{all}");
}

#[test]
fn lists_that_nothing_has_used() {
    let text = "FROM debian:13-slim\nRUN apt-get update && ./install.sh\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("update && rm");
}

#[test]
fn new_lines_as_the_file_has_them() {
    let text = "FROM debian:13-slim\nRUN apt-get update && \\\n  apt-get install -y --no-install-recommends \\\n    less \\\n    zip\nRUN mkdir /a && \\\n  mkdir /b\nUSER 1000\nCMD [\"less\"]\n";
    let safe = repaired(text).safe;
    assert!(safe.contains("zip && \\\n  rm -rf /var/lib/apt/lists/*\n"), "{safe}");
    // A line is not cut in two.
    let text = "FROM debian:13-slim\nRUN apt-get update \\\n && apt-get install -y --no-install-recommends less && mkdir /a\nUSER 1000\nCMD [\"less\"]\n";
    repaired(text).has("less && rm -rf /var/lib/apt/lists/* && mkdir /a\n");
}

#[test]
fn a_server_called_as_another_one() {
    repaired("FROM busybox:1.37\nCOPY www /www\nEXPOSE 8080\nUSER 1000\nCMD [\"httpd\", \"-f\", \"-p\", \"8080\", \"-h\", \"/www\"]\n")
        .lacks("STOPSIGNAL");
    let text =
        "FROM rockylinux/rockylinux:9\nRUN dnf install -y httpd && dnf clean all\nCMD [\"httpd\", \"-DFOREGROUND\"]\n";
    assert!(repaired(text).all.contains("STOPSIGNAL SIGWINCH"));
}

#[test]
fn a_program_that_is_only_recommended() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y docker.io && rm -rf /var/lib/apt/lists/*\nRUN git clone https://example.org/a.git\nUSER 1000\nCMD [\"true\"]\n";
    let all = repaired(text).all;
    assert!(!all.contains("no-install-recommends") || all.contains(" git "), "{all}");
}

#[test]
fn patterns_that_are_compared_with_names() {
    for command in ["find /src -name *.go -delete", "unzip a.zip *.txt", "find . -path */x -print"] {
        let text = format!("FROM debian:13-slim\nRUN {command}\nUSER 1000\nCMD [\"true\"]\n");
        repaired(&text).lacks("./*");
    }
    assert!(repaired("FROM debian:13-slim\nRUN rm *.tmp\nUSER 1000\nCMD [\"true\"]\n").all.contains("rm ./*.tmp"));
}

#[test]
fn a_shell_above_a_comment() {
    let text = "FROM debian:13-slim\nWORKDIR /srv\n\n# Count them\nRUN cat /etc/passwd /nosuch | wc -l > n\nUSER 1000\nCMD [\"cat\", \"n\"]\n";
    let all = repaired(text).all;
    assert!(!all.contains("SHELL") || all.contains("\"-c\"]\n\n# Count them\n"), "{all}");
}

#[test]
fn the_shell_of_an_image_that_is_not_known() {
    let text = |steps: &str| format!("FROM registry.example.org/base:1\n{steps}\nUSER 1000\nCMD [\"true\"]\n");
    let pipe = "RUN curl -fsSL https://example.org/a.tar.gz | tar -xz";
    let all = repaired(&text(&format!(
        "RUN apt-get update && apt-get install -y --no-install-recommends zip && rm -rf /var/lib/apt/lists/*\n{pipe}"
    )))
    .all;
    assert!(all.contains("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]"), "{all}");
    let all = repaired(&text(&format!("RUN dnf install -y zip && dnf clean all\n{pipe}"))).all;
    assert!(all.contains("set -o pipefail && "), "{all}");
    // What installs bash may be the step itself.
    repaired(&text("RUN apk add --no-cache bash && curl -fsSL https://example.org/i.sh | bash")).lacks("SHELL");
    repaired(&text(pipe)).lacks("SHELL").lacks("pipefail");
}

#[test]
fn a_file_that_is_no_archive() {
    let safe = |rest: &str| repaired(&format!("FROM debian:13-slim\n{rest}USER 1000\nCMD [\"true\"]\n")).safe;
    assert!(safe("ADD start /usr/local/bin/\nRUN chmod +x /usr/local/bin/start\n").contains("COPY start"));
    assert!(safe("ADD Gemfile /srv/Gemfile\n").contains("COPY Gemfile"));
    assert!(safe("ADD tree /srv/tree\nRUN chmod -R a+rX /srv/tree\n").contains("ADD tree"));
}

#[test]
fn keys_of_apt_by_other_means() {
    let entry = "echo 'deb http://download.example.org/deb stable main' > /etc/apt/sources.list.d/tool.list";
    let text = |base: &str, key: &str| format!("FROM {base}\nRUN {entry}\nRUN {key}\nUSER 1000\nCMD [\"true\"]\n");
    let adv =
        "apt-key adv --keyserver hkp://keyserver.ubuntu.com:80 --recv-keys 0123456789ABCDEF0123456789ABCDEF01234567";
    let all = repaired(&text("ubuntu:16.04", adv)).all;
    let expected = "gpg --homedir \"$(mktemp -d)\" --no-default-keyring --keyring gnupg-ring:/usr/share/keyrings/tool.gpg --keyserver hkp://keyserver.ubuntu.com:80 --recv-keys 0123456789ABCDEF0123456789ABCDEF01234567 \\\n && chmod 644 /usr/share/keyrings/tool.gpg";
    assert!(all.contains(expected), "{all}");
    for kept in [
        "apt-key adv --fetch-keys https://example.org/key.asc",
        "apt-key adv --recv-keys 01234567 89ABCDEF",
        "apt-key adv --import /key",
        "apt-key adv --recv-keys $KEY",
    ] {
        repaired(&text("ubuntu:16.04", kept)).has(kept);
    }
    let add = "curl -fsSL https://download.example.org/key.asc | apt-key add -";
    let all = repaired(&text("debian:12", add)).all;
    assert!(all.contains("key.asc -o /usr/share/keyrings/tool.asc"), "{all}");
    assert!(all.contains("deb [signed-by=/usr/share/keyrings/tool.asc] http://download"), "{all}");
    let all = repaired(&text("ubuntu:16.04", add)).all;
    assert!(all.contains("| gpg --dearmor -o /usr/share/keyrings/tool.gpg"), "{all}");
    // It is not known which repository the key is for.
    repaired(&format!("{}\nCOPY other.list /etc/apt/sources.list.d/\n", text("debian:12", add))).has(add);
    // Its package writes an entry of its own.
    repaired(&text("debian:12", add).replace("download.example.org", "dl.google.com")).has("apt-key add -");
    // Its apt does not know `signed-by`.
    repaired(&text("ubuntu:14.04", add)).has(add);
}

#[test]
fn a_variable_that_nothing_sets() {
    let text = "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nENV HOMEPATH=Users\\%USERNAME%\nCMD [\"cmd\"]\n";
    repaired(text).has("Users\\%USERNAME%");
}

#[test]
fn flags_of_curl_in_one_word() {
    let text = "FROM node:24\nRUN curl -sSL https://example.com/a.sh -o /a.sh && sh /a.sh\nUSER node\nCMD [\"node\"]\n";
    assert!(repaired(text).all.contains("curl -fsSL https"));
}

/// Neither is applied where nothing is verified.

#[test]
fn steps_that_comments_count() {
    let text = "FROM python:3.13-slim\nWORKDIR /app\n\n# 1. Copy the project\nCOPY . .\n\n# 2. Install\nRUN pip install --no-cache-dir -r requirements.txt\nUSER 1000\nCMD [\"python\", \"app.py\"]\n";
    repaired(text).has("# 1. Copy the project\nCOPY . .\n").has_in_order(&["# 2. Install", "USER"]);
    let text = "FROM debian:13-slim\n# Step 3: start script\nCOPY start.sh /start.sh\n# Step 4: may run\nRUN chmod +x /start.sh\n# Step 5: the user\nUSER 1000\nCMD [\"/start.sh\"]\n";
    repaired(text).has("# Step 4: may run\nRUN chmod");
    let text = "FROM debian:13-slim\n# (1) the index\nRUN apt-get update\n# (2) tools\nRUN apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"curl\"]\n";
    repaired(text).has_in_order(&["# (1) the index", "apt-get update", "# (2) tools"]);
    // One number counts nothing.
    let text = "FROM python:3.13-slim\nWORKDIR /app\n# Python 3: all files\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\nUSER 1000\nCMD [\"python\", \"app.py\"]\n";
    assert!(repaired(text).all.contains("# Python 3: all files\nCOPY . .\nUSER"));
}

#[test]
fn a_comment_on_what_is_installed() {
    let text = "FROM python:3.13-slim\nWORKDIR /app\n# Install the dependencies\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\nUSER 1000\nCMD [\"python\", \"app.py\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("# Install the dependencies\nCOPY requirements.txt ./\n"), "{all}");
}

#[test]
fn a_comment_on_a_step_that_goes() {
    let text = "FROM debian:13-slim\nCOPY start.sh /start.sh\n\n# Let it start\nRUN chmod +x /start.sh\n\n# As nobody\nUSER 1000\nCMD [\"/start.sh\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("COPY --chmod=755 start.sh /start.sh\n\n# As nobody\n"), "{all}");
}

#[test]
fn a_comment_that_defends_a_flag() {
    for comment in ["# their certificate has expired", "# no TLS in here"] {
        let text = format!(
            "FROM debian:13-slim\nWORKDIR /srv\n{comment}\nRUN wget -nv --no-check-certificate https://example.com/a.txt\nUSER 1000\nCMD [\"cat\", \"a.txt\"]\n"
        );
        repaired(&text).has("--no-check-certificate");
    }
    let inside = "FROM debian:13-slim\nWORKDIR /srv\nRUN mkdir /a && \\\n    # self-signed certificate\n    wget -nv --no-check-certificate https://example.com/a.txt\nUSER 1000\nCMD [\"cat\", \"a.txt\"]\n";
    repaired(inside).has("--no-check-certificate");
    let text = "FROM debian:13-slim\nWORKDIR /srv\n# build openssl\nRUN wget -nv --no-check-certificate https://example.com/a.txt\nUSER 1000\nCMD [\"cat\", \"a.txt\"]\n";
    assert!(!repaired(text).all.contains("--no-check-certificate"));
}

#[test]
fn equal_steps_are_grouped_evenly() {
    let step =
        |name: &str, more: &str| format!("RUN git clone https://example.com/{name} /{name} && make -C /{name}{more}\n");
    let file = |steps: String| format!("FROM debian:13-slim\n{steps}USER 1000\nCMD [\"true\"]\n");
    let all = repaired(&file(step("a", "") + &step("b", "") + &step("c", "") + &step("d", " && rm -rf /d"))).all;
    assert_eq!(all.matches("RUN ").count(), 1, "{all}");
    // The fourth cannot be joined.
    let all = repaired(&file(step("a", "") + &step("b", "") + &step("c", "") + &step("d", "; true"))).all;
    assert_eq!(all.matches("RUN ").count(), 4, "{all}");
    // A blank line is the author's own grouping.
    let all = repaired(&file(step("a", "") + &step("b", "") + "\n" + &step("c", "") + &step("d", ""))).all;
    assert_eq!(all.matches("RUN ").count(), 2, "{all}");
}

#[test]
fn the_last_of_several_commands_replaces_the_shell() {
    let fixed = |start: &str| repaired(&format!("FROM python:3.13-slim\nUSER 1000\n{start}\n"));
    // What stays is the layout, and what is sure is safe.
    let safe = fixed("CMD mkdir -p /run/a && \\\n    gunicorn --bind :$PORT \\\n    app:app").safe;
    assert!(safe.ends_with("CMD mkdir -p /run/a && \\\n    exec gunicorn --bind :$PORT \\\n    app:app\n"), "{safe}");
    let both = fixed("CMD ./prepare && gunicorn app:app");
    assert!(both.safe.contains("&& gunicorn") && both.all.contains("&& exec gunicorn"), "{}", both.all);
    for start in [
        "CMD ./a & gunicorn app:app",
        "CMD ./a || gunicorn app:app",
        "CMD gunicorn app:app | tee /log",
        "CMD A=b gunicorn app:app",
        "CMD if test -f x; then gunicorn app:app; fi",
        "CMD trap 'kill 0' TERM; ./a; gunicorn app:app",
        "HEALTHCHECK CMD cd /srv && curl $X\nCMD [\"a\"]",
    ] {
        fixed(start).lacks("exec ");
    }
    fixed("CMD . ./env && exec gunicorn app:app").lacks("exec exec");
}

#[test]
fn files_that_can_be_no_archive() {
    let safe = |step: &str| repaired(&format!("FROM debian:13-slim\n{step}\nUSER 1000\nCMD [\"true\"]\n")).safe;
    for plain in [
        "scripts /opt/scripts",
        "nightly /etc/cron.d/nightly",
        "server /etc/service/server/run",
        "apache_default /etc/apache2/sites-available/site.conf",
        "kubectl /usr/local/bin/",
    ] {
        assert!(safe(&format!("ADD {plain}")).contains(&format!("COPY {plain}")), "{plain}");
    }
    for open in
        ["bundle /opt/bundle", "image /", "bundle /etc/service/run", "bundle.run /usr/local/bin/", "a b.conf /srv/"]
    {
        assert!(safe(&format!("ADD {open}")).contains(&format!("ADD {open}")), "{open}");
    }
}

#[test]
fn keys_by_their_whole_fingerprints() {
    let safe = |key: &str| {
        let text = format!(
            "FROM debian:13-slim\nRUN gpg --batch --keyserver ha.pool.sks-keyservers.net --recv-keys {key}\nUSER 1000\nCMD [\"true\"]\n"
        );
        repaired(&text).safe
    };
    let whole = "0123456789ABCDEF0123456789ABCDEF01234567";
    assert!(safe(whole).contains("keyserver.ubuntu.com"));
    for key in ["01234567".to_owned(), format!("{whole} 01234567"), "$KEY".to_owned()] {
        assert!(!safe(&key).contains("keyserver.ubuntu.com"), "{key}");
    }
}

#[test]
fn an_archive_that_something_else_may_need() {
    let safe = |path: &str, rest: &str| {
        let text = format!(
            "FROM debian:13-slim\nRUN curl -fsSLo {path} https://example.com/a.tgz && tar -xzf {path} -C /opt\n{rest}USER 1000\nCMD [\"true\"]\n"
        );
        repaired(&text).safe
    };
    assert!(safe("/tmp/a.tgz", "").contains("&& rm /tmp/a.tgz"));
    assert!(!safe("/tmp/a.tgz", "COPY --from=0 /tmp/a.tgz /b\n").contains("&& rm /tmp/a.tgz"));
    assert!(!safe("/opt/a.tgz", "").contains("&& rm"));
}

#[test]
fn an_image_whose_sh_is_bash() {
    let text = "FROM ubuntu:24.04\nRUN rm /bin/sh && ln -s /bin/bash /bin/sh\nRUN curl -fsSL https://example.com/i.sh | bash\nRUN <<EOF\n#!/bin/bash\ngit branch | grep -v main\nEOF\nUSER 1000\nCMD [\"true\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("RUN set -o pipefail && curl"), "{all}");
    // The shell of a heredoc is its own.
    let text = "FROM debian:13-slim\nRUN curl -fsSL https://example.com/i.sh | bash\nRUN <<EOF\n#!/bin/sh\ngit branch | grep -v main\nEOF\nUSER 1000\nCMD [\"true\"]\n";
    assert!(repaired(text).all.contains("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl"));
}

#[test]
fn lists_that_two_steps_in_a_row_use() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nRUN apt-get install -y --no-install-recommends zip && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"curl\"]\n";
    let safe = repaired(text).safe;
    assert!(safe.contains("curl && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install"), "{safe}");
    let between = text.replace(
        "\nRUN apt-get install",
        "\nRUN echo deb http://example.com/ a b > /etc/apt/sources.list.d/a.list\nRUN apt-get install",
    );
    assert!(!repaired(&between).safe.contains("RUN apt-get update && apt-get install -y --no-install-recommends zip"));
}

#[test]
fn a_commit_that_a_later_step_wants() {
    let text = "FROM debian:13-slim\nRUN git clone https://example.com/a.git /a\nWORKDIR /a\nRUN git checkout 0a1b2c3\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("--depth");
    let text = text.replace("RUN git checkout 0a1b2c3", "RUN make");
    assert!(repaired(&text).all.contains("git clone --depth 1"));
}

#[test]
fn a_failure_that_no_later_command_hides() {
    let all =
        |run: &str| repaired(&format!("FROM debian:13-slim\nWORKDIR /srv\nRUN {run}\nUSER 1000\nCMD [\"true\"]\n")).all;
    let joined = all("mkdir a; \\\n    curl -fsSLO https://example.com/a.txt; \\\n    cp a.txt a; \\\n    ls a");
    assert!(
        joined.contains(
            "mkdir a && \\\n    curl -fsSLO https://example.com/a.txt && \\\n    cp a.txt a && \\\n    ls a\n"
        ),
        "{joined}"
    );
    // One of them may fail.
    for kept in [
        "curl -fsSLO https://example.com/a.txt; grep a a.txt; touch b",
        "curl -fsSLO https://example.com/a.txt; if true; then touch b; fi; ls",
    ] {
        assert!(all(kept).contains("a.txt; "), "{kept}");
    }
}

#[test]
fn quotes_around_a_word() {
    let all = |run: &str| repaired(&format!("FROM debian:13-slim\nARG V\nRUN {run}\nUSER 1000\nCMD [\"true\"]\n")).all;
    assert!(all("cd /opt/tool-$V && make").contains("cd \"/opt/tool-$V\""));
    assert!(all("./configure --prefix=/opt/$V").contains("--prefix=\"/opt/$V\""));
    assert!(all("rm /opt/$V/*.txt").contains("rm /opt/\"$V\"/*.txt"));
    assert!(all("echo \". \"$V/env\"\" > /x").contains("\". \"$V/env\"\""));
}

#[test]
fn a_program_that_ends_at_once_is_not_replaced() {
    repaired("FROM debian:13-slim\nUSER 1000\nCMD tool --help && other --help\n").lacks("exec");
}

#[test]
fn steps_with_commands_inside_commands() {
    let text = "FROM debian:13-slim\nRUN curl -fsSLo /bin/a https://example.com/a-$(uname -s)-$(uname -m)\nRUN chmod +x /bin/a\nRUN curl -fsSLo /etc/a https://example.com/b\nUSER 1000\nCMD [\"a\"]\n";
    let all = repaired(text).all;
    assert_eq!(all.matches("RUN ").count(), 1, "{all}");
}

#[test]
fn a_file_does_not_begin_with_a_blank_line() {
    let text = "ARG UNUSED=a\n\n# The base\nFROM debian:13-slim\nUSER 1000\nCMD [\"true\"]\n";
    assert!(!repaired(text).all.starts_with('\n'));
}

#[test]
fn a_server_that_nothing_can_verify() {
    let text = |packages: &str, flags: &str| {
        format!(
            "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*\nRUN wget -nv {flags}\nUSER 1000\nCMD [\"true\"]\n"
        )
    };
    let all = repaired(&text("wget", "--no-check-certificate https://example.com/a")).all;
    assert!(all.contains("wget ca-certificates &&") && all.contains("wget -nv https://example.com/a"), "{all}");
    // In a command that is kept as it is, the certificates have no place.
    repaired(&text("wget=1.25.0-2", "--no-check-certificate https://example.com/a")).has("--no-check-certificate");
    repaired(&text("wget", "http://example.com/a")).has("http://example.com/a");
    let with = repaired(&text("ca-certificates wget", "--no-check-certificate https://example.com/a"));
    assert!(!with.all.contains("--no-check-certificate"));
    assert!(repaired(&text("ca-certificates wget", "http://example.com/a")).all.contains("https://example.com/a"));
}

#[test]
fn what_a_fourth_reading_sent_back() {
    // The lists are removed in the same step, by a variable.
    let text = "FROM debian:13-slim\nARG PURGES=\"/var/lib/apt/lists/* /tmp/*\"\nRUN apt-get update && apt-get install -y --no-install-recommends gawk && rm -rf $PURGES\nUSER 1000\nCMD [\"gawk\"]\n";
    repaired(text).left_alone();
    // Nothing can be verified without the repository's key.
    let text = "FROM debian:12-slim\nRUN echo 'deb https://repo.example.com/deb ./' > /etc/apt/sources.list.d/tool.list\nRUN apt-get update && apt-get install -y --no-install-recommends --force-yes tool && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"tool\"]\n";
    repaired(text).has("--force-yes");
    // A comment wants the editor.
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gawk nano vim && rm -rf /var/lib/apt/lists/*\n# Fix for nano\nENV TERM=xterm\nUSER 1000\nCMD [\"/srv/report\"]\n";
    let both = repaired(text).has("gawk nano");
    assert!(!both.all.contains("vim"), "{}", both.all);
    // Hosts that do not answer any more do not answer by HTTPS either.
    let text = "FROM almalinux:9\nRUN curl -fLo /tmp/a.rpm http://mirror.centos.org/centos/8/a.rpm\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).has("http://mirror.centos.org").lacks("https://mirror.centos.org");
    // The option came with pip 6.
    let text = "FROM ubuntu:14.04\nRUN pip install flask\nCMD [\"python\"]\n";
    repaired(text).lacks("--no-cache-dir");
    // The platform is meant.
    let text = "FROM --platform=linux/arm64 alpine:3.23\nUSER 1000\nCMD [\"true\"]\n";
    assert!(!repaired(text).all.contains("--platform"));
    repaired(&format!("# the tools are the same for all architectures\n{text}")).has("--platform=linux/arm64");
    repaired("FROM --platform=darwin/arm64 crazymax/osxcross:14.5\n").has("--platform=darwin/arm64");
    // Another account works there.
    let text = "FROM node:22-slim\nRUN useradd -m tester && mkdir /testbed && chmod -R 777 /testbed\nUSER root\n";
    let all = repaired(text).all;
    assert!(all.contains("chmod -R 775 /testbed && chgrp -R tester /testbed"), "{all}");
    // Two accounts, or one whose group has another name.
    for made in ["useradd -m tester && useradd -m other", "useradd -m -g users tester", "useradd -m -N tester"] {
        repaired(&text.replace("useradd -m tester", made)).has("chmod -R 777 /testbed");
    }
    // Without pipefail, the shell reads nothing and succeeds.
    let text = "FROM debian:13-slim\nRUN curl -s https://example.com/install.sh | bash\nUSER 1000\nCMD [\"true\"]\n";
    assert!(!repaired(text).safe.contains("-fs"));
    let both = repaired(text);
    assert!(!both.all.contains("curl -f") || both.all.contains("pipefail"), "{}", both.all);
    // What is unpacked has directories that the program writes to.
    let text = "FROM ubuntu:24.04\nRUN mkdir -p /opt/server\nADD server.tar.gz /opt/server/\nWORKDIR /opt/server/\nENTRYPOINT [\"/opt/java/bin/java\", \"-jar\", \"lib/start.jar\"]\n";
    let both = repaired(text);
    assert!(!both.all.contains("chown") || both.all.contains("chown -R"), "{}", both.all);
    // A test runner needs what tests need.
    let text =
        "FROM php:8.4-cli\nWORKDIR /repo\nCOPY composer.json ./\nRUN composer install\nENTRYPOINT [\"codecept\"]\n";
    repaired(text).lacks("--no-dev");
    // The comment is about the old order.
    let text = "FROM python:3.13-slim\nWORKDIR /app\n# Copy everything at once (bad for the cache)\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\nUSER 1000\nCMD [\"python\", \"app.py\"]\n";
    let both = repaired(text);
    assert!(both.all.contains("COPY requirements.txt ./") && !both.all.contains("at once"), "{}", both.all);
    // Written as the file is.
    let text =
        "from debian:13-slim\nrun mkdir ./tool\nadd . ./tool\nrun make -C ./tool\nuser 1000\ncmd [\"./tool/run\"]\n";
    let both = repaired(text);
    assert!(!both.all.contains("WORKDIR"), "{}", both.all);
    let text =
        "FROM debian:13-slim\nRUN  cd /u01 && \\\n     mkdir tmp && make\nWORKDIR /\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("RUN mkdir");
    // A generator would undo it.
    let text = "FROM golang:trixie\nRUN go build -o /usr/local/bin/tool .\nUSER 1000\nCMD [\"tool\"]\n";
    assert!(!repaired(text).all.contains("golang:trixie"));
    repaired(&format!("#\n# NOTE: THIS DOCKERFILE IS GENERATED VIA \"apply-templates.sh\"\n#\n# PLEASE DO NOT EDIT IT DIRECTLY.\n#\n\n{text}")).has("golang:trixie");
}

#[test]
fn quotes_around_the_whole_word() {
    let text = "FROM debian:13-slim\nARG A\nARG B\nRUN cp /in/$A-${B}.tar /out/\nUSER 1000\nCMD [\"true\"]\n";
    let both = repaired(text);
    assert!(both.all.contains("cp \"/in/$A-${B}.tar\" /out/"), "{}", both.all);
    let text = "FROM debian:13-slim\nRUN if [ \"$(uname -m)\" = aarch64 ]; then export P=arm64; else export P=amd64; fi && touch /opt/tool-$P.tar\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).left_alone();
}

#[test]
fn lists_that_a_later_step_fetches_anew() {
    let rest = "RUN apt-get install -y --no-install-recommends less && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"gawk\"]\n";
    let first = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gawk\n";
    let both = repaired(&format!("{first}RUN apt-get update && apt-get upgrade -y\n{rest}"));
    assert!(both.safe.contains("recommends gawk && rm -rf /var/lib/apt/lists/*\n"), "{}", both.safe);
    // Perhaps it does not fetch them.
    repaired(&format!("{first}RUN test -e /offline || apt-get update\n{rest}")).lacks("gawk && rm -rf");
    // Perhaps the step still needs them.
    let text = format!("{first}    && true\nUSER 1000\nCMD [\"gawk\"]\n")
        .replace("gawk\n    && true", "gawk && /opt/setup && opam depext -u tool");
    let both = repaired(&text).has("/opt/setup");
    assert!(!both.safe.contains("rm -rf") && both.all.contains("rm -rf"), "{}", both.safe);
    // Root removes what root has fetched.
    let text = "FROM debian:13-slim\nRUN useradd -m me\nUSER me\nRUN sudo apt-get update && sudo apt-get install -y --no-install-recommends gawk\nCMD [\"gawk\"]\n";
    repaired(text).has("recommends gawk && sudo rm -rf /var/lib/apt/lists/*\n");
}

#[test]
fn certificates_are_added_once() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y curl && update-ca-certificates && rm -rf /var/lib/apt/lists/*\nENV A=b\nRUN apt-get update && apt-get install -y wget git && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"curl\"]\n";
    let all = repaired(text).all;
    let count = all.matches("ca-certificates").count() - all.matches("update-ca-certificates").count();
    assert!(count == 1 && all.matches("--no-install-recommends").count() == 2, "{all}");
}

#[test]
fn a_key_in_the_words_of_its_step() {
    let text = |command: &str| {
        format!(
            "FROM debian:12\nRUN set -eux; \\\n\tapt-get update; \\\n\t{command}; \\\n\techo 'deb http://download.example.org/deb ./' > /etc/apt/sources.list.d/tool.list; \\\n\tapt-get update; \\\n\tapt-get install -y --no-install-recommends tool; \\\n\trm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"tool\"]\n"
        )
    };
    let key = "4F4EA0AAE5267A6C4F4EA0AAE5267A6C4F4EA0AA";
    let all = repaired(&text(&format!("apt-key adv --keyserver keyserver.ubuntu.com --recv-keys {key}"))).all;
    assert!(
        all.contains(&format!("--recv-keys {key}; \\\n\tchmod 644 /usr/share/keyrings/tool.gpg; \\\n\techo")),
        "{all}"
    );
    for (download, written) in [
        (
            "wget -qO- https://download.example.org/key.asc",
            "wget -qO /usr/share/keyrings/tool.asc https://download.example.org/key.asc;",
        ),
        (
            "wget -q -O - https://download.example.org/key.asc",
            "wget -q -O /usr/share/keyrings/tool.asc https://download.example.org/key.asc;",
        ),
        (
            "curl -fsS https://download.example.org/key.asc",
            "curl -fsS https://download.example.org/key.asc -o /usr/share/keyrings/tool.asc;",
        ),
    ] {
        let all = repaired(&text(&format!("{download} | apt-key add -"))).all;
        assert!(all.contains(written) && !all.contains("apt-key"), "{all}");
    }
    // Another command takes the key from the pipe as well.
    let all = repaired(&text("curl -fsS https://download.example.org/key.asc | tee /key | apt-key add -")).all;
    assert!(all.contains("| tee /key |"), "{all}");
}

#[test]
fn a_mount_in_place_of_a_copy() {
    let text = |copy: &str, run: &str| format!("FROM debian:13-slim\n{copy}\nRUN {run}\nUSER 1000\nCMD [\"true\"]\n");
    // The step reads what only a directory can contain.
    let all = repaired(&text("COPY files /tmp/files", "sh /tmp/files/setup.sh && rm -rf /tmp/files")).all;
    assert!(all.contains("--mount=type=bind,source=files,target=/tmp/files,rw sh /tmp/files/setup.sh\n"), "{all}");
    // It may be a file, or another directory that the mount would hide.
    repaired(&text("COPY files /tmp/files", "install-all && rm -rf /tmp/files")).has("COPY files /tmp/files\n");
    let other = text("COPY etc /opt/etc\nCOPY files/ /opt/etc/", "sh /opt/etc/setup.sh && rm -rf /opt/etc");
    repaired(&other).has("COPY files/ /opt/etc/\n");
    // Lines are indented as the step indents them.
    let run = "sh /usr/src/distribution/setup-everything.sh --with-all-features \\\n\t--quiet && rm -rf /usr/src/distribution";
    let all = repaired(&text("COPY distribution/ /usr/src/distribution/", run)).all;
    assert!(all.contains("target=/usr/src/distribution,rw \\\n\t sh "), "{all}");
}

#[test]
fn every_use_of_a_server_that_is_gone() {
    let text = "FROM debian:13-slim\nRUN curl -fsSLO \"http://HOST/{a,b}\" && gpg --keyserver hkp://HOST:80 --keyserver-options http-proxy=http://HOST/ --recv-keys 12345678\nUSER 1000\nCMD [\"true\"]\n";
    let all = repaired(&text.replace("HOST", "ha.pool.sks-keyservers.net")).all;
    assert!(!all.contains("sks-keyservers"), "{all}");
}

#[test]
fn commits_that_files_or_scripts_choose() {
    let text = |more: &str| {
        format!("FROM debian:13\nRUN git clone https://example.com/tool.git /tool\n{more}USER 1000\nCMD [\"true\"]\n")
    };
    assert!(repaired(&text("")).all.contains("git clone --depth 1 https"));
    for more in ["COPY tool.commit /tool/\n", "RUN /tool/checkout.sh v1\n", "RUN sh -c './tool/checkout-release'\n"] {
        repaired(&text(more)).has("git clone https");
    }
}

#[test]
fn packages_that_a_cache_keeps() {
    let mount = "--mount=type=cache,target=/var/cache/apt,sharing=locked ";
    let text = |second: &str| {
        format!(
            "FROM debian:13-slim AS base\n\n# Tools\nRUN {mount}apt-get update && apt-get install -y --no-install-recommends gawk && rm -rf /var/lib/apt/lists/*\n\nFROM base\nRUN {second}apt-get update && apt-get install -y --no-install-recommends less && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"gawk\"]\n"
        )
    };
    let all = repaired(&text(mount)).all;
    assert!(all.contains("AS base\n\nRUN rm -f /etc/apt/apt.conf.d/docker-clean \\\n"), "{all}");
    assert!(all.contains("keep-cache\n\n# Tools\n") && all.matches("docker-clean").count() == 1, "{all}");
    // The packages would stay in the other layer.
    repaired(&text("")).lacks("docker-clean");
}
