//! Which commands belong to the build only.

use crate::commands::packages;
use crate::commands::packages::installs;
use crate::fixes::two_stages::Build;
use crate::knowledge::packages::{FETCH_TOOLS, LIBC_HEADERS, category};
use crate::knowledge::programs::Class;
use crate::model::Step;
use crate::shell::Command;
use crate::syntax::Keyword;

/// Commands that prepare or inspect: of use only for the build.
const ARRANGES: Class =
    Class::PRINTS.or(Class::NO_OP).or(Class::SHELL_STATE).or(Class::CONDITION).or(Class::QUERY).or(Class::FILE_TOOL);

/// Whether a RUN only creates accounts, which belong to the program.
pub(super) fn makes_accounts(step: &Step<'_>) -> bool {
    only(step, |command| command.class().is(Class::ACCOUNT_TOOL))
}

/// Whether a RUN only creates directories, which the program may need as well.
pub(super) fn makes_folders(step: &Step<'_>) -> bool {
    only(step, |command| command.is("mkdir") && command.has_flag(&["-p", "--parents"]))
}

fn only(step: &Step<'_>, what: impl Fn(&Command) -> bool) -> bool {
    let script = step.script.as_ref().filter(|script| step.keyword() == Keyword::Run && script.clean);
    script.is_some_and(|script| !script.commands.is_empty() && script.commands.iter().all(what))
        && step.instruction.heredocs.is_empty()
}

/// Facts about the steps.
#[derive(Default)]
pub(super) struct Seen {
    /// Something was built.
    pub(super) builds: bool,
    /// Why the steps may have done something that the program needs and the result lacks.
    pub(super) doubt: Option<String>,
    /// Installed headers, whose libraries are also needed at run time.
    pub(super) headers: Vec<String>,
}

/// Examines every command of the stage. `builds` tells which belong to the build, `neutral` which do not matter.
pub(super) fn look(
    build: &Build<'_, '_>,
    builds: impl Fn(&Command) -> bool,
    neutral: impl Fn(&Command) -> bool,
) -> Seen {
    let mut seen = Seen::default();
    for step in build.stage.all(Keyword::Run).filter(|step| !makes_accounts(step) && !makes_folders(step)) {
        let Some(script) = step.script.as_ref().filter(|script| script.clean) else {
            seen.doubt.get_or_insert("a build step is not understood".to_owned());
            continue;
        };
        let here = script.commands.iter().any(&builds);
        for command in &script.commands {
            if builds(command) {
                seen.builds = true;
            } else if let Some(install) = installs(command) {
                for package in &install.packages {
                    let known = category(install.manager, &package.name);
                    if known.is_some_and(|it| it == crate::knowledge::packages::Category::Headers) {
                        // The C library itself is everywhere.
                        if !LIBC_HEADERS.contains(&package.name.as_str()) {
                            seen.headers.push(package.name.clone());
                        }
                    } else if !known.is_some_and(|it| it.is_for_building())
                        && !is_fetcher(&package.name, build)
                        && !neutral(command)
                    {
                        seen.doubt.get_or_insert(format!("the program may need `{}`", package.text.replace('`', "'")));
                    }
                }
            } else if packages::refreshes_index(command).is_some()
                || packages::upgrades(command).is_some()
                || packages::uninstalls(command).is_some()
                || !crate::commands::cleanup::cleans(command).is_empty()
                || neutral(command)
                || command.name.is_empty() && !command.assignments.is_empty() && command.args.is_empty()
                || command.class().is(ARRANGES)
                || command.is_any(&["tail", "cat", "strip", "time"])
                || here && command.is_any(&["mkdir", "sed"])
                || command.args.iter().any(|arg| arg.is("--version"))
            {
                // Nothing of it is for the program, but what it copies somewhere is found by its path.
            } else {
                let name = if command.name.is_empty() { "a command" } else { &command.name };
                seen.doubt.get_or_insert(format!("the program may need what `{name}` creates"));
            }
        }
    }
    seen
}

/// Whether a package only serves to fetch something, and nothing calls it at run time.
fn is_fetcher(package: &str, build: &Build<'_, '_>) -> bool {
    let called = || {
        let starts = build.stage.start_commands(build.model);
        let probe = build.stage.healthcheck(build.model).map(|step| build.model.source.slice(step.instruction.span));
        starts.iter().any(|start| start.command.name == package) || probe.is_some_and(|text| text.contains(package))
    };
    FETCH_TOOLS.contains(&package) && !called()
}
