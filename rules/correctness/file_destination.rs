//! Several sources with a destination that does not end with a slash.

use crate::finding::prelude::*;
use crate::knowledge::bases::Role;
use crate::knowledge::paths;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCopy(check)]).fix(Fixable::Always).aka(&["DL3021"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some((args, dest)) = step.copy().and_then(|args| Some((args, args.dest.as_ref()?))) else {
        return;
    };
    // Where the working directory is not known, the path as it is written.
    let as_written = || cx.model.expand(step, dest).value.filter(|path| !matches!(path.as_str(), "." | ".." | ""));
    let path = step.copy_dest(cx.model).map(str::to_owned).or_else(as_written);
    let Some(path) = path.filter(|path| !path.ends_with(['/', '\\'])) else { return };
    let written = args.sources.len() + step.instruction.heredocs.len();
    let matched = if written == 1 { matches(&path, step, cx) } else { None };
    let shown = path.rsplit('/').next().unwrap_or_default().replace('`', "'");
    let (variant, message) = match (written, &matched) {
        (0 | 1, None) => return,
        (_, Some(files)) => {
            let (first, second) = (files[0].replace('`', "'"), files[1].replace('`', "'"));
            ("pattern", format!("`{first}` and `{second}` are both written to the file `{shown}`"))
        }
        (count, None) => ("", format!("`{shown}` must be a directory: {count} sources are copied to it")),
    };
    // Inside quotes, before the closing one.
    let text = cx.text(dest.span);
    let quoted = text.len() > 1 && text.ends_with(['"', '\'']);
    let at = dest.span.end() - usize::from(quoted);
    let safety = if matched.is_some() { Safety::Unsafe } else { Safety::Safe };
    let fix = Fix::new(safety, "add a trailing slash", [Edit::insert(at, "/")]);
    let keyword = step.keyword().as_str();
    cx.report(dest.span, message)
        .variant(variant)
        .help(format!("add a trailing slash, so that `{keyword}` creates the directory if needed"))
        .fix(fix);
}

/// The files that a single pattern matches, if there are several and the destination is certainly no directory.
fn matches(dest: &str, step: &Step<'_>, cx: &Cx<'_>) -> Option<Vec<String>> {
    let context = cx.model.context.filter(|context| context.is_sure())?;
    let source = step.context_sources(cx.model).pop().filter(|source| source.is_pattern)?;
    let mut files = context.glob(&source.text);
    files.retain(|file| !context.is_dir(file) && context.ignored(file).is_none());
    let state = cx.model.file_before(step, None, dest);
    let new = state.is_absent() || state.presence == Tri::Unknown && is_new(dest, step, cx);
    (files.len() > 1 && state.directory != Tri::Yes && new).then_some(files)
}

/// Whether a system's own image has nothing at a path in `/etc`, and no step before may have created it.
fn is_new(dest: &str, step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let name = dest.strip_prefix("/etc/").filter(|name| !name.contains('/') && !name.ends_with(".d"));
    let Some((name, stage)) = name.zip(cx.model.stage(step.stage)) else { return false };
    let image = stage.image().and_then(|image| image.familiar_name());
    let is_system = image.and_then(|name| crate::knowledge::bases::role(&name)) == Some(Role::Os);
    let untouched = stage.steps[..step.index].iter().all(|step| step.keyword() != Keyword::Run);
    is_system && untouched && !paths::IN_ETC.contains(&name)
}
