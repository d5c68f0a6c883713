//! Finds `xargs -i`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2267"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        if name != "xargs" {
            continue;
        }
        let options = args.iter().take_while(|word| survey.slice(word.span).starts_with('-'));
        for word in options {
            let text = survey.pattern(*word);
            let Some(letters) = text.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else { continue };
            let end = letters.find(['a', 'd', 'e', 'E', 'I', 'L', 'l', 'n', 'P', 's', 'i']);
            if end.is_some_and(|end| letters[end..].starts_with('i')) {
                cx.report(script.span(word.span), "`xargs -i` is deprecated").help("use `xargs -I {}`");
            }
        }
    }
}
