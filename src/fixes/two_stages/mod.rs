//! Splitting a stage that builds and runs: the first stage keeps the tools, the last gets what the program needs.
//!
//! Copied files keep their paths, so that every reference to them stays valid. Each family of languages (one file each)
//! derives from the start command which files the program needs, and which steps belong to the build. If a step cannot be
//! explained, the fix is only shown.

mod dotnet;
mod files;
mod java;
mod native;
mod node;
mod python;
mod static_site;
mod steps;

pub use java::run_by_jre;
pub use static_site::is_site;

use crate::finding::{Fix, Order, Safety};
use crate::fixes::{Plans, line_end, workdir};
use crate::knowledge::bases;
use crate::knowledge::bases::end_of_life::end_of_life;
use crate::model::{ImageRef, Model, Stage, Step, Tri, VariableKind};
use crate::shell::Command;
use crate::syntax::Keyword;
use crate::text::Edit;
use crate::text::Span;

/// Longer stages are not split: no one writes them by hand.
const MAX_STEPS: usize = 200;

/// What the last stage is made of.
struct Product {
    /// Its base image.
    base: String,
    /// Instructions before anything is copied.
    setup: Vec<String>,
    /// What is copied from the build, absolute: a file, a pattern, or a directory.
    taken: Vec<Taken>,
    /// Instructions at the end of the first stage.
    finish: Vec<String>,
    /// Changes to the first stage.
    edits: Vec<Edit>,
    /// The last step of the build, if it is not the last that creates or copies something.
    last: Option<usize>,
    /// Variables of the build are not carried over.
    build_variable: fn(&str) -> bool,
    /// Why something may be missing.
    doubt: Option<String>,
}

/// A result of the build that the program needs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Taken {
    /// Its path in the first stage.
    from: String,
    /// Its destination: a directory if it ends in a slash.
    to: String,
}

impl Taken {
    /// A file or a pattern of files, at the same path.
    fn file(path: &str) -> Self {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        Self { from: path.to_owned(), to: format!("{parent}/") }
    }

    /// A directory with its contents.
    fn folder(path: &str) -> Self {
        Self { from: path.to_owned(), to: path.to_owned() }
    }
}

/// The stage to split, and facts about it.
struct Build<'m, 'a> {
    model: &'m Model<'a>,
    stage: &'m Stage<'a>,
    image: &'m ImageRef,
    /// The familiar name of its image.
    name: &'m str,
    /// The working directory of the container.
    folder: String,
    /// The command that starts it.
    start: &'m Command,
}

impl<'m, 'a> Build<'m, 'a> {
    /// A path made absolute from where a step works.
    fn resolve(&self, step: &Step<'a>, path: &str) -> Option<String> {
        let parent = match &step.state.workdir {
            Some(workdir) => workdir.value.clone(),
            None => bases::workdir(self.name).map(str::to_owned),
        };
        crate::model::join_path(parent.as_deref(), path, false)
    }

    /// The commands of the stage's RUNs, each with the directory that it runs in.
    fn commands(&self) -> Vec<(&'m Step<'a>, &'m Command, Option<String>)> {
        let mut found = Vec::new();
        for step in self.stage.all(Keyword::Run) {
            let here = self.resolve(step, ".");
            let no_workdir = step.state.workdir.is_none();
            let mut moved = false;
            for (command, folder) in step.commands_in(self.model) {
                let folder = match folder {
                    None if no_workdir && !moved => here.clone(),
                    other => other,
                };
                moved |= command.is_any(&["cd", "pushd"]);
                found.push((step, command, folder));
            }
        }
        found
    }

    /// Whether a file of the context is copied to this path.
    fn is_copied(&self, step: &Step<'a>, path: &str) -> bool {
        self.stage.shipped_file(self.model, step, path).is_some()
    }
}

/// The value of one of these compiler flags, in the next word or in the same one.
fn value<'c>(command: &'c Command, flags: &[&str]) -> Option<&'c str> {
    let mut args = command.args.iter();
    while let Some(arg) = args.next() {
        let text = arg.text.as_deref()?;
        if flags.contains(&text) {
            return args.next()?.text.as_deref();
        }
        let joined = flags.iter().find_map(|flag| text.strip_prefix(flag)?.strip_prefix('='));
        if joined.is_some() {
            return joined;
        }
    }
    None
}

/// Why a file is not split: what follows “not split automatically: ”.
pub type Obstacle = &'static str;

/// The fix that splits the only stage of a file in two. `None` where there is nothing to split, or no way known. Planned
/// once per file.
pub fn plan(model: &Model<'_>) -> Option<Fix> {
    planned(model).as_ref().ok().cloned()
}

/// Why the only stage of a file has no such fix, for a help line.
pub fn obstacle(model: &Model<'_>) -> Option<String> {
    let [_] = model.stages.as_slice() else { return None };
    planned(model).as_ref().err().map(|reason| format!("not split automatically: {reason}"))
}

fn planned<'m>(model: &'m Model<'_>) -> &'m Result<Fix, Obstacle> {
    model.memo.get::<Plans>().two_stages.get_or_init(|| make_plan(model))
}

fn make_plan(model: &Model<'_>) -> Result<Fix, Obstacle> {
    let [stage] = model.stages.as_slice() else { return Err("the file has several stages already") };
    let image = stage.image().ok_or("the stage is based on no image")?;
    let name = image.familiar_name().ok_or("the name of the base image is not known")?;
    let literal = image.value.as_deref() == Some(image.written.as_str())
        || image.tag.as_ref().is_some_and(|tag| tag.text.is_some());
    if image.untagged() || image.tag_text() == Some("latest") {
        return Err("the base image has no version yet; pin it first");
    }
    if image.tag_text().is_none() || !literal {
        return Err("the tag of the base image is not known");
    }
    if image.has_digest() {
        return Err("the base image is pinned to a digest, and the runtime stage needs another image");
    }
    if stage.windows || stage.name.is_some() || stage.steps.len() > MAX_STEPS || stage.platform.is_some() {
        return Err("the stage is named, for Windows, for a fixed platform, or too long");
    }
    if !model.file.errors.is_empty() || model.file.has_foreign_frontend() || model.file.is_template(model.source.text())
    {
        return Err("the file is a template, has syntax errors, or has a third-party frontend");
    }
    if stage.is_for_developing(model) || stage.runs_a_program(model) == Tri::No {
        return Err("the container does not run a program that the build creates");
    }
    if matches!(bases::role(&name), Some(bases::Role::Application | bases::Role::Database | bases::Role::WebServer)) {
        return Err("the base image is that of a server");
    }
    if stage.steps.iter().any(|step| matches!(step.keyword(), Keyword::Onbuild | Keyword::Shell | Keyword::Unknown)) {
        return Err("the stage uses `ONBUILD` or `SHELL`");
    }
    let start = stage.entrypoint(model).or(stage.cmd(model)).ok_or("no `CMD` or `ENTRYPOINT` says what runs")?;
    let script = start.script.as_ref().ok_or("the start command is not understood")?;
    let [command] = script.commands.as_slice() else { return Err("the container starts more than one command") };
    let folder = match &stage.end.workdir {
        Some(workdir) => workdir.value.clone(),
        None => bases::workdir(&name).map(str::to_owned),
    };
    let folder = folder.ok_or("the working directory is not known")?;
    // A working directory comes first.
    if stage.end.workdir.is_none() && workdir::needed(stage, model).is_some() {
        return Err("the stage has no `WORKDIR` yet; add one first");
    }
    if !end_of_life(&name, image.tag_text()).iter().all(|end| !end.deprecated_image) {
        return Err("the base image is discontinued; move to its successor first");
    }
    let build = Build { model, stage, image, name: &name, folder, start: command };
    let product = native::product(&build, start)
        .or_else(|| java::product(&build, start))
        .or_else(|| dotnet::product(&build, start))
        .or_else(|| node::product(&build, start))
        .or_else(|| python::product(&build, start));
    let product = match product {
        Some(product) => product,
        None => static_site::product(&build)
            .unwrap_or(Err("the files that the program needs at run time are not known"))?,
    };
    write(&build, product).ok_or("a later step needs what only the build stage has")
}

/// Which stage a step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Build,
    Run,
    Both,
}

fn side(step: &Step<'_>, product: &Product) -> Side {
    match step.keyword() {
        Keyword::Env => match &step.instruction.args {
            crate::syntax::Args::Pairs(args)
                if args.pairs.iter().all(|pair| (product.build_variable)(&pair.name.text)) =>
            {
                Side::Build
            }
            _ => Side::Both,
        },
        Keyword::Run if steps::makes_accounts(step) => Side::Run,
        Keyword::Run if steps::makes_folders(step) => Side::Both,
        Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Arg | Keyword::Workdir => Side::Build,
        _ => Side::Run,
    }
}

/// Whether it creates or copies something, for the build.
fn is_of_build(step: &Step<'_>) -> bool {
    match step.keyword() {
        Keyword::Run => !steps::makes_accounts(step) && !steps::makes_folders(step),
        Keyword::Copy | Keyword::Add => true,
        _ => false,
    }
}

fn write(build: &Build<'_, '_>, mut product: Product) -> Option<Fix> {
    let (model, stage) = (build.model, build.stage);
    let source = model.source;
    let end = line_end(source);
    let last = match product.last {
        Some(index) => stage.steps.get(index)?,
        None => stage.steps.iter().rfind(|step| is_of_build(step))?,
    };
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    let mut edits = std::mem::take(&mut product.edits);
    for step in &stage.steps[..last.index] {
        let text = source.slice(step.instruction.span).trim_end().to_owned();
        let side = side(step, &product);
        if side == Side::Build {
            continue;
        }
        // An ARG is gone in the second stage.
        if step.uses.iter().any(|used| is_lost(step, &used.name, &product)) {
            return None;
        }
        if side == Side::Run {
            edits.push(Edit::delete(lines_of(step, stage, model)));
        }
        match step.keyword() {
            Keyword::Env | Keyword::Label | Keyword::Maintainer => head.push(text),
            Keyword::Run => product.setup.push(text),
            _ => tail.push(text),
        }
    }
    let behind = &stage.steps[last.index + 1..];
    // The state of the last stage is empty where its first step begins.
    for step in behind {
        if step.uses.iter().any(|used| is_lost(step, &used.name, &product)) {
            return None;
        }
    }
    // One that follows at once makes ours superfluous.
    let follows = behind.first().is_some_and(|step| {
        step.keyword() == Keyword::Workdir && source.slice(step.instruction.args_span).starts_with('/')
    });
    // Where the first base works the other may not.
    let of_base = || bases::workdir(build.name).filter(|folder| *folder != "/").map(str::to_owned);
    let workdir = last_workdir(stage, last.index).or_else(of_base).filter(|_| !follows);
    if stage.steps.iter().any(|step| is_stranger(step, build, &product)) {
        return None;
    }
    edits.push(Edit::insert(build.image.span.end(), " AS build"));
    let mut lines = std::mem::take(&mut product.finish);
    lines.extend([String::new(), format!("FROM {}", product.base)]);
    lines.append(&mut head);
    if let Some(workdir) = &workdir {
        lines.push(format!("WORKDIR {workdir}"));
    }
    lines.append(&mut product.setup);
    lines.extend(copies(&product.taken, workdir.as_deref()));
    lines.append(&mut tail);
    let text: String = lines.iter().map(|line| format!("{end}{line}")).collect();
    edits.push(Edit::insert(last.instruction.span.end(), text));
    let (safety, title) = match &product.doubt {
        None => (
            Safety::Unsafe,
            format!("build in a first stage and copy the result to a stage based on `{}`", product.base),
        ),
        Some(reason) => {
            (Safety::Display, format!("build in a first stage and run on `{}` (shown only: {reason})", product.base))
        }
    };
    Fix::new(safety, title, edits).map(|fix| fix.in_order(Order::Split))
}

/// Whether a step names an account that the first base image has and the second does not.
fn is_stranger(step: &Step<'_>, build: &Build<'_, '_>, product: &Product) -> bool {
    if step.keyword() != Keyword::User {
        return false;
    }
    let text = build.model.source.slice(step.instruction.args_span).trim();
    let name = text.split(':').next().unwrap_or_default();
    let (base, tag) = product.base.split_once(':').unwrap_or((product.base.as_str(), "latest"));
    let has = |accounts: &[bases::Account]| accounts.iter().any(|account| account.name == Some(name));
    has(build.stage.base_accounts(build.model)) && !has(bases::accounts(base, Some(tag)))
}

/// Whether the last stage does not have a variable that the first has.
fn is_lost(step: &Step<'_>, name: &str, product: &Product) -> bool {
    let variable = step.state.variables.get(name);
    variable.is_some_and(|variable| variable.kind != VariableKind::Env || (product.build_variable)(name))
}

/// The working directory after the last step of the build, if the file sets it.
fn last_workdir(stage: &Stage<'_>, index: usize) -> Option<String> {
    let state = stage.steps.get(index + 1).map_or(&stage.end, |step| &step.state);
    state.workdir.as_ref()?.value.clone()
}

/// The lines of an instruction, with the comments directly above it.
fn lines_of(step: &Step<'_>, stage: &Stage<'_>, model: &Model<'_>) -> Span {
    let source = model.source;
    let span = step.instruction.lines_span();
    let first = source.line_index(span.start());
    let last = source.line_span(source.line_index(span.end().max(span.start() + 1) - 1));
    let _ = stage;
    source.line_span(first).cover(last)
}

/// The COPY instructions; files for the same directory share one.
fn copies(taken: &[Taken], workdir: Option<&str>) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for one in taken {
        let to = relative(&one.to, workdir);
        match groups.iter_mut().find(|(other, _)| *other == to && to.ends_with('/')) {
            Some((_, from)) => {
                if !from.contains(&one.from.as_str()) {
                    from.push(&one.from);
                }
            }
            None => groups.push((to, vec![&one.from])),
        }
    }
    groups.into_iter().map(|(to, from)| format!("COPY --from=build {} {to}", from.join(" "))).collect()
}

fn relative(path: &str, workdir: Option<&str>) -> String {
    let Some(workdir) = workdir.map(|workdir| workdir.trim_end_matches('/')).filter(|workdir| !workdir.is_empty())
    else {
        return path.to_owned();
    };
    match path.strip_prefix(workdir) {
        Some("" | "/") => "./".to_owned(),
        Some(rest) if rest.starts_with('/') => format!(".{rest}"),
        _ => path.to_owned(),
    }
}

/// The image that the built program can run on, as written after FROM.
fn run_base(build: &Build<'_, '_>) -> Option<crate::knowledge::bases::variants::RunBase> {
    crate::knowledge::bases::variants::run_bases(build.name, build.image.tag_text())
        .into_iter()
        .find(|base| !base.image.starts_with("gcr.io/distroless"))
}
