//! Cache mounts that nothing writes to.

use crate::commands::cleanup::{lies_in, normal_path};
use crate::commands::packages::{Manager, installs, refreshes_index, upgrades};
use crate::finding::prelude::*;
use crate::model::{Mount, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

/// Package managers whose cache can be disabled: the cache directory, and the variables that disable it.
const KEEPERS: [(Manager, &str, &[&str]); 3] = [
    (Manager::Pip, "~/.cache/pip", &["PIP_NO_CACHE_DIR"]),
    (Manager::Uv, "~/.cache/uv", &["UV_NO_CACHE"]),
    (Manager::Apk, "/var/cache/apk", &[]),
];

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let mounts = step.run_mounts().filter(|mount| mount.kind() == "cache");
    for mount in mounts {
        let Some(target) = mount.target() else { continue };
        let Some(place) = cx.model.expand(step, target).value else { continue };
        let in_roots_home = place == "/root" || place.starts_with("/root/");
        if in_roots_home && step.runs_as_root(cx.model) == Tri::No {
            let mut found = cx.report(
                target.span,
                "this is root's home directory, but another user runs the step, so nothing is cached",
            );
            found.variant("other-user");
            if let Some(user) = step.state.user.as_deref() {
                found.label(user.span, "the user is changed here");
            }
            found.help("use that user's cache directory and UID: `target=/home/app/.cache/pip,uid=10001`");
            continue;
        }
        told_to_keep_nothing(&mount, &normal_path(&place), step, cx);
    }
}

fn told_to_keep_nothing(mount: &Mount<'_>, place: &str, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    for (manager, cache, variables) in KEEPERS {
        if !lies_in(cache, place) {
            continue;
        }
        let all: Vec<_> = script
            .commands
            .iter()
            .filter_map(|it| Some((it, installs(it)?)))
            .filter(|(_, it)| it.manager == manager)
            .collect();
        // apk keeps packages elsewhere as well, and updates may use what `add` does not.
        let others = |command: &Command| {
            upgrades(command).is_some_and(|(by, _)| *by == manager) || refreshes_index(command) == Some(manager)
        };
        if manager == Manager::Apk
            && (script.commands.iter().any(others) || cx.text(step.instruction.span).contains("/etc/apk/cache"))
        {
            continue;
        }
        let off = |value: Option<&str>| {
            value.is_none_or(|value| !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off"))
        };
        let set =
            variables.iter().find_map(|name| step.state.variables.get(*name)).filter(|set| off(set.value.as_deref()));
        if all.is_empty() || !all.iter().all(|(_, install)| install.no_cache) && set.is_none() {
            continue;
        }
        let flags: Vec<Span> =
            all.iter().filter_map(|(command, _)| Some(command.flag(&["--no-cache-dir", "--no-cache"])?.span)).collect();
        let (first, name) = (all[0].0, &all[0].0.name);
        let at = flags.first().copied().or(set.and_then(|set| set.span)).unwrap_or(first.span);
        let edits: Vec<Edit> = flags.iter().filter_map(|flag| without(*flag, cx)).collect();
        let fix = (edits.len() == flags.len() && set.is_none() && manager != Manager::Apk)
            .then(|| Fix::new(Safety::Safe, "remove the flag that disables the cache", edits))
            .flatten();
        let span = if at.start >= step.instruction.span.start { at } else { mount.flag.span };
        let mut found = cx.report(span, format!("`{name}` has a cache mount, but its cache is disabled"));
        if span != mount.flag.span {
            found.label(mount.flag.span, "this mount stays empty");
        }
        if at != span {
            found.label(at, "the cache is disabled here");
        }
        match manager {
            Manager::Apk => found.help("omit the mount: with `--no-cache`, apk neither stores nor needs a cache"),
            _ if flags.is_empty() => found.help("omit the variable"),
            _ => found.help("omit the flag: a cache in a mount does not make the image larger"),
        };
        found.fix(fix);
    }
}

/// An edit that deletes the flag and the spaces before it.
fn without(flag: Span, cx: &Cx<'_>) -> Option<Edit> {
    let before = &cx.source.text()[..flag.start()];
    let start = before.trim_end_matches([' ', '\t']).len();
    // Not at the start of a line.
    (start < flag.start() && !before[..start].ends_with(['\n', '\\', '`']))
        .then(|| Edit::delete(Span::new(start, flag.end())))
}
