//! Finds variables that are set in a subshell and read after it.

use std::collections::{HashMap, HashSet};

use crate::finding::prelude::*;
use crate::model::ScriptShell;
use crate::shell::survey::{At, Event};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2030", "SC2031"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    // By name, where the value was set that is lost.
    let mut lost: HashMap<&str, At> = HashMap::new();
    let mut subshells: Vec<Vec<(&str, At)>> = Vec::new();
    let mut told: HashSet<At> = HashSet::new();
    for event in survey.flow(&script.variables, runs_last_here(script)) {
        match event {
            Event::Enter => subshells.push(Vec::new()),
            Event::Leave => lost.extend(subshells.pop().unwrap_or_default().into_iter().rev()),
            Event::Set { name, at } => {
                lost.remove(name);
                if let Some(inner) = subshells.last_mut() {
                    inner.push((name, at));
                }
            }
            Event::Read { name, at } => {
                // What separates words is set for a subshell on purpose.
                let Some(&set) = lost.get(name).filter(|_| name != "IFS") else { continue };
                let has_other = script.declared(name).is_some() || script.variables.times_set(name) > 1;
                let level = if has_other { Level::Note } else { Level::Warn };
                if told.insert(set) {
                    cx.report(
                        script.span(survey.set_span(set)),
                        format!("`{name}` is set in a subshell, so its value is lost"),
                    )
                    .variant("SC2030")
                    .help("set it outside the subshell, or print it and use `$(…)`")
                    .at_most(Level::Note);
                }
                cx.report(script.place(at), format!("`{name}` is set in a subshell and does not have that value here"))
                    .variant("SC2031")
                    .help("set it outside the parentheses or the pipeline")
                    .at_most(level);
            }
        }
    }
}

/// Whether the last command of a pipeline runs in the shell itself.
fn runs_last_here(script: &ScriptView<'_, '_>) -> bool {
    let survey = &script.survey;
    let set = || {
        survey.simples.iter().any(|simple| {
            let (name, args) = simple.called(survey);
            name == "shopt" && args.iter().any(|arg| survey.bare(*arg) == Some("lastpipe"))
        })
    };
    match script.shell {
        ScriptShell::Ksh => true,
        ScriptShell::Bash | ScriptShell::BashAsSh => set(),
        _ => false,
    }
}
