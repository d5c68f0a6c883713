//! Where reports go.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use super::Stop;
use super::terminal::Terminal;
use crate::command::options::FormatTo;
use crate::report;
use crate::report::{Format, Report};
use crate::text::Problem;

/// The reports to write.
pub(super) struct Destinations {
    /// On standard output, one after the other.
    out: Vec<Format>,
    files: Vec<(Format, PathBuf)>,
}

impl Destinations {
    pub(super) fn new(given: &[FormatTo], terminal: &Terminal) -> Result<Self, Stop> {
        let mut out: Vec<_> = given.iter().filter(|to| to.file.is_none()).map(|to| to.format).collect();
        let files: Vec<_> = given.iter().filter_map(|to| Some((to.format, to.file.clone()?))).collect();
        if let [first, second, ..] = out[..] {
            let problem = Problem::error(format!("`{first}` and `{second}` would both go to standard output"));
            return Err(problem.help(format!("write one of them to a file: `--format {second}=FILE`")).into());
        }
        if let Some((_, path)) =
            files.iter().enumerate().find_map(|(at, (_, path))| files[..at].iter().find(|(_, other)| other == path))
        {
            return Err(Problem::error(format!("two reports would be written to `{}`", path.display())).into());
        }
        if out.is_empty() {
            let actions = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
            out = match (terminal.out, actions) {
                (true, _) => vec![Format::Full],
                (false, true) => vec![Format::Concise, Format::Github],
                (false, false) => vec![Format::Concise],
            };
        }
        Ok(Self { out, files })
    }

    /// Whether what is printed is for people, not for programs.
    pub(super) fn are_for_people(&self) -> bool {
        self.out.iter().all(|format| matches!(format, Format::Full | Format::Concise))
    }

    /// Whether a report shows what fixes would change, and does not only tell that they can be made.
    pub(super) fn show_fixes(&self) -> bool {
        self.out.iter().chain(self.files.iter().map(|(format, _)| format)).any(|format| format.shows_fixes())
    }

    /// Writes all reports and the summary. A file that cannot be written does not prevent the others.
    pub(super) fn write(
        &self,
        report: &Report,
        statistics: bool,
        quiet: bool,
        out: &mut dyn Write,
        color: bool,
    ) -> Result<(), Stop> {
        let mut problems = Vec::new();
        for (format, path) in &self.files {
            let written = File::create(path).and_then(|mut file| report::write(*format, report, &mut file, false));
            if let Err(error) = written {
                problems.push(Problem::error(format!("cannot write `{}`: {error}", path.display())));
            }
        }
        let printed = self.print(report, statistics, out, color);
        let summed_up = !statistics && self.out.contains(&Format::Full);
        if !quiet && !summed_up {
            let _ = writeln!(io::stderr().lock(), "{}", report::summary(&report.counts(), report.applied));
        }
        if !problems.is_empty() {
            return Err(Stop::Problems(problems));
        }
        printed.map_err(Stop::from)
    }

    fn print(&self, report: &Report, statistics: bool, out: &mut dyn Write, color: bool) -> io::Result<()> {
        if statistics && self.are_for_people() {
            report::write_statistics(report, out)?;
        } else {
            for format in &self.out {
                report::write(*format, report, out, color)?;
            }
        }
        out.flush()
    }
}
