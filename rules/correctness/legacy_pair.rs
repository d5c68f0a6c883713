//! `ENV name value`, `LABEL name value`: pairs without an equals sign.

use super::shared::{legacy_pair, meant_pairs};
use crate::finding::prelude::*;
use crate::model::{Scope, Variables, expand};
use crate::syntax::WordOrigin;
use crate::syntax::{Dockerfile, Escape, ItemKind, has_template_mark};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes).aka(&["LegacyKeyValueFormat"]);

/// Reports all of a stage together: usually all of them are written like that.
fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let mut pairs = stage.steps.iter().filter_map(|step| Some((step, legacy_pair(step)?)));
    let Some((step, (first, value))) = pairs.next() else { return };
    let (keyword, name) = (step.keyword().as_str(), &first.text);
    let mut found = cx.report(first.span, format!("deprecated `{keyword} {name} …` syntax without an equals sign"));
    found.help(format!("use `{keyword} {name}=…`, and quote values that contain spaces"));
    let mut edits = rewrite(step, first, value, cx).unwrap_or_default();
    for (step, (name, value)) in pairs {
        found.label(name.span, "and here");
        edits.extend(rewrite(step, name, value, cx).unwrap_or_default());
    }
    found.fix(Fix::new(Safety::Safe, format!("write `{keyword} name=value`"), edits));
}

/// The edits that write it with an equals sign, and quotes if it needs them.
fn rewrite(step: &Step<'_>, name: &Word, value: &Word, cx: &Cx<'_>) -> Option<Vec<Edit>> {
    let keyword = step.keyword().as_str();
    let gap = Span::new(name.span.end(), value.span.start().max(name.span.end()));
    let blank = cx.text(gap).chars().all(|char| char.is_whitespace() || char == cx.model.file.escape.as_char());
    // It is unknown whether the value of a placeholder will need quotes.
    // Keeping what several pairs say now is no help to anyone.
    let several = cx.text(value.span).contains('\n') && value.text.contains('"') || !meant_pairs(step, cx).is_empty();
    if !blank || several || has_template_mark(&value.text) {
        return None;
    }
    let quote = quote(name, value, keyword, cx.model.file.escape)?;
    let mut edits = vec![Edit::replace(gap, format!("={quote}"))];
    if !quote.is_empty() {
        edits.push(Edit::insert(value.span.end(), quote));
    }
    Some(edits)
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
