//! `COPY` to a relative path without a `WORKDIR`.

use crate::finding::prelude::*;
use crate::fixes::workdir;
use crate::knowledge::bases;
use crate::model::is_absolute_path;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes).aka(&["DL3045"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if stage.is_from_scratch(cx.model) {
        return;
    }
    for step in stage.steps.iter().take_while(|step| step.state.workdir.is_none()) {
        let Some(dest) = step.copy().and_then(|copy| copy.dest.as_ref()) else {
            continue;
        };
        // `broken-array` reports a list that is not JSON.
        if dest.text == "]" || cx.text(step.instruction.args_span).starts_with("[ \"") && dest.text.ends_with(']') {
            continue;
        }
        let Some(path) = cx.model.expand(step, dest).value else {
            continue;
        };
        // `<destination>` is a template placeholder.
        if path.starts_with('<') && path.ends_with('>') {
            continue;
        }
        // A drive letter means Windows, even for an unknown base image.
        if path.is_empty() || is_absolute_path(&path, stage.windows) || path.as_bytes().get(1) == Some(&b':') {
            continue;
        }
        let (shown, keyword) = (path.replace('`', "'"), step.keyword().as_str());
        let base = stage.root_image(cx.model).and_then(|image| image.familiar_name());
        let workdir = base.as_deref().and_then(bases::workdir);
        let (variant, message) = match workdir {
            Some("/") => ("in-root", format!("no `WORKDIR` is set, so `{shown}` is relative to `/`")),
            Some(workdir) => {
                ("known-base", format!("`{shown}` is relative to `{workdir}`, which only the base image sets"))
            }
            None => ("", format!("`{shown}` is relative to the base image's working directory")),
        };
        let mut found = cx.report(dest.span, message);
        found.variant(variant);
        found.fix_with(Safety::Safe, stage.index, |model, stage| {
            let stage = &model.stages[stage];
            workdir::needed(stage, model).or_else(|| workdir::absolute(stage, model))
        });
        found.help(format!("add `WORKDIR /app`, or the intended directory, above this `{keyword}`"));
        if workdir != Some("/") {
            // The base image may be intended for this.
            found.at_most(Level::Note);
        }
        // Further findings would only repeat it.
        return;
    }
}
