//! What is being done, on one line of a terminal that comes and goes.

use std::cell::Cell;
use std::io::{IsTerminal, Write, stderr};

use super::terminal::Terminal;
use crate::command::options::GlobalOptions;
use crate::text::escape::visible;

pub(super) struct Progress {
    /// The line can be written over.
    line: bool,
    /// Each step on a line of its own.
    list: bool,
    shown: Cell<bool>,
}

impl Progress {
    pub(super) fn new(global: &GlobalOptions, terminal: &Terminal) -> Self {
        let line = stderr().is_terminal()
            && !global.quiet
            && !global.verbose
            && (terminal.color_err || std::env::var_os("CI").is_none());
        Self { line, list: global.verbose, shown: Cell::new(false) }
    }

    pub(super) fn tell(&self, what: &str) {
        let what = visible(what);
        if self.line {
            self.shown.set(true);
            let what: String = what.chars().take(76).collect();
            let _ = write!(stderr().lock(), "\r\x1b[K{what} …");
        } else if self.list {
            let _ = writeln!(stderr().lock(), "{what}");
        }
    }

    pub(super) fn clear(&self) {
        if self.shown.replace(false) {
            let _ = write!(stderr().lock(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
