//! Files that a later layer changes or removes.

use crate::commands::chmod::targets;
use crate::finding::prelude::*;
use crate::fixes::run_script::{remove_comment, remove_run};
use crate::knowledge::bases;
use crate::knowledge::programs::Class;
use crate::model::{CopiedFile, MAX_LATER_STEPS, join_path};
use crate::shell::Arg;

/// How many copied files are remembered, the latest ones.
const MAX_FILES: usize = 128;

/// A `chmod` or `chown` of files that an earlier COPY or ADD added.
pub(super) struct LateChange<'m, 'a> {
    pub(super) command: &'m Command,
    /// The RUN it is in.
    pub(super) step: &'m Step<'a>,
    /// Whether it names the file itself, and nothing else.
    pub(super) exact: bool,
    /// The COPY or ADD.
    pub(super) copy: &'m Step<'a>,
    pub(super) file: CopiedFile,
    /// A RUN in between may have added files.
    pub(super) worked_on: bool,
}

impl<'m, 'a> LateChange<'m, 'a> {
    /// Gives COPY the flag, and removes the RUN with a comment about it, and those of `others`, which change the same file in
    /// the same way. `None` where that would change other files, or leave some as they are.
    pub(super) fn flag_instead(
        &self,
        flag: &str,
        others: &[&LateChange<'_, '_>],
        words: &[&str],
        model: &Model<'_>,
    ) -> Option<Fix> {
        let copy = self.copy.copy()?;
        let recursive = self.command.has_flag(&["-R", "--recursive"]);
        // The owner and mode of a working directory are its own.
        let workdir = |step: &Step<'_>| {
            step.state.workdir.as_ref().and_then(|workdir| workdir.value.as_deref()) == Some(self.file.path.as_str())
        };
        let stage = model.stage(self.copy.stage).filter(|stage| self.step.stage == stage.index)?;
        // An image that is not known may have other files there.
        let is_known = || stage.root_image(model)?.familiar_name().and_then(|name| bases::role(&name));
        let one = self.is_one_file() || recursive && is_known().is_some() && !stage.steps.iter().any(workdir);
        let own = self.exact && copy.sources.len() == 1 && one && !self.worked_on && self.copy.onbuild().is_none();
        let pattern = self.file.source.as_deref().is_none_or(|source| source.contains(['*', '?', '[', '$', ':']));
        if !own || pattern || !(self.file.certain || recursive) {
            return None;
        }
        let at = self.copy.instruction.keyword_span.end();
        let mut edits = vec![Edit::insert(at, format!(" {flag}"))];
        for change in others.iter().copied().chain([self]) {
            edits.push(remove_run(model, change.step, change.command)?);
            edits.extend(remove_comment(model, change.step, words));
        }
        Fix::new(Safety::Unsafe, format!("use `{} {flag}`", self.copy.keyword().as_str()), edits)
    }

    /// The other changes of the same copied file.
    pub(super) fn others<'c>(&self, all: &'c [LateChange<'m, 'a>]) -> Vec<&'c LateChange<'m, 'a>> {
        let same = |other: &&LateChange<'_, '_>| {
            other.copy.instruction.span == self.copy.instruction.span
                && other.file.path == self.file.path
                && other.command.span != self.command.span
        };
        all.iter().filter(same).collect()
    }

    /// Whether its name has an extension, so that it is a single file.
    pub(super) fn is_one_file(&self) -> bool {
        self.file.path.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'))
    }
}

/// Commands that do not count as other work in its RUN.
const BESIDE: Class = Class::OWNER_OR_MODE.or(Class::ACCOUNT_TOOL).or(Class::PRINTS).or(Class::NO_OP);

/// Every command called one of `names`, in a RUN of the final image that does no other work, whose files were copied
/// without `--flag` in an earlier layer.
pub(super) fn late_changes<'m, 'a>(model: &'m Model<'a>, names: &[&str], flag: &str) -> Vec<LateChange<'m, 'a>> {
    let mut out = Vec::new();
    if !model.runs().any(|(_, script)| script.commands.iter().any(|command| command.is_any(names))) {
        return out;
    }
    let mut copied: Vec<(CopiedFile, &Step<'a>)> = Vec::new();
    // How many RUNs did work, and what that count was at each copy.
    let (mut work, mut since) = (0_usize, Vec::<usize>::new());
    let stages = model.stages.iter().filter(|stage| stage.in_final && !stage.windows);
    for step in stages.flat_map(|stage| &stage.steps) {
        match step.keyword() {
            Keyword::Copy | Keyword::Add if step.flag(flag).is_none() => {
                let brought: Vec<_> = step.brings(model).into_iter().limited(MAX_FILES).collect();
                since.extend(brought.iter().map(|_| work));
                copied.extend(brought.into_iter().map(|file| (file, step)));
                let surplus = copied.len().saturating_sub(MAX_FILES);
                copied.drain(..surplus);
                since.drain(..surplus);
            }
            Keyword::Run => {
                let lone = step.script.as_ref().is_some_and(|script| {
                    script.clean
                        && script
                            .commands
                            .iter()
                            .all(|command| command.class().is(BESIDE) || command.is_any(&["mkdir", "ls", "set"]))
                });
                if !lone {
                    work += 1;
                    continue;
                }
                let commands = step.commands_in(model).filter(|(command, _)| command.is_any(names));
                for (command, directory) in commands {
                    let recursive = command.has_flag(&["-R", "--recursive"]);
                    let alone = targets(command).count() == 1;
                    let mut exact = false;
                    let found = targets(command).find_map(|target| {
                        let path = join_path(directory.as_deref(), target.known()?, false)?;
                        copied.iter().rposition(|(file, _)| {
                            exact = alone && file.path == path;
                            let below = file.path.strip_prefix(&path);
                            let below = below.filter(|rest| rest.is_empty() || rest.starts_with('/') || path == "/");
                            below.is_some_and(|rest| recursive || rest.is_empty() && !is_directory(file))
                        })
                    });
                    if let Some((file, copy)) = found.and_then(|at| copied.get(at)) {
                        let worked_on = found.is_some_and(|at| since.get(at) != Some(&work));
                        out.push(LateChange { command, step, exact, copy, file: file.clone(), worked_on });
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// Whether it is certainly a directory, whose own owner and mode take no space.
fn is_directory(file: &CopiedFile) -> bool {
    file.source.as_deref().is_some_and(|source| source.ends_with('/') || matches!(source, "." | ".."))
}

/// Whether one of the following steps removes a file or directory of that name, which `late-removal` reports.
pub(super) fn is_removed_later(model: &Model<'_>, step: &Step<'_>, path: &str) -> bool {
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().replace(['"', '\''], "");
    let later = model.after(step).limited(MAX_LATER_STEPS).filter_map(|later| later.script.as_ref());
    let mut commands = later.flat_map(|script| &script.commands);
    commands.any(|command| {
        let takes = |arg: &Arg| last(arg.lexeme()) == last(path) || arg.lexeme().ends_with(['*', '/']);
        command.is("rm") && command.args.iter().any(takes)
    })
}
