//! Finds `grep` with a pattern for file names: `grep '*.log'`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2063"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        let other = survey.has_option(args, 'F', "fixed-strings") || survey.has_option(args, 'o', "only-matching");
        if name != "grep" || other {
            continue;
        }
        let Some(word) = survey.operands(args).next() else { continue };
        let text = survey.pattern(word);
        let mut chars = text.chars();
        let repeats_one = match (chars.next(), chars.next(), chars.next()) {
            (Some('*'), ..) => true,
            (Some(first), Some('*'), None) => !matches!(first, '.' | '\\'),
            _ => false,
        };
        if repeats_one {
            cx.report(script.span(word.span), "in a regular expression, `*` repeats the preceding item")
                .help("use `.*` for any text, and `\\.` for a dot");
        }
    }
}
