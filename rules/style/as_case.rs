//! `AS` keywords whose case differs from that of their `FROM`.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Always).aka(&["FromAsCasing"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Args::From(args) = &stage.from.args else { return };
    let Some(word) = args.as_keyword.as_ref().filter(|word| word.text.eq_ignore_ascii_case("as")) else { return };
    let from = stage.from.keyword_text.as_str();
    let wanted = match from {
        "FROM" => "AS",
        "from" => "as",
        _ => return,
    };
    if word.text == wanted || word.span.len() != wanted.len() {
        return;
    }
    cx.report(word.span, format!("`{}` does not match the case of `{from}`", word.text))
        .help(format!("write `{wanted}`"))
        .fix(Fix::new(Safety::Safe, format!("write `{wanted}`"), [Edit::replace(word.span, wanted)]));
}
