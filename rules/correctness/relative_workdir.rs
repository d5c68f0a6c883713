//! A relative `WORKDIR` that depends on the base image.

use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::model::is_absolute_path;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Workdir], check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL3000", "WorkdirRelativePath"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    if step.state.workdir.is_some() {
        return;
    }
    let Args::Words(args) = &step.instruction.args else {
        return;
    };
    let ([word], Some(stage)) = (args.words.as_slice(), cx.model.stage(step.stage)) else {
        return;
    };
    let Some(path) = cx.model.expand(step, word).value else {
        return;
    };
    // A drive letter means Windows, even for an unknown base image.
    // `literal-tilde` reports a home directory.
    if path.is_empty()
        || path.starts_with('~')
        || is_absolute_path(&path, stage.windows)
        || path.as_bytes().get(1) == Some(&b':')
    {
        return;
    }
    let base = stage.root_image(cx.model).and_then(|image| image.familiar_name());
    let parent = match stage.is_from_scratch(cx.model) {
        true => Some("/"),
        false => base.as_deref().and_then(bases::workdir),
    };
    let known = parent.map(|parent| format!("{}/{}", parent.trim_end_matches('/'), path.trim_start_matches("./")));
    let plain = word.text == path && !path.starts_with('.') && !stage.windows;
    let fix = known.as_ref().filter(|_| plain).and_then(|known| {
        // The base image may change later, but today the result is the same.
        let edit = Edit::insert(word.span.start(), &known[..known.len() - path.len()]);
        Fix::new(Safety::Safe, format!("write `WORKDIR {known}`"), [edit])
    });
    let shown = path.replace('`', "'");
    let mut found = cx.report(word.span, format!("`{shown}` is relative to the base image's working directory"));
    match known.filter(|_| plain) {
        Some(known) => found.help(format!("write `WORKDIR {known}`, which is where it points now")),
        None => {
            found.help(format!("use an absolute path, such as `WORKDIR /{}`", shown.trim_start_matches(['.', '/'])))
        }
    };
    found.fix(fix);
}
