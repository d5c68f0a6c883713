//! `USER a b`, `WORKDIR /a b`: a single name that contains a space.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::User, Keyword::Workdir], check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Words(args) = &step.instruction.args else { return };
    let [word] = args.words.as_slice() else { return };
    let text = word.text.as_str();
    // In quotes, `\ ` and `${x:-a b}` a space is intended; `trailing-comment` reports comments.
    if text.contains(['"', '\'', '$', '#', cx.model.file.escape.as_char()]) {
        return;
    }
    let Some((first, rest)) = text.split_once([' ', '\t']) else {
        return;
    };
    if rest.trim().is_empty() {
        return;
    }
    let (what, help) = match step.keyword() {
        Keyword::User => ("user", format!("use one name: `USER {first}`, or `USER {first}:group`")),
        _ => ("directory", format!("use one path, `WORKDIR {first}`; quote a path that contains spaces")),
    };
    cx.report(word.span, format!("this is a single {what} name that contains a space")).help(help);
}
