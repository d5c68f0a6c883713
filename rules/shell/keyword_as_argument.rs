//! Finds keywords of the shell among the arguments of a command: `echo a done`.

use crate::finding::prelude::*;
use crate::shell::survey::Role;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC1010"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.words {
        let apart = matches!(
            survey.role(at),
            Role::Argument(0)
                | Role::Pattern
                | Role::Name
                | Role::Operand
                | Role::Removed
                | Role::Arithmetic
                | Role::Subscript
        );
        if apart {
            continue;
        }
        let Some(text) = survey.word(at).and_then(|word| survey.bare(word)) else { continue };
        // What ends or continues a compound command.
        if matches!(text, "do" | "done" | "esac" | "fi" | "then") {
            cx.report(script.place(at), format!("`{text}` is treated as text, not as a keyword"))
                .help("add a `;` before it, or quote it if it is meant as text");
        }
    }
}
