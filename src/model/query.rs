//! Questions about the model.

use std::sync::PoisonError;

use super::expand::{Expansion, Scope, expand};
use super::{Ask, Base, ImageRef, Import, Model, Origin, Stage, State, Step, VariableKind, VariableUse, workdir};
use crate::commands::cleanup::{lies_in, normal_path};
use crate::commands::packages::{Install, installs};
use crate::shell::windows::{Statement, exec_statements, statements};
use crate::shell::{self, Command, Dialect, Script};
use crate::syntax::{Args, CommandLine, CopyArgs, Flag, Heredoc, Instruction, Keyword, Word};
use crate::syntax::{ViewKind, WordOrigin, shell_views};
use crate::text::{Source, Span, steps};

/// Yes, no, or not known from the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tri {
    Yes,
    No,
    Unknown,
}

impl Tri {
    /// The other one if this is `No`.
    pub fn or(self, other: Self) -> Self {
        if self == Self::No { other } else { self }
    }
}

/// An image that the file pulls.
#[derive(Clone, Copy)]
pub struct ImageUse<'m, 'a> {
    pub image: &'m ImageRef,
    pub stage: &'m Stage<'a>,
    /// The step that takes files from it; `None` for a FROM.
    pub step: Option<&'m Step<'a>>,
}

impl<'a> ImageUse<'_, 'a> {
    /// The FROM, COPY, RUN or ONBUILD that names it.
    pub fn instruction(&self) -> &'a Instruction {
        self.step.map_or(self.stage.from, |step| step.instruction)
    }
}

/// One `RUN --mount=…`.
#[derive(Clone, Copy, Debug)]
pub struct Mount<'a> {
    pub flag: &'a Flag,
}

impl<'a> Mount<'a> {
    /// `bind` when it is not written, as BuildKit has it. Variables and quotes are left as written.
    pub fn kind(&self) -> &'a str {
        self.field("type").map_or("bind", |word| word.text.as_str())
    }

    pub fn target(&self) -> Option<&'a Word> {
        self.first(&["target", "dst", "destination"])
    }

    pub fn source(&self) -> Option<&'a Word> {
        self.first(&["source", "src"])
    }

    pub fn from(&self) -> Option<&'a Word> {
        self.field("from")
    }

    pub fn id(&self) -> Option<&'a Word> {
        self.field("id")
    }

    /// The value of any other key: `sharing`, `uid`, `mode`, ….
    pub fn field(&self, key: &str) -> Option<&'a Word> {
        self.flag.field(key)
    }

    /// Whether the key is there, with a value or without: `readonly`, `required`.
    pub fn has(&self, key: &str) -> bool {
        self.flag.fields.iter().any(|field| field.key == key)
    }

    fn first(&self, keys: &[&str]) -> Option<&'a Word> {
        let mut fields = self.flag.fields.iter().rev().filter(|field| keys.contains(&field.key.as_str()));
        fields.find_map(|field| field.value.as_ref())
    }
}

impl<'a> Model<'a> {
    /// Every step of every stage, in file order.
    pub fn steps(&self) -> impl Iterator<Item = &Step<'a>> {
        self.stages.iter().flat_map(|stage| &stage.steps).inspect(|_| steps::count(1))
    }

    /// The RUN steps whose script is read, each with it.
    pub fn runs(&self) -> impl Iterator<Item = (&Step<'a>, &Script)> {
        let runs = self.steps().filter(|step| step.instruction.keyword == Keyword::Run);
        runs.filter_map(|step| Some((step, step.script.as_ref()?)))
    }

    /// The RUN steps that ONBUILD keeps and whose script is read, each with it.
    pub fn kept_runs(&self) -> impl Iterator<Item = (&Step<'a>, &Script)> {
        let runs = self.kept_steps().filter(|step| step.instruction.keyword == Keyword::Run);
        runs.filter_map(|step| Some((step, step.script.as_ref()?)))
    }

    /// The instructions that ONBUILD keeps, each as a step that stands where its ONBUILD does. They are not part of this
    /// image, and no variables are expanded in them.
    pub fn kept_steps(&self) -> impl Iterator<Item = &Step<'a>> {
        self.stages.iter().flat_map(|stage| &stage.kept)
    }

    /// The RUN steps that ONBUILD keeps in a stage.
    pub fn kept_in<'m>(&self, stage: &'m Stage<'a>) -> impl Iterator<Item = &'m Step<'a>> {
        stage.kept.iter().filter(|step| step.instruction.keyword == Keyword::Run)
    }

    /// The script of a RUN whose layer is part of the shipped image. `None` also if it does not parse, since an
    /// unreadable script may clean up.
    pub fn shipped_script<'m>(&'m self, step: &'m Step<'a>) -> Option<&'m Script> {
        self.stage(step.stage).filter(|stage| stage.is_shipped() && !stage.windows)?;
        let script = step.script.as_ref()?;
        (step.keyword() == Keyword::Run && script.clean).then_some(script)
    }

    pub fn stage(&self, index: usize) -> Option<&Stage<'a>> {
        self.stages.get(index)
    }

    /// The stage that the image is made from: the target, else the last one.
    pub fn final_stage(&self) -> Option<&Stage<'a>> {
        self.stages.get(self.last?)
    }

    /// The stage that `COPY --from=name` means: the last of that name, in any case.
    pub fn stage_named(&self, name: &str) -> Option<&Stage<'a>> {
        self.stages.iter().rev().inspect(|_| steps::count(1)).find(|stage| stage.is_named(name))
    }

    /// Every image the file pulls: FROM, `COPY --from` and `RUN --mount=from=`, in file order.
    pub fn images(&self) -> impl Iterator<Item = ImageUse<'_, 'a>> {
        self.stages.iter().inspect(|_| steps::count(1)).flat_map(|stage| {
            let from = stage.image().map(|image| ImageUse { image, stage, step: None });
            let imports = stage.imports.iter().filter_map(move |import| match &import.origin {
                Origin::Image(image) => Some(ImageUse { image, stage, step: stage.steps.get(import.step) }),
                _ => None,
            });
            from.into_iter().chain(imports)
        })
    }

    /// Every use of a variable that BuildKit expands, in file order.
    pub fn variable_uses(&self) -> impl Iterator<Item = &VariableUse> {
        let stages = self.stages.iter().flat_map(|stage| {
            let steps = stage.steps.iter().flat_map(|step| &step.uses);
            stage.uses.iter().chain(steps)
        });
        self.preamble_uses.iter().chain(stages)
    }

    /// The uses of variables that a FROM's scope does not have.
    pub fn undefined_in_from(&self) -> impl Iterator<Item = (&Stage<'a>, &VariableUse)> {
        let stages = self.stages.iter();
        stages.flat_map(|stage| stage.uses.iter().filter(|used| used.is_undefined()).map(move |used| (stage, used)))
    }

    /// The uses of variables that nothing in this file sets where they are used. The base image may still do so:
    /// certain only when [`Stage::root_image`] is `None` because of `FROM scratch`.
    pub fn undefined_uses(&self) -> impl Iterator<Item = (&Step<'a>, &VariableUse)> {
        self.steps().flat_map(|step| step.uses.iter().filter(|used| used.is_undefined()).map(move |used| (step, used)))
    }

    /// Whether the global ARG that is set at a place is used by anything else than this image.
    pub fn is_used_besides(&self, set_at: Span, image: &ImageRef) -> bool {
        let pairs = |instruction: &&'a Instruction| match &instruction.args {
            Args::Pairs(args) if instruction.keyword == Keyword::Arg => Some(&args.pairs),
            _ => None,
        };
        let mut globals = self.preamble.iter().filter_map(pairs).flatten();
        let Some(pair) = globals.find(|pair| pair.span.contains(set_at)) else { return true };
        let name = pair.name.text.as_str();
        let steps = self.steps().map(|step| step.instruction);
        let mut taken = steps.filter_map(|step| pairs(&step)).flatten();
        let others = self.stages.iter().flat_map(|stage| &stage.uses).filter(|used| !image.span.contains(used.span));
        taken.any(|pair| pair.name.text == name)
            || others.chain(&self.preamble_uses).any(|used| used.name == name && !pair.span.contains(used.span))
    }

    /// Expands a word of a step, with the variables in force before it.
    pub fn expand(&self, step: &Step<'_>, word: &Word) -> Expansion {
        let open = self.stage(step.stage).is_none_or(|stage| !stage.is_from_scratch(self));
        let place = WordOrigin::of(word, &step.instruction.logical);
        expand(&word.text, place, self.file.escape.as_char(), Scope::new(&step.state.variables, open))
    }
}

impl<'a> Stage<'a> {
    /// In any case, as `--from` has it.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.is_some_and(|own| own.text.to_lowercase() == name.to_lowercase())
    }

    /// The image of its own FROM, if it is one.
    pub fn image(&self) -> Option<&ImageRef> {
        match &self.base {
            Base::Image(image) => Some(image),
            _ => None,
        }
    }

    /// Whether another stage copies or mounts files from it.
    pub fn is_imported(&self, model: &Model<'a>) -> bool {
        self.uses_of(model).any(|(_, import)| matches!(import.origin, Origin::Stage(_)))
    }

    /// Where files are copied or mounted from it, and the stage that does so, in file order. Also where that comes too early.
    pub fn uses_of<'m>(&self, model: &'m Model<'a>) -> impl Iterator<Item = (&'m Stage<'a>, &'m Import)> {
        let uses = self.taken.iter().inspect(|_| steps::count(1));
        uses.filter_map(|(stage, import)| Some((model.stages.get(*stage)?, model.stages.get(*stage)?.imports.get(*import)?)))
    }

    /// The stage where the chain of FROMs leaves this file: itself, when its base is no stage.
    pub fn root<'m>(&self, model: &'m Model<'a>) -> &'m Stage<'a> {
        &model.stages[self.root]
    }

    /// The image that it starts from, through all stages it is `FROM`. `None` for scratch.
    pub fn root_image<'m>(&self, model: &'m Model<'a>) -> Option<&'m ImageRef> {
        self.root(model).image()
    }

    /// Through all stages: `FROM scratch`.
    pub fn is_from_scratch(&self, model: &Model<'a>) -> bool {
        matches!(self.root(model).base, Base::Scratch)
    }

    /// The commands of its RUNs, and of those of the stages it is `FROM`.
    pub fn run_commands<'m>(&'m self, model: &'m Model<'a>) -> impl Iterator<Item = &'m Command> {
        self.lineage(model).flat_map(|stage| stage.all(Keyword::Run)).flat_map(Step::commands)
    }

    /// Whether that is so of any of these commands. It is asked once for each stage, however many steps want to know.
    pub fn runs_any(&self, model: &Model<'a>, ask: Ask) -> bool {
        let mut known = model.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut answer, mut open) = (false, Vec::new());
        for stage in self.lineage(model) {
            if let Some(known) = known.get(&(ask, stage.index)) {
                answer = *known;
                break;
            }
            open.push(stage);
        }
        for stage in open.into_iter().rev() {
            answer = answer || stage.all(Keyword::Run).flat_map(Step::commands).any(ask);
            known.insert((ask, stage.index), answer);
        }
        answer
    }

    /// Its steps of that kind, in order.
    pub fn all(&self, keyword: Keyword) -> impl DoubleEndedIterator<Item = &Step<'a>> {
        self.all_from(keyword, 0)
    }

    /// Those with this index or a higher one, found without a look at the others.
    pub fn all_from(&self, keyword: Keyword, index: usize) -> impl DoubleEndedIterator<Item = &Step<'a>> {
        let place = |at: u32| (self.steps[at as usize].instruction.keyword as u8, at as usize);
        let start = self.by_keyword.partition_point(|at| place(*at) < (keyword as u8, index));
        let end = self.by_keyword.partition_point(|at| place(*at) < (keyword as u8 + 1, 0));
        let found = self.by_keyword.get(start..end).unwrap_or_default().iter();
        found.map(|at| &self.steps[*at as usize]).inspect(|_| steps::count(1))
    }

    /// Its last step of that kind.
    pub fn last(&self, keyword: Keyword) -> Option<&Step<'a>> {
        self.all(keyword).next_back()
    }

    /// Its steps of that kind that a later one overrides, where only the last counts; each with the last one.
    pub fn overruled(&self, keyword: Keyword) -> impl Iterator<Item = (&Step<'a>, &Step<'a>)> {
        let last = self.last(keyword);
        let earlier = self.all(keyword).filter(move |step| last.is_some_and(|last| last.index != step.index));
        earlier.filter_map(move |step| Some((step, last?)))
    }

    /// Every package manager's command of its RUNs that installs something.
    pub fn installs(&self) -> impl Iterator<Item = (&Step<'a>, &Command, &Install)> {
        let runs = self.all(Keyword::Run).filter_map(|step| Some((step, step.script.as_ref()?)));
        let commands = runs.flat_map(|(step, script)| script.commands.iter().map(move |command| (step, command)));
        commands.filter_map(|(step, command)| Some((step, command, installs(command).filter(|it| !it.dry_run)?)))
    }

    /// The CMD in effect after it: its own, or that of a stage it is `FROM` unless a later ENTRYPOINT has dropped it. The
    /// base image's is not known.
    pub fn cmd<'m>(&self, model: &'m Model<'a>) -> Option<&'m Step<'a>> {
        model.step(self.effective.cmd?)
    }

    /// The ENTRYPOINT in effect after it, its own or inherited within the file.
    pub fn entrypoint<'m>(&self, model: &'m Model<'a>) -> Option<&'m Step<'a>> {
        model.step(self.effective.entrypoint?)
    }

    /// The HEALTHCHECK in effect after it, its own or inherited within the file; it may be `NONE`.
    pub fn healthcheck<'m>(&self, model: &'m Model<'a>) -> Option<&'m Step<'a>> {
        model.step(self.effective.healthcheck?)
    }
}

impl<'a> Model<'a> {
    fn step(&self, (stage, step): (usize, usize)) -> Option<&Step<'a>> {
        self.stages.get(stage)?.steps.get(step)
    }
}

impl<'a> Step<'a> {
    pub fn keyword(&self) -> Keyword {
        self.instruction.keyword
    }

    /// The commands of its script, in whichever form; none where it is not read.
    pub fn commands(&self) -> &[Command] {
        self.script.as_ref().map_or(&[], |script| &script.commands)
    }

    /// Whether it runs something, and only such commands.
    pub fn is_all(&self, is: impl Fn(&Command) -> bool) -> bool {
        !self.commands().is_empty() && self.commands().iter().all(is)
    }

    /// The last flag of that name, without the dashes.
    pub fn flag(&self, name: &str) -> Option<&'a Flag> {
        self.instruction.flag(name)
    }

    /// Whether it runs a JSON array.
    pub fn is_exec_form(&self) -> bool {
        matches!(self.instruction.args, Args::Command(CommandLine::Exec(_)))
    }

    /// Its `--mount` flags.
    pub fn run_mounts(&self) -> impl Iterator<Item = Mount<'a>> {
        let flags = self.instruction.flags.iter();
        flags.filter(|flag| flag.name == "mount").map(|flag| Mount { flag })
    }

    /// Whether files written below `place` while the step runs go to a mount instead of the layer. `~` at its start
    /// means any home directory. True also when a mount's target is not known.
    pub fn is_mounted_over(&self, model: &Model<'a>, place: &str) -> bool {
        self.run_mounts().filter(|mount| !matches!(mount.kind(), "secret" | "ssh")).any(|mount| {
            let Some(target) = mount.target() else { return false };
            match model.expand(self, target).value {
                Some(target) => lies_in(place, &normal_path(&target)),
                None => true,
            }
        })
    }

    /// The variables that the script of a `RUN` uses but does not set, each time it is used.
    pub fn free_variables(&self, source: &Source) -> Vec<(String, Span)> {
        let readable =
            |dialect| matches!(dialect, Dialect::Posix | Dialect::Bash | Dialect::Ash | Dialect::Ksh | Dialect::Zsh);
        if self.keyword() != Keyword::Run || !self.script.as_ref().is_some_and(|script| readable(script.dialect)) {
            return Vec::new();
        }
        let views = shell_views(source.text(), self.instruction);
        let views = views.iter().filter(|view| view.interpreter.as_deref().is_none_or(|name| name.ends_with("sh")));
        views.flat_map(|view| shell::free_variables(&view.text, view.base)).collect()
    }

    /// The commands of a `RUN` that PowerShell or cmd runs; none for the shells whose scripts are read.
    pub fn windows_statements(&self, source: &Source) -> Vec<Statement> {
        let instruction = self.onbuild().unwrap_or(self.instruction);
        match &instruction.args {
            _ if instruction.keyword != Keyword::Run => Vec::new(),
            Args::Command(CommandLine::Exec(form)) => {
                let items: Vec<_> = form.items.iter().map(|item| (item.value.clone(), item.span)).collect();
                exec_statements(&items)
            }
            _ if self.state.shell.dialect.is_readable() => Vec::new(),
            _ => {
                let views = shell_views(source.text(), instruction).into_iter().take(1);
                let own = views.filter(|view| view.interpreter.is_none());
                own.flat_map(|view| statements(&view.text, view.base, self.state.shell.dialect)).collect()
            }
        }
    }

    /// The heredocs that the shell expands before an interpreter that is no shell reads them, each with its name.
    pub fn expanded_programs(&self, source: &Source) -> Vec<(&'a Heredoc, String)> {
        let instruction = self.onbuild().unwrap_or(self.instruction);
        if instruction.keyword != Keyword::Run || instruction.heredocs.is_empty() {
            return Vec::new();
        }
        let views = shell_views(source.text(), instruction).into_iter();
        let inputs = views.filter_map(|view| match view.kind {
            ViewKind::Input(index) => Some((instruction.heredocs.get(index)?, view.interpreter?)),
            _ => None,
        });
        inputs.filter(|(heredoc, name)| heredoc.expand && !name.ends_with("sh")).collect()
    }

    /// The instruction that ONBUILD keeps.
    pub fn onbuild(&self) -> Option<&'a Instruction> {
        match &self.instruction.args {
            Args::Onbuild(inner) => inner.as_deref(),
            _ => None,
        }
    }

    /// The arguments of COPY and ADD.
    pub fn copy(&self) -> Option<&'a CopyArgs> {
        match &self.instruction.args {
            Args::Copy(args) => Some(args),
            _ => None,
        }
    }

    /// The destination of COPY or ADD, absolute and clean; with a slash at the end if it is written as a directory, with a
    /// slash or as `.`. `None` if it is not known.
    pub fn copy_dest(&self, model: &Model<'a>) -> Option<&str> {
        self.dest.get_or_init(|| self.find_copy_dest(model).map(String::into_boxed_str)).as_deref()
    }

    fn find_copy_dest(&self, model: &Model<'a>) -> Option<String> {
        let written = model.expand(self, self.copy()?.dest.as_ref()?).value?;
        let path = self.resolve(model, &written)?;
        let folder = written.is_empty() || written.ends_with(['/', '\\']) || written == "." || written.ends_with("/.");
        Some(if folder && path != "/" { path + "/" } else { path })
    }

    /// A path in the image, made absolute with the working directory, of the base image if the file sets none. `None` when that is not known.
    pub fn resolve(&self, model: &Model<'a>, path: &str) -> Option<String> {
        let stage = model.stage(self.stage)?;
        let parent = match &self.state.workdir {
            Some(workdir) => workdir.value.as_deref(),
            None => stage.base_workdir(model),
        };
        workdir::join(parent, path, stage.windows)
    }
}

/// How many variables a value is followed through.
const MAX_ORIGIN: usize = 4;

impl<'a> Step<'a> {
    /// Whether `docker build --build-arg` decides the value that a variable has before this step, by an `ARG` of that name or
    /// one that its value contains.
    pub fn is_from_arg(&self, name: &str, model: &Model<'a>) -> bool {
        self.comes_from_arg(name, MAX_ORIGIN, model)
    }

    fn comes_from_arg(&self, name: &str, depth: usize, model: &Model<'a>) -> bool {
        let Some(variable) = self.state.variables.get(name) else { return false };
        match variable.kind {
            VariableKind::Arg | VariableKind::BuildArg => return true,
            VariableKind::Predefined => return false,
            VariableKind::Env => {}
        }
        let (Some(span), Some(depth), Some(stage)) = (variable.span, depth.checked_sub(1), model.stage(self.stage))
        else {
            return false;
        };
        let set = stage.history(model).find(|step| step.instruction.span.contains(span));
        set.is_some_and(|set| {
            let mut uses = set.uses.iter().filter(|used| span.contains(used.span));
            uses.any(|used| set.comes_from_arg(&used.name, depth, model))
        })
    }
}

impl State {
    /// Whether commands run as root, as far as the file says: `Unknown` without a USER, since the base image may
    /// have one, and when a variable decides.
    pub fn user_is_root(&self) -> Tri {
        match self.user.as_ref().map(|user| user.value.as_deref()) {
            None | Some(None) => Tri::Unknown,
            // BuildKit takes an empty USER for root.
            Some(Some(user)) => match user.split(':').next().unwrap_or_default() {
                "" | "root" => Tri::Yes,
                id if id.parse::<u64>().is_ok_and(|id| id == 0) => Tri::Yes,
                _ => Tri::No,
            },
        }
    }

    /// The variables set here with names similar to `name`, the most similar first.
    pub fn similar(&self, name: &str) -> Vec<&str> {
        let mut near: Vec<_> = (self.variables.keys())
            .filter(|other| name.len() <= 64 && other.len() <= 64)
            .inspect(|other| steps::count(name.len() * other.len()))
            .map(|other| (strsim::levenshtein(&name.to_lowercase(), &other.to_lowercase()), &**other))
            .filter(|(distance, other)| *distance < 3 && *distance < name.len().min(other.len()))
            .collect();
        near.sort_unstable();
        near.into_iter().map(|(_, name)| name).collect()
    }
}
