//! Web servers that run as an unprivileged user but write to directories of root.

use crate::finding::prelude::*;
use crate::knowledge::canonical;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

/// Image, what it writes at the start, what its own image is called that runs without root, and signs that it may.
type Server = (&'static str, &'static [&'static str], &'static str, &'static [&'static str]);

/// Servers that stop where they cannot write.
const SERVERS: &[Server] = &[
    (
        "nginx",
        &["/var/cache/nginx", "/run/nginx.pid"],
        "nginxinc/nginx-unprivileged",
        &["/var/cache/nginx", "/run", "chown", "chmod", "nginx.conf"],
    ),
    ("httpd", &["/usr/local/apache2/logs"], "", &["apache2/logs", "chown", "chmod", "httpd.conf", "PidFile"]),
];

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    let (Some(image), Some(user)) = (stage.root_image(cx.model), stage.end.user.as_deref()) else { return };
    let name = image.familiar_name().unwrap_or_default();
    let Some((server, paths, instead, signs)) = SERVERS.iter().copied().find(|row| row.0 == canonical(&name)) else {
        return;
    };
    if stage.end.user_is_root() != Tri::No || user.value.is_none() {
        return;
    }
    // Another program may be started, or a configuration of its own.
    let own = stage.entrypoint(cx.model).is_some()
        || stage.cmd(cx.model).is_some_and(|cmd| cmd.commands().first().is_none_or(|command| !command.is(server)));
    let root_group = user.value.as_deref().is_some_and(|user| user.ends_with(":0") || user.ends_with(":root"));
    let configures = |step: &Step<'_>| {
        step.copy().is_some()
            && step.copy_dest(cx.model).is_none_or(|dest| {
                ["", "/etc", "/etc/nginx", "/usr/local/apache2", "/usr/local/apache2/conf"]
                    .contains(&dest.trim_end_matches('/'))
            })
    };
    if own
        || root_group
        || cx.model.provides_in(stage, Thing::Text(signs)) != Tri::No
        || stage.history(cx.model).any(configures)
    {
        return;
    }
    let who = user.value.as_deref().unwrap_or_default().replace('`', "'");
    let mut found = cx.report(user.span, format!("`{server}` fails to start: `{who}` cannot write to `{}`", paths[0]));
    found.label(
        image.span,
        format!(
            "in this image, root owns {}",
            paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" and ")
        ),
    );
    if instead.is_empty() {
        found.help(format!("change the directory's owner before switching users: `RUN chown -R {who} {}`", paths[0]));
    } else {
        found.help(format!("use `{instead}`, which is made to run without root"));
    }
}
