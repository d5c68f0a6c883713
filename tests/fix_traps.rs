//! Ways in which repairs of Dockerfiles have gone wrong elsewhere: ours is right there, or there is none.
//!
//! Every text is tried with the safe fixes and with all of them, by all rules that are on. Whatever they do, the result
//! parses, stays as it is on a second run, and keeps the instructions and values that the trap is about.

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
fn a_copy_whose_mode_is_set_behind_it() {
    let text = "FROM debian:13-slim\n\n\nCOPY start.sh /start.sh\n\n\nRUN chmod +x /start.sh\n\n\nUSER 1000\nENTRYPOINT [\"/start.sh\"]\n";
    repaired(text).has("COPY").has("/start.sh").lacks("\n--chmod");
    // What holds for a folder must not hold for all that lies in it.
    let text = "FROM debian:13-slim\nCOPY tool /opt/tool\nRUN chmod 700 /opt/tool\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("--chmod");
    // Letters need a frontend of 1.14.
    let text = "# syntax=docker/dockerfile:1.2\nFROM debian:13-slim\nCOPY start.sh /\nRUN chmod +x /start.sh\nUSER 1000\nENTRYPOINT [\"/start.sh\"]\n";
    repaired(text).lacks("--chmod=+x");
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
fn programs_that_anyone_may_write() {
    let safe =
        |what: &str| repaired(&format!("FROM debian:13-slim\nCOPY . /srv\nRUN chmod {what}\nCMD [\"true\"]\n")).safe;
    assert!(safe("777 /srv/start.sh").contains("chmod 755 /srv/start.sh"));
    assert!(safe("777 /srv/data").contains("chmod 777 /srv/data"));
    assert!(safe("-R 777 /srv/bin/start.sh").contains("chmod -R 777"));
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
fn names_that_only_look_alike() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl wget && rm -rf /var/lib/apt/lists/*\nRUN wget -nv https://example.com/a && curl -fsSLO https://example.com/b\nUSER 1000\nCMD [\"curl\", \"https://example.com\"]\n";
    repaired(text).has("curl wget");
    let text = "FROM debian:13-slim\nRUN apt list --installed && apt show bash && apt-mark hold bash\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("apt-get list").lacks("apt-get show");
}

#[test]
fn nothing_is_written_that_nobody_asked_for() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"curl\"]\n";
    repaired(text).lacks(".curlrc").lacks("# [").left_alone();
}

#[test]
fn what_everybody_may_write_is_the_users_when_he_runs_it() {
    let closed = |text: &str| {
        let all = repaired(text).all;
        assert!(!all.contains("777") || !all.contains("USER"), "{all}");
        all
    };
    // A folder that is open, in the layer that opens it and with the words of the file.
    let all = closed(
        "FROM debian:13-slim\nARG DATA=/data\nRUN mkdir -p $DATA/in && chmod -R 777 $DATA && touch /x\nCMD [\"tool\"]\n",
    );
    assert!(
        !all.contains("USER") || all.contains("chmod -R 755 $DATA && chown -R 10001:10001 $DATA && touch /x"),
        "{all}"
    );
    let all = closed("FROM debian:13-slim\nRUN mkdir -p /data/in && chmod -R a+rwX /data/\nCMD [\"tool\"]\n");
    assert!(all.contains("chmod -R u+rwX,go+rX-w /data/ && chown -R 10001:10001 /data/\n"), "{all}");
    assert!(all.contains("USER 10001"), "{all}");
    // A program is run, not written to.
    let all = closed(
        "FROM debian:13-slim\nCOPY run.sh /usr/local/bin/\nRUN chmod 777 /usr/local/bin/run.sh\nCMD [\"tool\"]\n",
    );
    assert!(all.contains("COPY --chmod=755 run.sh /usr/local/bin/\n") && !all.contains("chown"), "{all}");
    let all = closed("FROM debian:13-slim\nCOPY --chmod=777 data /srv/data/\nCMD [\"tool\"]\n");
    assert!(all.contains("COPY --chown=10001:10001 --chmod=755 data /srv/data/"), "{all}");
    // An account of the file's own that does not exist yet, and folders of the system: the user is only shown.
    for opened in
        ["RUN chmod -R 777 /data\nRUN useradd --uid 10001 app", "RUN useradd --uid 10001 app && chmod -R 777 /usr/lib"]
    {
        let all = repaired(&format!("FROM debian:13-slim\nRUN mkdir /data\n{opened}\nCMD [\"tool\"]\n")).all;
        assert!(!all.contains("USER"), "{all}");
    }
}

#[test]
fn a_pipe_that_an_export_hides() {
    let text = "FROM debian:13-slim\nRUN export V=$(curl -fsSL https://example.com/v | cut -d. -f1) && echo $V > /v\nUSER 1000\nCMD [\"sh\"]\n";
    repaired(text).has("export V=$(curl");
}

#[test]
fn a_newer_go_that_builds_otherwise() {
    // Without modules, and with `go get` for a program.
    for build in [
        "FROM golang:1.11 AS build\nCOPY . /go/src/example.com/tool\nRUN cd /go/src/example.com/tool && go build -o /tool .\n",
        "FROM golang:1.17 AS build\nRUN go get example.com/tool && cp /go/bin/tool /tool\n",
    ] {
        let text = format!("{build}FROM scratch\nCOPY --from=build /tool /\nUSER 1000\nCMD [\"/tool\"]\n");
        repaired(&text).has("FROM golang:1.1");
    }
    let text = "FROM golang:1.17 AS build\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build -o /tool .\nFROM scratch\nCOPY --from=build /tool /\nUSER 1000\nCMD [\"/tool\"]\n";
    assert!(!repaired(text).all.contains("golang:1.17"));
    let text =
        "FROM alpine:3.14\nRUN apk add --no-cache php php-fpm\nCOPY php.ini /etc/php7/\nUSER 1000\nCMD [\"php\"]\n";
    repaired(text).has("FROM alpine:3.14");
}

#[test]
fn an_account_apart_from_what_is_built() {
    let text = "FROM python:3.13-slim\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nCMD [\"python\", \"app.py\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("WORKDIR /app\nRUN useradd --create-home --uid 10001 app && chown app /app\nCOPY"), "{all}");
}

#[test]
fn what_a_second_tool_of_the_step_reads() {
    let text = "FROM ruby:3.4\nWORKDIR /app\nCOPY . .\nRUN bundle install && yarn install\nUSER 1000\nCMD [\"ruby\", \"app.rb\"]\n";
    repaired(text).has_in_order(&["COPY . .", "bundle install"]).lacks("COPY Gemfile");
}

#[test]
fn servers_with_an_account_of_their_own() {
    let text = "FROM alpine:3.23\nRUN apk add --no-cache freeradius\nENTRYPOINT [\"radiusd\", \"-f\"]\n";
    repaired(text).lacks("USER");
}

#[test]
fn a_base_that_gets_files_from_its_like() {
    // What is linked with the libraries of the one release does not find them in the next.
    let build = "RUN apk add --no-cache cmake g++ lz4-dev\nWORKDIR /src\nCOPY . .\nRUN cmake . && make";
    let start = "COPY --from=build /src/tool /tool\nUSER 1000\nCMD [\"/tool\"]\n";
    let text = format!("FROM alpine:3.17 AS build\n{build}\nFROM alpine:3.17\nRUN apk add --no-cache libpq\n{start}");
    repaired(&text).lacks("alpine:3.2");
    let text = format!("FROM python:3.13-alpine3.17 AS build\nRUN make\nFROM alpine:3.17\n{start}");
    repaired(&text).has("FROM alpine:3.17\n");
    // Where the other goes along, or needs nothing of it.
    for build in ["FROM alpine:3.17 AS build\nRUN apk add --no-cache make", "FROM golang:1.17-alpine3.17 AS build"] {
        let all = repaired(&format!("{build}\nRUN make -C /src\nFROM alpine:3.17\n{start}")).all;
        assert!(!all.contains("FROM alpine:3.17"), "{all}");
    }
    // What stands on it installs as well.
    let text = "FROM alpine:3.14 AS base\nFROM base\nRUN apk add --no-cache php\nUSER 1000\nCMD [\"php\"]\n";
    repaired(text).has("FROM alpine:3.14");
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
fn an_account_by_its_number() {
    let number = |account: &str| {
        let text = format!("FROM {account}\nCOPY tool /usr/local/bin/\nCMD [\"tool\"]\n");
        let all = repaired(&text).all;
        all.split("USER ").nth(1).map(|rest| rest.split('\n').next().unwrap_or_default().to_owned())
    };
    assert_eq!(number("node:24-slim").as_deref(), Some("1000"));
    assert_eq!(number("debian:13-slim\nRUN useradd --uid 1234 app").as_deref(), Some("1234"));
    // The number is not known, or not only one.
    assert_eq!(number("debian:13-slim\nRUN useradd app").as_deref(), Some("app"));
    assert_eq!(number("debian:13-slim\nARG ID\nRUN useradd -u $ID app").as_deref(), Some("app"));
    assert_eq!(number("debian:13-slim\nRUN useradd -u 1 app\nRUN usermod -u 2 app").as_deref(), Some("app"));
    assert_eq!(number("debian:13-slim\nRUN useradd -o -u 0 app"), None);
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
fn what_the_base_that_builds_has_and_the_other_has_not() {
    // Its folder.
    let start = "RUN gradle build\nCMD [\"java\", \"-jar\", \"build/libs/tides.jar\"]\n";
    let all = repaired(&format!("FROM gradle:8.14-jdk21\nCOPY . .\n{start}")).all;
    assert!(!all.contains("-jre") || all.contains("-jre\nWORKDIR /home/gradle\n"), "{all}");
    // Its account.
    let text = format!("FROM gradle:8.14-jdk21\nWORKDIR /app\nCOPY --chown=gradle . .\nUSER gradle\n{start}");
    repaired(&text).lacks("-jre");
}

#[test]
fn a_shell_that_no_step_has_tried() {
    let text =
        "FROM debian:13-slim\nWORKDIR /app\nCOPY app /app/\nSHELL [\"/bin/nosuch\", \"-c\"]\nCMD [\"/app/app\"]\n";
    repaired(text).has_in_order(&["COPY ", "SHELL ", "CMD "]).lacks("nosuch\", \"-c\"]\nRUN");
}

#[test]
fn a_server_whose_package_makes_its_directories() {
    for (package, program) in [("redis-server", "redis-server"), ("memcached", "memcached"), ("mosquitto", "mosquitto")]
    {
        let text = format!(
            "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends {package} && rm -rf /var/lib/apt/lists/*\nCMD [\"{program}\"]\n"
        );
        repaired(&text).lacks("USER");
    }
}

#[test]
fn a_tool_that_writes_into_a_mount() {
    let text = "FROM alpine:3.23\nRUN apk add --no-cache pandoc\nWORKDIR /work\nENTRYPOINT [\"pandoc\"]\n";
    repaired(text).lacks("USER");
    // It works on what was copied there.
    let text = "FROM alpine:3.23\nRUN apk add --no-cache python3\nWORKDIR /work\nCOPY app.py .\nENTRYPOINT [\"python3\", \"app.py\"]\n";
    assert!(repaired(text).all.contains("USER"));
}

#[test]
fn a_program_that_steps_down_itself() {
    for start in [
        "CMD su - builder -c /run.bin",
        "CMD [\"bash\", \"-c\", \"su - builder\"]",
        "ENTRYPOINT [\"runuser\", \"-u\", \"builder\", \"/run.bin\"]",
    ] {
        let text = format!("FROM debian:13-slim\nRUN useradd -m builder\nCOPY run.bin /run.bin\n{start}\n");
        repaired(&text).lacks("USER");
    }
}

#[test]
fn the_owner_of_what_is_copied_later() {
    let text = "FROM python:3.13-slim-bookworm\nWORKDIR /srv/app\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\nVOLUME /srv/app/data\nCMD [\"python\", \"app.py\"]\n";
    let all = repaired(text).all;
    let copies = all.lines().filter(|line| line.starts_with("COPY ") && line.ends_with(" . .")).collect::<Vec<_>>();
    assert_eq!(copies.len(), 1, "{all}");
    let owned = all.lines().any(|line| line.starts_with("COPY --chown") && line.contains("requirements.txt"));
    assert!(!owned || copies[0].contains("--chown"), "{all}");
}

#[test]
fn a_release_that_the_image_does_not_have() {
    let install = "RUN apt-get update && apt-get install -y --no-install-recommends less && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"less\"]\n";
    repaired(&format!("FROM i386/ubuntu:14.04\n{install}")).has("FROM i386/ubuntu:14.04\n");
    // An interim release is newer than the last one with long support.
    repaired(&format!("FROM ubuntu:25.04\n{install}")).lacks("24.04");
}

#[test]
fn the_repositories_of_an_old_release() {
    let install = "RUN apt-get update && apt-get install -y --no-install-recommends less && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"less\"]\n";
    for setup in [
        "COPY sources.list /etc/apt/sources.list",
        "ADD apt/sources.list /etc/apt/",
        "RUN echo 'deb http://archive.debian.org/debian stretch main' > /etc/apt/sources.list",
        "RUN sed -i s/deb.debian.org/archive.debian.org/ /etc/apt/sources.list",
    ] {
        repaired(&format!("FROM debian:9-slim\n{setup}\n{install}")).has("FROM debian:9-slim\n");
    }
    // The codename of one distribution in a file for another.
    repaired(&format!("FROM ubuntu:18.04\nENV SUITE=stretch\n{install}")).has("FROM ubuntu:18.04\n");
    repaired("FROM alpine:3.12\nRUN echo https://dl-cdn.alpinelinux.org/alpine/v3.12/community >> /etc/apk/repositories && apk add --no-cache less\nUSER 1000\nCMD [\"less\"]\n")
        .has("FROM alpine:3.12\n");
}

#[test]
fn a_last_stage_without_its_builder() {
    let text = "FROM gcc:9 AS build\nCOPY main.c .\nRUN gcc -o /main main.c\nFROM debian:9-slim\nCOPY --from=build /main /main\nUSER 1000\nCMD [\"/main\"]\n";
    repaired(text).has("FROM debian:9-slim\n");
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
fn an_arg_that_is_more_than_a_tag() {
    for other in ["LABEL version=${VERSION}", "RUN test -d /usr/local/lib/python${VERSION}", "ENV PYTHON=$VERSION"] {
        let text =
            format!("ARG VERSION=3.12\nFROM python:${{VERSION}}\nARG VERSION\n{other}\nUSER 1000\nCMD [\"python3\"]\n");
        repaired(&text).has("ARG VERSION=3.12\n");
    }
    let text = "ARG TAG=3.12\nFROM python:${TAG} AS one\nFROM python:${TAG}-alpine\nCOPY --from=one /etc/hosts /x\nUSER 1000\nCMD [\"python3\"]\n";
    repaired(text).has("ARG TAG=3.12\n");
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
fn a_program_of_the_system_that_needs_root() {
    for start in
        ["CMD [\"chroot\", \"--userspec=web\", \"/srv\", \"/bin/server\"]", "CMD [\"unshare\", \"-n\", \"/run.bin\"]"]
    {
        let text = format!("FROM debian:13-slim\nRUN useradd -m web\nCOPY run.bin /run.bin\n{start}\n");
        repaired(&text).lacks("USER");
    }
    // Compilers write to where the sources are mounted.
    repaired("FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*\nCMD [\"gcc\", \"-c\", \"main.c\"]\n")
        .lacks("USER");
}

#[test]
fn a_file_that_only_its_owner_may_run() {
    let text = |mode: &str, more: &str| {
        format!("FROM debian:13-slim\nCOPY run.bin /run.bin\nRUN chmod {mode} /run.bin{more}\nCMD [\"/run.bin\"]\n")
    };
    for mode in ["700", "0750"] {
        repaired(&text(mode, "")).lacks("USER");
    }
    assert!(repaired(&text("+x", "")).all.contains("USER"));
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
fn the_number_that_copied_files_belong_to() {
    let text = "FROM ruby:3.4-slim\nWORKDIR /srv/app\nCOPY --chown=1000:1000 app.rb ./\nCMD [\"ruby\", \"app.rb\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("USER 1000:1000\n") && !all.contains("useradd"), "{all}");
}

#[test]
fn a_program_that_is_only_recommended() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y docker.io && rm -rf /var/lib/apt/lists/*\nRUN git clone https://example.org/a.git\nUSER 1000\nCMD [\"true\"]\n";
    let all = repaired(text).all;
    assert!(!all.contains("no-install-recommends") || all.contains(" git "), "{all}");
}

#[test]
fn an_account_beside_what_is_installed() {
    let text = "FROM python:3.13-slim\nWORKDIR /srv/app\nCOPY app.py ./\nRUN pip install --no-cache-dir flask==3.0.0\nCMD [\"python\", \"app.py\"]\n";
    repaired(text).lacks("&& useradd").lacks("useradd --create-home --uid 10001 app && pip");
    let text = "FROM ubuntu:24.04\nLABEL a=b\nCOPY app /app\nCMD [\"/app\"]\n";
    repaired(text).lacks("FROM ubuntu:24.04\nRUN");
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
fn what_the_successor_of_java_lacks() {
    let text = "FROM openjdk:8\nWORKDIR /srv\nRUN git clone --depth 1 https://example.org/a.git\nUSER 1000\nCMD [\"java\", \"-jar\", \"a.jar\"]\n";
    repaired(text).has("FROM openjdk:8\n");
    let text = "FROM openjdk:8\nWORKDIR /srv\nCOPY a.jar ./\nUSER 1000\nCMD [\"java\", \"-jar\", \"a.jar\"]\n";
    assert!(repaired(text).all.contains("FROM eclipse-temurin:8"));
}

#[test]
fn a_newer_node_that_runs_otherwise() {
    let text = |step: &str, base: &str| {
        format!("FROM {base}\nWORKDIR /srv\nCOPY . .\nRUN {step}\nUSER node\nCMD [\"node\", \"server.js\"]\n")
    };
    for (base, step) in [
        ("node:14", "npm ci && npm run build"),
        ("node:16-alpine", "npm install -g @angular/cli@8"),
        ("node:12", "npm ci --build-from-source && node-gyp rebuild"),
        ("node:6", "npm install"),
        ("node:18", "apt-get update && apt-get install -y --no-install-recommends python3 make g++"),
    ] {
        repaired(&text(step, base)).lacks("node:24");
    }
    let all = repaired(&text("npm ci", "node:14-alpine")).all;
    assert!(all.contains("FROM node:24-alpine"), "{all}");
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
fn a_download_that_only_root_may_read() {
    let text = "FROM debian:trixie-slim\nADD https://example.com/cacert.pem /etc/ssl/certs/cacert.pem\nCOPY server /server\nCMD [\"/server\"]\n";
    repaired(text).lacks("USER");
    let opened = text.replace("ADD ", "ADD --chmod=644 ");
    assert!(repaired(&opened).all.contains("USER"), "an open file is no obstacle");
}

#[test]
fn an_alpine_that_became_a_debian() {
    repaired("FROM nginx:1.16-alpine\nCOPY dist /usr/share/nginx/html\n").lacks("nginx:1.30\n");
}

#[test]
fn a_directory_that_an_unknown_image_has_files_in() {
    let text = |base: &str| {
        format!(
            "FROM {base}\nCOPY ./contrib/ /opt/app-root\n\nRUN chown -R 1001:0 /opt/app-root\n\nUSER 1001\nCMD [\"/opt/app-root/run\"]\n"
        )
    };
    repaired(&text("example.com/base:1.0")).has("RUN chown -R 1001:0 /opt/app-root");
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
fn moves_that_only_a_run_can_justify() {
    repaired("FROM ruby:2.3-slim\nCOPY a.rb /a.rb\nUSER 1000\nCMD [\"ruby\", \"/a.rb\"]\n").has("FROM ruby:2.3-slim");
    let text = "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /server .\n\n\
                FROM debian:trixie-slim\nCOPY --from=build /server /server\nUSER 1000\nCMD [\"/server\"]\n";
    repaired(text).has("FROM debian:trixie-slim").lacks("distroless");
}

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
fn installers_that_were_built_for_one_release() {
    for step in [
        "RUN wget -nv https://example.com/cuda_7.0.28_linux.run && sh cuda_7.0.28_linux.run",
        "COPY tool_1.0_amd64.deb /tmp/\nRUN dpkg -i /tmp/tool_1.0_amd64.deb",
        "RUN curl -fsSLO https://example.com/tool.deb?x=y",
    ] {
        let text = format!("FROM ubuntu:14.04\n{step}\nUSER 1000\nCMD [\"true\"]\n");
        repaired(&text).has("FROM ubuntu:14.04\n");
    }
}

#[test]
fn a_system_that_is_not_slim() {
    let all = |tag: &str| repaired(&format!("FROM debian:{tag}\nCOPY a /a\nUSER 1000\nCMD [\"/a\"]\n")).all;
    assert!(all("9-slim").contains("FROM debian:trixie-slim\n"));
    let full = all("9");
    assert!(full.contains("FROM debian:trixie"), "{full}");
}

#[test]
fn headers_to_compile_with() {
    let text = "FROM python:3.13.5\nWORKDIR /srv\nRUN apt-get update && apt-get install -y --no-install-recommends unixodbc-dev && rm -rf /var/lib/apt/lists/*\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nUSER 1000\nCMD [\"python\", \"app.py\"]\n";
    repaired(text).lacks("-slim");
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
fn a_directory_of_packages_is_open_to_all() {
    repaired("FROM debian:13-slim\nENV CARGO_HOME=/usr/local/cargo\nRUN mkdir $CARGO_HOME && chmod -R a+w $CARGO_HOME\nUSER 1000\nCMD [\"true\"]\n").has("chmod -R a+w");
}

#[test]
fn what_a_comment_says_has_to_be_writable() {
    let text =
        "FROM debian:13-slim\n# the entrypoint writes there\nRUN mkdir /data && chmod 777 /data\nCMD [\"/nosuch\"]\n";
    repaired(text).has("chmod 777 /data");
}

#[test]
fn a_service_that_names_its_own_account() {
    let text = "FROM debian:13-slim\nCOPY server /opt/server\nWORKDIR /opt/server\nCMD [\"bash\", \"-c\", \"/opt/server/bin/server start && tail -f /opt/server/log\"]\n";
    repaired(text).lacks("USER");
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
fn an_account_above_the_command() {
    let text = "FROM alpine:3.23\nENV A=b\nCMD [\"/srv/app\"]\nCOPY app /srv/app\n";
    let all = repaired(text).all;
    let (account, command) = (all.find("adduser"), all.find("CMD"));
    assert!(account.zip(command).is_none_or(|(account, command)| account < command), "{all}");
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
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gawk nano vim && rm -rf /var/lib/apt/lists/*\n# Fix for nano\nENV TERM=xterm\nUSER 1000\nCMD [\"gawk\"]\n";
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
fn a_version_that_the_file_uses_already() {
    let text = "FROM golang:1.99.1-trixie AS build\nCOPY --from=golang:alpine /usr/local/go /go\nRUN go build -o /tool .\n\nFROM debian:13-slim\nCOPY --from=build /tool /usr/local/bin/\nUSER 1000\nCMD [\"tool\"]\n";
    let both = repaired(text);
    assert!(both.all.contains("--from=golang:1.99-alpine "), "{}", both.all);
}
