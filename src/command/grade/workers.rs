//! The worker processes of `plimsoll grade`, which are `plimsoll debug-grade-worker`.

use std::io;
use std::path::Path;

use crate::command::{Exit, Stop};
use crate::grade::rubric::Rubric;
use crate::grade::workers::{WorkerLimits, Workers, work};
use crate::process::Argv;
use crate::text::Problem;

/// The workers for a rubric. None is started yet.
pub(super) fn start(rubric: &Path, limits: WorkerLimits) -> Result<Workers, Problem> {
    let failed = |error: io::Error| Problem::error(format!("cannot start workers: {error}"));
    let program = std::env::current_exe().map_err(failed)?;
    let (Some(program), Some(rubric)) = (program.to_str(), rubric.to_str()) else {
        return Err(Problem::error("cannot start workers: the path of plimsoll or of the rubric is not valid UTF-8"));
    };
    let argv = Argv::new(program).arg("debug-grade-worker");
    let argv = argv.opt("--worker-cpu", limits.cpu.to_string());
    let argv = argv.opt("--worker-memory", (limits.memory >> 20).to_string());
    Ok(Workers::new(argv.arg("--").arg(rubric), limits))
}

/// Analyses the submissions that are asked for on standard input.
pub(super) fn run(rubric: &Path, limits: WorkerLimits) -> Result<Exit, Stop> {
    let (rubric, _) = Rubric::read(rubric).map_err(Stop::Problems)?;
    work(&rubric, limits, io::stdin().lock(), io::stdout().lock())?;
    Ok(Exit::Clean)
}
