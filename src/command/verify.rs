//! `plimsoll verify`: the image before and after its fixes, built, run and compared.

use std::io;

use super::overrides::inputs_of;
use super::progress::Progress;
use super::terminal::Terminal;
use super::{Exit, Stop, build};
use crate::command::linter::Linter;
use crate::command::options::{GlobalOptions, VerifyFormat, VerifyOptions};
use crate::command::read;
use crate::context::Contexts;
use crate::lint::fix_loop::Fixed;
use crate::process;
use crate::report::{for_terminal, write_problems};
use crate::text::{Problem, steps};
use crate::verify::report::{self, Verification};
use crate::verify::{ProjectSubject, ProjectVerification, RunSpec, Subject, Verifier, compose_report};

pub(super) fn run(options: &VerifyOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    steps::stop_at(process::catch_signals());
    let (inputs, problems) = inputs_of(&options.files, &options.lint, global)?;
    if !global.quiet {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    if let Some(exit) = inputs.nothing(false) {
        let problem = Problem::error("no Dockerfiles or Compose files found");
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(exit);
    }
    let progress = Progress::new(global, terminal);
    let contexts = Contexts::new();
    let mut found = Vec::new();
    let mut projects = Vec::new();
    let mut failed = Vec::new();
    let mut verifier: Option<Verifier> = None;
    for input in &inputs.files {
        let linter = Linter { input, options: &options.lint, contexts: &contexts };
        let spec = spec(&options.spec, &linter);
        // Another configuration may ask for another engine.
        if verifier.as_ref().is_none_or(|verifier| !verifier.serves(&spec)) {
            verifier = Some(Verifier::open(&spec, &|what| progress.tell(what))?);
        }
        let Some(verifier) = &verifier else { continue };
        if input.is_compose {
            match verify_project(verifier, &linter, &spec, &progress) {
                Ok((verification, _)) => projects.push(verification),
                Err(problem) if process::cancelled() => return Err(problem.into()),
                Err(problem) => failed.push(problem),
            }
            progress.clear();
            continue;
        }
        let verified = verify(verifier, &linter, options.unproved, &spec, &progress);
        progress.clear();
        match verified {
            Ok((verification, _)) => found.push(verification),
            Err(problem) if process::cancelled() => return Err(problem.into()),
            Err(problem) => failed.push(problem),
        }
    }
    let holds = found.iter().all(Verification::holds) && projects.iter().all(ProjectVerification::holds);
    if options.format == VerifyFormat::Html && !projects.is_empty() {
        failed.push(Problem::error("`--format html` does not support Compose projects").help("use another `--format`"));
    }
    let text = match options.format {
        VerifyFormat::Text => {
            let text = report::text(&found) + &compose_report::text(&projects);
            for_terminal(&text, terminal.out, terminal.color_out)
        }
        VerifyFormat::Json => report::json(&found, &projects),
        VerifyFormat::Markdown => report::markdown(&found) + &compose_report::markdown(&projects),
        VerifyFormat::Html => report::html(&found),
    };
    super::print(text.as_bytes())?;
    match failed.is_empty() {
        false => Err(Stop::Problems(failed)),
        true if holds => Ok(Exit::Clean),
        true => Ok(Exit::Findings),
    }
}

/// What the command line and `[verify]` say about one file; the command line takes precedence.
pub(super) fn spec(options: &RunSpec, linter: &Linter<'_>) -> RunSpec {
    let settings = &linter.input.settings;
    RunSpec { build_args: settings.build_args.clone(), ..options.clone().merge(settings.verify.clone()) }
}

/// Verifies one file. `unproved`: unsafe fixes are tried even if the original is not seen doing its job.
pub(super) fn verify(
    verifier: &Verifier,
    linter: &Linter<'_>,
    unproved: bool,
    spec: &RunSpec,
    progress: &Progress,
) -> Result<(Verification, Fixed), Problem> {
    let name = &linter.input.name;
    let Some(dockerfile) = &linter.input.path else {
        return Err(Problem::error("standard input cannot be verified: it has no build context"));
    };
    let source = read::file(dockerfile).map_err(|error| Problem::error(format!("{name}: {error}")))?;
    let root = build::context(linter, dockerfile, &source);
    let tell = |what: &str| progress.tell(what);
    let subject = Subject { name, dockerfile, source: &source, root: &root, unproved, spec, progress: &tell };
    verifier.verify(&subject, &mut |source, new| linter.lint_with(source, new))
}

/// Verifies one Compose file with all its fixes.
pub(super) fn verify_project(
    verifier: &Verifier,
    linter: &Linter<'_>,
    spec: &RunSpec,
    progress: &Progress,
) -> Result<(ProjectVerification, Fixed), Problem> {
    let name = &linter.input.name;
    let Some(file) = &linter.input.path else {
        return Err(Problem::error("standard input cannot be verified: it has no directory"));
    };
    let source = read::file(file).map_err(|error| Problem::error(format!("{name}: {error}")))?;
    let tell = |what: &str| progress.tell(what);
    let subject = ProjectSubject { name, file, source: &source, spec, progress: &tell };
    verifier.verify_project(&subject, &mut |source, new| linter.lint_with(source, new))
}
