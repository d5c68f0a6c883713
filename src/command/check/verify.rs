//! `check --fix --verify`: only fixes with which the image still builds and does the same.

use std::io::{self, Write};

use super::files::{AppliedFixes, CheckedFile};
use crate::command::Stop;
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::options::{CheckOptions, GlobalOptions};
use crate::command::progress::Progress;
use crate::command::terminal::Terminal;
use crate::command::verify::{spec, verify};
use crate::context::Contexts;
use crate::finding::Safety;
use crate::lint::fix_loop::applies;
use crate::process;
use crate::text::Problem;
use crate::verify::{Verifier, report};

/// Replaces the fixes of each file by those that hold. Nothing is written before all files have been tried.
pub(super) fn all(
    inputs: &[Input],
    mut checked: Vec<CheckedFile>,
    options: &CheckOptions,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<Vec<CheckedFile>, Stop> {
    process::catch_signals();
    let progress = Progress::new(global, terminal);
    let contexts = Contexts::new();
    let mut verifier: Option<Verifier> = None;
    for (input, checked) in inputs.iter().zip(&mut checked) {
        // What was found in the file as it is on disk decides whether there is anything to try.
        if checked.report.error.is_some() || !applies(&checked.report.diagnostics, Safety::Unsafe) {
            continue;
        }
        let linter = Linter { input, options: &options.lint, contexts: &contexts };
        let spec = spec(&options.spec, &linter);
        if verifier.as_ref().is_none_or(|verifier| !verifier.serves(&spec)) {
            verifier = Some(Verifier::open(&spec, &|what| progress.tell(what))?);
        }
        let Some(verifier) = &verifier else { continue };
        let verified = verify(verifier, &linter, Safety::Unsafe, &spec, &progress);
        progress.clear();
        checked.fixes = None;
        match verified {
            // Ctrl-C: no file has been touched.
            Err(problem) if process::cancelled() => return Err(problem.help("no file was changed").into()),
            Err(problem) => {
                checked.report.error = Some("not changed: its fixes could not be verified".to_owned());
                checked.problem = Some(problem);
            }
            Ok((verification, _)) if !verification.after.built => {
                let why = verification.after.build_error.clone().unwrap_or_default();
                let problem =
                    Problem::warning(format!("{}: not changed: it does not build even without fixes", input.name));
                checked.problem = Some(problem.help(format!("the engine reported: {why}")));
            }
            Ok((verification, fixed)) => {
                if !global.quiet {
                    io::stderr().lock().write_all(report::summary(&verification).as_bytes())?;
                }
                let differs = fixed.source.bytes() != checked.report.source.bytes() || !fixed.new_files.is_empty();
                let directory = linter.root(&checked.report.source).unwrap_or_default();
                checked.fixes = differs.then(|| AppliedFixes::new(fixed, &directory));
            }
        }
    }
    Ok(checked)
}
