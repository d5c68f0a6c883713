//! Finds `sudo` in front of commands that are part of the shell.

use crate::finding::prelude::*;
use crate::knowledge::shell_words;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2232"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let Some(run) = script.step.script.as_ref().or(script.step.kept.as_deref()) else { return };
    for command in &run.commands {
        let name = command.path.as_str();
        let is_directly_after = command.wrappers.last().is_some_and(|wrapper| wrapper.name == "sudo");
        if is_directly_after && shell_words::SHELL_ONLY.binary_search(&name).is_ok() {
            cx.report(command.name_span, format!("`sudo {name}` fails: `{name}` is part of the shell"))
                .help(format!("omit `sudo`, or run the whole script with `sudo sh -c '{name} …'`"));
        }
    }
}
