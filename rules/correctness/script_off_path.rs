//! Scripts called by their bare name from a directory that is not on the `PATH`.

use crate::finding::prelude::*;
use crate::knowledge::paths;
use crate::knowledge::programs;
use crate::knowledge::providers;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    for step in stage.all(Keyword::Run).filter(|step| step.script.as_ref().is_some_and(|script| script.clean)) {
        for command in step.commands().iter().filter(|command| !command.place.conditional) {
            look_at(command, step, stage, cx);
        }
    }
    if !stage.is_final {
        return;
    }
    let start = stage.start_step(cx.model).filter(|_| !stage.base_completes_cmd(cx.model));
    if let Some((step, command)) = start.and_then(|step| Some((step, step.commands().first()?))) {
        look_at(command, step, stage, cx);
    }
}

fn look_at(command: &Command, step: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'_>) {
    let name = command.path.as_str();
    let plain = !name.is_empty() && !name.contains('/') && command.name == name;
    if !plain || !command.wrappers.is_empty() || !programs::class(name).is_unknown() || providers::is_known(name) {
        return;
    }
    // Of a name without an end, another program may have been meant.
    let script = name.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "sh" | "bash" | "py" | "pl" | "rb"));
    if !script {
        return;
    }
    let before = cx.model.before(step).filter(|other| other.copy().is_some());
    let Some((copy, place)) = before.filter_map(|copy| Some((copy, place_of(name, copy, cx)?))).next_back() else {
        return;
    };
    let directory =
        place.rsplit_once('/').map_or("/", |(directory, _)| if directory.is_empty() { "/" } else { directory });
    let path = step.state.variables.get("PATH").map(|path| path.value.clone());
    let on_path =
        |path: &str| path.split(':').any(|part| part.trim_end_matches('/') == directory.trim_end_matches('/'));
    let found = match path {
        Some(Some(path)) => on_path(&path),
        Some(None) => step_sets_path(stage, directory, cx) || paths::SEARCH_PATH.contains(&directory),
        None => paths::SEARCH_PATH.contains(&directory),
    };
    // A step may have moved or linked it.
    let moved = cx.model.before(step).any(|other| {
        other.keyword() == Keyword::Run
            && (other.contains(cx.model, &[name, "*.sh"])
                && other.contains(cx.model, &["ln ", "mv ", "cp ", "install "])
                || other.script.as_ref().is_none_or(|script| !script.clean))
    });
    let own = step.keyword() == Keyword::Run
        && step.contains_before(cx.model, command, &["ln ", "mv ", "cp ", "export PATH", "PATH="]);
    if found || moved || own || cx.model.provides(step, Thing::Text(&["/etc/profile"])) != Tri::No {
        return;
    }
    let workdir = step.state.workdir.as_ref().and_then(|workdir| workdir.value.as_deref());
    let instead = if workdir == Some(directory) { format!("./{name}") } else { place.clone() };
    cx.report(command.name_span, format!("`{name}` is not found, because `{directory}` is not in `PATH`"))
        .label(copy.instruction.span, "the script is copied here")
        .help(format!("write `{instead}`, or copy it to `/usr/local/bin`"));
}

/// Whether some ENV of the stage puts the directory on the `PATH`.
fn step_sets_path(stage: &Stage<'_>, directory: &str, cx: &Cx<'_>) -> bool {
    let name = directory.rsplit('/').next().unwrap_or(directory);
    let mut envs = stage.lineage(cx.model).flat_map(|stage| stage.all(Keyword::Env));
    envs.any(|step| step.contains(cx.model, &["PATH"]) && (step.contains(cx.model, &[name, "PWD"])))
}

/// Where a COPY puts the file, if it copies it by name.
fn place_of(name: &str, copy: &Step<'_>, cx: &Cx<'_>) -> Option<String> {
    let dest = copy.copy_dest(cx.model)?;
    if dest.ends_with(&format!("/{name}")) {
        return Some(dest.to_owned());
    }
    let named = |source: &Word| source.text.rsplit('/').next() == Some(name);
    let sources = &copy.copy()?.sources;
    let directory = dest.ends_with('/') || sources.len() > 1;
    (directory && sources.iter().any(named)).then(|| format!("{}/{name}", dest.trim_end_matches('/')))
}
