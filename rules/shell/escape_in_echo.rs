//! Finds `echo "a\nb"` in shells whose `echo` prints the backslash.

use crate::finding::prelude::*;
use crate::model::ScriptShell;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2028"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    // These expand it.
    if matches!(script.shell, ScriptShell::Dash | ScriptShell::Busybox) {
        return;
    }
    let survey = &script.survey;
    for simple in &survey.simples {
        let Some((name, args)) = simple.words.split_first() else { continue };
        let flags = |word: &crate::shell::reader::Word| {
            survey.bare(*word).is_some_and(|flag| flag.starts_with('-') && flag.contains(['e', 'E']))
        };
        if survey.bare(*name) != Some("echo") || args.first().is_some_and(flags) || args.get(1).is_some_and(flags) {
            continue;
        }
        for word in args.iter().filter(|word| has_escape(survey.slice(word.span))) {
            let mut found = cx.report(script.span(word.span), "`echo` may print this backslash literally");
            found.help("use `printf`, which interprets escapes in any shell");
            // Nobody knows which shell it is.
            if script.shell == ScriptShell::Sh {
                found.at_most(Level::Note);
            }
        }
    }
}

fn has_escape(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| {
        pair[0] == b'\\'
            && matches!(pair[1], b'a' | b'b' | b'e' | b'f' | b'n' | b'r' | b't' | b'v' | b'x' | b'0'..=b'9')
    })
}
