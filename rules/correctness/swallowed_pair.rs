//! Finds variables and labels that are part of the value above them.

use super::shared::meant_pairs;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Env, Keyword::Label], check)])
    .fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let pairs = meant_pairs(step, cx);
    let [first, second, ..] = pairs.as_slice() else { return };
    let (keyword, name) = (step.keyword().as_str(), cx.text(first.name));
    let swallowed = cx.text(second.name);
    let message =
        format!("`{swallowed}` is not set: without an equals sign, the value of `{name}` is everything after it");
    let mut found = cx.report(second.name, message);
    found.label(first.name, "everything after it is its value");
    found.help(format!("write every pair with an equals sign: `{keyword} {name}=… {swallowed}=…`"));
    let is_one_word = |text: &str| {
        let quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"') && text.matches('"').count() == 2;
        quoted || !text.contains([' ', '\t', '"', '\'', '#'])
    };
    if pairs.iter().all(|pair| is_one_word(cx.text(pair.value))) {
        let edits = pairs.iter().map(|pair| Edit::replace(Span::new(pair.name.end(), pair.value.start()), "="));
        found.fix(Fix::new(Safety::Unsafe, "write every pair with an equals sign", edits));
    }
}
