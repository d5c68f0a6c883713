//! `USER a b`, `WORKDIR /a b`: one name with a blank in it.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let (Args::Words(args), Keyword::User | Keyword::Workdir) = (&step.instruction.args, step.keyword()) else {
        return;
    };
    let windows = cx.model.stage(step.stage).is_none_or(|stage| stage.windows);
    let [word] = args.words.as_slice() else { return };
    let text = word.text.as_str();
    // Quotes, `\ ` and `${x:-a b}` hold a blank on purpose, a comment is `trailing-comment`'s.
    if windows || text.contains(['"', '\'', '$', '#', cx.file.escape.as_char()]) {
        return;
    }
    let Some((first, rest)) = text.split_once([' ', '\t']) else {
        return;
    };
    if rest.trim().is_empty() {
        return;
    }
    let (what, help) = match step.keyword() {
        Keyword::User => ("user", format!("write one name: `USER {first}`, or `USER {first}:group`")),
        _ => ("directory", format!("write one path, `WORKDIR {first}`; quote it if there is a blank in the name")),
    };
    cx.report(word.span, format!("this is one {what} whose name has a blank in it")).help(help);
}
