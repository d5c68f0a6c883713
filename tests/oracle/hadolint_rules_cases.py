"""Small files for hadolint's rules, and verdicts on the differences; see `hadolint_rules.py`.

All cases are written for Plimsoll, based on the description of each rule. Most combine words with a few
templates: package manager commands with their options, forms of package versions, and keys and values of labels."""

import itertools

# Labels that the schema of both programs requires, with the format of their value.
LABELS = {
    "com.example.title": "text",
    "com.example.page": "url",
    "com.example.built": "rfc3339",
    "com.example.licence": "spdx",
    "com.example.commit": "hash",
    "com.example.release": "semver",
    "com.example.contact": "email",
}

CASES = {}
BASE = "FROM registry.example.org/base:1\n"


def add(code, *texts):
    CASES.setdefault(code, []).extend(texts)


def lines(code, *instructions, base=BASE, onbuild=True):
    """Adds each instruction as the only one in a stage, and also after ONBUILD if it is allowed there."""
    for instruction in instructions:
        add(code, base + instruction)
        if onbuild:
            add(code, base + "ONBUILD " + instruction)


def runs(code, *scripts, base=BASE, onbuild=True):
    lines(code, *("RUN " + script for script in scripts), base=base, onbuild=onbuild)


def stages(code, *texts):
    """Adds complete files."""
    add(code, *texts)


# Images.

for image in ["debian", "library/debian", "quay.io/prometheus/node-exporter", "scratch", "debian:12", "debian@sha256:" + "a" * 64,
              "debian:12@sha256:" + "b" * 64, "mcr.microsoft.com/dotnet/sdk", "team/app:1.2.3", "ghcr.io/team/app:v1"]:
    stages("DL3006", f"FROM {image}\n")
stages(
    "DL3006",
    "FROM golang:1.25 AS make\nRUN go build\nFROM make\n",
    "FROM golang:1.25 AS make\nFROM make AS check\nFROM check\n",
    "FROM golang AS make\nFROM make\n",
    "ARG BASE=debian:12\nFROM $BASE\n",
    "ARG BASE=debian:12\nFROM ${BASE} AS base\n",
    "FROM --platform=linux/amd64 debian\n",
    "FROM --platform=$BUILDPLATFORM debian:12\n",
    "FROM debian AS one\nFROM alpine AS two\n",
)
for image in ["debian:latest", "team/app:latest", "registry.example.org:5000/app:latest", "debian:latest@sha256:" + "c" * 64, "debian:12",
              "debian:latest-slim", "debian", "ghcr.io/team/latest:1"]:
    stages("DL3007", f"FROM {image}\n")
stages("DL3007", "FROM golang:latest AS make\nFROM debian:12\nCOPY --from=make /a /a\n", "FROM golang:1.25 AS latest\nFROM latest\n", "FROM --platform=$TARGETPLATFORM debian:latest\n")
for image in ["debian:12", "docker.io/library/debian:12", "quay.io/team/app:1", "a.example.org/app:1", "example.org/app:1", "registry.other.net/app:1",
              "scratch", "docker.io/team/app@sha256:" + "d" * 64, "b.c.example.org/app:1", "ghcr.io/team/app:1"]:
    stages("DL3026", f"FROM {image}\n")
stages(
    "DL3026",
    "FROM debian:12 AS quay.io-like\nFROM debian:12\n",
    "FROM debian:12 AS make\nFROM make\n",
    "FROM debian:12\nCOPY --from=quay.io/team/tool:1 /tool /tool\n",
    "FROM debian:12\nCOPY --from=docker.io/team/tool:1 /tool /tool\n",
)
for platform in ["linux/amd64", "linux/arm64/v8", "$BUILDPLATFORM", "$TARGETPLATFORM", "${BUILDPLATFORM}", "${TARGETPLATFORM}", "windows/amd64"]:
    stages("DL3029", f"FROM --platform={platform} debian:12\n")
stages("DL3029", "FROM debian:12\n", "FROM debian:12 AS a\nFROM --platform=linux/arm64 debian:12 AS b\nCOPY --from=a /x /y\n")
for platform in ["$TARGETPLATFORM", "${TARGETPLATFORM}", "$BUILDPLATFORM", "linux/amd64"]:
    stages("DL3065", f"FROM --platform={platform} debian:12\n", f"FROM --platform={platform} debian:12 AS app\nRUN true\n")
stages("DL3065", "FROM debian:12\n", "FROM --platform=$BUILDPLATFORM debian:12 AS a\nFROM --platform=$TARGETPLATFORM debian:12\nCOPY --from=a /x /y\n")

# Stages.

stages(
    "DL3024",
    "FROM debian:12 AS a\nFROM debian:12 AS a\n",
    "FROM debian:12 AS a\nFROM debian:12 AS b\n",
    "FROM debian:12 AS a\nFROM alpine:3.22 AS b\nFROM busybox:1.37 AS a\n",
    "FROM debian:12 AS a\nFROM debian:12\n",
    "FROM debian:12 as make\nFROM debian:12 as make\nFROM debian:12 as make\n",
    "FROM a:1 AS b\nFROM b AS c\n",
)
for name in ["scratch", "context", "scratchy", "my-context", "app"]:
    stages("DL3063", f"FROM debian:12 AS {name}\n", f"FROM debian:12 AS first\nFROM debian:12 AS {name}\nCOPY --from=first /a /a\n")
stages(
    "DL3061",
    "ARG A=1\nFROM debian:12\n",
    "# only a comment\nFROM debian:12\n",
    "LABEL a=b\nFROM debian:12\n",
    "RUN true\nFROM debian:12\n",
    "ENV A=1\nFROM debian:12\n",
    "ARG A=1\nARG B=2\nFROM debian:12\n",
    "WORKDIR /app\nFROM debian:12\n",
    "USER app\nFROM debian:12\n",
    "FROM debian:12\nRUN true\n",
    "EXPOSE 80\nFROM debian:12\n",
    "ARG A\nCOPY a /a\nFROM debian:12\n",
)
for source in ["make", "other", "0", "1", "nginx:1.29", "ghcr.io/team/app:1", "${from}", "MISSING"]:
    stages("DL3022", f"FROM golang:1.25 AS make\nFROM debian:12\nCOPY --from={source} /app /app\n")
stages(
    "DL3022",
    "FROM debian:12\nCOPY --from=later /a /a\nFROM debian:12 AS later\n",
    "FROM golang:1.25\nFROM debian:12\nCOPY --from=0 /a /a\n",
    "FROM golang:1.25\nFROM debian:12\nCOPY --from=2 /a /a\n",
    "FROM debian:12\nCOPY a /a\n",
    "FROM golang:1.25 AS a\nFROM golang:1.25 AS b\nFROM debian:12\nCOPY --from=a /a /a\nCOPY --from=b /a /a\n",
    "FROM golang:1.25 AS a\nFROM debian:12\nCOPY --chown=1:1 --from=c /a /a\n",
)
stages(
    "DL3023",
    "FROM golang:1.25 AS make\nCOPY --from=make /a /b\n",
    "FROM golang:1.25 AS make\nFROM debian:12 AS app\nCOPY --from=make /a /b\n",
    "FROM golang:1.25 AS make\nFROM debian:12 AS app\nCOPY --from=app /a /b\n",
    "FROM golang:1.25 AS make\nCOPY a /b\nFROM debian:12\nCOPY --from=make /a /b\n",
    "FROM golang:1.25 AS make\nRUN true\nCOPY --chown=1 --from=make /a /b\n",
)
stages(
    "DL3012",
    BASE + "HEALTHCHECK CMD [\"/check\"]\n",
    BASE + "HEALTHCHECK CMD [\"/check\"]\nHEALTHCHECK CMD [\"/other\"]\n",
    BASE + "HEALTHCHECK NONE\nHEALTHCHECK CMD [\"/other\"]\n",
    BASE + "HEALTHCHECK --interval=5s CMD [\"/check\"]\nRUN true\nHEALTHCHECK CMD [\"/other\"]\n",
    "FROM debian:12 AS a\nHEALTHCHECK CMD [\"/check\"]\nFROM debian:12\nHEALTHCHECK CMD [\"/other\"]\n",
)
stages(
    "DL3057",
    BASE + "CMD [\"/app\"]\n",
    BASE + "HEALTHCHECK CMD [\"/check\"]\nCMD [\"/app\"]\n",
    BASE + "HEALTHCHECK NONE\nCMD [\"/app\"]\n",
    "FROM debian:12 AS base\nHEALTHCHECK CMD [\"/check\"]\nFROM base\nCMD [\"/app\"]\n",
    "FROM debian:12 AS base\nCMD [\"/app\"]\nFROM base\nHEALTHCHECK CMD [\"/check\"]\n",
)
stages(
    "DL4003",
    BASE + "CMD [\"a\"]\n",
    BASE + "CMD [\"a\"]\nCMD [\"b\"]\n",
    BASE + "CMD a\nRUN true\nCMD b\n",
    "FROM debian:12 AS a\nCMD [\"a\"]\nFROM debian:12\nCMD [\"b\"]\n",
    BASE + "ENTRYPOINT [\"a\"]\nCMD [\"b\"]\n",
)
stages(
    "DL4004",
    BASE + "ENTRYPOINT [\"a\"]\n",
    BASE + "ENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]\n",
    BASE + "ENTRYPOINT a\nCMD [\"c\"]\nENTRYPOINT b\n",
    "FROM debian:12 AS a\nENTRYPOINT [\"a\"]\nFROM debian:12\nENTRYPOINT [\"b\"]\n",
)
lines("DL4000", "MAINTAINER Jo", "MAINTAINER Jo <jo@example.org>", "LABEL maintainer=\"jo@example.org\"", onbuild=False)
lines("DL3043", "ONBUILD ONBUILD RUN true", "ONBUILD FROM debian:12", "ONBUILD MAINTAINER Jo", "ONBUILD RUN true", "ONBUILD ADD a /a", onbuild=False)
stages(
    "DL3002",
    *(BASE + f"USER {user}\n" for user in ["root", "0", "root:root", "0:0", "app", "1000", "1000:0", "root2", "nobody:root"]),
    BASE + "USER root\nRUN true\nUSER app\n",
    BASE + "USER app\nRUN true\nUSER root\nRUN true\n",
    BASE + "RUN true\n",
    "FROM debian:12 AS base\nUSER root\nFROM base\nUSER app\n",
)
for user in ["1000", "1000:1000", "app", "app:app", "1000:app", "root", "nobody", "0"]:
    stages("DL3066", BASE + f"USER {user}\n")
stages("DL3066", BASE + "ARG user=1000\nUSER $user\n", BASE + "ARG user=app\nRUN true\nUSER ${user}\n", BASE + "RUN true\n")

# Directories and files.

for path in ["/app", "app", "./app", "$APP", "${HOME}/app", "/app/../lib", "\"/app\"", "'app'", "C:\\\\app", "../app", "sub/dir"]:
    lines("DL3000", f"WORKDIR {path}", onbuild=False)
for destination in ["/app/", "app", "app/", ".", "./app", "$APP/", "${HOME}/a", "\"/app/\"", "\"app/\"", "C:/app/"]:
    stages("DL3045", BASE + f"COPY a.txt {destination}\n", BASE + f"WORKDIR /srv\nCOPY a.txt {destination}\n")
stages(
    "DL3045",
    "FROM debian:12 AS base\nWORKDIR /app\nFROM base\nCOPY a b\n",
    "FROM debian:12 AS base\nWORKDIR /app\nFROM debian:12\nCOPY a b\n",
    BASE + "COPY --from=x:1 /a b\n",
    BASE + "COPY [\"a\", \"b\"]\n",
    BASE + "COPY [\"a\", \"/b\"]\n",
)
for words in ["a b /app", "a b /app/", "a /app", "a b c app/", "a b .", "a b ./", "a* /app", "--chown=1:1 a b /app", "[\"a\", \"b\", \"/app\"]", "[\"a\", \"b\", \"/app/\"]", "a b $dir", "a b \"/app/\""]:
    lines("DL3021", f"COPY {words}", base=BASE + "WORKDIR /srv\n", onbuild=False)
for source in ["file.txt", "src/", "app.tar.gz", "app.tgz", "app.tar", "app.tar.xz", "app.tar.bz2", "app.zip", "https://example.org/a.txt", "http://example.org/a.tar.gz", "app.jar", "archive.txz", "app.tbz2", "app.tar.zst", ".", "a.txt b.txt", "lib.tar.Z"]:
    lines("DL3020", f"ADD {source} /app/", onbuild=False)
lines("DL3020", "ADD --chown=1:1 file.txt /app/", "ADD [\"file.txt\", \"/app/\"]", "COPY file.txt /app/", onbuild=False)
for unpack in ["tar -xzf app.tar.gz", "tar --extract -f app.tar.gz", "tar -x -f app.tar.gz -C /srv", "tar -czf new.tgz /srv", "tar xzf app.tar.gz", "gunzip app.tar.gz", "true", "tar -xf other.tar"]:
    stages("DL3010", BASE + f"COPY app.tar.gz /app/\nRUN cd /app && {unpack}\n")
stages(
    "DL3010",
    BASE + "COPY app.tar /tmp/\nRUN tar -xf /tmp/app.tar -C /srv\n",
    BASE + "COPY app.tar.xz /tmp/x.tar.xz\nRUN tar -xf /tmp/x.tar.xz\n",
    BASE + "ADD app.tar.gz /srv/\nRUN true\n",
    BASE + "COPY --from=make /app.tar.gz /srv/\nRUN tar -xzf /srv/app.tar.gz\n",
    BASE + "COPY notes.txt /srv/\nRUN tar -xf /srv/notes.txt\n",
    BASE + "COPY app.tgz /tmp/\nRUN tar -xvzf /tmp/app.tgz && rm /tmp/app.tgz\n",
)
for words in ["/ /", "/app /app", "/ /rootfs", "/etc /", "/ /app/"]:
    stages("DL3067", f"FROM debian:12 AS make\nRUN true\nFROM scratch\nCOPY --from=make {words}\n")

# Metadata.

for ports in ["80", "65535", "65536", "80000", "80/tcp", "99999/udp", "8000-8010", "60000-70000", "$PORT", "${PORT}/tcp", "80 443", "80 70000", "0", "1-65535"]:
    lines("DL3011", f"EXPOSE {ports}", onbuild=False)
for key in ["team", "com.example.team", "Team", "com.example.Team", "com..example", "com.example--team", "com.docker.team", "io.docker.team", "org.dockerproject.x",
            "com.example.team-", "1team", "com.example/team", "com_example", "-team", "a", "com.example.team1", "_x", "org.opencontainers.image.title"]:
    lines("DL3048", f"LABEL {key}=\"x\"", onbuild=False)
ALL_LABELS = {
    "com.example.title": "App",
    "com.example.page": "https://example.org/app",
    "com.example.built": "2026-01-02T03:04:05Z",
    "com.example.licence": "MIT",
    "com.example.commit": "0123456789abcdef0123456789abcdef01234567",
    "com.example.release": "1.2.3",
    "com.example.contact": "jo@example.org",
}


def labelled(**changes):
    """Returns a file with all labels of the schema, except for those that change; `None` omits one."""
    values = {**ALL_LABELS, **{f"com.example.{name}": value for name, value in changes.items()}}
    return BASE + "".join(f'LABEL {key}="{value}"\n' for key, value in values.items() if value is not None)


stages("DL3049", labelled(), *(labelled(**{name.rpartition(".")[2]: None}) for name in LABELS))
stages("DL3049", "FROM debian:12 AS base\n" + labelled().split("\n", 1)[1] + "FROM base\nRUN true\n")
stages("DL3050", labelled(), labelled() + "LABEL other=\"x\"\n", labelled() + "LABEL com.example.more=\"x\" com.example.title=\"Two\"\n")
stages("DL3051", *(labelled(**{name.rpartition(".")[2]: ""}) for name in LABELS), labelled(title="x"))
FORMS = {
    ("DL3052", "page"): ["https://example.org", "http://example.org/a?b=c", "example.org", "not a url", "ftp://example.org/x", "www.example.org/a", "https://example.org:8443/x#y"],
    ("DL3053", "built"): ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+02:00", "2026-01-02", "yesterday", "2026-01-02 03:04:05", "2026-01-02T03:04:05.123Z", "03:04"],
    ("DL3054", "licence"): ["MIT", "Apache-2.0", "GPL-3.0-or-later", "GPL-3.0", "BSD", "Apache", "proprietary", "BSD-3-Clause", "CC0-1.0", "Unlicense", "mit-licence", "ISC", "MPL-2.0", "AGPL-3.0-only"],
    ("DL3055", "commit"): ["0123456", "0123456789abcdef0123456789abcdef01234567", "main", "01234", "v1.2.3", "xyz1234", "deadbee"],
    ("DL3056", "release"): ["1.2.3", "1.2.3-rc.1", "1.2.3+build.5", "1.2", "v1.2.3", "latest", "01.2.3", "1.2.3.4", "0.0.1"],
    ("DL3058", "contact"): ["jo@example.org", "jo", "jo.smith+x@example.org", "jo@", "@example.org", "a b@example.org", "jo@mail.example.org"],
}
for (code, name), values in FORMS.items():
    stages(code, *(labelled(**{name: value}) for value in values))
for words in ["A=1", "A=1 B=$A", "A=1 B=${A}", "A=1 B=2", "A=$A", "A=1 B=x${A}y", "A=1 AB=$B", "A=/bin PATH=$A:$PATH", "PATH=$PATH:/x"]:
    lines("DL3044", f"ENV {words}", onbuild=False)
stages("DL3044", BASE + "ENV A=1\nENV B=$A\n", BASE + "ENV A=1\nENV A=2 B=$A\n", BASE + "ARG A=1\nENV A=2 B=$A\n", BASE + "ENV A=1 \\\n    B=${A}\n")
for name in ["PASSWORD", "DB_PASSWORD", "API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SECRET", "LANG", "PORT", "CLIENT_SECRET", "MY_PRIVATE_THING", "HOME_DIR", "APP_NAME"]:
    lines("DL3064", f"ENV {name}=abc123def", f"ARG {name}", onbuild=False)

# Processes.

for keyword in ["CMD", "ENTRYPOINT"]:
    lines("DL3025", f"{keyword} app --x", f"{keyword} [\"app\", \"--x\"]", f"{keyword} [\"sh\", \"-c\", \"app $X\"]", f"{keyword} ['app']", f"{keyword} app && other", f"{keyword} [\"app\",\n\"x\"]".replace("\n", " \\\n  "), onbuild=False)
lines("DL3025", "HEALTHCHECK CMD curl -f http://localhost/", "HEALTHCHECK CMD [\"curl\", \"-f\", \"http://localhost/\"]", "HEALTHCHECK NONE", "CMD []", "CMD exec app", onbuild=False)

# Shell.

for program in ["free", "kill 1", "mount /dev/sda1 /mnt", "ps aux", "service nginx start", "shutdown now", "ssh host", "top", "vim a.txt", "ls", "echo ps", "umount /mnt", "killall x"]:
    runs("DL3001", program)
runs("DL3003", "cd /srv && make", "cd /srv", "make -C /srv", "(cd /srv && make)", "true && cd /srv && make", "echo cd", "cd /srv; make", onbuild=False)
runs("DL3004", "sudo make install", "make && sudo make install", "make install", "echo sudo", "su app", "gosu app make", "sudo -u app make", "apt-get install -y sudo=1.9", "if true; then sudo make; fi")
runs("DL3027", "apt install -y curl=8", "apt update", "apt-get update", "echo apt", "apt-cache search x", "apt-get update && apt list", "apt-mark hold x", "aptitude install x=1")
runs("DL3035", "zypper dist-upgrade -y", "zypper dup -y", "zypper -n dup", "zypper update -y", "zypper install -y dup=1", "zypper refresh")
runs("DL4005", "ln -sf /bin/bash /bin/sh", "ln -s /bin/dash /bin/sh", "ln -sf /bin/bash /bin/other", "ln -sfv /bin/bash /bin/sh && true", "ln a b", "true && ln -snf bash /bin/sh")
runs("DL3046", "useradd -u 123456 app", "useradd -l -u 123456 app", "useradd -u 1000 app", "useradd --no-log-init -u 999999 app", "useradd app", "useradd -l app", "useradd -lm -u 123456 app", "useradd -m -u 1234567 app && true")
runs("DL3047", "wget https://example.org/a", "wget -q https://example.org/a", "wget --progress=dot:giga https://example.org/a", "wget -nv https://example.org/a", "wget -O a https://example.org/a",
     "wget -qO- https://example.org/a", "wget -o log https://example.org/a", "wget --quiet https://example.org/a", "wget --no-verbose https://example.org/a", "wget -a log https://example.org/a",
     "wget --output-file=log https://example.org/a", "curl -O https://example.org/a", "wget --progress=bar https://example.org/a", "mkdir x && wget https://example.org/a", base="FROM debian:12\n")
stages(
    "DL4001",
    BASE + "RUN apt-get install -y wget=1 curl=8\nRUN wget -q https://example.org/a\nRUN curl -fO https://example.org/b\n",
    BASE + "RUN wget -q https://example.org/a\nRUN wget -q https://example.org/b\n",
    BASE + "RUN curl -fO https://example.org/b\n",
    BASE + "RUN apt-get install -y wget=1 curl=8 && wget -q https://example.org/a && curl -fO https://example.org/b\n",
    "FROM debian:12 AS a\nRUN apt-get install -y wget=1 && wget -q https://example.org/a\nFROM debian:12\nRUN apt-get install -y curl=8 && curl -fO https://example.org/b\n",
)
PIPES = ["wget -qO- https://example.org/a | sh", "curl -f https://example.org/a | tar -xz", "make | tee log", "cat a | grep b > c", "make", "make || true", "make && make install", "(make | tee log)", "if make | grep x; then true; fi", "make |& tee log"]
runs("DL4006", *PIPES, onbuild=False)
for shell in ['["/bin/bash", "-o", "pipefail", "-c"]', '["/bin/bash", "-eo", "pipefail", "-c"]', '["/bin/ash", "-o", "pipefail", "-c"]', '["/bin/bash", "-c"]', '["/bin/zsh", "-o", "pipefail", "-c"]', '["pwsh", "-Command"]', '["bash", "-o", "pipefail", "-c"]']:
    stages("DL4006", BASE + f"SHELL {shell}\nRUN make | tee log\n")
stages("DL4006", BASE + "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN make | tee log\nSHELL [\"/bin/sh\", \"-c\"]\nRUN make | tee log\n",
       "FROM debian:12 AS a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN make | tee log\nFROM debian:12\nRUN make | tee log\n")
stages(
    "DL3059",
    BASE + "RUN a\nRUN b\n",
    BASE + "RUN a\nCOPY x /x\nRUN b\n",
    BASE + "RUN a\n# why\nRUN b\n",
    BASE + "RUN a && b && c\nRUN d\n",
    BASE + "RUN a\nRUN b && c && d\n",
    BASE + "RUN a && b\nRUN c\n",
    BASE + "RUN --mount=type=cache,target=/x a\nRUN b\n",
    BASE + "RUN a\n",
    BASE + "RUN a\nENV X=1\nRUN b\n",
    "FROM debian:12 AS a\nRUN a\nFROM debian:12\nRUN b\n",
)

# Packages: installed without asking, pinned, cleaned up.

for flags in ["", "-y", "--yes", "-qq", "--assume-yes", "-q -q", "-q", "-q=2", "-yq", "-y -q", "--force-yes", "-fy"]:
    runs("DL3014", f"apt-get install {flags} --no-install-recommends curl=8".replace("  ", " "))
runs("DL3014", "apt-get -y install curl=8", "apt-get update", "apt-get -qq install curl=8", "apt-get update && apt-get install curl=8")
for flags in ["--no-install-recommends", "", "-o APT::Install-Recommends=false", "--no-install-suggests", "--install-recommends"]:
    runs("DL3015", f"apt-get install -y {flags} curl=8".replace("  ", " "))
runs("DL3015", "apt-get --no-install-recommends -y install curl=8", "apt-get update", "apt-get -y install curl=8 && true")
for package in ["curl", "curl=8.1", "curl=8.*", "curl/stable", "./curl.deb", "/tmp/curl_1.deb", "curl=8 git", "curl git", "curl=8 git=1", "-t stable curl", "-t stable curl=8", "--target-release stable curl=8", "gcc-12", "libssl3:amd64", "curl-"]:
    runs("DL3008", f"apt-get install -y --no-install-recommends {package}")
runs("DL3008", "apt-get update && apt-get install -y curl", "apt-get remove -y curl", "apt-get build-dep -y curl", "apt-get install", "if true; then apt-get install -y curl; fi")
for flags in ["-y", "", "--assumeyes", "-yq", "-q"]:
    runs("DL3030", f"yum install {flags} curl-8.1".replace("  ", " "))
    runs("DL3038", f"dnf install {flags} curl-8.1".replace("  ", " "), f"microdnf install {flags} curl-8.1".replace("  ", " "))
    runs("DL3034", f"zypper install {flags} curl=8".replace("  ", " "))
runs("DL3030", "yum -y install curl-8.1", "yum localinstall a.rpm", "yum update", "yum groupinstall tools", "rpm -i a.rpm")
runs("DL3038", "dnf -y install curl-8.1", "dnf remove curl", "dnf update", "dnf groupinstall tools")
runs("DL3034", "zypper -n install curl=8", "zypper --non-interactive in curl=8", "zypper remove curl", "zypper rm -y curl", "zypper patch", "zypper refresh", "zypper in curl=8", "zypper --no-confirm install curl=8", "zypper install --no-confirm curl=8")
for package in ["curl", "curl-8.1", "curl-8.1-2.el9", "curl-devel", "a.rpm", "a-1.2.rpm", "curl-8.1 git", "curl-8.1 git-2", "glibc.i686", "curl-8.*"]:
    runs("DL3033", f"yum install -y {package} && yum clean all")
    runs("DL3041", f"dnf install -y {package} && dnf clean all")
runs("DL3033", "yum module install -y nodejs:20", "yum module install -y nodejs", "yum remove -y curl", "yum update -y")
runs("DL3041", "dnf module install -y nodejs:20", "dnf module install -y nodejs", "microdnf install -y curl", "microdnf install -y curl-8.1", "dnf remove -y curl", "dnf upgrade -y")
for package in ["curl", "curl=8", "'curl>=8'", "'curl<9'", "a.rpm", "curl=8 git"]:
    runs("DL3037", f"zypper install -y {package} && zypper clean")
runs("DL3037", "zypper remove -y curl", "zypper refresh", "zypper -n in curl")
CLEAN = {
    "DL3009": ["apt-get update", "apt-get update && rm -rf /var/lib/apt/lists/*", "apt-get update && apt-get install -y curl=8", "apt-get update && apt-get install -y curl=8 && apt-get clean",
               "apt-get update && apt-get install -y curl=8 && rm -rf /var/lib/apt/lists/*", "apt-get install -y curl=8", "--mount=type=cache,target=/var/lib/apt apt-get update",
               "--mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update", "--mount=type=cache,target=/var/lib/apt/lists apt-get update", "--mount=type=tmpfs,target=/var/lib/apt/lists apt-get update",
               "apt-get update && rm -rf /var/lib/apt/lists/* && apt-get clean", "aptitude update", "apt-get update -qq && make"],
    "DL3019": ["apk add curl=8", "apk add --no-cache curl=8", "apk --no-cache add curl=8", "apk add --update curl=8", "--mount=type=cache,target=/var/cache/apk apk add curl=8", "apk update", "apk add -U curl=8", "apk del curl", "--mount=type=tmpfs,target=/var/cache/apk apk add curl=8"],
    "DL3032": ["yum install -y curl-8.1", "yum install -y curl-8.1 && yum clean all", "yum clean all && yum install -y curl-8.1", "yum install -y curl-8.1 && rm -rf /var/cache/yum/*", "yum -y install curl-8.1 && yum -y clean all", "yum remove -y curl", "yum install -y a-1 && yum clean all && yum install -y b-1", "yum install -y curl-8.1 && rm -rf /var/cache/yum"],
    "DL3036": ["zypper install -y curl=8", "zypper install -y curl=8 && zypper clean", "zypper install -y curl=8 && zypper clean -a", "zypper -n in curl=8 && zypper cc", "zypper clean && zypper install -y curl=8", "--mount=type=cache,target=/var/cache/zypp zypper install -y curl=8", "zypper refresh"],
    "DL3040": ["dnf install -y curl-8.1", "dnf install -y curl-8.1 && dnf clean all", "microdnf install -y curl-8.1", "microdnf install -y curl-8.1 && microdnf clean all", "dnf clean all && dnf install -y curl-8.1", "dnf install -y curl-8.1 && rm -rf /var/cache/libdnf5", "--mount=type=cache,target=/var/cache/libdnf5 dnf install -y curl-8.1", "dnf upgrade -y", "dnf remove -y curl", "dnf reinstall -y curl-8.1"],
    "DL3042": ["pip install a==1", "pip install --no-cache-dir a==1", "pip3 install a==1", "python -m pip install a==1", "python3 -m pip install --no-cache-dir a==1", "PIP_NO_CACHE_DIR=1 pip install a==1", "--mount=type=cache,target=/root/.cache/pip pip install a==1", "pip download a==1", "pipx install a==1", "pipenv install", "pip uninstall -y a", "pip install -r requirements.txt"],
    "DL3060": ["yarn install", "yarn install && yarn cache clean", "yarn", "yarn add a@1", "yarn install --frozen-lockfile", "--mount=type=cache,target=/root/.cache/yarn yarn install", "yarn build", "yarn cache clean && yarn install", "yarn install && yarn build && yarn cache clean"],
}
for code, scripts in CLEAN.items():
    runs(code, *scripts)
stages(
    "DL3042",
    BASE + "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a==1\n",
    BASE + "ENV PIP_NO_CACHE_DIR=true\nRUN pip install a==1\n",
    BASE + "ENV PIP_NO_CACHE_DIR=on\nRUN pip install a==1\n",
    "FROM debian:12 AS base\nENV PIP_NO_CACHE_DIR=yes\nFROM base\nRUN pip install a==1\n",
    "FROM debian:12 AS base\nENV PIP_NO_CACHE_DIR=1\nFROM debian:12\nRUN pip install a==1\n",
)
stages(
    "DL3009",
    "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y curl=8\nFROM debian:12\nRUN true\n",
    "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y curl=8\nFROM base\nRUN true\n",
    BASE + "RUN apt-get update \\\n && apt-get install -y curl=8 \\\n && rm -rf /var/lib/apt/lists/*\n",
)
for package in ["curl", "curl=8", "'curl>8'", "'curl<9'", "'curl~=8'", "./a.apk", "curl=8 git", "-t make gcc", "-t make gcc=12", "--virtual make gcc=12", "--virtual=make gcc", "-X https://example.org/r curl=8", "--repository https://example.org/r curl=8", "--repository=https://example.org/r curl"]:
    runs("DL3018", f"apk add --no-cache {package}")
runs("DL3018", "apk del curl", "apk update", "apk --no-cache add curl", "apk upgrade")
for package in ["a", "a==1", "'a>=1'", "'a<2'", "'a~=1.0'", "a===1", "-r requirements.txt", "--requirement requirements.txt", ".", "-e .", "./local", "a==1 b", "a==1 b==2", "a.whl", "a.tar.gz", "git+https://example.org/a.git", "git+https://example.org/a.git@v1",
                "-c constraints.txt a", "--constraint constraints.txt a", "-i https://example.org/simple a==1", "--index-url https://example.org/simple a", "--upgrade a==1", "-U pip", "'a[x]==1'", "'a[x]'", "--target /x a==1", "--user a", "'a!=2'", "--extra-index-url https://example.org/s a==1", "--find-links /w a==1", "--prefix /x a==1"]:
    runs("DL3013", f"pip install --no-cache-dir {package}")
runs("DL3013", "pip3 install a", "pip3 install a==1", "python -m pip install a", "python3 -m pip install a==1", "pip freeze", "pip download a", "pip2 install a", "pipenv install a", "pip3.12 install a==1")
for package in ["a", "a@1", "a@1.2.3", "@team/a", "@team/a@1", "a@latest", "git+https://example.org/a.git", "git+https://example.org/a.git#v1", "./a", "/a", "../a", "~/a", "a.tgz", "https://example.org/a.tgz", "a.tar.gz", "a@1 b", "a@1 b@2", "a.tar", "git://example.org/a.git#1"]:
    runs("DL3016", f"npm install {package}", f"npm install -g {package}")
runs("DL3016", "npm install", "npm ci", "npm install --production", "npm run install", "npm install --loglevel silent a@1", "npm install --registry https://example.org a", "npm install --save-dev a", "npm --global install a@1", "npm test", "npm rebuild a")
for package in ["a", "a:1", "a -v 1", "a --version 1", "-v 1 a", "a:1 b", "a:1 b:2", "--no-document a:1", "--no-document a", "a -- --with-x=/y", "a:1 -- --with-x=/y", "a --version=1", "-N a:1"]:
    runs("DL3028", f"gem install {package}")
runs("DL3028", "gem i a", "gem i a:1", "gem update", "gem list", "bundle install", "gem uninstall a")
for package in ["example.org/a", "example.org/a@v1", "example.org/a@latest", "example.org/a@none", "./...", "./cmd/a", ".", "example.org/a@main", "example.org/a@v1 example.org/b", "example.org/a/...@v1.2.3", "example.org/a@0123abc"]:
    runs("DL3062", f"go install {package}")
    runs("DL3062", f"go get {package}")
runs("DL3062", "go run example.org/a", "go run example.org/a@v1", "go run main.go", "go build ./...", "go get -tool example.org/a", "go get -tool example.org/a@v1", "go get -u example.org/a", "go install -v example.org/a@v1", "go mod download", "go test ./...", "go get -d ./...", "go run .")

# The same commands at other positions in a script, and in other forms of RUN.

PAIRS = {
    "DL3004": ("sudo make", "make"),
    "DL3008": ("apt-get install -y --no-install-recommends curl", "apt-get install -y --no-install-recommends curl=8"),
    "DL3013": ("pip install --no-cache-dir a", "pip install --no-cache-dir a==1"),
    "DL3014": ("apt-get install curl=8", "apt-get install -y curl=8"),
    "DL3015": ("apt-get install -y curl=8", "apt-get install -y --no-install-recommends curl=8"),
    "DL3016": ("npm install -g a", "npm install -g a@1"),
    "DL3018": ("apk add --no-cache curl", "apk add --no-cache curl=8"),
    "DL3019": ("apk add curl=8", "apk add --no-cache curl=8"),
    "DL3027": ("apt install -y curl=8", "apt-get install -y curl=8"),
    "DL3028": ("gem install a", "gem install a:1"),
    "DL3030": ("yum install curl-8.1", "yum install -y curl-8.1"),
    "DL3033": ("yum install -y curl", "yum install -y curl-8.1"),
    "DL3034": ("zypper install curl=8", "zypper install -y curl=8"),
    "DL3037": ("zypper install -y curl", "zypper install -y curl=8"),
    "DL3038": ("dnf install curl-8.1", "dnf install -y curl-8.1"),
    "DL3041": ("dnf install -y curl", "dnf install -y curl-8.1"),
    "DL3042": ("pip install a==1", "pip install --no-cache-dir a==1"),
    "DL3046": ("useradd -u 1234567 app", "useradd -l -u 1234567 app"),
    "DL3062": ("go install example.org/a", "go install example.org/a@v1"),
}
PLACES = ["(mkdir /x; {})", "A=1 {}", "{} || exit 1", "mkdir -p /x && {}", "{} && mkdir -p /x", "--network=default {}", "--mount=type=secret,id=x {}", "<<EOF\n{}\nEOF"]
for code, scripts in PAIRS.items():
    for script in scripts:
        runs(code, *(place.format(script) for place in PLACES), base="FROM registry.example.org/base:2\n", onbuild=False)
        add(code, "FROM registry.example.org/base:2\nRUN [" + ", ".join(f'"{word}"' for word in script.split()) + "]\n")

# Comments.

stages(
    "DL1001",
    BASE + "# hadolint ignore=DL3003\nRUN cd /srv && make\n",
    BASE + "# a comment\nRUN true\n",
    "# hadolint global ignore=DL3003\n" + BASE + "RUN true\n",
    BASE + "# hadolint ignore=DL3003,DL3004\nRUN cd /srv && sudo make\n",
)

# Files that do not parse.

stages(
    "DL1000",
    BASE + "RN true\n",
    BASE + "RUN\n",
    BASE + "COPY a\n",
    BASE + "EXPOSE\n",
    BASE + "WORKDIR\n",
    BASE + "ENV\n",
    BASE + "ENV A\n",
    BASE + "CMD\n",
    BASE + "LABEL\n",
    BASE + "HEALTHCHECK\n",
    BASE + "SHELL /bin/sh\n",
    BASE + "VOLUME\n",
    BASE + "STOPSIGNAL\n",
    BASE + "USER\n",
    BASE + "FROM\n",
    "FROM debian:12 A make\n",
    BASE + "COPY --form=x a /b\n",
    BASE + "just words\n",
    BASE + "RUN true\n",
    BASE + "run true\n",
    BASE + "ARG\n",
)

# Common variants: over several lines, in a second stage, with variables.

stages("DL3021", BASE + "COPY a b app\n", BASE + "COPY a b /app\nCOPY c d /srv/\n", BASE + "COPY --from=x:1 a b app\n", BASE + "COPY a b app/\n", BASE + "COPY a app\n")
MULTI = {
    "DL3008": ("apt-get update \\\n && apt-get install -y --no-install-recommends \\\n    {} \\\n && rm -rf /var/lib/apt/lists/*", ["curl", "curl=8.1", "curl \\\n    git", "curl=8 \\\n    git=2"]),
    "DL3018": ("apk add --no-cache \\\n    {}", ["curl", "curl=8.1", "curl \\\n    git", "curl=8 \\\n    git=2"]),
    "DL3013": ("pip install --no-cache-dir \\\n    {}", ["a", "a==1", "a \\\n    b==2", "a==1 \\\n    b==2"]),
    "DL3016": ("npm install -g \\\n    {}", ["a", "a@1", "a \\\n    b@2", "a@1 \\\n    b@2"]),
    "DL3028": ("gem install \\\n    {}", ["a", "a:1", "a \\\n    b:2", "a:1 \\\n    b:2"]),
    "DL3033": ("yum install -y \\\n    {} \\\n && yum clean all", ["curl", "curl-8.1", "curl \\\n    git-2.1", "curl-8.1 \\\n    git-2.1"]),
    "DL3037": ("zypper install -y \\\n    {} \\\n && zypper clean", ["curl", "curl=8.1", "curl \\\n    git=2", "curl=8 \\\n    git=2"]),
    "DL3041": ("dnf install -y \\\n    {} \\\n && dnf clean all", ["curl", "curl-8.1", "curl \\\n    git-2.1", "curl-8.1 \\\n    git-2.1"]),
    "DL3062": ("go install \\\n    {}", ["example.org/a", "example.org/a@v1", "example.org/a@latest"]),
}
for code, (frame, forms) in MULTI.items():
    for form in forms:
        runs(code, frame.format(form))
        stages(code, "FROM debian:12 AS first\nRUN true\nFROM registry.example.org/base:1\nRUN " + frame.format(form) + "\n")
        runs(code, "set -eux; " + frame.format(form), onbuild=False)
        runs(code, "if true; then " + frame.format(form) + "; fi", onbuild=False)
for code, scripts in {"DL3004": ["sudo make", "make"], "DL3027": ["apt install -y curl=8", "apt-get install -y curl=8"], "DL3014": ["apt-get install curl=8", "apt-get install -y curl=8"],
                      "DL3030": ["yum install curl-8.1", "yum install -y curl-8.1"], "DL3034": ["zypper install curl=8", "zypper install -y curl=8"], "DL3038": ["dnf install curl-8.1", "dnf install -y curl-8.1"],
                      "DL3047": ["wget https://example.org/a", "wget -q https://example.org/a"], "DL3042": ["pip install a==1", "pip install --no-cache-dir a==1"], "DL3019": ["apk add curl=8", "apk add --no-cache curl=8"]}.items():
    for script in scripts:
        runs(code, f"set -eux; \\\n    mkdir /x; \\\n    {script}", f"if [ -e /x ]; then {script}; else true; fi", f"for i in 1 2; do {script}; done", base="FROM debian:12\n")

# Code, who reports it (hadolint: "they", Plimsoll: "we"), a pattern in the text of the file, why.
VERDICTS = [
    ("DL1000", "they", r"^(RUN|CMD)$", "BuildKit accepts an empty RUN and CMD: another rule reports them"),
    ("DL1000", "we", r"^SHELL /bin/sh", "BuildKit only accepts SHELL as a JSON array"),
    ("DL1001", "we", r"global ignore", "a comment for the whole file also suppresses it"),
    ("DL3001", "we", r"killall", "like `kill`"),
    ("DL3002", "they", r"AS base[^$]*USER root[^$]*FROM base[^$]*USER app", "the image's user is that of the last stage"),
    ("DL3003", "they", r"cd /srv$", "reported more precisely: the directory is lost after the step"),
    ("DL3003", "they", r"\(cd /srv|true && cd", "in a subshell, or not the first command: WORKDIR would change what comes before"),
    ("DL3009", "they", r"target=/var/lib/apt apt-get", "the lists are on the mount"),
    ("DL3010", "we", r"tar xzf", "also extracts without the dash"),
    ("DL3013", "we", r"pipenv install a", "installs a package by name"),
    ("DL3015", "they", r"--install-recommends", "recommended packages are requested explicitly"),
    ("DL3016", "we", r"a@latest", "`latest` is not a version"),
    ("DL3019", "we", r"apk update", "also leaves the index"),
    ("DL3020", "they", r"\.tar\.zst", "ADD extracts it"),
    ("DL3021", "they", r"COPY a b (\.|\$dir)$", "`.` is a directory, and a variable may be one"),
    ("DL3022", "they", r"--from=(other|MISSING|c|\$\{from\}) ", "may be an image or a named context"),
    ("DL3022", "we", r"--from=1", "a stage cannot copy from itself"),
    ("DL3028", "we", r"--no-document a$", "this option does not take a value, so the package has no version"),
    ("DL3029", "they", r"windows/amd64", "a Windows image does not have another platform"),
    ("DL3030 DL3038", "we", r"(update|remove)", "also prompts"),
    ("DL3032", "we", r"clean all && yum install", "a package installed after the cleanup leaves its cache"),
    ("DL3033 DL3041", "they", r"a\.rpm", "a file has a fixed version"),
    ("DL3033 DL3041", "they", r"8\.\*", "the author has limited the version"),
    ("DL3033 DL3041", "we", r"git-2", "a single number usually belongs to the name: `gcc-toolset-12`"),
    ("DL3036", "we", r"zypper refresh", "also leaves its cache"),
    ("DL3044", "we", r"(ARG|ENV) A=1\nENV A=2 B=\$A", "B gets the old value, which is probably not intended"),
    ("DL3054", "they", r"GPL-3\.0\"", "deprecated, but still in the SPDX License List"),
    ("DL3056", "we", r"01\.2\.3", "a semantic version does not have leading zeros"),
    ("DL3059", "we", r"RUN a && b\nRUN c", "two commands and one are still few"),
    ("DL3060", "we", r"yarn( add a@1)?$", "also installs packages"),
    ("DL3062", "they", r"@none", "removes a dependency"),
    ("DL3062", "they", r"go run main\.go", "a file of the project"),
    ("DL3064", "they", r"MY_PRIVATE_THING", "does not name a secret"),
    ("DL3066", "they", r"USER root", "reported more precisely: the image runs as root"),
    ("DL3066", "we", r"ARG user=app", "the value of the variable is a name"),
    ("DL4005", "they", r"/bin/dash /bin/sh", "`sh` is dash in Debian"),
]
