//! Finds scripts without execute permission that a container or a step starts.

use crate::finding::prelude::*;
use crate::model::{FileState, Tri, join_path};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if cx.model.context.is_none_or(|it| !it.is_sure()) {
        return;
    }
    for step in stage.all(Keyword::Run) {
        if step.script.as_ref().is_none_or(|script| !script.clean) {
            continue;
        }
        for (index, (command, folder)) in step.commands_in(cx.model).enumerate() {
            let place = &command.place;
            let Some(path) = path(command, folder.as_deref()).filter(|_| !place.conditional && !place.excused) else {
                continue;
            };
            if report(command, &cx.model.file_before(step, Some(index), &path), ", so this step fails", cx) {
                return;
            }
        }
    }
    if !stage.is_final {
        return;
    }
    // With an entrypoint, the CMD is only its arguments; or the image's own program runs the script.
    let started = stage.start_step(cx.model).filter(|_| !stage.base_completes_cmd(cx.model));
    let Some(step) = started else { return };
    let Some((command, folder)) = step.commands_in(cx.model).next() else { return };
    for path in places(command, folder.as_deref()) {
        if report(command, &cx.model.file_in(stage, &path), " in the image", cx) {
            return;
        }
    }
}

/// The file that a command starts by its path.
fn path(command: &Command, folder: Option<&str>) -> Option<String> {
    let by_path =
        command.path.contains('/') && !command.is_shell() && command.wrappers.iter().all(|it| it.name != "sh");
    join_path(folder, &command.path, false).filter(|_| by_path && command.path.len() > 1)
}

/// The same, or the script of that name in the directories of `PATH`.
fn places(command: &Command, folder: Option<&str>) -> Vec<String> {
    let in_path = crate::knowledge::paths::SEARCH_PATH.iter().map(|place| format!("{place}/{}", command.path));
    match path(command, folder) {
        Some(path) => vec![path],
        None if command.path.ends_with(".sh") && !command.path.contains('/') => in_path.collect(),
        None => Vec::new(),
    }
}

fn report(command: &Command, state: &FileState, why: &str, cx: &Cx<'_>) -> bool {
    let Some(origin) = state.origin.as_ref().filter(|_| state.exists() && state.executable == Tri::No) else {
        return false;
    };
    let Some(copy) = cx.model.origin_step(origin) else { return false };
    let heredoc = origin.heredoc.is_some();
    // A program that is no script is built, and executable once it is.
    let Some(file) = origin.context.clone().or_else(|| heredoc.then(|| command.path.clone())) else { return false };
    let keyword = copy.keyword().as_str();
    let alone = copy.copy().is_some_and(|copy| copy.sources.len() + usize::from(heredoc) == 1) && !is_folder(copy, cx);
    let at = copy.instruction.keyword_span.end();
    let shown = file.replace('`', "'");
    let mut found = cx.report(command.span, format!("`{shown}` is not executable{why}"));
    found.label(copy.instruction.span, "copied here with its permissions unchanged");
    match copy.flag("chmod") {
        Some(flag) => _ = found.help(format!("use `--chmod=755` instead of `{}`", cx.text(flag.span))),
        None if alone => {
            found.help(format!("use `{keyword} --chmod=755 …`"));
            found.fix(Fix::new(Safety::Unsafe, "add `--chmod=755`", [Edit::insert(at, " --chmod=755")]));
        }
        None => {
            found.help(format!(
                "run `git update-index --chmod=+x {shown}`, or copy it separately with `COPY --chmod=755`"
            ));
        }
    }
    true
}

fn is_folder(copy: &Step<'_>, cx: &Cx<'_>) -> bool {
    let context = cx.model.context;
    copy.context_sources(cx.model)
        .iter()
        .any(|it| it.is_pattern || context.is_none_or(|context| context.is_dir(&it.path)))
}
