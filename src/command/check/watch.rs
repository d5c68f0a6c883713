//! `--watch`: checks again after every change.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use super::{once, open_configs};
use crate::command::inputs::inputs;
use crate::command::options::{CheckOptions, GlobalOptions};
use crate::command::terminal::Terminal;
use crate::command::{Exit, Stop};
use crate::process::{cancelled, catch_signals};
use crate::text::Problem;

/// How long to wait between two looks at the files.
const PAUSE: Duration = Duration::from_millis(300);

/// The files that matter, with what tells that one has changed.
type State = Vec<(PathBuf, Option<(SystemTime, u64)>)>;

/// Checks until the user interrupts it.
pub(super) fn run(options: &CheckOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    if options.files.paths.iter().any(|path| path.as_os_str() == "-") {
        let problem = Problem::error("`--watch` cannot watch standard input");
        return Err(problem.help("pass files or directories").into());
    }
    catch_signals();
    loop {
        let before = state(options, global);
        if io::stdout().is_terminal() {
            // Clears the screen, and moves to its top.
            write!(io::stdout().lock(), "\x1b[2J\x1b[H")?;
        }
        match once(options, global, terminal) {
            Err(Stop::Output(error)) => return Err(Stop::Output(error)),
            Err(stop) => _ = stop.tell(terminal),
            Ok(_) => {}
        }
        writeln!(io::stderr().lock(), "watching for changes; press Ctrl-C to stop")?;
        loop {
            sleep(PAUSE);
            if cancelled() {
                return Ok(Exit::Clean);
            }
            if state(options, global) != before {
                break;
            }
        }
    }
}

fn state(options: &CheckOptions, global: &GlobalOptions) -> State {
    let mut configs = open_configs(options, global, &mut Vec::new());
    let inputs = inputs(&options.files, &mut configs);
    let files = inputs.files.iter().flat_map(|input| input.path.iter().chain(&input.settings.config).cloned());
    let mut files: Vec<PathBuf> = files.chain(configs.paths()).collect();
    files.sort();
    files.dedup();
    let stamp = |path: &PathBuf| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    };
    files.into_iter().map(|path| (path.clone(), stamp(&path))).collect()
}
