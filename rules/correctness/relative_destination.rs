//! COPY to a relative path without a WORKDIR.

use crate::finding::prelude::*;
use crate::fixes::workdir;
use crate::knowledge::environment;
use crate::model::is_absolute_path;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes).aka(&["DL3045"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    if stage.is_from_scratch(cx.model) {
        return;
    }
    let base = stage.root_image(cx.model).and_then(|image| image.familiar_name());
    let workdir = base.as_deref().and_then(environment::workdir);
    for step in stage.steps.iter().take_while(|step| step.state.workdir.is_none()) {
        let Some(dest) = step.copy().and_then(|copy| copy.dest.as_ref()) else {
            continue;
        };
        let Some(path) = cx.model.expand(step, dest).value else {
            continue;
        };
        // `<destination>`: something is to be filled in.
        if path.starts_with('<') && path.ends_with('>') {
            continue;
        }
        // A drive shows that it is Windows, whatever the base image is called.
        if path.is_empty() || is_absolute_path(&path, stage.windows) || path.as_bytes().get(1) == Some(&b':') {
            continue;
        }
        let (shown, keyword) = (path.replace('`', "'"), step.keyword().as_str());
        let message = match workdir {
            Some("/") => format!("without a `WORKDIR`, `{shown}` is in `/`, among the folders of the system"),
            Some(workdir) => format!("`{shown}` is in `{workdir}`, which the base image has set"),
            None => format!("`{shown}` is in whatever directory the base image has set"),
        };
        let fix = workdir::needed(stage, cx.model);
        let found = cx.report(dest.span, message);
        found.fix(fix);
        found.help(format!("write `WORKDIR /app`, or the folder that is meant, above this `{keyword}`"));
        if workdir != Some("/") {
            // Such an image may be made for it.
            found.at_most(Level::Note);
        }
        // The others are like it.
        return;
    }
}
