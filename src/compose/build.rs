//! What the Dockerfile of a service says about its image.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Project;
use super::service::Build;
use crate::context::Context;
use crate::model::{BuildArgs, Model, Stage, Thing, Tri};
use crate::syntax::{self, Args, HealthcheckArgs, Keyword};
use crate::text::Source;

/// The longest Dockerfile that is read for a Compose file, in bytes.
const MAX_LEN: usize = 256 << 10;
/// How many different builds of a project are read.
const MAX_BUILDS: usize = 64;

/// Facts of the stage that is built.
#[derive(Clone, Debug, Default)]
pub struct BuildFacts {
    /// Names of all stages.
    pub stages: Vec<String>,
    /// How many stages there are.
    pub count: usize,
    /// The target is there, or none is named.
    pub has_target: bool,
    /// Names of all `ARG`.
    pub args: Vec<String>,
    /// The image below the stage, and its tag.
    pub base: Option<String>,
    pub base_tag: Option<String>,
    /// Its `HEALTHCHECK`: `Some(false)` for `NONE`.
    pub healthcheck: Option<bool>,
    pub exposes: Vec<u16>,
    pub workdir: Option<String>,
    /// The user is certainly not root.
    pub has_user: bool,
    /// Directories that `npm ci` and the like fill, below the working directory.
    pub installed: Vec<(String, &'static str)>,
    /// The program that a build step writes below the working directory and that a container starts, as `go build -o main .`
    /// with `CMD ["./main"]`.
    pub program: Option<(String, String)>,
    /// Whether programs are in the image; see [`TOOLS`].
    tools: Vec<(&'static str, Tri)>,
}

/// Programs that healthchecks call.
pub const TOOLS: [&str; 3] = ["curl", "wget", "nc"];

impl BuildFacts {
    /// Whether a program is in the image.
    pub fn has_tool(&self, name: &str) -> Tri {
        self.tools.iter().find(|(tool, _)| *tool == name).map_or(Tri::Unknown, |(_, has)| *has)
    }
}

/// The facts that have been asked for, by path and target.
#[derive(Debug, Default)]
pub(super) struct Builds {
    all: OnceLock<HashMap<(String, Option<String>), BuildFacts>>,
}

impl Builds {
    pub(super) fn of(&self, project: &Project<'_>, build: &Build) -> Option<&BuildFacts> {
        let all = self.all.get_or_init(|| {
            let mut all = HashMap::new();
            for service in &project.services {
                let Some(build) = &service.build else { continue };
                let Some(key) = key(project, build) else { continue };
                if all.len() < MAX_BUILDS && !all.contains_key(&key) {
                    let read = read(project, build, &key.0);
                    all.insert(key, read);
                }
            }
            all.into_iter().filter_map(|(key, facts)| Some((key, facts?))).collect()
        });
        all.get(&key(project, build)?)
    }
}

fn key(project: &Project<'_>, build: &Build) -> Option<(String, Option<String>)> {
    let target = match &build.target {
        Some(target) => Some(target.text().filter(|_| !target.open)?.to_owned()),
        None => None,
    };
    match &build.inline {
        Some(inline) => Some((format!("inline {}", inline.span.start()), target)),
        None => Some((project.dockerfile(build)?, target)),
    }
}

fn read(project: &Project<'_>, build: &Build, path: &str) -> Option<BuildFacts> {
    let text = match &build.inline {
        Some(inline) => inline.text()?.to_owned(),
        None => project.context?.read_near(path)?.into_owned(),
    };
    if text.len() > MAX_LEN {
        return None;
    }
    let source = Source::new(path, text);
    let file = syntax::parse(source.text());
    let args: BuildArgs =
        build.args.iter().filter_map(|arg| Some((arg.name.clone(), arg.known()?.to_owned()))).collect();
    let model = Model::build(&source, &file, &args, None::<&Context>);
    let target = build.target.as_ref().and_then(|target| target.text());
    let stage = match target {
        None => model.final_stage(),
        Some(name) => model.stage_named(name).or_else(|| model.stage(name.parse().ok()?)),
    };
    let mut facts = BuildFacts { has_target: stage.is_some(), ..BuildFacts::default() };
    facts.stages = model.stages.iter().filter_map(|stage| stage.name).map(|name| name.text.clone()).collect();
    facts.count = model.stages.len();
    let args = file.instructions().filter(|instruction| instruction.keyword == Keyword::Arg);
    for arg in args {
        if let Args::Pairs(pairs) = &arg.args {
            facts.args.extend(pairs.pairs.iter().map(|pair| pair.name.text.clone()));
        }
    }
    if let Some(stage) = stage {
        describe(&mut facts, stage, &model);
        let start = stage.start_step(&model).map_or("", |step| source.slice(step.instruction.span));
        facts.program = built_program(stage, &model, start);
    }
    Some(facts)
}

fn describe(facts: &mut BuildFacts, stage: &Stage<'_>, model: &Model<'_>) {
    if let Some(image) = stage.root_image(model) {
        facts.base = image.familiar_name().map(|name| name.into_owned());
        facts.base_tag = image.tag_text().map(str::to_owned);
    }
    let is_active = |step: &crate::model::Step<'_>| !matches!(step.instruction.args, Args::Healthcheck(HealthcheckArgs::None));
    facts.healthcheck = stage.healthcheck(model).map(is_active);
    facts.exposes = stage.ports(model).map(|port| port.first).collect();
    facts.workdir = stage.end.workdir.as_ref().and_then(|setting| setting.value.clone());
    facts.has_user = stage.end.user.as_ref().is_some_and(|user| {
        user.value.as_deref().is_some_and(|user| !matches!(user.split(':').next(), None | Some("" | "root" | "0")))
    });
    for (step, script) in model.runs().filter(|(step, _)| step.stage == stage.index) {
        let Some(workdir) = step.state.workdir.as_ref().and_then(|setting| setting.value.clone()) else { continue };
        for command in &script.commands {
            if let Some(directory) = packages_directory(&command.name, command.args.first().and_then(|arg| arg.text.as_deref())) {
                facts.installed.push((workdir.clone(), directory));
            }
        }
    }
    for tool in TOOLS {
        facts.tools.push((tool, model.provides_in(stage, Thing::Command(tool))));
    }
}

/// The file that a compiler writes in the working directory, and that `start` names.
fn built_program(stage: &Stage<'_>, model: &Model<'_>, start: &str) -> Option<(String, String)> {
    let starts: Vec<&str> = start.split(|char: char| char.is_whitespace() || matches!(char, '"' | '[' | ']' | ',')).collect();
    let steps = model.runs().filter(|(step, _)| step.stage == stage.index);
    let mut built = steps.filter_map(|(step, script)| {
        let workdir = step.state.workdir.as_ref().and_then(|setting| setting.value.clone())?;
        let output = script.commands.iter().filter(|command| compiles(&command.name)).find_map(|command| {
            let at = command.args.iter().position(|arg| arg.text.as_deref() == Some("-o"))?;
            let name = command.args.get(at + 1)?.text.as_deref()?;
            let name = name.strip_prefix("./").unwrap_or(name);
            (!name.contains('/') && starts.iter().any(|word| word.strip_prefix("./") == Some(name))).then(|| name.to_owned())
        })?;
        Some((workdir, output))
    });
    built.next()
}

/// Whether a program is a compiler that names its output with `-o`.
fn compiles(program: &str) -> bool {
    matches!(program, "go" | "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" | "rustc")
}

/// The directory below the working directory that an install command of a package manager fills.
fn packages_directory(program: &str, verb: Option<&str>) -> Option<&'static str> {
    let installs = matches!(verb, Some("install" | "i" | "ci") | None);
    match program {
        "npm" | "pnpm" | "bun" if installs && verb.is_some() => Some("node_modules"),
        "yarn" if installs => Some("node_modules"),
        "composer" if installs && verb.is_some() => Some("vendor"),
        _ => None,
    }
}
