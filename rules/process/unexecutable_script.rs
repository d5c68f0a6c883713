//! Finds start scripts without execute permission.

use crate::finding::prelude::*;
use crate::model::script_path;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(context) = cx.model.context.filter(|it| it.is_sure()) else { return };
    if !stage.is_final {
        return;
    }
    // With an entrypoint, the CMD is only its arguments.
    let Some(step) = stage.entrypoint(cx.model).or(stage.cmd(cx.model)) else { return };
    let Some(command) = step.script.as_ref().and_then(|script| script.commands.first()) else { return };
    if command.is_shell() {
        return;
    }
    let Some(shipped) = script_path(command).and_then(|path| stage.shipped_file(cx.model, step, path)) else { return };
    let Some(file) = shipped.file.filter(|file| context.is_executable(file) == Some(false)) else { return };
    let chmod = |step: &Step<'_>| step.keyword() == Keyword::Run && cx.text(step.instruction.span).contains("chmod");
    let copy = shipped.step;
    if copy.flag("chmod").is_some() || stage.chain(cx.model).chain([stage]).flat_map(|it| &it.steps).any(chmod) {
        return;
    }
    let keyword = copy.keyword().as_str();
    let alone = copy.copy().is_some_and(|copy| copy.sources.len() == 1) && !is_folder(copy, cx);
    let edit = Edit::insert(copy.instruction.keyword_span.end(), " --chmod=755");
    let mut found = cx.report(command.span, format!("`{file}` is not executable, neither here nor in the image"));
    found.label(copy.instruction.span, "copied here with its permissions unchanged");
    if alone {
        found.help(format!("use `{keyword} --chmod=755 …`"));
        found.fix(Fix::new(Safety::Unsafe, "add `--chmod=755`", [edit]));
    } else {
        found.help(format!("run `git update-index --chmod=+x {file}`, or copy it separately with `COPY --chmod=755`"));
    }
}

fn is_folder(copy: &Step<'_>, cx: &Cx<'_>) -> bool {
    let context = cx.model.context;
    copy.context_sources(cx.model)
        .iter()
        .any(|it| it.is_pattern || context.is_none_or(|context| context.is_dir(&it.path)))
}
