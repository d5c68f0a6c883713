//! Instructions whose case differs from the rest of the file.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)])
    .fix(Fixable::Sometimes)
    .aka(&["ConsistentInstructionCasing"]);

fn check(cx: &Cx<'_>) {
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    let known = cx.model.file.instructions().filter(|instruction| instruction.keyword != Keyword::Unknown);
    let known: Vec<_> = known.collect();
    let lower = known.iter().filter(|one| one.keyword_text.bytes().all(|byte| byte.is_ascii_lowercase())).count();
    let upper = known.iter().filter(|one| one.keyword_text == one.keyword.as_str()).count();
    let is_upper = upper >= lower;
    for one in known {
        let wanted = one.keyword.as_str();
        let wanted = if is_upper { wanted.to_owned() } else { wanted.to_ascii_lowercase() };
        if one.keyword_text == wanted {
            continue;
        }
        let whole = one.keyword_span.len() == wanted.len();
        let edit = Edit::replace(one.keyword_span, wanted.as_str());
        let case = if is_upper { "upper" } else { "lower" };
        cx.report(
            one.keyword_span,
            format!("`{}` is inconsistent: this file's instructions are in {case}case", one.keyword_text),
        )
        .help(format!("write `{wanted}`"))
        .fix(Fix::new(Safety::Safe, format!("write `{wanted}`"), [edit]).filter(|_| whole));
    }
}
