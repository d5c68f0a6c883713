//! Tree → model: one pass over the file in order, then the graph.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::expand::Expansion;
use super::{
    Base, BuildArgs, Effective, ImageRef, Model, PackageSettings, Shell, Stage, State, Step, Variable, VariableKind,
    Variables, graph, no_variables, shells, values,
};
use crate::context::Context;
use crate::knowledge::variables;
use crate::model::transition::{At, Facts, Found};
use crate::shell::Dialect;
use crate::syntax::WordOrigin;
use crate::syntax::{Args, Dockerfile, Escape, FromArgs, Instruction, ItemKind, Keyword};
use crate::text::{Memo, Seldom, Source, steps};

/// The `PATH` that BuildKit gives an image without one.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How many bytes of values a file may produce, in addition to some for each byte of its own.
const BUDGET: usize = 16 << 20;

impl<'a> Model<'a> {
    /// What the file means, when built with these arguments. `context` is where it is known.
    ///
    /// Takes time and memory in proportion to the file.
    pub fn build(
        source: &'a Source,
        file: &'a Dockerfile,
        build_args: &BuildArgs,
        context: Option<&'a Context>,
    ) -> Self {
        Self::build_target(source, file, build_args, context, None, &[])
    }

    /// The same, when a stage is built by its name or number; where there is no such stage, the last one. `contexts` are the
    /// names of additional build contexts, which `FROM` and `--from` can use.
    pub fn build_target(
        source: &'a Source,
        file: &'a Dockerfile,
        build_args: &BuildArgs,
        context: Option<&'a Context>,
        target: Option<&str>,
        contexts: &[&str],
    ) -> Self {
        let budget = Cell::new(BUDGET + 16 * source.text().len());
        let configures = PackageSettings::is_spoken_of(source);
        let facts = Facts { source, escape: file.escape.as_char(), build_args, contexts, budget, configures };
        let model = Model {
            source,
            file,
            globals: predefined(build_args),
            preamble: Vec::new(),
            preamble_uses: Vec::new(),
            stages: Vec::new(),
            last: None,
            context,
            answers: Default::default(),
            memo: Memo::default(),
            is_fragment: false,
            linux: OnceLock::new(),
            providers: super::provides::Providers::default(),
            files: super::files::Files::default(),
        };
        // A list that grows keeps the memory of its earlier copies.
        let mut lengths = Vec::new();
        for instruction in file.instructions() {
            match (instruction.keyword, lengths.last_mut()) {
                (Keyword::From, _) => lengths.push(0),
                (_, Some(length)) => *length += 1,
                (_, None) => {}
            }
        }
        let mut builder =
            Builder { facts, model, state: None, at: Vec::new(), by_name: HashMap::new(), triggered: Vec::new(), lengths };
        for item in &file.items {
            match &item.kind {
                ItemKind::Comment => builder.comment(source.slice(item.span)),
                ItemKind::Instruction(instruction) => builder.instruction(instruction),
                _ => {}
            }
        }
        builder.finish_stage();
        let mut model = builder.model;
        graph::link(&mut model, &builder.by_name, &builder.facts, target);
        model
    }
}

fn predefined(build_args: &BuildArgs) -> Variables {
    let mut globals = no_variables();
    for name in variables::PLATFORM.iter().copied() {
        let value = build_args.get(name).cloned();
        let variable = Variable { value, kind: VariableKind::Predefined, span: None, value_span: None, unset: false };
        globals.insert_mut(name.into(), variable);
    }
    globals
}

struct Builder<'a, 'b> {
    facts: Facts<'b>,
    model: Model<'a>,
    /// Of the stage that is being read.
    state: Option<State>,
    /// By stage.
    at: Vec<At>,
    /// Names in lower case; the last stage of a name.
    by_name: HashMap<String, usize>,
    /// By stage: the state that its ONBUILD instructions lead to, once it is needed.
    triggered: Vec<Option<State>>,
    /// By stage: how many instructions follow its FROM.
    lengths: Vec<usize>,
}

impl<'a> Builder<'a, '_> {
    fn comment(&mut self, text: &str) {
        if let (Some(state), Some(at), Some(name)) = (&mut self.state, self.at.last(), shells::pragma(text)) {
            state.shell.pretend(name, at.sh);
        }
    }

    fn instruction(&mut self, instruction: &'a Instruction) {
        steps::count(1);
        if let Args::From(args) = &instruction.args {
            self.finish_stage();
            return self.start_stage(instruction, args);
        }
        let (Some(state), Some(stage), Some(at)) = (&mut self.state, self.model.stages.last_mut(), self.at.last())
        else {
            if instruction.keyword == Keyword::Arg {
                let found = self.facts.global(&mut self.model.globals, instruction);
                self.model.preamble_uses.extend(found.uses);
            }
            return self.model.preamble.push(instruction);
        };
        let before = state.clone();
        let Found { uses, faults } = self.facts.apply(state, instruction, *at, &self.model.globals);
        let mut script = shells::script(self.model.source, instruction, &before.shell, at.sh);
        if let Some(script) = script.as_ref().filter(|_| instruction.keyword == Keyword::Run) {
            state.shell.replace(script);
        }
        if let Some(script) = script.as_mut().filter(|_| instruction.keyword == Keyword::Run) {
            values::resolve(script, &before.variables, self.model.source, &self.facts.budget);
        }
        let kept = match &instruction.args {
            Args::Onbuild(Some(inner)) if inner.keyword == Keyword::Run => {
                shells::script(self.model.source, inner, &before.shell, at.sh).map(Box::new)
            }
            _ => None,
        };
        let (stage_index, index) = (stage.index, stage.steps.len());
        if let Args::Onbuild(Some(inner)) = &instruction.args {
            stage.kept.push(Step {
                stage: stage_index,
                index,
                instruction: inner,
                state: before.clone(),
                script: shells::script(self.model.source, inner, &before.shell, at.sh),
                kept: None,
                is_kept: true,
                uses: Vec::new(),
                faults: Seldom::default(),
                package_settings: state.package_settings,
                dest: OnceLock::new(),
            });
        }
        stage.steps.push(Step {
            stage: stage_index,
            index,
            instruction,
            state: before,
            script,
            kept,
            is_kept: false,
            uses,
            faults: faults.into(),
            package_settings: state.package_settings,
            dest: OnceLock::new(),
        });
    }

    fn finish_stage(&mut self) {
        if let (Some(state), Some(stage)) = (self.state.take(), self.model.stages.last_mut()) {
            stage.steps.shrink_to_fit();
            stage.by_keyword = (0..stage.steps.len() as u32).collect();
            stage.by_keyword.sort_by_key(|at| stage.steps[*at as usize].instruction.keyword as u8);
            stage.end = state;
        }
    }

    fn start_stage(&mut self, from: &'a Instruction, args: &'a FromArgs) {
        let index = self.model.stages.len();
        let globals = self.model.globals.clone();
        let scope = self.facts.scope(&globals, false);
        let flag = from.flags.iter().rev().find(|flag| flag.name == "platform").and_then(|flag| flag.value.as_ref());
        let platform: Option<Expansion> = flag.map(|word| self.facts.expand(word, from, scope));
        let mut uses = Vec::new();
        let mut base = Base::Missing;
        if let Some(word) = &args.image {
            let expansion = self.facts.expand(word, from, scope);
            base = match expansion.value.as_deref() {
                // BuildKit looks for the name as it is written here, among names in lower case.
                Some(name) if self.by_name.contains_key(name) => Base::Stage(self.by_name[name]),
                Some("scratch") => Base::Scratch,
                Some(name) if self.facts.is_context(name) => Base::Image(Box::new(ImageRef::unknown(word))),
                _ => Base::Image(Box::new(ImageRef::new(word, &expansion, WordOrigin::of(word, &from.logical)))),
            };
            uses.extend(expansion.uses);
        }
        uses.extend(platform.iter().flat_map(|platform| platform.uses.clone()));

        let (at, state) = match &base {
            Base::Stage(parent) => (At { stage: index, ..self.at[*parent] }, self.inherit(*parent)),
            base => self.fresh(index, base, platform.as_ref()),
        };
        let root = match base {
            Base::Stage(parent) => {
                self.model.stages[parent].on_top.push(index);
                self.model.stages[parent].root
            }
            _ => index,
        };
        if let Some(name) = &args.name {
            self.by_name.insert(name.text.to_lowercase(), index);
        }
        self.at.push(at);
        self.triggered.push(None);
        self.model.stages.push(Stage {
            index,
            from,
            name: args.name.as_ref(),
            base,
            platform,
            uses,
            windows: at.windows,
            steps: Vec::with_capacity(self.lengths.get(index).copied().unwrap_or_default()),
            by_keyword: Vec::new(),
            kept: Vec::new(),
            end: state.clone(),
            is_final: false,
            in_final: false,
            reaches_final: false,
            imports: Vec::new(),
            root,
            on_top: Vec::new(),
            taken: Vec::new(),
            effective: Effective::default(),
            contents: OnceLock::new(),
            base_workdir: OnceLock::new(),
            start_scripts: OnceLock::new(),
            called_manager: OnceLock::new(),
            workbench: OnceLock::new(),
        });
        self.state = Some(state);
    }

    /// The state after a FROM of something that is not a stage.
    fn fresh(&self, stage: usize, base: &Base, platform: Option<&Expansion>) -> (At, State) {
        let image = match base {
            Base::Image(image) => Some(&**image),
            _ => None,
        };
        let os = platform.and_then(|platform| platform.value.as_deref()).and_then(|value| value.split('/').next());
        let windows = match os {
            Some(os) if !os.is_empty() => os.eq_ignore_ascii_case("windows"),
            _ => match image {
                Some(image) if image.is_windows() => true,
                // Nobody writes this directive but for Windows paths.
                Some(image) => self.model.file.escape == Escape::Backtick && !image.is_linux(),
                None => self.model.file.escape == Escape::Backtick,
            },
        };
        let open = !matches!(base, Base::Scratch);
        let mut variables = no_variables();
        if !windows {
            let value = (!open).then(|| DEFAULT_PATH.to_owned());
            let path = Variable { value, kind: VariableKind::Predefined, span: None, value_span: None, unset: false };
            variables.insert_mut("PATH".into(), path);
        }
        let shell = Shell::of_image(image, windows);
        let sh = if windows { Dialect::Posix } else { shell.dialect };
        (
            At { stage, windows, open, sh },
            State { user: None, workdir: None, shell, variables, package_settings: PackageSettings::default() },
        )
    }

    /// The state after a FROM of an earlier stage: that stage's last state, and what its ONBUILDs do.
    fn inherit(&mut self, parent: usize) -> State {
        if let Some(state) = &self.triggered[parent] {
            return state.clone();
        }
        let stage = &self.model.stages[parent];
        let mut state = stage.end.clone();
        for step in &stage.steps {
            steps::count(1);
            if let Args::Onbuild(Some(inner)) = &step.instruction.args {
                self.facts.apply(&mut state, inner, self.at[parent], &self.model.globals);
            }
        }
        self.triggered[parent] = Some(state.clone());
        state
    }
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
