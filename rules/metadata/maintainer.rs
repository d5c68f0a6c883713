//! Finds the deprecated `MAINTAINER` instruction.

use crate::finding::prelude::*;
use crate::syntax::TriviaKind;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)])
    .fix(Fixable::Sometimes)
    .aka(&["DL4000", "MaintainerDeprecated"]);

const KEY: &str = "org.opencontainers.image.authors";

fn check(cx: &Cx<'_>) {
    let several = match cx.model.file.instructions().filter(|it| it.keyword == Keyword::Maintainer).count() {
        0 => return,
        count => count > 1,
    };
    let mut in_stage = false;
    let labelled = cx.model.file.instructions().any(|it| it.keyword == Keyword::Label && it.logical.text.contains(KEY));
    for instruction in cx.model.file.instructions() {
        in_stage |= instruction.keyword == Keyword::From;
        if instruction.keyword != Keyword::Maintainer {
            continue;
        }
        let name = instruction.logical.text.trim();
        let commented = instruction.trivia.iter().any(|trivia| trivia.kind == TriviaKind::Comment);
        let lower = instruction.keyword_text.chars().all(|char| char.is_lowercase());
        let label =
            format!("{} {KEY}={}", if lower { "label" } else { "LABEL" }, quoted(name, cx.model.file.escape.as_char()));
        let edit = Edit::replace(instruction.span, label.clone());
        let mut found = cx.report(instruction.keyword_span, "`MAINTAINER` is deprecated");
        if name.is_empty() {
            continue;
        }
        found.help(format!("use `{}`", label.replace('`', "'")));
        // A second label with that key would replace the first.
        if in_stage && !commented && !labelled && !several {
            found.fix(Fix::new(Safety::Safe, "replace it with a label", [edit]));
        }
    }
}

/// The value in double quotes, without the quotes around the whole, and escaped against expansion.
fn quoted(name: &str, escape: char) -> String {
    let inner = ['"', '\''].into_iter().find_map(|quote| {
        let inner = name.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    });
    let mut out = String::from("\"");
    for char in inner.unwrap_or(name).chars() {
        if char == '"' || char == '$' || char == escape {
            out.push(escape);
        }
        out.push(char);
    }
    out + "\""
}
