//! A `COPY` of the whole build context without a sufficient `.dockerignore`.

use crate::finding::prelude::*;
use crate::fixes::ignore_file;
use crate::knowledge::directories;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return };
    let guarded = context.ignore_file().is_some_and(|file| !file.patterns().is_empty());
    let unwanted: Vec<&str> = directories::UNWANTED
        .iter()
        .copied()
        .filter(|path| context.exists(path) && context.ignored(path).is_none())
        .collect();
    if guarded && unwanted.is_empty() {
        return;
    }
    let copies = || cx.model.steps().filter_map(|step| Some((step, step.whole_context(cx.model)?)));
    let in_final = |step: &Step<'_>| cx.model.stage(step.stage).is_some_and(|stage| stage.in_final);
    // One finding is enough; prefer a `COPY` that ends up in the image.
    let Some((step, source)) = copies().find(|(step, _)| in_final(step)).or_else(|| copies().next()) else { return };
    let (ships, windows) = (in_final(step), cx.model.stage(step.stage).is_some_and(|stage| stage.windows));
    if windows {
        return;
    }
    let names = unwanted.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    let (variant, message) = match (guarded, names.is_empty()) {
        (true, _) => ("gaps", format!("the whole build context is copied; `.dockerignore` does not exclude {names}")),
        (false, true) => ("", "the whole build context is copied, and no `.dockerignore` excludes anything".to_owned()),
        (false, false) => (
            "unwanted-files",
            format!("the whole build context is copied, including {names}; there is no `.dockerignore`"),
        ),
    };
    let mut found = cx.report(source, message);
    found.variant(variant);
    // An editor's files are small and not secret.
    let weighs = unwanted.iter().any(|path| !matches!(*path, ".idea" | ".vscode" | ".DS_Store" | "__pycache__"));
    if !ships || !weighs {
        found.at_most(Level::Note);
    }
    if guarded {
        found.help(format!("add {names} to `.dockerignore`"));
    } else {
        found.fix(ignore_file::write(cx.model));
        found.help(
            "add a `.dockerignore` next to the Dockerfile that excludes at least `.git`, `.env` and build output",
        );
    }
    found.help("or copy only the files that the image needs by name, as in `COPY src/ ./src/`");
}
