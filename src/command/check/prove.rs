//! `check --fix --verify`: only fixes with which the image still builds and does the same.

use std::io::{self, Write};

use super::fix::{Checked, Repair};
use crate::command::Stop;
use crate::command::args::{Check, Global};
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::progress::Progress;
use crate::command::terminal::Terminal;
use crate::command::verify::{Prover, rejected, wish};
use crate::context::Contexts;
use crate::finding::Safety;
use crate::lint::fix_loop::applies;
use crate::process;
use crate::text::Problem;
use crate::verify::report;

/// Replaces what the repairs would be by what holds. Nothing is written before all files have been tried.
pub(super) fn all(
    inputs: &[Input],
    mut checked: Vec<Checked>,
    check: &Check,
    global: &Global,
    terminal: &Terminal,
) -> Result<Vec<Checked>, Stop> {
    process::catch_signals();
    let progress = Progress::new(global, terminal);
    let contexts = Contexts::new();
    let mut prover = None;
    for (input, checked) in inputs.iter().zip(&mut checked) {
        // What was found in the file as it is on disk decides whether there is anything to try.
        if checked.report.error.is_some() || !applies(&checked.report.diagnostics, Safety::Unsafe) {
            continue;
        }
        if prover.is_none() {
            prover = Some(Prover::open(&check.proof, &input.settings.verify, &progress)?);
        }
        let Some(prover) = &prover else { continue };
        let linter = Linter { input, check, contexts: &contexts };
        let wish = wish(&check.proof, &input.settings.verify, input)?;
        let proved = prover.prove(&linter, Safety::Unsafe, &wish, &check.proof, &progress);
        progress.clear();
        checked.repair = None;
        match proved {
            // Ctrl-C: no file has been touched.
            Err(problem) if process::cancelled() => return Err(problem.help("no file was changed").into()),
            Err(problem) => {
                checked.report.error = Some("its repairs could not be tried, so nothing was changed".to_owned());
                checked.refused = Some(problem);
            }
            Ok(proved) if !proved.evidence.after.built => {
                let why = proved.evidence.after.build_error.clone().unwrap_or_default();
                let problem =
                    Problem::warning(format!("{}: it does not build as it is, so nothing could be tried", input.name));
                checked.refused = Some(problem.help(format!("the engine says: {why}")));
            }
            Ok(proved) => {
                let (evidence, fixed) = (&proved.evidence, proved.repaired.fixed);
                if !global.quiet {
                    let mut err = io::stderr().lock();
                    err.write_all(report::summary(evidence, rejected(evidence)).as_bytes())?;
                }
                let differs = fixed.source.bytes() != checked.report.source.bytes() || !fixed.new_files.is_empty();
                let folder = linter.root(&checked.report.source).unwrap_or_default();
                checked.repair = differs.then(|| Repair::new(fixed, &folder));
            }
        }
    }
    Ok(checked)
}
