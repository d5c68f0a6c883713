//! Where reports go.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Stop;
use super::terminal::Terminal;
use super::repository::RepositoryNames;
use crate::command::options::CheckOptions;
use crate::report;
use crate::report::{Format, Report};
use crate::text::Problem;

/// The reports to write.
pub(super) struct Destinations {
    /// On standard output, one after the other.
    out: Vec<Format>,
    /// No format was asked for, and a person reads it.
    is_adaptive: bool,
    files: Vec<(Format, PathBuf)>,
    /// Where that goes instead.
    output_file: Option<PathBuf>,
    /// What CI services call the files.
    names: RepositoryNames,
}

impl Destinations {
    pub(super) fn new(options: &CheckOptions, terminal: &Terminal) -> Result<Self, Stop> {
        let (given, statistics) = (&options.reports[..], options.statistics);
        let counts = |format: Format| matches!(format, Format::Full | Format::Concise | Format::Json);
        if let Some(to) = given.iter().find(|to| statistics && to.file.is_none() && !counts(to.format)) {
            let problem = Problem::error(format!("`--statistics` cannot be written as `{}`", to.format));
            return Err(problem.help("use `--format json`, or no format").into());
        }
        let mut out: Vec<_> = given.iter().filter(|to| to.file.is_none()).map(|to| to.format).collect();
        let files: Vec<_> = given.iter().filter_map(|to| Some((to.format, to.file.clone()?))).collect();
        if let [first, second, ..] = out[..] {
            let problem = Problem::error(format!("`{first}` and `{second}` would both go to standard output"));
            return Err(problem.help(format!("write one of them to a file: `--format {second}=FILE`")).into());
        }
        if let Some((_, path)) =
            files.iter().enumerate().find_map(|(at, (_, path))| {
                let is_output = options.output_file.as_ref() == Some(path);
                files[..at].iter().find(|(_, other)| other == path).or(is_output.then_some(&files[at]))
            })
        {
            return Err(Problem::error(format!("two reports would be written to `{}`", path.display())).into());
        }
        let is_adaptive = out.is_empty() && terminal.out && options.output_file.is_none();
        if out.is_empty() {
            let actions = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
            out = match (terminal.out || options.output_file.is_some(), actions) {
                (true, _) => vec![Format::Full],
                (false, true) => vec![Format::Concise, Format::Github],
                (false, false) => vec![Format::Concise],
            };
        }
        let names = RepositoryNames::new(options.path_prefix.as_deref());
        Ok(Self { out, is_adaptive, files, output_file: options.output_file.clone(), names })
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
        let mut tell = |path: &Path, written: io::Result<()>| {
            if let Err(error) = written {
                problems.push(Problem::error(format!("cannot write `{}`: {error}", path.display())));
            }
        };
        for (format, path) in &self.files {
            tell(path, File::create(path).and_then(|mut file| self.write_one(*format, report, &mut file, false)));
        }
        if let Some(path) = step_summary() {
            let file = OpenOptions::new().create(true).append(true).open(&path);
            tell(&path, file.and_then(|mut file| self.write_one(Format::Markdown, report, &mut file, false)));
        }
        let printed = match &self.output_file {
            Some(path) => {
                tell(path, File::create(path).and_then(|mut file| self.print(report, statistics, &mut file, false)));
                Ok(())
            }
            None => self.print(report, statistics, out, color),
        };
        let summed_up = !statistics && self.out.contains(&Format::Full) && self.output_file.is_none();
        if !quiet && !summed_up {
            let _ = writeln!(io::stderr().lock(), "{}", report::summary(&report.counts(), report.applied));
        }
        if !problems.is_empty() {
            return Err(Stop::Problems(problems));
        }
        printed.map_err(Stop::from)
    }

    fn write_one(&self, format: Format, report: &Report, out: &mut dyn Write, color: bool) -> io::Result<()> {
        match format.is_for_repositories() {
            true => report::write(format, &self.names.rename(report), out, color),
            false => report::write(format, report, out, color),
        }
    }

    fn print(&self, report: &Report, statistics: bool, out: &mut dyn Write, color: bool) -> io::Result<()> {
        if statistics && self.out.contains(&Format::Json) {
            report::write_statistics_json(report, out)?;
        } else if statistics {
            report::write_statistics(report, out)?;
        } else if self.is_adaptive && report.counts().findings() >= report::OVERVIEW_FROM {
            let mut buffer = io::BufWriter::new(&mut *out);
            report::write_overview(report, &mut buffer, color)?;
            buffer.flush()?;
        } else {
            for format in &self.out {
                self.write_one(*format, report, out, color)?;
            }
        }
        out.flush()
    }
}

/// The file for the summary of a GitHub Actions step.
fn step_summary() -> Option<PathBuf> {
    let actions = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
    let path = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| actions && !path.is_empty());
    path.map(PathBuf::from)
}
