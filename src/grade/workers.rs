//! Worker processes that analyse submissions: one that hangs, or takes too much memory or stack, costs nothing but its own
//! submission.
//!
//! A worker answers one question after another: a line of JSON with a directory, then one with the [`Analysis`] or the reason
//! why there is none.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::marking::analysis::{Analysis, LIMIT, analyse};
use super::rubric::Rubric;
use crate::process::worker::{Worker, limit_own_cpu, limit_own_memory, ran_out_of_cpu};
use crate::process::{Argv, Ended};
use crate::text::parallel::on_threads;

/// What a worker may take.
#[derive(Clone, Copy, Debug)]
pub struct WorkerLimits {
    /// Seconds of CPU time for each submission.
    pub cpu: u64,
    /// Bytes of memory.
    pub memory: u64,
}

impl Default for WorkerLimits {
    fn default() -> Self {
        Self { cpu: 30, memory: 2 << 30 }
    }
}

impl WorkerLimits {
    /// How long to wait for an answer: the machine may be busy.
    fn time(self) -> Duration {
        Duration::from_secs(self.cpu * 4 + 10)
    }
}

/// The workers of a run.
pub struct Workers {
    /// Starts one.
    argv: Argv,
    limits: WorkerLimits,
    /// Those that wait for a question.
    waiting: Mutex<Vec<Worker>>,
}

impl Workers {
    pub fn new(argv: Argv, limits: WorkerLimits) -> Self {
        Self { argv, limits, waiting: Mutex::default() }
    }

    /// Analyses a submission in a directory.
    ///
    /// # Errors
    /// Why it is not graded.
    pub fn analyse(&self, directory: &Path) -> Result<Analysis, String> {
        let directory = std::path::absolute(directory).map_err(|error| error.to_string())?;
        let question = serde_json::to_vec(&directory).map_err(|_| "its path is not valid UTF-8".to_owned())?;
        let used = self.waiting().pop();
        if let Some(worker) = used {
            match self.ask(worker, &question) {
                Ok(answer) => return answer,
                Err(ended) if ran_out_of_cpu(&ended) || ended == Ended::Cancelled => return Err(why(&ended)),
                // It may be what others have left in its memory.
                Err(_) => {}
            }
        }
        let worker = Worker::start(&self.argv).map_err(|error| format!("cannot start a worker: {error}"))?;
        self.ask(worker, &question).unwrap_or_else(|ended| Err(why(&ended)))
    }

    fn ask(&self, mut worker: Worker, question: &[u8]) -> Result<Result<Analysis, String>, Ended> {
        let answer = worker.ask(question, self.limits.time())?;
        self.waiting().push(worker);
        Ok(serde_json::from_slice(&answer).unwrap_or_else(|error| Err(format!("a worker does not answer: {error}"))))
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a submission is not graded whose worker ended like this.
fn why(ended: &Ended) -> String {
    match ended {
        Ended::Cancelled => "interrupted".to_owned(),
        _ => LIMIT.to_owned(),
    }
}

/// What a worker does: answers until there is no more question.
///
/// # Errors
/// When questions cannot be read or answers not be written.
pub fn work(rubric: &Rubric, limits: WorkerLimits, questions: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    limit_own_memory(limits.memory);
    for question in questions.lines() {
        limit_own_cpu(limits.cpu);
        let question = question?;
        // On a thread with the stack that parsers need.
        let answer = on_threads(vec![question], 1, |question| answer(rubric, &question));
        serde_json::to_writer(&mut answers, &answer[0])?;
        answers.write_all(b"\n")?;
        answers.flush()?;
    }
    Ok(())
}

fn answer(rubric: &Rubric, question: &str) -> Result<Analysis, String> {
    let directory: std::path::PathBuf = serde_json::from_str(question).map_err(|error| error.to_string())?;
    catch_unwind(AssertUnwindSafe(|| analyse(rubric, &directory)))
        .unwrap_or_else(|_| Err("internal error while checking this submission; please report it".to_owned()))
}
