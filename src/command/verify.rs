//! `plimsoll verify`: the image as it is and as repaired, built, run and compared.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::check::inputs_of;
use super::progress::Progress;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::command::args::{Check, EngineChoice, Global, Proof, ProofFormat, Verify};
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::read;
use crate::context::Contexts;
use crate::engine::{BuildLimits, Engine, EngineError, RunLimits};
use crate::finding::{NewFile, Safety};
use crate::lint::fix_loop::Fixed;
use crate::process;
use crate::report::write_problems;
use crate::text::Problem;
use crate::text::Source;
use crate::text::units::{Size, Time};
use crate::verify::report;
use crate::verify::report::Evidence;
use crate::verify::{
    Comparison, Fate, Most, Old, Project, Repaired, SearchError, Side, Trial, VerifySettings, Wish, compare,
    foreign_frontend, identity, search,
};

pub(super) fn run(args: &Verify, global: &Global, terminal: &Terminal) -> Result<Exit, Stop> {
    process::catch_signals();
    let check = Check {
        paths: args.paths.clone(),
        selection: args.selection.clone(),
        proof: args.proof.clone(),
        ..Check::default()
    };
    let (inputs, problems) = inputs_of(&check, global)?;
    if !global.quiet {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    if let Some(exit) = inputs.nothing() {
        let problem = Problem::error("there is no Dockerfile here");
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(exit);
    }
    let progress = Progress::new(global, terminal);
    let allowed = if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    let contexts = Contexts::new();
    let mut found = Vec::new();
    let mut failed = Vec::new();
    let mut prover: Option<Prover> = None;
    for input in &inputs.files {
        let settings = &input.settings.verify;
        // Another configuration may ask for another engine.
        if prover.as_ref().is_none_or(|prover| !prover.serves(&args.proof, settings)) {
            prover = Some(Prover::open(&args.proof, settings, &progress)?);
        }
        let Some(prover) = &prover else { continue };
        let linter = Linter { input, check: &check, contexts: &contexts };
        let mut wish = wish(&args.proof, settings, input)?;
        if !args.command.is_empty() {
            wish.args.clone_from(&args.command);
        }
        let proved = prover.prove(&linter, allowed, &wish, &args.proof, &progress);
        progress.clear();
        match proved {
            Ok(proved) => found.push(proved.evidence),
            Err(problem) if process::cancelled() => return Err(problem.into()),
            Err(problem) => failed.push(problem),
        }
    }
    let holds = found.iter().all(Evidence::holds);
    let text = match args.format {
        ProofFormat::Text => report::text(&found),
        ProofFormat::Json => report::json(&found),
        ProofFormat::Markdown => report::markdown(&found),
    };
    super::print(text.as_bytes())?;
    match failed.is_empty() {
        false => Err(Stop::Problems(failed)),
        true if holds => Ok(Exit::Clean),
        true => Ok(Exit::Findings),
    }
}

/// The engines of a run.
pub(super) struct Prover {
    builder: Engine,
    /// `None`: the builder.
    runtime: Option<Engine>,
    choice: EngineChoice,
}

/// What was found out about a file.
pub(super) struct Proved {
    pub(super) evidence: Evidence,
    pub(super) repaired: Repaired,
}

impl Prover {
    pub(super) fn open(proof: &Proof, settings: &VerifySettings, progress: &Progress) -> Result<Self, Problem> {
        progress.tell("looking for an engine");
        let choice = choice(proof, settings)?;
        let told = |error: EngineError| error.problem();
        let builder = match choice {
            EngineChoice::Auto => Engine::auto(),
            EngineChoice::One(kind) => Engine::open(kind),
        };
        let builder = builder.map_err(told)?;
        if builder.driver().build.is_none() {
            return Err(EngineError::CannotDo { kind: builder.kind(), what: "build images" }
                .problem()
                .help(format!("let another one build: `--engine docker --run-on {}`", builder.kind())));
        }
        let runtime =
            proof.run_on.filter(|kind| *kind != builder.kind()).map(Engine::open).transpose().map_err(told)?;
        if let Some(runtime) = runtime.as_ref().filter(|runtime| runtime.driver().run.is_none()) {
            return Err(EngineError::CannotDo { kind: runtime.kind(), what: "run images" }.problem());
        }
        progress.tell(&format!("using {} {}", builder.kind(), builder.version));
        Ok(Self { builder, runtime, choice })
    }

    fn serves(&self, proof: &Proof, settings: &VerifySettings) -> bool {
        choice(proof, settings).is_ok_and(|choice| choice == self.choice)
    }

    fn name(&self) -> String {
        let builder = format!("{} {}", self.builder.kind(), self.builder.version);
        match &self.runtime {
            Some(runtime) => format!("{builder}, run on {} {}", runtime.kind(), runtime.version),
            None => builder,
        }
    }

    /// Tries a file as it is, and finds the best that its repairs make of it.
    pub(super) fn prove(
        &self,
        linter: &Linter<'_>,
        allowed: Safety,
        wish: &Wish,
        proof: &Proof,
        progress: &Progress,
    ) -> Result<Proved, Problem> {
        let name = &linter.input.name;
        let Some(path) = &linter.input.path else {
            return Err(Problem::error("what comes from standard input has no build context to be built with"));
        };
        let about = |problem: Problem| Problem { message: format!("{name}: {}", problem.message), ..problem };
        let source = read::file(path).map_err(|error| Problem::error(format!("{name}: {error}")))?;
        if let Some(frontend) = foreign_frontend(&source).filter(|_| !wish.any_frontend) {
            let problem =
                Problem::error(format!("{name}: `# syntax={frontend}` names a frontend that is not Docker's own"));
            return Err(problem
                .help("such a program decides itself what it runs: allow it by `--allow-frontend` if you trust it"));
        }
        let root = linter.root(&source).unwrap_or_else(|| path.parent().unwrap_or(Path::new(".")).to_path_buf());
        let root = if root.as_os_str().is_empty() { Path::new(".").to_path_buf() } else { root };
        progress.tell(&format!("copying the build context of {name}"));
        let most = Most { bytes: proof.max_context.map_or(Most::default().bytes, |size| size.0), ..Most::default() };
        let project = Project::copy(&root, path, most).map_err(about)?;
        let tell = |what: &str| progress.tell(&format!("{name}: {what}"));
        let runtime = self.runtime.as_ref().unwrap_or(&self.builder);
        let trial = Trial { builder: &self.builder, runtime, project: &project, wish, progress: &tell };
        let told = |error: EngineError| about(error.problem());
        let before = trial.first(&source).map_err(told)?;
        let tries = Tries {
            trial,
            source: &source,
            before,
            varies: Cell::new(None),
            sides: RefCell::default(),
            hopeless: Cell::new(false),
            until: Instant::now() + proof.timeout.map_or(MOST_TIME, |time| time.0),
        };
        let mut failed = None;
        let mut lint = |source: &Source, new: &[NewFile]| {
            linter.lint_with(source, new).unwrap_or_else(|error| {
                failed = Some(error);
                (Vec::new(), 0)
            })
        };
        let repaired = search(&source, allowed, &mut lint, &mut |fixed| tries.holds(fixed));
        if let Some(error) = failed {
            return Err(Problem::error(format!("{name}: {error}")));
        }
        let repaired = repaired.map_err(|error| match error {
            SearchError::Fix(error) => Problem::error(format!("{name}: {error}")),
            SearchError::Trial(error) => told(error),
        })?;
        let after = tries.side(&repaired.fixed);
        let comparison = tries.compare(&after).map_err(told)?;
        let evidence = Evidence {
            path: name.clone(),
            engine: self.name(),
            notes: project.notes.clone(),
            before: tries.before.side.clone(),
            after,
            comparison,
            fixes: if tries.hopeless.get() { Vec::new() } else { repaired.fates.clone() },
            trials: repaired.trials,
        };
        Ok(Proved { evidence, repaired })
    }
}

/// What has been tried of one file.
struct Tries<'a> {
    trial: Trial<'a>,
    source: &'a Source,
    before: Old<'a>,
    /// Whether the file as it is prints something else each time, once that has been asked.
    varies: Cell<Option<bool>>,
    sides: RefCell<HashMap<Vec<u8>, Side>>,
    /// Neither the file as it is builds, nor what all repairs make of it.
    hopeless: Cell<bool>,
    /// When there is no time left for another trial.
    until: Instant,
}

/// What the trials of one file take at most: each may take as long as a build may.
const MOST_TIME: Duration = Duration::from_secs(3600);

impl Tries<'_> {
    /// Why a file does not do what the one before did.
    fn holds(&self, fixed: &Fixed) -> Result<Option<String>, EngineError> {
        if self.hopeless.get() {
            return Ok(Some("the file does not build as it is".to_owned()));
        }
        if Instant::now() >= self.until {
            return Ok(Some("no time was left to try it (`--timeout`)".to_owned()));
        }
        let number = self.sides.borrow().len() + 1;
        let before = &self.before.side;
        let side = match self.trial.of(&fixed.source, &fixed.new_files, &format!("trial {number}"), &self.before) {
            Ok(side) => side,
            // With another base the fault is the fix's.
            Err(error @ EngineError::ImageMissing { .. }) if before.built => return Ok(Some(error.to_string())),
            Err(error) => return Err(error),
        };
        // Then single fixes tell nothing either.
        self.hopeless.set(!before.built && !side.built);
        let comparison = self.compare(&side)?;
        self.sides.borrow_mut().insert(identity(fixed), side);
        Ok(if comparison.holds() { None } else { comparison.fault() })
    }

    fn compare(&self, side: &Side) -> Result<Comparison, EngineError> {
        let wish = self.trial.wish;
        let before = &self.before.side;
        let comparison = compare(before, side, wish, self.varies.get().unwrap_or(false));
        if comparison.holds() || self.varies.get().is_some() || !before.built {
            return Ok(comparison);
        }
        // It may print something else each time anyway.
        let again = self.trial.of(self.source, &[], "the file as it is, once more", &self.before)?;
        let varies = !compare(before, &again, &Wish { expect_stdout: None, ..wish.clone() }, false).same_output();
        self.varies.set(Some(varies));
        Ok(compare(before, side, wish, varies))
    }

    fn side(&self, fixed: &Fixed) -> Side {
        self.sides.borrow().get(&identity(fixed)).unwrap_or(&self.before.side).clone()
    }
}

fn choice(proof: &Proof, settings: &VerifySettings) -> Result<EngineChoice, Problem> {
    match (&proof.engine, &settings.engine) {
        (Some(choice), _) => Ok(*choice),
        (None, Some(name)) => crate::command::args::engine(name)
            .map_err(|error| Problem::error(format!("`{name}` is no engine: {error}"))),
        (None, None) => Ok(EngineChoice::Auto),
    }
}

/// What flags and `[verify]` say; flags come first.
pub(super) fn wish(proof: &Proof, settings: &VerifySettings, input: &Input) -> Result<Wish, Problem> {
    let mut env: Vec<(String, String)> =
        settings.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    for text in &proof.env {
        match text.split_once('=') {
            Some((name, value)) => env.push((name.to_owned(), value.to_owned())),
            None => env.extend(std::env::var(text).ok().map(|value| (text.clone(), value))),
        }
    }
    let stdin = proof.stdin.as_ref().map(|path| {
        let bytes = std::fs::read(path);
        bytes.map_err(|error| Problem::error(format!("`--stdin {}` cannot be read: {error}", path.display())))
    });
    let time = |given: Option<Time>, usual: Duration| given.map_or(usual, |time| time.0);
    let bytes = |given: Option<Size>, usual: u64| given.map_or(usual, |size| size.0);
    let (build, run) = (BuildLimits::default(), RunLimits::default());
    Ok(Wish {
        args: settings.args.clone().unwrap_or_default(),
        entrypoint: proof.entrypoint.clone(),
        env,
        stdin: stdin.transpose()?,
        expect_exit: proof.expect_exit.or(settings.expect_exit),
        expect_stdout: proof.expect_stdout.clone().or_else(|| settings.expect_stdout.clone()),
        http: if proof.http.is_empty() { settings.http.clone() } else { proof.http.clone() },
        port: proof.port.or(settings.port),
        caps: if proof.cap_add.is_empty() { settings.cap_add.clone() } else { proof.cap_add.clone() },
        run_network: proof.network || settings.network.unwrap_or(false),
        offline: proof.offline || settings.offline.unwrap_or(false),
        read_only: proof.read_only || settings.read_only.unwrap_or(false),
        pull: proof.pull.or(settings.pull).unwrap_or_default(),
        target: proof.target.clone(),
        build_args: input.settings.build_args.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        builder: proof.builder.clone(),
        no_cache: false,
        build_only: proof.build_only,
        any_frontend: proof.allow_frontend,
        build_limits: BuildLimits {
            time: time(proof.build_timeout.or(settings.build_timeout), build.time),
            memory: bytes(proof.build_memory, build.memory),
            cpus: proof.cpus.unwrap_or(build.cpus),
            ..build
        },
        run_limits: RunLimits {
            time: time(proof.run_timeout.or(settings.run_timeout), run.time),
            grace: time(proof.grace, run.grace),
            memory: bytes(proof.memory.or(settings.memory), run.memory),
            cpus: proof.cpus.unwrap_or(run.cpus),
            pids: proof.pids.unwrap_or(run.pids),
            disk: bytes(proof.disk, run.disk),
            ..run
        },
    })
}

/// How many fixes were rejected.
pub(super) fn rejected(evidence: &Evidence) -> usize {
    evidence.fixes.iter().filter(|(_, fate)| matches!(fate, Fate::Rejected(_))).count()
}
