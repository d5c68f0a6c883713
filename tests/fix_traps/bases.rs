//! Base images that move, get a tag, or become slim.

use super::repaired;

#[test]
fn names_that_only_look_alike() {
    let text = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl wget && rm -rf /var/lib/apt/lists/*\nRUN wget -nv https://example.com/a && curl -fsSLO https://example.com/b\nUSER 1000\nCMD [\"curl\", \"https://example.com\"]\n";
    repaired(text).has("curl wget");
    let text = "FROM debian:13-slim\nRUN apt list --installed && apt show bash && apt-mark hold bash\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("apt-get list").lacks("apt-get show");
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
fn a_base_that_gets_files_from_its_like() {
    // What is linked with the libraries of the one release does not find them in the next.
    let build = "RUN apk add --no-cache cmake g++ lz4-dev\nWORKDIR /src\nCOPY . .\nRUN cmake . && make";
    let start = "COPY --from=build /src/tool /tool\nUSER 1000\nCMD [\"/tool\"]\n";
    let text = format!("FROM alpine:3.17 AS build\n{build}\nFROM alpine:3.17\nRUN apk add --no-cache libpq\n{start}");
    repaired(&text).lacks("alpine:3.2");
    let text = format!("FROM python:3.13-alpine3.17 AS build\nRUN make\nFROM alpine:3.17\n{start}");
    repaired(&text).has("FROM alpine:3.17\n");
    // Where the other goes along, or needs nothing of it.
    for build in ["FROM alpine:3.17 AS build\nRUN apk add --no-cache gawk", "FROM golang:1.17-alpine3.17 AS build"] {
        let all = repaired(&format!("{build}\nRUN /src/assemble /src/tool\nFROM alpine:3.17\n{start}")).all;
        assert!(!all.contains("FROM alpine:3.17"), "{all}");
    }
    // A stage that starts from it installs packages, too.
    let text = "FROM alpine:3.14 AS base\nFROM base\nRUN apk add --no-cache php\nUSER 1000\nCMD [\"php\"]\n";
    repaired(text).has("FROM alpine:3.14");
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
fn an_alpine_that_became_a_debian() {
    repaired("FROM nginx:1.16-alpine\nCOPY dist /usr/share/nginx/html\n").lacks("nginx:1.30\n");
}

#[test]
fn moves_that_only_a_run_can_justify() {
    repaired("FROM ruby:2.3-slim\nCOPY a.rb /a.rb\nUSER 1000\nCMD [\"ruby\", \"/a.rb\"]\n").has("FROM ruby:2.3-slim");
    let text = "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /server .\n\n\
                FROM debian:trixie-slim\nCOPY --from=build /server /server\nUSER 1000\nCMD [\"/server\"]\n";
    repaired(text).has("FROM debian:trixie-slim").lacks("distroless");
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
fn a_version_that_the_file_uses_already() {
    let text = "FROM golang:1.99.1-trixie AS build\nCOPY --from=golang:alpine /usr/local/go /go\nRUN go build -o /tool .\n\nFROM debian:13-slim\nCOPY --from=build /tool /usr/local/bin/\nUSER 1000\nCMD [\"tool\"]\n";
    let both = repaired(text);
    assert!(both.all.contains("--from=golang:1.99-alpine "), "{}", both.all);
}

#[test]
fn a_release_that_only_labels_name_as_well() {
    let text = "FROM ubuntu:focal AS app\nLABEL base.image=\"ubuntu:focal\"\nRUN apt-get update && apt-get install -y --no-install-recommends wget && rm -rf /var/lib/apt/lists/*\nUSER 1000\nCMD [\"true\"]\n\nFROM ubuntu:focal\nCOPY --from=app /usr/share/doc /doc\nUSER 1000\nCMD [\"true\"]\n";
    let all = repaired(text).all;
    assert!(!all.contains("focal") && all.contains("LABEL base.image=\"ubuntu:"), "{all}");
    // A repository, or another image, of that release.
    let other = text.replace(
        "USER 1000\nCMD [\"true\"]\n\n",
        "RUN echo focal > /etc/release-of-the-tool\nUSER 1000\nCMD [\"true\"]\n\n",
    );
    assert_eq!(repaired(&other).has("LABEL base.image=\"ubuntu:focal\"").all.matches("FROM ubuntu:focal").count(), 2);
    let other = text.replace("base.image=\"ubuntu:focal\"", "base.image=\"other:focal\"");
    repaired(&other).has("FROM ubuntu:focal");
}

#[test]
fn old_sources_and_a_newer_compiler() {
    let text = |command: &str| {
        format!(
            "FROM ubuntu:20.04\nRUN apt-get update && apt-get install -y --no-install-recommends g++ make && rm -rf /var/lib/apt/lists/*\nCOPY src /src\nRUN {command}\nUSER 1000\nCMD [\"true\"]\n"
        )
    };
    for command in ["make -C /src", "cd /src && ./configure", "cd /src && ./build.sh", "sh /src/build.sh"] {
        repaired(&text(command)).has("FROM ubuntu:20.04");
    }
    assert!(!repaired(&text("cp -r /src /opt")).all.contains("ubuntu:20.04"));
}

#[test]
fn a_tag_after_the_registry_of_a_variable() {
    let text = |image: &str| {
        format!("ARG REGISTRY=mirror.gcr.io/library/\nFROM ${{REGISTRY}}{image}\nUSER 1000\nCMD [\"true\"]\n")
    };
    let all = repaired(&text("alpine:3.10")).all;
    assert!(all.contains("FROM ${REGISTRY}alpine:3.") && !all.contains("3.10"), "{all}");
    assert!(all.contains("ARG REGISTRY=mirror.gcr.io/library/\n"), "{all}");
    let all = repaired(&text("busybox")).all;
    assert!(all.contains("FROM ${REGISTRY}busybox:1."), "{all}");
    // The name or the tag is composed of parts.
    repaired("ARG NAME=al\nFROM ${NAME}pine:3.1${MINOR}\nUSER 1000\nCMD [\"true\"]\n").left_alone();
    let text = "ARG NAME=alp\nFROM ${NAME}ine:3.10\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).has("ARG NAME=alp\nFROM ${NAME}ine:3.");
}
