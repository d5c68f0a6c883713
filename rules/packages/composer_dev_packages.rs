//! Finds `composer install` without `--no-dev` in the final image.

use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_shipped() || !stage.is_final {
        return;
    }
    // The image runs tests, and these packages with them.
    if stage.starts_a_development_tool(cx.model) {
        return;
    }
    let installs = stage.installs().filter(|found| found.2.manager == Manager::Composer && found.2.project);
    let found: Vec<_> = installs.collect();
    // A later command or a setting may remove them again.
    let off = |command: &Command| {
        command.has_flag(&["--no-dev", "--help", "-h"]) || command.assigned("COMPOSER_NO_DEV").is_some()
    };
    if found.iter().any(|(_, command, install)| off(command) || install.open) {
        return;
    }
    for (step, command, install) in found {
        let set = step.state.variables.get("COMPOSER_NO_DEV").is_some();
        // Then `dev-dependencies` knows whether there are any.
        if step.manifest(cx.model, "composer.json").is_some() {
            continue;
        }
        let global = command.operands().next().is_some_and(|arg| arg.is("global"));
        if set || global || command.has_flag(&["--dev"]) || command.place.conditional {
            continue;
        }
        let edit = Edit::insert(install.verb.end(), " --no-dev");
        let fix = Fix::new(Safety::Unsafe, "add `--no-dev`", [edit]).filter(|_| !step.is_exec_form());
        let head = cx.text(command.name_span.cover(install.verb));
        // `php composer.phar install`, on one line.
        let written = head.split_whitespace().collect::<Vec<_>>().join(" ");
        cx.report(command.name_span.cover(install.verb), format!("`{written}` also installs development packages"))
            .help(format!("use `{written} --no-dev`"))
            .fix(fix);
    }
}
