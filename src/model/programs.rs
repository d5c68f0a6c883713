//! Which programs are in an image at a step: those of its base, and those that the steps so far bring.

use super::{Base, Model, Stage, Step, Thing, Tri, Variable};
use crate::commands::opaque::may_install_anything;
use crate::commands::packages::{Install, installs};
use crate::knowledge::bases::Contents;
use crate::knowledge::managers::Manager;
use crate::knowledge::paths;
use crate::knowledge::programs::{self, Class};
use crate::knowledge::providers::{self, Brings};
use crate::shell::{Command, Link};
use crate::syntax::Keyword;

impl<'a> Model<'a> {
    /// Whether a program is in the `PATH` before this step runs.
    pub fn has_program(&self, step: &Step<'a>, program: &str) -> Tri {
        let base = self.stage(step.stage).map_or(Tri::Unknown, |stage| stage.base_has_program(self, program));
        base.or(self.provides(step, Thing::Program(program)))
    }

    /// The same before one of the step's commands.
    pub fn has_program_before(&self, step: &Step<'a>, command: &Command, program: &str) -> Tri {
        let earlier = || step.commands().iter().take_while(|other| other.span.start() < command.span.start());
        let own = || strongest(earlier().map(|other| brings(other, program)));
        match self.has_program(step, program) {
            Tri::No => own(),
            known => known,
        }
    }

    /// The same after all steps of a stage.
    pub fn has_program_in(&self, stage: &Stage<'a>, program: &str) -> Tri {
        stage.base_has_program(self, program).or(self.provides_in(stage, Thing::Program(program)))
    }
}

impl<'a> Stage<'a> {
    /// What the image that it starts from contains, through all stages it is `FROM`; `None` if the file does not name it
    /// in full, or nothing is known of it.
    pub fn contents<'m>(&'m self, model: &'m Model<'a>) -> Option<&'m Contents> {
        let root = self.root(model);
        let read = || {
            let image = root.image().filter(|image| image.value.is_some() && !root.windows)?;
            // A digest alone may be any variant.
            let named = image.digest.is_none() || image.tag.is_some();
            crate::knowledge::bases::contents(&image.familiar_name().filter(|_| named)?, image.tag_text())
        };
        root.contents.get_or_init(read).as_ref()
    }

    /// The working directory that the image has that it starts from, through all stages it is `FROM`, where that is known.
    pub fn base_workdir(&self, model: &Model<'a>) -> Option<&'static str> {
        let read = || match self.is_from_scratch(model) {
            true => Some("/"),
            false => crate::knowledge::bases::workdir(&self.root_image(model)?.familiar_name()?),
        };
        *self.root(model).base_workdir.get_or_init(read)
    }

    /// The package manager of a system that its steps surely call first, or else those of the stages that it is `FROM`.
    pub fn called_manager(&self, model: &Model<'a>) -> Option<Manager> {
        let sure = |command: &&Command| !command.place.conditional && command.place.link != Link::Or;
        self.lineage(model).find_map(|stage| {
            let commands = || stage.all(Keyword::Run).flat_map(Step::commands);
            let first = || commands().filter(sure).find_map(|command| Manager::of_system(&command.name));
            *stage.called_manager.get_or_init(first)
        })
    }

    fn base_has_program(&self, model: &Model<'a>, program: &str) -> Tri {
        match &self.root(model).base {
            Base::Scratch => Tri::No,
            _ => match self.contents(model).and_then(|contents| contents.program(program)) {
                Some(true) => Tri::Yes,
                Some(false) => Tri::No,
                None => Tri::Unknown,
            },
        }
    }
}

/// Yes before Unknown before No.
fn strongest(answers: impl Iterator<Item = Tri>) -> Tri {
    answers.fold(Tri::No, |found, answer| match (found, answer) {
        (Tri::Yes, _) | (_, Tri::Yes) => Tri::Yes,
        (Tri::Unknown, _) | (_, Tri::Unknown) => Tri::Unknown,
        _ => Tri::No,
    })
}

impl<'a> Step<'a> {
    /// Whether this step brings a program.
    pub(super) fn may_bring_program(&self, model: &Model<'a>, program: &str) -> Tri {
        match self.keyword() {
            Keyword::Run => match self.script.as_ref().filter(|script| script.clean) {
                Some(script) => strongest(script.commands.iter().map(|command| brings(command, program))),
                None => Tri::Unknown,
            },
            Keyword::Copy | Keyword::Add => self.may_copy_program(model, program),
            _ => Tri::No,
        }
    }

    fn may_copy_program(&self, model: &Model<'a>, program: &str) -> Tri {
        let Some(dest) = self.copy_dest(model) else { return Tri::Unknown };
        let last = |path: &str| path.rsplit('/').next() == Some(program);
        if last(dest) || self.copy().is_some_and(|copy| copy.sources.iter().any(|source| last(&source.text))) {
            return Tri::Yes;
        }
        let folder = dest.trim_end_matches('/');
        let Some(path) = self.end_path(model) else { return Tri::Unknown };
        let reached = path.split(':').filter(|place| !place.is_empty()).any(|place| {
            place == folder || place.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        });
        let below = path.split(':').filter(|place| !place.is_empty()).any(|place| dest.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')));
        if !reached && !below && !dest.contains("/bin") {
            return Tri::No;
        }
        // Files by name are no other programs than those.
        let named = |name: &str| {
            let last = name.rsplit('/').next().unwrap_or_default();
            last.contains('.') && !last.contains(['*', '?', '$']) && !last.ends_with("gz") && last != "."
        };
        let files = self.copy().is_some_and(|copy| copy.sources.iter().all(|source| named(&source.text)));
        if files { Tri::No } else { Tri::Unknown }
    }

    /// The directories of the `PATH` that the file sets last, and the default ones; `None`: not known.
    fn end_path(&self, model: &Model<'a>) -> Option<String> {
        let path = model.stage(self.stage).and_then(|stage| stage.end.variables.get("PATH"));
        let own = match path {
            Some(Variable { value: Some(value), .. }) => value.clone(),
            // `/opt/tool/bin:$PATH`, of which only the end is not known.
            Some(Variable { span: Some(span), .. }) => {
                let text = model.source.slice(*span).replace("${PATH}", "").replace("$PATH", "").replace(['"', '\''], "");
                let value = text.split_once(['=', ' ']).map_or(text.as_str(), |(_, value)| value).to_owned();
                (!value.contains('$')).then_some(value)?
            }
            _ => String::new(),
        };
        Some(format!("{own}:{}", paths::SEARCH_PATH.join(":")))
    }
}

/// Whether a command brings a program.
fn brings(command: &Command, program: &str) -> Tri {
    if let Some(install) = installs(command) {
        return match install.dry_run {
            true => Tri::No,
            false => install_brings(install, program),
        };
    }
    // Looks for it, and does no more.
    if command.class().is(Class::QUERY) || command.is_any(&["command", "type", "hash"]) {
        return Tri::No;
    }
    if command.is("cpan") && program == "cpanm" {
        return Tri::Yes;
    }
    if command.is("corepack") && matches!(program, "yarn" | "pnpm") || names(command, program) {
        return Tri::Yes;
    }
    let strange = !command.name.is_empty() && programs::class(&command.name).is_unknown() && !providers::is_known(&command.name);
    let interprets = command.class().is(Class::INTERPRETER);
    let runs_script = interprets && (command.operands().next().is_some() || command.place.pipe_index > 0);
    match strange || runs_script || may_install_anything(command) {
        true => Tri::Unknown,
        false => Tri::No,
    }
}

fn install_brings(install: &Install, program: &str) -> Tri {
    let unnamed = install.open || install.project || install.packages.len() != install.named().count();
    let system = install.manager.is_system();
    let each = install.named().map(|package| {
        // `cpan App::cpanminus` brings `cpanm`.
        if package.name == program || !system && package.name.to_ascii_lowercase().contains(program) {
            return Tri::Yes;
        }
        if !system {
            return Tri::No;
        }
        match providers::brings(install.manager, &package.name, program, !install.no_recommends) {
            Brings::Yes => Tri::Yes,
            Brings::No => Tri::No,
            Brings::Unknown => Tri::Unknown,
        }
    });
    let found = strongest(each);
    let anything = matches!(install.manager, Manager::Conda) || unnamed && (system || providers::FROM_LANGUAGES.contains(&program));
    match found {
        Tri::No if anything => Tri::Unknown,
        found => found,
    }
}

/// Whether an argument or a redirection names it: a link, a download, an alternative.
fn names(command: &Command, program: &str) -> bool {
    let is = |text: &str| text.split(['/', '=', ':', ' ', '"', '\'', ';', ')', '\n']).any(|word| word == program);
    command.args.iter().any(|arg| is(arg.text.as_deref().unwrap_or(&arg.raw)))
        || command.redirects.iter().filter_map(|found| found.target.as_ref()).any(|target| is(&target.raw))
}
