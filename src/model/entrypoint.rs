//! What runs when a container starts: the commands of ENTRYPOINT and CMD, and of the script they start.

use super::{Model, Stage, Step, workdir};
use crate::commands::service::{Start, starts};
use crate::knowledge::bases::Entrypoint;
use crate::knowledge::paths;
use crate::knowledge::services::{of_executable, of_unit};
use crate::shell::{Command, Dialect, Script, parse_script};
use crate::syntax::Keyword;
use crate::text::Span;

/// A command that runs when a container starts.
#[derive(Clone, Debug)]
pub struct StartCommand<'m> {
    /// Its spans are places in this file only where `file` is `None`.
    pub command: &'m Command,
    /// The place to report in the Dockerfile: the command, or what starts the script that contains it.
    pub span: Span,
    /// The script in the build context that contains it.
    pub file: Option<&'m str>,
}

/// A script that a command of ENTRYPOINT or CMD starts.
#[derive(Debug)]
pub(super) struct StartScript {
    commands: Vec<Command>,
    file: Option<String>,
}

/// A service that runs in the container, as PID 1 or besides it.
#[derive(Clone, Debug)]
pub struct StartedService<'m> {
    /// `nginx`, `PostgreSQL`; the unit's name where it is not known.
    pub name: String,
    /// It stores data.
    pub database: bool,
    pub how: Start,
    pub by: StartCommand<'m>,
}

impl<'a> Stage<'a> {
    /// The instruction whose first word a container starts: ENTRYPOINT, or else CMD, unless that is only the arguments of
    /// the base image's entrypoint.
    pub fn start_step<'m>(&'m self, model: &'m Model<'a>) -> Option<&'m Step<'a>> {
        let is_empty = |step: &Step<'_>| step.instruction.exec_items().is_some_and(<[_]>::is_empty);
        match self.entrypoint(model) {
            Some(step) if is_empty(step) => self.cmd(model),
            Some(step) => Some(step),
            None if self.base_entrypoint(model) == Some(Entrypoint::Takes) => None,
            None => self.cmd(model),
        }
    }

    /// What the base image's entrypoint does with CMD; `None`: not known, or the file sets its own.
    pub fn base_entrypoint(&self, model: &Model<'a>) -> Option<Entrypoint> {
        match self.entrypoint(model) {
            Some(_) => None,
            None => self.contents(model)?.entrypoint(),
        }
    }

    /// Whether the base image's own program takes a CMD that is not a program.
    pub fn base_completes_cmd(&self, model: &Model<'a>) -> bool {
        self.base_entrypoint(model) == Some(Entrypoint::Completes)
    }

    /// What runs at the start of a container of this stage, ENTRYPOINT before CMD, as far as the file and the build
    /// context tell: scripts that are copied from the context or written in a heredoc are read, one deep.
    pub fn start_commands<'m>(&'m self, model: &'m Model<'a>) -> Vec<StartCommand<'m>> {
        // Many rules ask, and scripts are read from the disk.
        let scripts = self.start_scripts.get_or_init(|| {
            let commands = self.direct_start_commands(model);
            commands.map(|(step, command)| self.start_script(model, step, command)).collect()
        });
        let mut found = Vec::new();
        for ((_, command), script) in self.direct_start_commands(model).zip(scripts) {
            found.push(StartCommand { command, span: command.span, file: None });
            let Some(script) = script else { continue };
            let file = script.file.as_deref();
            found.extend(script.commands.iter().map(|inner| StartCommand {
                span: if file.is_some() { command.span } else { inner.span },
                file,
                command: inner,
            }));
        }
        found
    }

    /// Those in ENTRYPOINT and CMD themselves.
    fn direct_start_commands<'m>(
        &self,
        model: &'m Model<'a>,
    ) -> impl Iterator<Item = (&'m Step<'a>, &'m Command)> + use<'m, 'a> {
        let steps = [self.entrypoint(model), self.cmd(model)].into_iter().flatten();
        let scripts = steps.filter_map(|step| Some((step, step.script.as_ref()?)));
        scripts.flat_map(|(step, script)| script.commands.iter().map(move |command| (step, command)))
    }

    fn start_script(&self, model: &Model<'a>, step: &Step<'a>, command: &Command) -> Option<StartScript> {
        let shipped = self.shipped_file(model, step, script_path(command)?)?;
        Some(StartScript { commands: shipped.script().commands, file: shipped.file })
    }

    /// The services among [`Stage::start_commands`] that surely run, in order; each name once.
    pub fn started_services<'m>(&'m self, model: &'m Model<'a>) -> Vec<StartedService<'m>> {
        let mut found: Vec<StartedService<'m>> = Vec::new();
        for by in self.start_commands(model) {
            let Some(service) = starts(by.command).filter(|_| !by.command.place.conditional) else { continue };
            let known = match service.start {
                Start::Direct => of_executable(&service.name),
                Start::Init | Start::Systemd => of_unit(&service.name),
            };
            let (name, database) = match known {
                Some(known) => (known.name.to_owned(), known.database),
                None if service.start == Start::Direct => continue,
                None => (service.name.clone(), false),
            };
            if found.iter().all(|other| other.name != name) {
                found.push(StartedService { name, database, how: service.start, by });
            }
        }
        found
    }

    /// The text file at `path` in the image, relative to the working directory of `at`; a name without a slash is looked up
    /// in the default `PATH`.
    pub fn shipped_file<'m>(&'m self, model: &'m Model<'a>, at: &Step<'_>, path: &str) -> Option<Shipped<'m, 'a>> {
        let in_path = |folder: &&str| Some(format!("{folder}/{path}"));
        let mut places: Vec<String> = at.resolve(model, path).into_iter().collect();
        if !path.contains('/') {
            places.extend(paths::SEARCH_PATH.iter().filter_map(in_path));
        }
        let steps = self.lineage(model).flat_map(|stage| stage.steps.iter().rev());
        let copies =
            steps.filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add) && step.flag("from").is_none());
        for step in copies {
            let Some(dest) = step.copy_dest(model) else { continue };
            for place in &places {
                if let [heredoc] = step.instruction.heredocs.as_slice()
                    && (dest == *place || format!("{dest}{}", heredoc.delimiter) == *place)
                {
                    let text = model.source.slice(heredoc.body).to_owned();
                    return Some(Shipped { step, text, base: heredoc.body.start(), file: None });
                }
                if let Some((file, text)) = context_file(model, step, dest, place) {
                    return Some(Shipped { step, text, base: 0, file: Some(file) });
                }
            }
        }
        None
    }
}

/// A text file of the image.
pub struct Shipped<'m, 'a> {
    /// The COPY or ADD that adds it.
    pub step: &'m Step<'a>,
    pub text: String,
    /// Where its text is in the Dockerfile, if it is written there.
    base: usize,
    /// Its path in the build context; `None`: it is written in a heredoc.
    pub file: Option<String>,
}

impl Shipped<'_, '_> {
    /// The file, read as a shell script.
    pub fn script(&self) -> Script {
        let dialect = Dialect::from_shebang(&self.text).unwrap_or(Dialect::Posix);
        // Of the same length, so that places stay what they are.
        parse_script(&self.text.replace("\r\n", " \n"), self.base, dialect)
    }
}

/// The file that a command runs as a script: itself, or the operand of a shell.
pub fn script_path(command: &Command) -> Option<&str> {
    if command.is_shell() {
        return command.operands().next()?.text.as_deref().filter(|_| !command.has_flag(&["-c"]));
    }
    let path = command.path.as_str();
    (path.contains('/') || path.ends_with(".sh")).then_some(path).filter(|path| !path.is_empty())
}

/// The file of the build context that COPY puts at `place`, and its text.
fn context_file(model: &Model<'_>, step: &Step<'_>, dest: &str, place: &str) -> Option<(String, String)> {
    let context = model.context.filter(|context| context.is_sure())?;
    let copy = step.copy()?;
    for source in &copy.sources {
        let pattern = model.expand(step, source).value?;
        for path in context.glob(&pattern) {
            let found = if context.is_dir(&path) {
                let inside = place.strip_prefix(dest.trim_end_matches('/'))?.trim_start_matches('/');
                workdir::join(Some("/"), &format!("{path}/{inside}"), false)?.trim_start_matches('/').to_owned()
            } else if dest == place || format!("{dest}{}", path.rsplit('/').next().unwrap_or(&path)) == place {
                path
            } else {
                continue;
            };
            if !context.is_dir(&found)
                && context.ignored(&found).is_none()
                && let Some(text) = context.read(&found)
            {
                return Some((found, text.into_owned()));
            }
        }
    }
    None
}
