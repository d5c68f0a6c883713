//! `ENV A = b`: an equals sign that becomes part of the value.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Env, Keyword::Label], check)])
    .fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &step.instruction.args else {
        return;
    };
    let [pair] = args.pairs.as_slice() else { return };
    let Some(value) = pair.value.as_ref().filter(|value| args.legacy && value.text.starts_with('=')) else {
        return;
    };
    let (keyword, name) = (step.keyword().as_str(), &pair.name.text);
    let rest = value.text[1..].trim_start();
    let quoted =
        |quote: char| rest.len() > 1 && rest.starts_with(quote) && rest[1..].find(quote) == Some(rest.len() - 2);
    let one_word = !rest.is_empty() && !rest.contains(char::is_whitespace) || quoted('"') || quoted('\'');
    let plain = one_word && value.span.len() == value.text.len() && !rest.contains('=');
    let gap = Span::new(pair.name.span.end(), value.span.end() - rest.len().min(value.span.len()));
    let fix = plain
        .then(|| Fix::new(Safety::Unsafe, "remove the spaces around the equals sign", [Edit::replace(gap, "=")]))
        .flatten();
    let equals = Span::new(value.span.start(), value.span.start() + 1);
    let mut found = cx.report(equals, format!("the space before `=` makes it part of the value of `{name}`"));
    found.label(pair.name.span, "the name ends here");
    found.help(format!("write `{keyword} {name}=…`, without spaces around the equals sign"));
    found.fix(fix);
}
