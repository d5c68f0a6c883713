//! `ARG name value`: two arguments, neither with a value.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Always);

fn check(cx: &Cx<'_>) {
    for instruction in cx.model.file.instructions().filter(|instruction| instruction.keyword == Keyword::Arg) {
        let Args::Pairs(args) = &instruction.args else { continue };
        let [name, value] = args.pairs.as_slice() else { continue };
        let (first, second) = (&name.name, &value.name);
        if name.value.is_some() || value.value.is_some() || !is_name(&first.text) || is_name(&second.text) {
            continue;
        }
        // `trailing-comment` reports comments.
        if second.text.starts_with('#') || second.text.is_empty() {
            continue;
        }
        let gap = Span::new(first.span.end(), second.span.start());
        let fix = Fix::new(Safety::Unsafe, "replace the space with an equals sign", [Edit::replace(gap, "=")]);
        cx.report(second.span, format!("this declares a second argument instead of giving `{}` a value", first.text))
            .help(format!("write `ARG {}={}`", first.text, second.text.replace('`', "'")))
            .fix(fix);
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
