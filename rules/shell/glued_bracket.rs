//! Finds `[` without a space after it.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Always).aka(&["SC1035"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let Some(word) = simple.words.first() else { continue };
        let text = survey.slice(word.span);
        let rest = text.trim_start_matches('[');
        let brackets = text.len() - rest.len();
        // `[` and `[[` alone are commands; `[a-z]*` is a pattern.
        let closed = simple.words.last().is_some_and(|last| survey.slice(last.span).ends_with(']'));
        if !matches!(brackets, 1 | 2) || rest.is_empty() || rest.starts_with(']') || simple.words.len() < 2 || !closed {
            continue;
        }
        let span = script.span(word.span);
        let at = span.start() + brackets;
        let open = &text[..brackets];
        let fix = Fix::new(Safety::Unsafe, "insert the space", [Edit::insert(at, " ")]);
        cx.report(Span::new(span.start(), at), format!("`{open}` is a command and needs a space after it"))
            .variant("SC1035")
            .help(format!("use `{open} …`, with a space before the closing bracket as well"))
            .fix(fix.filter(|_| span.len() == text.len()));
    }
}
