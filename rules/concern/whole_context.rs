use crate::finding::prelude::*;
use crate::fixes::ignore_file;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

/// What lies about in a project's folder and is of no use in an image.
const UNWANTED: [&str; 9] =
    [".git", ".env", "node_modules", "venv", ".venv", "__pycache__", ".idea", ".vscode", ".DS_Store"];

fn check(cx: &mut Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return };
    let guarded = context.ignore_file().is_some_and(|file| !file.patterns().is_empty());
    let unwanted: Vec<&str> =
        UNWANTED.into_iter().filter(|path| context.exists(path) && context.ignored(path).is_none()).collect();
    if guarded && unwanted.is_empty() {
        return;
    }
    let copies = || cx.model.steps().filter_map(|step| Some((step, step.whole_context(cx.model)?)));
    let in_final = |step: &Step<'_>| cx.model.stage(step.stage).is_some_and(|stage| stage.in_final);
    // One is enough to say it: first what gets into the image.
    let Some((step, source)) = copies().find(|(step, _)| in_final(step)).or_else(|| copies().next()) else { return };
    let (ships, windows) = (in_final(step), cx.model.stage(step.stage).is_some_and(|stage| stage.windows));
    if windows {
        return;
    }
    let names = unwanted.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    let message = match (guarded, names.is_empty()) {
        (true, _) => format!("this copies the whole build context, and `.dockerignore` lets {names} through"),
        (false, true) => {
            "this copies the whole build context, and there is no `.dockerignore` to hold anything back".to_owned()
        }
        (false, false) => format!("this copies the whole build context with {names}: there is no `.dockerignore`"),
    };
    let fix = ignore_file::write(cx.model);
    let found = cx.report(source, message);
    // What an editor keeps is small and no secret.
    let weighs = unwanted.iter().any(|path| !matches!(*path, ".idea" | ".vscode" | ".DS_Store" | "__pycache__"));
    if !ships || !weighs {
        found.at_most(Level::Note);
    }
    if guarded {
        found.help(format!("add {names} to `.dockerignore`"));
    } else {
        found.fix(fix);
        found.help("write a `.dockerignore` beside the Dockerfile that names at least `.git`, `.env` and what builds leave behind");
    }
    found.help("or copy what the image needs by name, as in `COPY src/ ./src/`");
}
