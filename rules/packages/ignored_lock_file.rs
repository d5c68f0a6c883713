//! Finds project installs that may change the lock file.

use crate::commands::packages::{Install, Manager, installs};
use crate::context::Context;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

/// Managers that may change the lock file, each with the flag that prevents it (for npm: the subcommand).
const FLAGS: &[(Manager, &str)] = &[
    (Manager::Npm, "ci"),
    (Manager::Yarn, "--frozen-lockfile"),
    (Manager::Pnpm, "--frozen-lockfile"),
    (Manager::Bun, "--frozen-lockfile"),
    (Manager::Uv, "--locked"),
    (Manager::Pipenv, "--deploy"),
];

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // The lock files in the image at this point, and what copied each.
    let mut locks: Vec<(Manager, &str, Span)> = Vec::new();
    for step in &stage.steps {
        for source in step.context_sources(cx.model) {
            for (manager, _) in FLAGS {
                let names = manager.project_files().map_or(&[][..], |files| files.locks);
                let found = names.iter().find(|name| brings(&source.path, source.is_pattern, name, cx.model.context));
                if let Some(name) = found.filter(|_| !locks.iter().any(|lock| lock.0 == *manager)) {
                    locks.push((*manager, name, source.span));
                }
            }
        }
        if step.keyword() != Keyword::Run || locks.is_empty() {
            continue;
        }
        for command in step.commands().iter() {
            let Some(install) =
                installs(command).filter(|install| install.project && !install.locked && !install.dry_run)
            else {
                continue;
            };
            let Some((_, lock, span)) = locks.iter().find(|lock| lock.0 == install.manager) else { continue };
            // `pipenv sync` installs from the lock file only.
            let sync = install.manager == Manager::Pipenv && command.runs("pipenv", "sync");
            if sync || !is_certain(command, install, step) {
                continue;
            }
            report(command, install, lock, *span, step, cx);
        }
    }
}

/// Whether a source of `COPY` certainly includes this lock file: by name, or because the context contains it.
fn brings(path: &str, is_pattern: bool, lock: &str, context: Option<&Context>) -> bool {
    if path.rsplit('/').next() == Some(lock) {
        return true;
    }
    // `package-lock.json*` suggests that the file may be missing.
    let Some(context) = context.filter(|context| context.is_sure() && context.ignored(lock).is_none()) else {
        return false;
    };
    context.exists(lock) && (path.is_empty() || is_pattern && context.glob(path).iter().any(|found| found == lock))
}

/// Whether it does not install in another directory, globally, or deliberately without the lock file.
fn is_certain(command: &Command, install: &Install, step: &Step<'_>) -> bool {
    let is_set =
        |name: &&str| step.state.variables.get(*name).is_some_and(|set| !set.unset) || command.assigned(name).is_some();
    let stays = step.commands().iter().all(|it| !it.is_any(&["cd", "pushd", "rm", "corepack"]));
    !command.has_flag(Manager::OTHER_LOCK)
        && !install.open
        && stays
        && !Manager::LOCK_VARIABLES.iter().any(is_set)
        && !command.place.conditional
}

fn report(command: &Command, install: &Install, lock: &str, brought: Span, step: &Step<'_>, cx: &Cx<'_>) {
    let Some((manager, remedy)) = FLAGS.iter().find(|row| row.0 == install.manager) else { return };
    let verb = if install.verb == command.name_span { "" } else { cx.text(install.verb) };
    let written = if verb.is_empty() { command.name.clone() } else { format!("{} {verb}", command.name) };
    let (edit, help) = match manager {
        Manager::Npm => (Edit::replace(install.verb, "ci"), "npm ci".to_owned()),
        _ => (Edit::insert(install.verb.end(), format!(" {remedy}")), format!("{written} {remedy}")),
    };
    let message = format!("`{written}` may change `{lock}` and install other versions");
    let fix = Fix::new(Safety::Unsafe, format!("use `{help}`"), [edit]).filter(|_| !step.is_exec_form());
    let mut found = cx.report(command.name_span.cover(install.verb), message);
    found.label(brought, "lock file copied here");
    found.help(format!("use `{help}`, which fails if the lock file is out of date")).fix(fix);
}
