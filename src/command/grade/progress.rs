//! How far a class is, on one line of a terminal, with the time that is left.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::command::options::GlobalOptions;
use crate::command::terminal::Terminal;
use crate::text::escape::visible;

/// How often the line is written anew.
const OFTEN: Duration = Duration::from_millis(100);

pub(super) struct Progress {
    line: bool,
    list: bool,
    quiet: bool,
    all: usize,
    state: Mutex<State>,
}

struct State {
    start: Instant,
    done: usize,
    last: Option<Instant>,
    what: String,
}

impl Progress {
    pub(super) fn new(global: &GlobalOptions, terminal: &Terminal, all: usize) -> Self {
        let line = stderr().is_terminal()
            && !global.quiet
            && !global.verbose
            && (terminal.color_err || std::env::var_os("CI").is_none());
        let state = State { start: Instant::now(), done: 0, last: None, what: String::new() };
        Self { line, list: global.verbose, quiet: global.quiet, all, state: Mutex::new(state) }
    }

    pub(super) fn tell(&self, what: &str) {
        if self.list {
            let _ = writeln!(stderr().lock(), "{}", visible(what));
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.what = visible(what).into_owned();
        self.draw(&mut state, false);
    }

    pub(super) fn done(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += 1;
        self.draw(&mut state, true);
    }

    /// What the work took. On standard error: what it came to is the same each time, and this is not.
    pub(super) fn close(self) {
        let (done, took) = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            (state.done, state.start.elapsed())
        };
        let told = (!self.quiet && done > 1).then(|| {
            let memory = peak().map(|bytes| format!("; {} of memory at most", crate::text::units::Size(bytes)));
            format!("graded {done} in {}{}\n", shown(took), memory.unwrap_or_default())
        });
        drop(self);
        let _ = stderr().lock().write_all(told.unwrap_or_default().as_bytes());
    }

    fn draw(&self, state: &mut State, force: bool) {
        let due = state.last.is_none_or(|last| last.elapsed() >= OFTEN);
        if !self.line || !(due || force && state.done == self.all) {
            return;
        }
        state.last = Some(Instant::now());
        let width = 20;
        let full = state.done * width / self.all.max(1);
        let bar: String = (0..width).map(|at| if at < full { '█' } else { '░' }).collect();
        let left = left(state.start.elapsed(), state.done, self.all);
        let text = format!("{bar} {} of {}{left}  {}", state.done, self.all, state.what);
        let text: String = text.chars().take(78).collect();
        let _ = write!(stderr().lock(), "\r\x1b[K{text}");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.line {
            let _ = write!(stderr().lock(), "\r\x1b[K");
        }
    }
}

/// The most memory that this process has had, where the system tells. What engines take is not in it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(kilobytes.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// `12.3 s`, `4 min 5 s`.
fn shown(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// `, 3 min left`, once that can be told.
fn left(elapsed: Duration, done: usize, all: usize) -> String {
    if done == 0 || done >= all || elapsed < Duration::from_secs(2) {
        return String::new();
    }
    let seconds = elapsed.as_secs_f64() / done as f64 * (all - done) as f64;
    match seconds {
        seconds if seconds < 90.0 => format!(", {} s left", seconds.ceil()),
        seconds if seconds < 5400.0 => format!(", {} min left", (seconds / 60.0).round()),
        seconds => format!(", {:.1} h left", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left() {
        let left = |elapsed, done, all| left(Duration::from_secs(elapsed), done, all);
        assert_eq!(left(10, 1, 4), ", 30 s left");
        assert_eq!(left(60, 1, 4), ", 3 min left");
        assert_eq!(left(3600, 1, 4), ", 3.0 h left");
        assert_eq!([shown(Duration::from_millis(1250)), shown(Duration::from_secs(245))], ["1.2 s", "4 min 5 s"]);
        assert_eq!([left(1, 1, 4), left(10, 0, 4), left(10, 4, 4)], ["", "", ""]);
    }
}
