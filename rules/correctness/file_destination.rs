//! Several sources with a destination that does not end with a slash.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCopy(check)]).fix(Fixable::Always).aka(&["DL3021"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some((args, dest)) = step.copy().and_then(|args| Some((args, args.dest.as_ref()?))) else {
        return;
    };
    let count = args.sources.len() + step.instruction.heredocs.len();
    let Some(path) = step.copy_dest(cx.model).filter(|path| count > 1 && !path.ends_with('/')) else {
        return;
    };
    // Inside quotes, before the closing one.
    let written = cx.text(dest.span);
    let quoted = written.len() > 1 && written.ends_with(['"', '\'']);
    let at = dest.span.end() - usize::from(quoted);
    let fix = Fix::new(Safety::Safe, "add a trailing slash", [Edit::insert(at, "/")]);
    let keyword = step.keyword().as_str();
    let shown = path.rsplit('/').next().unwrap_or_default().replace('`', "'");
    cx.report(dest.span, format!("`{shown}` must be a directory: {count} sources are copied to it"))
        .help(format!("add a trailing slash, so that `{keyword}` creates the directory if needed"))
        .fix(fix);
}
