//! The progress of a run, on one line of a terminal that is removed at the end.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::terminal::Terminal;
use crate::command::options::GlobalOptions;
use crate::text::escape::visible;

/// How many times a second the line is drawn.
const REFRESH_RATE: u8 = 10;
/// The remaining time is not shown before, because it would only be a guess.
const MIN_ELAPSED: Duration = Duration::from_secs(2);

/// A progress line. Only drawn on a terminal; with `--verbose`, and for steps also where there is no terminal, each
/// is a line of its own instead.
pub(super) struct Progress {
    line: ProgressBar,
    is_verbose: bool,
}

impl Progress {
    /// Shows the current step.
    pub(super) fn new(global: &GlobalOptions, terminal: &Terminal) -> Self {
        let line = ProgressBar::with_draw_target(None, target(global, terminal));
        let is_verbose = global.verbose || (!global.quiet && !stderr().is_terminal());
        Self { line: line.with_style(style("{wide_msg}")), is_verbose }
    }

    /// Shows a bar, the remaining time and the current step.
    pub(super) fn counted(global: &GlobalOptions, terminal: &Terminal, total: usize) -> Self {
        let line = ProgressBar::with_draw_target(Some(total as u64), target(global, terminal));
        let style = style("{bar:20} {pos} of {len}{remaining}  {wide_msg}").progress_chars("█░");
        Self { line: line.with_style(style.with_key("remaining", write_remaining)), is_verbose: global.verbose }
    }

    /// Sets the current step.
    pub(super) fn tell(&self, step: &str) {
        let step = visible(step).into_owned();
        if self.is_verbose {
            let _ = writeln!(stderr().lock(), "{step}");
        }
        self.line.set_message(format!("{step} …"));
        if self.line.is_finished() {
            self.line.reset();
        }
    }

    /// Counts one more item as done.
    pub(super) fn done(&self) {
        self.line.inc(1);
    }

    /// Removes the line until the next step.
    pub(super) fn clear(&self) {
        self.line.finish_and_clear();
    }

    /// Removes the line; returns how many items are done.
    pub(super) fn finish(self) -> usize {
        let done = self.line.position();
        self.line.finish_and_clear();
        usize::try_from(done).unwrap_or(usize::MAX)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.line.finish_and_clear();
    }
}

fn target(global: &GlobalOptions, terminal: &Terminal) -> ProgressDrawTarget {
    let is_shown = stderr().is_terminal()
        && !global.quiet
        && !global.verbose
        && (terminal.color_err || std::env::var_os("CI").is_none());
    if is_shown { ProgressDrawTarget::stderr_with_hz(REFRESH_RATE) } else { ProgressDrawTarget::hidden() }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// `, 3 minutes left`.
fn write_remaining(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    let is_done = state.len().is_some_and(|len| state.pos() >= len);
    if state.pos() > 0 && !is_done && state.elapsed() >= MIN_ELAPSED {
        let _ = write!(out, ", {} left", HumanDuration(state.eta()));
    }
}
