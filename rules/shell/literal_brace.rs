//! Finds braces that stand for themselves, though they look like a group or an expansion.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;
use crate::shell::survey::{Kind, Role};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC1083"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.words {
        if !matches!(survey.role(at), Role::Item | Role::Argument(_) | Role::Value | Role::Target | Role::Element) {
            continue;
        }
        let Kind::Word(word) = survey.kind(at) else { continue };
        for part in script.tree()[word.parts].iter().filter(|part| matches!(part.kind, PartKind::Literal)) {
            let bytes = survey.slice(part.span).as_bytes();
            let mut in_format = false;
            for (index, byte) in bytes.iter().enumerate() {
                // `%{http_code}` of curl, rpm and git reaches the program as it is.
                in_format |= *byte == b'{' && index > 0 && bytes[index - 1] == b'%';
                if in_format {
                    in_format = *byte != b'}';
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
