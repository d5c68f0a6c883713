use std::collections::HashMap;

use crate::prelude::*;
use crate::shell::packages::{installs, refreshes_index};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let mut seen: HashMap<String, &Step<'_>> = HashMap::new();
    for step in &stage.steps {
        match step.keyword() {
            Keyword::Run if step.instruction.heredocs.is_empty() => {
                let key = key(step);
                match seen.get(&key) {
                    Some(first) => report(first, step, cx),
                    None => drop(seen.insert(key, step)),
                }
            }
            // Files and settings that it may work on are others now.
            Keyword::Copy
            | Keyword::Add
            | Keyword::Arg
            | Keyword::Env
            | Keyword::Shell
            | Keyword::User
            | Keyword::Workdir => {
                seen.retain(|_, step| keeps(step));
            }
            _ => {}
        }
    }
}

/// The text, blanks apart.
fn key(step: &Step<'_>) -> String {
    step.instruction.logical.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Installs packages by name and does nothing else: that is the same each time.
fn keeps(step: &Step<'_>) -> bool {
    step.script.as_ref().is_some_and(|script| {
        script.clean
            && script.commands.iter().any(|command| installs(command).is_some())
            && script.commands.iter().all(|command| {
                let plain = installs(command).is_some_and(|install| !install.project && install.manager.is_system());
                plain || refreshes_index(command).is_some() || command.is_any(&["rm", "apt-get", "echo", "true"])
            })
    })
}

fn report(first: &Step<'_>, step: &Step<'_>, cx: &mut Cx<'_>) {
    // What is done again because something else was done in between: an index, a list of links, a random number.
    let again = ["update", "ldconfig", "fc-cache", "clean", "autoremove", "rm", "sleep", "ls", "date", "npm", "make"];
    let commands = || step.script.iter().flat_map(|script| &script.commands);
    if commands().next().is_none()
        || !keeps(step) && (step.index != first.index + 1 || commands().any(|command| command.is_any(&again)))
    {
        return;
    }
    cx.report(step.instruction.keyword_span, "the same `RUN` was there before in this stage")
        .label(first.instruction.keyword_span, "here")
        .help("leave it out: it makes a layer and changes nothing");
}
