//! What the tree means: stages and their graph, image references, variables and their scope, and the user, working
//! directory, shell and environment in effect at each point.
//!
//! The model holds facts only. It does not contain text for users, it does not edit, and it does not decide what is good:
//! that is the business of rules and fixes.

mod build;
mod comments;
mod copied_files;
mod entrypoint;
mod expand;
mod files;
mod graph;
mod image;
mod labels;
mod lineage;
mod manifest;
mod package_index;
mod package_settings;
mod pattern;
mod ports;
mod program;
mod programs;
mod provides;
mod query;
mod role;
mod system;
mod script_variables;
mod script_view;
mod shellcheck_comments;
mod shells;
mod sources;
mod transition;
mod user;
mod values;
mod volumes;
mod workdir;

pub use copied_files::CopiedFile;
use entrypoint::StartScript;
pub use entrypoint::{Shipped, StartCommand, StartedService, script_path};
pub use expand::{Expansion, Piece, Scope, UseStatus, VariableUse, expand, expand_heredoc};
pub use files::{FileOrigin, FileState};
pub use image::{ImageRef, Part, is_published, refusal};
pub use labels::Label;
pub use lineage::MAX_LATER_STEPS;
pub use package_index::IndexUse;
pub use package_settings::PackageSettings;
pub use ports::Exposed;
pub use provides::{PACKAGE_SOURCES, Thing};
pub use query::{ImageUse, Mount, Tri};
pub use role::{Role, RootNeed, Sign, SignPlace};
pub use script_view::{ScriptShell, ScriptView, each_script_view, script_head, system_shell, view_shell};
pub use shellcheck_comments::Disabled;
pub use sources::{ContextSource, copied_sources};
pub use user::Numbers;
pub use volumes::{Volume, lies_below};
pub use workdir::{is_absolute as is_absolute_path, join as join_path};

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

use crate::context::Context;
use crate::shell::{Command, Dialect, Script};
use crate::syntax::{Dockerfile, Instruction, Word};
use crate::text::{Memo, Seldom, Source, Span};

/// What a file means.
pub struct Model<'a> {
    pub source: &'a Source,
    pub file: &'a Dockerfile,
    /// What a FROM can use: the ARGs before the first one, and the predefined platform arguments.
    pub globals: Variables,
    /// Instructions before the first FROM, ARGs included.
    pub preamble: Vec<&'a Instruction>,
    /// The variables used in the preamble.
    pub preamble_uses: Vec<VariableUse>,
    pub stages: Vec<Stage<'a>>,
    /// The index of the stage that the image is made from.
    last: Option<usize>,
    /// The build context, where it is known.
    pub context: Option<&'a Context>,
    /// Whether another Dockerfile includes this one, so that it needs no `FROM`.
    pub is_fragment: bool,
    /// See [`Model::provides`].
    providers: provides::Providers,
    /// See [`Model::file_before`].
    files: files::Files,
    /// See [`Stage::runs_any`].
    answers: Mutex<HashMap<(Ask, usize), bool>>,
    /// See [`Model::shows_linux`].
    linux: OnceLock<bool>,
    /// What the fixes have planned.
    pub(crate) memo: Memo,
}

/// A question about one command.
pub type Ask = fn(&Command) -> bool;

/// One `FROM` and what follows it.
pub struct Stage<'a> {
    /// From 0, in file order.
    pub index: usize,
    pub from: &'a Instruction,
    /// As written; compare with [`Stage::is_named`].
    pub name: Option<&'a Word>,
    pub base: Base,
    /// The value of `--platform`, expanded.
    pub platform: Option<Expansion>,
    /// The variables used in the FROM itself.
    pub uses: Vec<VariableUse>,
    /// Whether it is an image for Windows, as far as the file shows.
    pub windows: bool,
    /// The instructions after the FROM.
    pub steps: Vec<Step<'a>>,
    /// The indices of the steps, by keyword and then in order: see [`Stage::all`].
    by_keyword: Vec<u32>,
    /// See [`Model::kept_steps`].
    kept: Vec<Step<'a>>,
    /// The state after the last step.
    pub end: State,
    /// The last stage: what a plain `docker build` makes.
    pub is_final: bool,
    /// Its layers are part of the final image: the final stage, and the stages that it is `FROM`.
    pub in_final: bool,
    /// The final stage needs it, by FROM, `COPY --from` or `RUN --mount=from`, however indirectly.
    pub reaches_final: bool,
    /// Stages and images it takes files from.
    pub imports: Vec<Import>,
    /// The stage whose base is not a stage of this file: this one, or the lowest of those it is `FROM`.
    root: usize,
    /// The stages that are `FROM` this one, in order.
    on_top: Vec<usize>,
    /// See [`Stage::uses_of`].
    taken: Vec<(usize, usize)>,
    /// What would start and watch its container.
    effective: Effective,
    /// See [`Stage::contents`].
    contents: OnceLock<Option<crate::knowledge::bases::Contents>>,
    /// See [`Stage::base_workdir`].
    base_workdir: OnceLock<Option<&'static str>>,
    /// See [`Stage::start_commands`].
    start_scripts: OnceLock<Vec<Option<StartScript>>>,
    /// See [`Stage::called_manager`].
    called_manager: OnceLock<Option<crate::knowledge::managers::Manager>>,
    /// See [`Stage::role`].
    workbench: OnceLock<Option<Sign>>,
}

/// The CMD, ENTRYPOINT and HEALTHCHECK in effect after a stage, as indices of stage and step.
#[derive(Clone, Copy, Debug, Default)]
struct Effective {
    cmd: Option<(usize, usize)>,
    entrypoint: Option<(usize, usize)>,
    healthcheck: Option<(usize, usize)>,
}

/// What a stage starts from.
#[derive(Clone, Debug)]
pub enum Base {
    /// `FROM scratch`.
    Scratch,
    /// An earlier stage, by its index.
    Stage(usize),
    Image(Box<ImageRef>),
    /// A bare `FROM`.
    Missing,
}

/// `COPY --from=…`, `ADD --from`, `RUN --mount=from=…`.
#[derive(Clone, Debug)]
pub struct Import {
    /// Index of the step in its stage.
    pub step: usize,
    /// The value of `--from` or `from`.
    pub span: Span,
    pub origin: Origin,
    /// Kept by ONBUILD: it counts for the stages that are `FROM` this one.
    pub onbuild: bool,
}

#[derive(Clone, Debug)]
pub enum Origin {
    Stage(usize),
    /// Not a stage of this file: an image, or a named build context.
    Image(Box<ImageRef>),
    /// The stage itself: a circular dependency for BuildKit.
    Itself,
    /// A stage further down, by its index: it has to come first.
    Later(usize),
    /// A number that no stage has.
    NoSuchIndex,
    /// It depends on a variable. BuildKit refuses one in `COPY --from`.
    Unknown,
}

/// An instruction of a stage, with the state in effect before it.
pub struct Step<'a> {
    /// Index of the stage.
    pub stage: usize,
    /// Index in the stage's steps.
    pub index: usize,
    pub instruction: &'a Instruction,
    pub state: State,
    /// For RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD in a shell we read (exec form too).
    pub script: Option<Script>,
    /// The script of a RUN that ONBUILD keeps for later. It is not part of this image.
    pub kept: Option<Box<Script>>,
    /// Whether it is what an ONBUILD keeps: see [`Model::kept_steps`].
    pub is_kept: bool,
    /// The variables that BuildKit expands in it, each time one is used. A shell's own are not among them.
    pub uses: Vec<VariableUse>,
    /// Words whose expansion BuildKit refuses, and why.
    pub faults: Seldom<(Span, String)>,
    /// How package managers are configured, including by this instruction.
    pub package_settings: PackageSettings,
    /// See [`Step::copy_dest`].
    dest: OnceLock<Option<Box<str>>>,
}

/// What is in effect at a point. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    /// The last USER, in this stage or one it is `FROM`; `None` leaves it to the base image.
    pub user: Option<Arc<Setting>>,
    /// The last WORKDIR, resolved against those before it: clean, absolute, with `/` and without a
    /// drive letter, as BuildKit keeps it.
    pub workdir: Option<Arc<Setting>>,
    pub shell: Shell,
    /// ARGs and ENVs set in this stage and those it is `FROM`.
    pub variables: Variables,
    /// How the instructions so far have configured package managers.
    pub package_settings: PackageSettings,
}

/// A value and where it was set.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Expanded; `None` when a variable in it is not known.
    pub value: Option<String>,
    /// The word that set it.
    pub span: Span,
    /// The stage it was set in.
    pub stage: usize,
}

/// The shell that reads shell forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    pub dialect: Dialect,
    /// `["/bin/bash", "-c"]`.
    pub argv: Arc<[String]>,
    /// The SHELL instruction that set it, if one did.
    pub span: Option<Span>,
    /// Whether it was started with `pipefail`.
    pub pipefail: bool,
    pub errexit: bool,
}

/// A variable's value at a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// `None`: declared, but its value is not known.
    pub value: Option<String>,
    pub kind: VariableKind,
    /// Where it was set: the `name[=value]` of the ARG or ENV. `None` for predefined ones.
    pub span: Option<Span>,
    /// Where the value is written, if the bytes there are exactly the value: nothing in it was expanded.
    pub value_span: Option<Span>,
    /// `ARG name` without a value: it has one only if the builder passes one.
    pub unset: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    Arg,
    Env,
    /// `TARGETARCH`, `HTTP_PROXY`, ….
    Predefined,
    /// Given by `--build-arg`.
    BuildArg,
}

/// A persistent map: cloning is free, so that every step can hold its own. Begins as [`no_variables`].
pub type Variables = rpds::HashTrieMapSync<Arc<str>, Variable>;

/// How many branches a node of [`Variables`] has. Each insertion copies the nodes on its way, and every step keeps them: with
/// wider nodes, a file of many variables takes twice the memory.
const BRANCHES: u8 = 16;

/// An empty map.
pub(crate) fn no_variables() -> Variables {
    Variables::new_sync_with_degree(BRANCHES)
}

/// Values given by `--build-arg`.
pub type BuildArgs = BTreeMap<String, String>;
