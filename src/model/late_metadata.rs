//! Owner and mode of files that are changed one layer after they came in.

use super::{Brought, Model, Step, workdir};
use crate::commands::chmod::targets;
use crate::knowledge::programs::Class;
use crate::shell::Command;
use crate::syntax::Keyword;

/// How many files of COPY and ADD are kept in mind, the latest ones.
const MOST_FILES: usize = 128;

/// A `chmod` or `chown` of files that a COPY or ADD before it brought.
pub struct Rechange<'m, 'a> {
    pub command: &'m Command,
    /// The COPY or ADD.
    pub copy: &'m Step<'a>,
    pub file: Brought,
    /// The files of the copy may have been added to by a RUN in between.
    pub worked_on: bool,
}

impl Rechange<'_, '_> {
    /// A single file, by the ending of its name.
    pub fn is_one_file(&self) -> bool {
        self.file.path.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'))
    }
}

/// May share a `RUN` with the change without being work of its own.
const BESIDE: Class = Class::OWNER_OR_MODE.or(Class::ACCOUNT_TOOL).or(Class::PRINTS).or(Class::NO_OP);

impl<'a> Model<'a> {
    /// Every command called one of `names`, in a RUN of the final image that does nothing else of weight, whose files
    /// were copied without `--flag` in an earlier layer.
    pub fn rechanges<'m>(&'m self, names: &[&str], flag: &str) -> Vec<Rechange<'m, 'a>> {
        let mut out = Vec::new();
        let mut copied: Vec<(Brought, &Step<'a>)> = Vec::new();
        // How many RUNs did work, and at which count each copy came in.
        let (mut work, mut since) = (0_usize, Vec::<usize>::new());
        let stages = self.stages.iter().filter(|stage| stage.in_final && !stage.windows);
        for step in stages.flat_map(|stage| &stage.steps) {
            match step.keyword() {
                Keyword::Copy | Keyword::Add if step.flag(flag).is_none() => {
                    let brought: Vec<_> = step.brings(self).into_iter().take(MOST_FILES).collect();
                    since.extend(brought.iter().map(|_| work));
                    copied.extend(brought.into_iter().map(|file| (file, step)));
                    let surplus = copied.len().saturating_sub(MOST_FILES);
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
                    let commands = step.commands_in(self).filter(|(command, _)| command.is_any(names));
                    for (command, folder) in commands {
                        let recursive = command.has_flag(&["-R", "--recursive"]);
                        let found = targets(command).find_map(|target| {
                            let path = workdir::join(folder.as_deref(), target.text.as_deref()?, false)?;
                            copied.iter().rposition(|(file, _)| {
                                let below = file.path.strip_prefix(&path);
                                let below =
                                    below.filter(|rest| rest.is_empty() || rest.starts_with('/') || path == "/");
                                below.is_some_and(|rest| recursive || rest.is_empty() && !is_folder(file))
                            })
                        });
                        if let Some((file, copy)) = found.and_then(|at| copied.get(at)) {
                            let worked_on = found.is_some_and(|at| since.get(at) != Some(&work));
                            out.push(Rechange { command, copy, file: file.clone(), worked_on });
                        }
                    }
                }
                _ => {}
            }
        }
        out
    }
}

/// Whether it is a folder for sure, whose own owner and mode weigh nothing.
fn is_folder(file: &Brought) -> bool {
    file.source.as_deref().is_some_and(|source| source.ends_with('/') || matches!(source, "." | ".."))
}
