//! `plimsoll verify`: the image before and after its fixes, built, run and compared.

use std::io;
use std::path::{Path, PathBuf};

use super::overrides::inputs_of;
use super::progress::Progress;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::command::linter::Linter;
use crate::command::options::{GlobalOptions, VerifyFormat, VerifyOptions};
use crate::command::read;
use crate::context::Contexts;
use crate::finding::Safety;
use crate::lint::fix_loop::Fixed;
use crate::process;
use crate::report::write_problems;
use crate::text::Problem;
use crate::verify::report::{self, Verification};
use crate::verify::{RunSpec, Subject, Verifier};

pub(super) fn run(options: &VerifyOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    process::catch_signals();
    let (inputs, problems) = inputs_of(&options.files, &options.lint, global)?;
    if !global.quiet {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    if let Some(exit) = inputs.nothing() {
        let problem = Problem::error("no Dockerfiles found");
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(exit);
    }
    let progress = Progress::new(global, terminal);
    let contexts = Contexts::new();
    let mut found = Vec::new();
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
        let verified = verify(verifier, &linter, options.safety, &spec, &progress);
        progress.clear();
        match verified {
            Ok((verification, _)) => found.push(verification),
            Err(problem) if process::cancelled() => return Err(problem.into()),
            Err(problem) => failed.push(problem),
        }
    }
    let holds = found.iter().all(Verification::holds);
    let text = match options.format {
        VerifyFormat::Text => report::text(&found),
        VerifyFormat::Json => report::json(&found),
        VerifyFormat::Markdown => report::markdown(&found),
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

/// Verifies one file with the fixes up to `allowed`.
pub(super) fn verify(
    verifier: &Verifier,
    linter: &Linter<'_>,
    allowed: Safety,
    spec: &RunSpec,
    progress: &Progress,
) -> Result<(Verification, Fixed), Problem> {
    let name = &linter.input.name;
    let Some(dockerfile) = &linter.input.path else {
        return Err(Problem::error("standard input cannot be verified: it has no build context"));
    };
    let source = read::file(dockerfile).map_err(|error| Problem::error(format!("{name}: {error}")))?;
    let root = linter.root(&source).or_else(|| dockerfile.parent().map(Path::to_path_buf));
    let root = root.filter(|root| !root.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."));
    let tell = |what: &str| progress.tell(what);
    let subject = Subject { name, dockerfile, source: &source, root: &root, allowed, spec, progress: &tell };
    verifier.verify(&subject, &mut |source, new| linter.lint_with(source, new))
}
