//! Pairs of `ENV` and `LABEL` without an equals sign.

use crate::finding::prelude::*;

/// The name and the value of an `ENV` or `LABEL` without an equals sign.
pub(super) fn legacy_pair<'i>(step: &Step<'i>) -> Option<(&'i Word, &'i Word)> {
    let Args::Pairs(args) = &step.instruction.args else { return None };
    let [pair] = args.pairs.as_slice() else { return None };
    let value = pair.value.as_ref().filter(|value| args.legacy && !value.text.starts_with('='))?;
    matches!(step.keyword(), Keyword::Env | Keyword::Label).then_some((&pair.name, value))
}

/// A pair as somebody meant it.
pub(super) struct MeantPair {
    pub(super) name: Span,
    pub(super) value: Span,
}

/// `ENV A b \⏎ C d` as it was meant: two pairs, though `C d` is part of the value of `A`. Empty unless every line of the
/// value looks like a pair.
pub(super) fn meant_pairs(step: &Step<'_>, cx: &Cx<'_>) -> Vec<MeantPair> {
    let Some((name, value)) = legacy_pair(step) else { return Vec::new() };
    let mut pairs = Vec::new();
    let mut start = value.span.start();
    for line in cx.text(value.span).split_inclusive('\n') {
        let text = line.trim_end().trim_end_matches(cx.model.file.escape.as_char()).trim_end();
        let at = start + text.len() - text.trim_start().len();
        let (text, end) = (text.trim_start(), start + text.len());
        start += line.len();
        match pairs.is_empty() {
            true if text.is_empty() => return Vec::new(),
            true => pairs.push(MeantPair { name: name.span, value: Span::new(at, end) }),
            false if text.is_empty() || text.starts_with('#') => {}
            false => match pair(text, step.keyword()) {
                Some((name, gap)) => {
                    let name_end = at + name;
                    pairs.push(MeantPair { name: Span::new(at, name_end), value: Span::new(name_end + gap, end) });
                }
                None => return Vec::new(),
            },
        }
    }
    if pairs.len() > 1 { pairs } else { Vec::new() }
}

/// The length of a name at the start of the line, and of the gap before its value.
fn pair(line: &str, keyword: Keyword) -> Option<(usize, usize)> {
    let (name, rest) = line.split_once([' ', '\t', '='])?;
    let is_name = match keyword {
        Keyword::Label => {
            name.contains('.') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
        _ => {
            name.len() > 1
                && name.starts_with(|char: char| char.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        }
    };
    let value = rest.trim_start();
    (is_name && !value.is_empty()).then(|| (name.len(), line.len() - name.len() - value.len()))
}
