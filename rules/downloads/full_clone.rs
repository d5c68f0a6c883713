//! Finds `git clone` of a full history into the image.

use std::cell::LazyCell;

use crate::commands::cleanup::removes_paths;
use crate::commands::download::clones;
use crate::finding::prelude::*;
use crate::knowledge::git;
use crate::model::MAX_LATER_STEPS;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

/// How many of the commands that follow are checked.
const FAR: usize = 200;

fn uses_history(command: &Command) -> bool {
    command.subcommand().is_some_and(|verb| git::USES_HISTORY.contains(&verb.lexeme()))
}

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = cx.model.shipped_script(step) else { return };
    let git = |command: &&Command| command.is("git");
    let removes =
        |command: &Command| command.is("rm") && removes_paths(command).iter().any(|removed| removed.recursive);
    // A later step may want another commit.
    let after = || cx.model.after(step).limited(MAX_LATER_STEPS).flat_map(|later| later.commands());
    let used_later = LazyCell::new(|| after().any(|command| command.is("git") && uses_history(command)));
    // Likewise a script that is named after that, or files that name the commits.
    let chooses = |text: &str| git::CHOOSES_COMMIT.iter().any(|part| text.contains(part));
    let named = |command: &Command| {
        !command.is("git") && (chooses(&command.path) || command.args.iter().any(|arg| chooses(arg.lexeme())))
    };
    let chosen = LazyCell::new(|| {
        let steps = cx.model.stage(step.stage).map_or(&[][..], |stage| &stage.steps);
        let mut copies = steps.iter().take(MAX_LATER_STEPS).filter_map(|step| step.copy());
        copies.any(|copy| copy.sources.iter().any(|source| chooses(&source.text))) || after().any(named)
    });
    for (at, command) in script.commands.iter().enumerate().filter(|(_, command)| clones(command)) {
        let later = &script.commands[at + 1..script.commands.len().min(at + FAR)];
        let used = later.iter().filter(git).any(uses_history);
        let shallow = command.args.iter().any(|arg| {
            ["--depth", "--shallow", "--filter", "--mirror", "--bare"].iter().any(|flag| arg.lexeme().starts_with(flag))
        });
        if used || shallow || later.iter().any(removes) || *used_later {
            continue;
        }
        let Some(verb) = command.subcommand() else { continue };
        let mut found = cx.report(command.span, "`git clone` adds the repository's full history to the layer");
        found.help(
            "use `git clone --depth 1 --branch TAG …`, and remove `.git` in the same `RUN` if you do not need it",
        );
        if !step.is_exec_form() && !command.has_dynamic_arg() {
            let edit = Edit::insert(verb.span.end(), " --depth 1");
            let safety = if later.iter().any(named) || *chosen { Safety::Display } else { Safety::Unsafe };
            found.fix(Fix::new(safety, "fetch only the latest commit", [edit]));
        }
    }
}
