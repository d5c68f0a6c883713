//! `check --fix --verify`: only fixes with which the image still builds and does the same.

use std::io::{self, Write};
use std::path::PathBuf;

use super::files::{AppliedFixes, CheckedFile};
use crate::command::Stop;
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::options::{CheckOptions, GlobalOptions};
use crate::command::progress::Progress;
use crate::command::terminal::Terminal;
use crate::command::verify::{spec, verify, verify_project};
use crate::context::Contexts;
use crate::finding::Safety;
use crate::lint::fix_loop::applies;
use crate::process;
use crate::text::Problem;
use crate::text::steps;
use crate::verify::{Verifier, compose_report, report};

/// Replaces the fixes of each file by those that hold. Nothing is written before all files have been tried.
pub(super) fn all(
    inputs: &[Input],
    mut checked: Vec<CheckedFile>,
    options: &CheckOptions,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<Vec<CheckedFile>, Stop> {
    steps::stop_at(process::catch_signals());
    let progress = Progress::new(global, terminal);
    let contexts = Contexts::new();
    let mut verifier: Option<Verifier> = None;
    for (input, checked) in inputs.iter().zip(&mut checked) {
        // What was found in the file as it is on disk decides whether there is anything to try.
        let found = &checked.report.diagnostics;
        let is_tried = applies(found, Safety::Unsafe)
            || found.iter().any(|found| found.fix.as_ref().is_some_and(|fix| fix.when_verified));
        if checked.report.error.is_some() || !is_tried {
            continue;
        }
        let linter = Linter { input, options: &options.lint, contexts: &contexts };
        let spec = spec(&options.spec, &linter);
        if verifier.as_ref().is_none_or(|verifier| !verifier.serves(&spec)) {
            verifier = Some(Verifier::open(&spec, &|what| progress.tell(what))?);
        }
        let Some(verifier) = &verifier else { continue };
        // The summary, why it does not build even without fixes, and the file with the fixes that hold.
        let verified = match input.is_compose {
            true => verify_project(verifier, &linter, &spec, &progress)
                .map(|(verification, fixed)| (compose_report::summary(&verification), None, fixed)),
            false => verify(verifier, &linter, options.fix.safety == Safety::Unsafe, &spec, &progress).map(
                |(verification, fixed)| {
                    let after = &verification.after;
                    let broken = (!after.built).then(|| after.build_error.clone().unwrap_or_default());
                    (report::summary(&verification), broken, fixed)
                },
            ),
        };
        progress.clear();
        checked.fixes = None;
        match verified {
            // Ctrl-C: no file has been touched.
            Err(problem) if process::cancelled() => return Err(problem.help("no file was changed").into()),
            Err(problem) => {
                checked.report.error = Some("not changed: its fixes could not be verified".to_owned());
                checked.problem = Some(problem);
            }
            Ok((_, Some(why), _)) => {
                let problem =
                    Problem::warning(format!("{}: not changed: it does not build even without fixes", input.name));
                checked.problem = Some(problem.help(format!("the engine reported: {why}")));
            }
            Ok((summary, None, fixed)) => {
                if !global.quiet {
                    io::stderr().lock().write_all(summary.as_bytes())?;
                }
                let differs = fixed.source.bytes() != checked.report.source.bytes() || !fixed.new_files.is_empty();
                let root = || linter.root(&checked.report.source).unwrap_or_default();
                let directory = if input.is_compose { PathBuf::new() } else { root() };
                checked.fixes = differs.then(|| AppliedFixes::new(fixed, &directory));
            }
        }
    }
    Ok(checked)
}
