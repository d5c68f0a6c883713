//! Finds `A= b`, which runs `b` with an empty `A`.

use crate::finding::prelude::*;
use crate::shell::reader::Value;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC1007"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        for (index, assignment) in simple.assignments.iter().enumerate() {
            let next = simple.assignments.get(index + 1).map(|next| next.span);
            let next = next.or(simple.words.first().map(|word| word.span));
            let name = survey.slice(assignment.name);
            if !matches!(assignment.value, Value::Empty)
                || next.is_none()
                || name == "IFS"
                || assignment.subscript.is_some()
            {
                continue;
            }
            cx.report(
                Span::at(script.span(assignment.operator).end()),
                format!("this sets `{name}` to an empty value"),
            )
            .help(format!("remove the space after `=`, or use `{name}=''` for an empty value"));
        }
    }
}
