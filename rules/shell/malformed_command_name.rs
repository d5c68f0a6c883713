//! Finds words that run as a command although no program can have such a name.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Never)
    .aka(&["SC2286", "SC2287", "SC2288", "SC2289"]);

/// Signs at the end of a name that belong to something else: a sentence, a quote, a variable of another shell.
const LAST: &str = ".,([{<>}])#\"'%\\ ";

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let Some(word) = simple.words.first() else { continue };
        let name = survey.pattern(*word);
        let (code, message) = match name.chars().next_back() {
            // Commands of the shell, and what other rules report.
            _ if matches!(&*name, "." | ":" | " " | "[" | "[[" | "//") => continue,
            None => ("SC2286", "an empty string runs as a command".to_owned()),
            Some('/') => ("SC2287", "a directory runs as a command".to_owned()),
            Some(last) if LAST.contains(last) => ("SC2288", format!("no command has a name that ends in `{last}`")),
            _ if name.contains(['\t', '\n']) => ("SC2289", "no command has a name with a tab or line break".to_owned()),
            _ => continue,
        };
        cx.report(script.span(word.span), message)
            .variant(code)
            .help("check the quotes and separators before this word");
    }
}
