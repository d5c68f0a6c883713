//! Finds braces that stand for themselves, though they look like a group or an expansion.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::finding::prelude::*;
use crate::knowledge::command_lines::HAVE_BRACED_FIELDS;
use crate::shell::reader::{PartKind, Word};
use crate::shell::survey::{At, Kind, Role, Survey};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC1083"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    let mut called = HashMap::new();
    for &at in &survey.words {
        if matches!(survey.role(at), Role::Operand | Role::Removed | Role::Arithmetic | Role::Subscript) {
            continue;
        }
        let fields = survey.slice(survey.span(at)).contains("%{") && has_fields(survey, at, &mut called);
        let Kind::Word(word) = survey.kind(at) else { continue };
        for part in script.tree()[word.parts].iter().filter(|part| matches!(part.kind, PartKind::Literal)) {
            let bytes = survey.slice(part.span).as_bytes();
            // Up to where the braces belong to something.
            let mut skipped = 0;
            for (index, byte) in bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'{' | b'}')) {
                if *byte == b'{' && index >= skipped {
                    let field = fields && index > 0 && bytes[index - 1] == b'%';
                    skipped = group_end(&bytes[index..], field).map_or(skipped, |len| index + len);
                }
                if index < skipped {
                    continue;
                }
                let pair = match byte {
                    b'{' => bytes.get(index + 1) == Some(&b'}'),
                    b'}' => index > 0 && bytes[index - 1] == b'{',
                    _ => continue,
                };
                if !pair {
                    let start = part.span.start() + index;
                    cx.report(
                        script.span(Span::new(start, start + 1)),
                        format!("this `{}` is text", char::from(*byte)),
                    )
                    .help(
                        "quote it if it is meant as text; to group commands, put spaces around it and a `;` before `}`",
                    );
                }
            }
        }
    }
}

/// The length of `{a,b}` and `{a..b}` at the start of a text, which bash expands in some places only; of `{a}` too if it is a field.
fn group_end(bytes: &[u8], field: bool) -> Option<usize> {
    let end = bytes.iter().skip(1).position(|byte| matches!(byte, b'{' | b'}'))? + 1;
    let inner = &bytes[1..end];
    let list = inner.contains(&b',') || inner.windows(2).any(|pair| pair == b"..");
    (bytes[end] == b'}' && (field || list)).then_some(end + 1)
}

/// Whether `%{http_code}` in a word reaches a program that fills it in: curl, rpm, git.
fn has_fields<'t>(survey: &Survey<'t>, at: At, called: &mut HashMap<At, (Cow<'t, str>, &'t [Word])>) -> bool {
    let Some(simple) = survey.simple_of(at) else { return false };
    let (name, args) = &*called.entry(simple.at).or_insert_with(|| simple.called(survey));
    if name != "curl" {
        return HAVE_BRACED_FIELDS.contains(&&**name);
    }
    let span = survey.span(at);
    let index = args.partition_point(|arg| arg.span.start() < span.start());
    let before = index.checked_sub(1).and_then(|before| args.get(before)).map(|arg| survey.pattern(*arg));
    let writes = |text: &str| text.starts_with('-') && (text.ends_with('w') || text.starts_with("--write-out"));
    before.is_some_and(|before| writes(&before))
        || survey.slice(span).starts_with("-w")
        || survey.slice(span).starts_with("--write-out")
}
