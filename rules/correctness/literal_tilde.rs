//! Finds `~` in paths that no shell expands.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Add, Keyword::Copy, Keyword::Workdir], check)])
        .linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let word = match &step.instruction.args {
        Args::Copy(copy) => copy.dest.as_ref(),
        Args::Words(args) => args.words.first(),
        _ => None,
    };
    let Some(word) = word else { return };
    // `~backup` is an odd name, but one that somebody may want; `~user/` is not.
    let text = word.text.as_str();
    if !(text == "~" || text.starts_with("~/") || text.starts_with('~') && text.contains('/')) {
        return;
    }
    let shown = text.replace('`', "'");
    let keyword = step.keyword().as_str();
    let directory = text.split('/').next().unwrap_or_default().replace('`', "'");
    cx.report(
        word.span,
        format!("`{keyword}` creates a directory named `{directory}`, because only a shell expands `~`"),
    )
    .help(format!("use an absolute path instead of `{shown}`, such as `/root/…` or `/home/…`"));
}
