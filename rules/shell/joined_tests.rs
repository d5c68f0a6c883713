//! Finds `[ a -a b ]` and `[ a -o b ]`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2166"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let Some((name, args)) = simple.words.split_first() else { continue };
        if !matches!(survey.bare(*name), Some("[" | "test")) {
            continue;
        }
        for (index, word) in args.iter().enumerate().skip(1) {
            let text = survey.bare(*word);
            let last = index + 1 == args.len() || args.get(index + 1).and_then(|word| survey.bare(*word)) == Some("]");
            let before = survey.bare(args[index - 1]);
            if !matches!(text, Some("-a" | "-o")) || last || before == Some("!") {
                continue;
            }
            let joint = if text == Some("-a") { "&&" } else { "||" };
            cx.report(
                script.span(word.span),
                format!("the meaning of `{}` depends on the shell", text.unwrap_or_default()),
            )
            .help(format!("use two tests: `[ … ] {joint} [ … ]`"));
        }
    }
}
