//! Accounts, owners, modes and passwords.

use super::repaired;

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
fn programs_that_anyone_may_write() {
    let safe =
        |what: &str| repaired(&format!("FROM debian:13-slim\nCOPY . /srv\nRUN chmod {what}\nCMD [\"true\"]\n")).safe;
    assert!(safe("777 /srv/start.sh").contains("chmod 755 /srv/start.sh"));
    assert!(safe("777 /srv/data").contains("chmod 777 /srv/data"));
    assert!(safe("-R 777 /srv/bin/start.sh").contains("chmod -R 777"));
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
fn an_account_apart_from_what_is_built() {
    let text = "FROM python:3.13-slim\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nCMD [\"python\", \"app.py\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("WORKDIR /app\nRUN useradd --create-home --uid 10001 app && chown app /app\nCOPY"), "{all}");
}

#[test]
fn servers_with_an_account_of_their_own() {
    let text = "FROM alpine:3.23\nRUN apk add --no-cache freeradius\nENTRYPOINT [\"radiusd\", \"-f\"]\n";
    repaired(text).lacks("USER");
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
fn the_number_that_copied_files_belong_to() {
    let text = "FROM ruby:3.4-slim\nWORKDIR /srv/app\nCOPY --chown=1000:1000 app.rb ./\nCMD [\"ruby\", \"app.rb\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("USER 1000:1000\n") && !all.contains("useradd"), "{all}");
}

#[test]
fn an_account_beside_what_is_installed() {
    let text = "FROM python:3.13-slim\nWORKDIR /srv/app\nCOPY app.py ./\nRUN pip install --no-cache-dir flask==3.0.0\nCMD [\"python\", \"app.py\"]\n";
    repaired(text).lacks("&& useradd").lacks("useradd --create-home --uid 10001 app && pip");
    let text = "FROM ubuntu:24.04\nLABEL a=b\nCOPY app /app\nCMD [\"/app\"]\n";
    repaired(text).lacks("FROM ubuntu:24.04\nRUN");
}

#[test]
fn a_download_that_only_root_may_read() {
    let text = "FROM debian:trixie-slim\nADD https://example.com/cacert.pem /etc/ssl/certs/cacert.pem\nCOPY server /server\nCMD [\"/server\"]\n";
    repaired(text).lacks("USER");
    let opened = text.replace("ADD ", "ADD --chmod=644 ");
    assert!(repaired(&opened).all.contains("USER"), "an open file is no obstacle");
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
fn an_account_above_the_command() {
    let text = "FROM alpine:3.23\nENV A=b\nCMD [\"/srv/app\"]\nCOPY app /srv/app\n";
    let all = repaired(text).all;
    let (account, command) = (all.find("adduser"), all.find("CMD"));
    assert!(account.zip(command).is_none_or(|(account, command)| account < command), "{all}");
}

#[test]
fn a_password_that_nothing_asks_for() {
    let text = |image: &str, setup: &str| {
        format!("FROM {image}\nCOPY game /opt/game\n\n{setup}\nUSER me\nCMD [\"/opt/game\"]\n")
    };
    let image = "debian:13-slim";
    let all = repaired(&text(image, "RUN useradd -m -p secret -s /bin/sh me\nRUN echo 'me:secret' | chpasswd\n")).all;
    assert!(all.contains("RUN useradd -m -s /bin/sh me\n") && !all.contains("secret"), "{all}");
    let all = repaired(&text(image, "RUN useradd -m me && echo me:secret | chpasswd && mkdir /data\n")).all;
    assert!(all.contains("useradd -m me && mkdir /data"), "{all}");
    let all = repaired(&text(image, "RUN useradd -m --password=secret me\n")).all;
    assert!(all.contains("RUN useradd -m me\n"), "{all}");
    // Something asks for it, or may.
    let chpasswd = "RUN useradd -m me && echo me:secret | chpasswd\n";
    for (image, more) in [
        (
            image,
            "RUN apt-get update && apt-get install -y --no-install-recommends sudo && rm -rf /var/lib/apt/lists/*\n",
        ),
        (image, "COPY sshd_config /etc/ssh/\n"),
        (image, "EXPOSE 22\n"),
        (image, "RUN su me -c id\n"),
        ("example.com/desktop:1", ""),
    ] {
        repaired(&text(image, &format!("{chpasswd}{more}"))).has("echo me:secret | chpasswd");
    }
    repaired(&text(image, &format!("# to debug it\n{chpasswd}"))).has("chpasswd");
    // The other account could become root by it, and what follows depends on it.
    repaired(&text(image, "RUN useradd -m me && echo root:secret | chpasswd\n")).has("chpasswd");
    repaired(&text(image, "RUN useradd -m me\nRUN echo me:secret | chpasswd || echo none\n")).has("chpasswd");
    // Without the option, nothing would be left to do.
    repaired(&text(image, "RUN useradd -m me\nRUN usermod -p secret me\n")).has("usermod -p secret me");
}

#[test]
fn what_the_group_of_the_only_account_may_write() {
    let text = |setup: &str, user: &str| format!("FROM debian:13-slim\nRUN {setup}\nUSER {user}\nCMD [\"true\"]\n");
    let all = repaired(&text("useradd -m me && mkdir /data && chmod 777 /data && touch /data/a", "me")).all;
    assert!(all.contains("chmod 775 /data && chgrp me /data && touch /data/a"), "{all}");
    // What a mode in letters leaves to the group depends on the file.
    repaired(&text("useradd -m me && mkdir /data && chmod -R a+rwX /data", "me")).has("chmod -R a+rwX /data\n");
    // The account is created later, someone else runs it, the files are the system's, or they are not known.
    for (setup, user) in [
        ("mkdir /data && chmod 777 /data && useradd -m me", "me"),
        ("useradd -m me && mkdir /data && chmod 777 /data", "nobody"),
        ("useradd -m me && chmod 777 /usr/lib", "me"),
        ("useradd -m me && chmod 777 $DATA", "me"),
        ("useradd -m me && mkdir data && chmod 777 data", "me"),
    ] {
        repaired(&text(setup, user)).has("chmod 777 ").lacks("chgrp");
    }
}

#[test]
fn an_account_between_paragraphs() {
    let text = "FROM debian:13-slim\n\nENV A=b\nWORKDIR /srv\n\nCOPY app /srv/app\n\nCMD [\"/srv/app\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("\n\nRUN useradd") && all.contains("\n\nUSER 10001\n"), "{all}");
    // A file without blank lines gets none.
    let all = repaired(&text.replace("\n\n", "\n")).all;
    assert!(all.contains("RUN useradd") && !all.contains("\n\n"), "{all}");
    // In place of the root user that ends a paragraph.
    let text = "FROM debian:13-slim\n\nCOPY app /srv/app\n\nUSER root\nCMD [\"/srv/app\"]\n";
    let all = repaired(text).all;
    assert!(all.contains("\n\nRUN useradd") && all.contains("\n\nUSER 10001\nCMD"), "{all}");
}

#[test]
fn a_mode_that_is_set_twice() {
    let text = |more: &str| {
        format!(
            "FROM debian:13-slim\nCOPY run.sh /run.sh\nRUN chmod +x /run.sh\n{more}USER 1000\nENTRYPOINT [\"/run.sh\"]\n"
        )
    };
    let all = repaired(&text("RUN chmod 755 /run.sh\n")).all;
    assert!(all.contains("COPY --chmod=755 run.sh") && !all.contains("RUN"), "{all}");
    // Whichever it ends with, one of them would stay.
    repaired(&text("ENV A=b\nRUN chmod 700 /run.sh\n")).lacks("--chmod").has("RUN chmod 700 /run.sh\n");
    let text = "FROM debian:13-slim\nCOPY a.conf /srv/a.conf\nRUN chown 1000:1000 /srv/a.conf\nENV A=b\nRUN chown 2000:2000 /srv/a.conf\nUSER 1000\nCMD [\"true\"]\n";
    repaired(text).lacks("--chown").has("RUN chown 2000:2000 /srv/a.conf\n");
}
