//! Finds `git clone` of a moving branch.

use crate::commands::download::clones;
use crate::finding::prelude::*;
use crate::knowledge::git;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let runs = stage.all(Keyword::Run).filter_map(|step| step.script.as_ref());
    let commands: Vec<&Command> =
        runs.flat_map(|script| &script.commands).filter(|command| command.is("git")).collect();
    // The last command that checks out a fixed commit.
    let picks = |command: &&&Command| {
        command.subcommand().is_some_and(|verb| matches!(verb.lexeme(), "checkout" | "reset" | "switch"))
            && !is_moving(command)
    };
    let last = commands.iter().rposition(|command| picks(&command)).unwrap_or_default();
    for (at, command) in commands.iter().enumerate().filter(|(_, command)| clones(command)) {
        if at < last {
            continue;
        }
        let (span, variant, what) = match command.flag_value(&["-b", "--branch"]) {
            Some(branch) if branch.text.as_deref().is_some_and(is_branch) => {
                (branch.span, "named-branch", "a branch moves")
            }
            Some(_) => continue,
            None if command
                .args
                .iter()
                .any(|arg| arg.lexeme().starts_with("--branch=") || arg.lexeme().starts_with("--revision")) =>
            {
                continue;
            }
            None => (command.span, "", "the default branch moves"),
        };
        cx.report(span, format!("{what}, so the next build may get different code"))
            .variant(variant)
            .help("clone a tag (`git clone --depth 1 --branch v1.2.3 …`), or check out a commit with `git checkout`");
    }
}

fn is_moving(command: &Command) -> bool {
    command.rest().next().is_some_and(|to| to.text.as_deref().is_some_and(is_branch))
}

fn is_branch(name: &str) -> bool {
    let name = name.trim_start_matches("origin/");
    git::BRANCHES.contains(&name)
}
