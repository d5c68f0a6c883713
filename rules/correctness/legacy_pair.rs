//! `ENV name value`, `LABEL name value`: pairs without an equals sign.

use crate::finding::prelude::*;
use crate::model::{Scope, Variables, expand};
use crate::syntax::WordOrigin;
use crate::syntax::{Dockerfile, Escape, ItemKind, has_template_mark};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Env, Keyword::Label], check)])
    .fix(Fixable::Sometimes)
    .aka(&["LegacyKeyValueFormat"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Args::Pairs(args) = &step.instruction.args else {
        return;
    };
    let [pair] = args.pairs.as_slice() else { return };
    let Some(value) = pair.value.as_ref().filter(|value| args.legacy && !value.text.starts_with('=')) else {
        return;
    };
    let keyword = step.keyword().as_str();
    let gap = Span::new(pair.name.span.end(), value.span.start().max(pair.name.span.end()));
    let blank = cx.text(gap).chars().all(|char| char.is_whitespace() || char == cx.model.file.escape.as_char());
    let quote = quote(&pair.name, value, keyword, cx.model.file.escape).filter(|_| blank);
    // It is unknown whether the value of a placeholder will need quotes.
    let quote = quote.filter(|_| !has_template_mark(&value.text));
    let fix = quote.and_then(|quote| {
        let mut edits = vec![Edit::replace(gap, format!("={quote}"))];
        if !quote.is_empty() {
            edits.push(Edit::insert(value.span.end(), quote));
        }
        Fix::new(Safety::Safe, format!("write `{keyword} name=value`"), edits)
    });
    let name = &pair.name.text;
    let mut found = cx.report(pair.name.span, format!("deprecated `{keyword} {name} …` syntax without an equals sign"));
    found.help(format!("use `{keyword} {name}=…`, and quote values that contain spaces"));
    found.fix(fix);
}

/// The quotes the value needs after a `=` to keep its meaning: none, or double quotes. Verified by parsing the
/// result.
fn quote(name: &Word, value: &Word, keyword: &str, escape: Escape) -> Option<&'static str> {
    let before = meaning(&name.text, &value.text, escape)?;
    let directive = if escape == Escape::Backtick { "# escape=`\n" } else { "" };
    ["", "\""].into_iter().find(|quote| {
        let text = format!("{directive}FROM scratch\n{keyword} {}={quote}{}{quote}\n", name.text, value.text);
        let file = crate::syntax::parse(&text);
        file.errors.is_empty()
            && only_pair(&file).and_then(|(name, value)| meaning(name, value, escape)).as_ref() == Some(&before)
    })
}

fn only_pair(file: &Dockerfile) -> Option<(&str, &str)> {
    let ItemKind::Instruction(last) = &file.items.last()?.kind else {
        return None;
    };
    let Args::Pairs(args) = &last.args else { return None };
    match args.pairs.as_slice() {
        [pair] if !args.legacy && file.instructions().count() == 2 => {
            Some((&pair.name.text, &pair.value.as_ref()?.text))
        }
        _ => None,
    }
}

/// Name and value as BuildKit expands them, twice: with every variable empty, and as the constant parts with the names
/// of the variables between them.
fn meaning(name: &str, value: &str, escape: Escape) -> Option<[Vec<String>; 2]> {
    let none = Variables::default();
    let read = |text: &str| -> Option<Vec<String>> {
        let place = WordOrigin::Whole(Span::at(0));
        let empty = expand(text, place, escape.as_char(), Scope::new(&none, false));
        let open = expand(text, place, escape.as_char(), Scope::new(&none, true));
        let mut parts = vec![empty.value?];
        let mut literal = String::new();
        for piece in &open.pieces {
            match piece.variable.and_then(|index| open.uses.get(index)) {
                Some(used) => {
                    parts.push(std::mem::take(&mut literal));
                    parts.push(format!("${}", used.name));
                }
                None => literal.push_str(piece.text.as_deref()?),
            }
        }
        parts.push(literal);
        parts.extend(open.uses.iter().map(|used| used.name.clone()));
        Some(parts)
    };
    Some([read(name)?, read(value)?])
}
