//! Finds `read` without `-r`, which takes backslashes out of its input.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Always).aka(&["SC2162"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        if name != "read" || survey.has_option(args, 'r', "") {
            continue;
        }
        let words = &simple.words[..simple.words.len() - args.len()];
        let Some(word) = words.last() else { continue };
        let insert = Edit::insert(script.span(word.span).end(), " -r");
        cx.report(script.span(word.span), "`read` without `-r` drops backslashes").help("use `read -r`").fix(Fix::new(
            Safety::Unsafe,
            "add `-r`",
            [insert],
        ));
    }
}
