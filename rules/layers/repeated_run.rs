//! A `RUN` that occurs twice in a stage.

use std::collections::HashMap;

use crate::commands::packages::{installs, refreshes_index};
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if stage.all(Keyword::Run).nth(1).is_none() {
        return;
    }
    // Those that do the same anywhere in the stage, and the one just before.
    let mut seen: HashMap<String, &Step<'_>> = HashMap::new();
    let mut last: Option<(String, &Step<'_>)> = None;
    for step in &stage.steps {
        if step.keyword() != Keyword::Run || !step.instruction.heredocs.is_empty() {
            last = None;
            continue;
        }
        let key = key(step);
        let before = last.take().filter(|(text, _)| *text == key).map(|(_, step)| step);
        if keeps(step) {
            match seen.get(&key) {
                Some(first) => report(first, step, cx),
                None => drop(seen.insert(key.clone(), step)),
            }
        } else if let Some(first) = before.filter(|_| !is_done_again(step)) {
            report(first, step, cx);
        }
        last = Some((key, step));
    }
}

/// The text with normalised spaces.
fn key(step: &Step<'_>) -> String {
    step.instruction.logical.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a step only installs packages by name, which does the same each time.
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

/// Whether a step may have something new to do: update an index or a list of links, or wait.
fn is_done_again(step: &Step<'_>) -> bool {
    let again = |command: &Command| {
        command.class().is(Class::WAITS.or(Class::QUERY).or(Class::SYSTEM_TABLE).or(Class::BUILD_DRIVER))
            || command.is_any(&["rm", "npm"])
    };
    let mut commands = step.commands().iter().peekable();
    commands.peek().is_none() || commands.any(again)
}

fn report(first: &Step<'_>, step: &Step<'_>, cx: &Cx<'_>) {
    cx.report(step.instruction.keyword_span, "this `RUN` repeats an earlier one in the same stage")
        .label(first.instruction.keyword_span, "the first one")
        .help("omit it; it adds a layer but changes nothing");
}
