//! Help lines on running as an unprivileged user.

use crate::finding::prelude::*;
use crate::knowledge::managers::Manager;
use crate::knowledge::{bases, canonical};
use crate::model::{RootNeed, Sign, SignPlace};

/// Why the image may have to run as root: a help line.
pub(super) fn explain(need: &RootNeed) -> String {
    let text = match need {
        RootNeed::Development(_) => "running as root is common in a development image; the shipped image should not",
        RootNeed::NoProgram => "base and tool images may stay root; images built on them should set `USER`",
        RootNeed::GithubAction => "a GitHub action's container has to run as root",
        RootNeed::DockerSocket => {
            "Docker's daemon, and programs that use its socket, have to run as root unless the daemon is rootless"
        }
        RootNeed::DockerDaemon => "a Docker daemon has to run as root unless it is rootless",
        RootNeed::OnbuildBase => "an image with `ONBUILD` is a base for other images, which should set `USER`",
        RootNeed::Dhcp => "a DHCP server needs sockets that only root can open",
        RootNeed::Program(name) => return format!("`{name}` requires root for most of its functions"),
        RootNeed::MasterProcess(name) => {
            return format!("only the `{name}` master process needs root; its workers can run as another user");
        }
    };
    text.to_owned()
}

/// Why an image is taken for a development image: a help line.
pub(crate) fn why_development(sign: &Sign) -> String {
    let word = sign.word.replace('`', "'");
    let place = match sign.place {
        SignPlace::Stage(_) => "in a stage name",
        SignPlace::Base(_) => "in the base image's name",
        SignPlace::File => "in this file's path",
        SignPlace::Package(_) => "among its packages",
    };
    format!("treated as a development image because of `{word}` {place}")
}

/// How to run the image as an unprivileged user: a help line.
pub(crate) fn how_to_leave_root(stage: &Stage<'_>, model: &Model<'_>) -> String {
    match stage.root_image(model).and_then(|image| Some((image, image.familiar_name()?))) {
        Some((image, name)) if canonical(&name) == "nginx" => {
            let tag = image.tag_text().unwrap_or("stable");
            return format!(
                "use `nginxinc/nginx-unprivileged:{tag}` instead of `nginx`: it runs as `nginx` and listens on port 8080"
            );
        }
        Some((_, name)) if canonical(&name) == "httpd" => {
            return "listen on a port such as 8080, change the owner of the log directory with `RUN chown www-data \
                    /usr/local/apache2/logs`, and set `USER www-data`"
                .to_owned();
        }
        _ => {}
    }
    if let Some(account) = stage.base_accounts(model).first() {
        let (name, uid) = (account.name.unwrap_or_default(), account.uid.map(|uid| uid.to_string()));
        let user = uid.as_deref().unwrap_or(name);
        let which = if user == name || name.is_empty() { String::new() } else { format!(", `{name}`") };
        return format!(
            "set `USER {user}` before the last `CMD` or `ENTRYPOINT`: the base image has this account{which}"
        );
    }
    let image = stage.root_image(model);
    let os = image.and_then(|image| bases::os(&image.familiar_name()?, image.tag_text()));
    let make = match os.map(|os| os.manager) {
        _ if stage.is_from_scratch(model) => {
            return "set `USER 65532:65532`: a UID does not need an account, even in an empty image".to_owned();
        }
        Some(None) => {
            let how = "set `USER 65532:65532` before the last `CMD` or `ENTRYPOINT`: a UID does not need an account";
            return how.to_owned();
        }
        Some(Some(Manager::Apk)) => "adduser -D -u 10001 app",
        _ => "useradd --create-home --uid 10001 app",
    };
    format!("create an account with `RUN {make}` and set `USER 10001` before the last `CMD` or `ENTRYPOINT`")
}
