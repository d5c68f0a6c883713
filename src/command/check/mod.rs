//! `plimsoll check`.

mod baseline;
mod changes;
mod files;
mod fix;
mod interactive;
mod invocations;
mod settings;
mod verify;
mod watch;

use std::io::{self, Write};
use std::path::PathBuf;

use super::inputs::{Input, Inputs, check_globs, inputs};
use super::output::Destinations;
use super::overrides::configs;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::command::options::{CheckOptions, FixMode, GlobalOptions, Listing};
use crate::config::Configs;
use crate::discover::Skip;
use crate::hadolint;
use crate::lint::registry;
use crate::lint::select::{Selection, Selector};
use crate::report::{Report, fix_summary, write_problems};
use crate::shellcheck::{Backend, external};
use crate::text::Problem;
use baseline::Baselines;
use changes::Changes;
use files::CheckedFile;

pub(super) fn run(options: &CheckOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    if options.watch { watch::run(options, global, terminal) } else { once(options, global, terminal) }
}

fn once(options: &CheckOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let destinations = Destinations::new(options, terminal)?;
    if let Some(context) = options.lint.context.as_ref().filter(|context| !context.is_dir()) {
        return Err(Problem::error(format!("the build context `{}` is not a directory", context.display())).into());
    }
    let mut problems = Vec::new();
    let mut configs = open_configs(options, global, &mut problems);
    check_globs(&options.files, &mut problems);
    configs.overrides.mark_fixes = options.fix.mode == FixMode::Report && !destinations.show_fixes();
    let mut inputs = inputs(&options.files, &mut configs);
    problems.append(&mut configs.problems);
    if problems.iter().any(|problem| problem.fatal) {
        return Err(Stop::Problems(problems));
    }
    problems.extend(inputs.broken_links());
    if inputs.files.is_empty() && inputs.errors.is_empty() && !options.files.allow_empty {
        problems.push(nothing(&options.files.paths, &inputs));
    }
    let changes = options.changed_since.as_deref().map(Changes::since).transpose()?;
    if let Some(changes) = &changes {
        inputs.files.retain(|input| changes.has(input));
    }
    problems.extend(unused_selectors(&configs.overrides.selection, &inputs));
    if !global.quiet {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    if global.verbose {
        inputs.explain(&mut io::stderr().lock())?;
    }
    if let Some(listing) = options.listing {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match listing {
            Listing::Invocations => invocations::show(&inputs, &mut out)?,
            Listing::Settings => settings::show(&inputs, &mut out)?,
            Listing::Files => inputs.files.iter().try_for_each(|input| writeln!(out, "{}", input.name))?,
        }
        out.flush()?;
        if inputs.errors.is_empty() {
            let allowed = options.files.allow_empty || changes.is_some();
            return Ok(inputs.nothing(allowed).unwrap_or(Exit::Clean));
        }
        return Err(Stop::Problems(inputs.problems()));
    }

    let external = inputs.files.iter().any(|input| input.settings.lint.shellcheck == Backend::External);
    if external && !external::is_there() {
        let problem = Problem::error("`shellcheck` not found in `PATH`");
        return Err(problem.help("install it, or use `--shellcheck builtin`").into());
    }
    if options.fix.verify && options.fix.mode == FixMode::Report {
        let problem = Problem::error("`--verify` requires `--fix`, `--diff` or `--fix-only`");
        return Err(problem.help("`plimsoll verify` verifies fixes without changing files").into());
    }
    // Before anything is changed.
    let baselines = match options.write_baseline {
        None => Some(Baselines::read(&inputs.files, options)?),
        Some(_) => None,
    };
    let mode = options.fix.mode;
    let mut checked = files::check_all(&inputs.files, options, changes.as_ref());
    if let Some(path) = &options.write_baseline {
        let count = baseline::write(path, &inputs.files, &checked, &inputs.errors)?;
        let findings = if count == 1 { "finding" } else { "findings" };
        return super::print(format!("wrote {count} {findings} to {}\n", path.display()).as_bytes());
    }
    if options.fix.verify {
        checked = verify::all(&inputs.files, checked, options, global, terminal)?;
    }
    if options.fix.interactive {
        checked = interactive::ask_all(&inputs.files, checked, options, terminal.color_err)?;
    }
    if options.fix.writes() {
        checked = fix::write_all(&inputs.files, checked);
    }
    if let Some(least) = options.min_level {
        checked.iter_mut().for_each(|checked| checked.report.diagnostics.retain(|found| found.level >= least));
    }
    if let Some(baselines) = baselines {
        let outcome = baselines.apply(&inputs.files, &mut checked, options)?;
        if !global.quiet {
            outcome.messages.iter().try_for_each(|line| writeln!(io::stderr().lock(), "{line}"))?;
        }
    }
    // After baselines, for which what has not changed is not gone. What has been fixed has changed as well.
    let changes = match &options.changed_since {
        Some(revision) if options.fix.writes() => Some(Changes::since(revision)?),
        _ => changes,
    };
    if let Some(changes) = &changes {
        for (input, checked) in inputs.files.iter().zip(&mut checked) {
            changes.limit(input, &mut checked.report);
        }
    }
    let unfixed: Vec<_> = checked.iter().filter_map(|checked| checked.problem.clone()).collect();
    if !global.quiet || unfixed.iter().any(|problem| problem.fatal) {
        write_problems(&unfixed, &mut io::stderr().lock(), terminal.color_err)?;
    }
    let exit = exit(options, &inputs, &checked);
    let written = match mode {
        FixMode::Report | FixMode::Fix => write_report(options, &inputs, checked, &destinations, global, terminal),
        FixMode::FixOnly | FixMode::Diff => write_fixes(options, &inputs, &checked, global, terminal),
    };
    match written {
        // The reader has seen enough; the exit code stays that of the run.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(exit),
        written => written.map(|()| exit),
    }
}

/// The configurations of a run; mistakes of the options go to `problems`.
fn open_configs(options: &CheckOptions, global: &GlobalOptions, problems: &mut Vec<Problem>) -> Configs {
    configs(&options.lint, global, problems)
}

fn exit(options: &CheckOptions, inputs: &Inputs, checked: &[CheckedFile]) -> Exit {
    let failed = !inputs.errors.is_empty() || checked.iter().any(|checked| checked.report.error.is_some());
    let is_failing = |(checked, input): (&CheckedFile, &Input)| {
        let diagnostics = &checked.report.diagnostics;
        match &input.settings.hadolint {
            Some(settings) => diagnostics.iter().any(|found| hadolint::fails_at(found.variant, &settings.options)),
            None => diagnostics.iter().any(|found| found.level >= input.settings.fail_on),
        }
    };
    let failing = match options.fix.mode {
        FixMode::Report | FixMode::Fix => checked.iter().zip(&inputs.files).any(is_failing),
        FixMode::FixOnly => false,
        FixMode::Diff => checked.iter().any(|checked| checked.fixes.is_some()),
    };
    // That nothing has changed is no failure.
    match inputs.nothing(options.files.allow_empty || options.changed_since.is_some()) {
        _ if failed => Exit::Failed,
        Some(nothing) => nothing,
        None if failing && !options.exit_zero => Exit::Findings,
        None => Exit::Clean,
    }
}

/// What was found, or is left.
fn write_report(
    options: &CheckOptions,
    inputs: &Inputs,
    checked: Vec<CheckedFile>,
    destinations: &Destinations,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let applied = options.fix.allowed();
    // Then standard output is for the fixed text.
    let is_filter = applied.is_some() && inputs.files.iter().any(|input| input.path.is_none());
    let mut fixes = Vec::new();
    if applied.is_some() {
        print_text(inputs, &checked)?;
        if options.fix.show {
            fix::list_all(&inputs.files, &checked, &mut fixes)?;
        }
    }
    let mut files: Vec<_> = checked.into_iter().map(|checked| checked.report).collect();
    files.extend(inputs.errors.iter().cloned());
    files.sort_by(|a, b| a.source.name().cmp(b.source.name()));
    let report = Report { files, applied };
    if is_filter {
        let mut err = io::stderr().lock();
        destinations.write(&report, options.statistics, global.quiet, &mut err, terminal.color_err)?;
        return Ok(err.write_all(&fixes)?);
    }
    let mut out = io::stdout().lock();
    destinations.write(&report, options.statistics, global.quiet, &mut out, terminal.color_out)?;
    if destinations.are_for_people() {
        out.write_all(&fixes)?;
        return Ok(out.flush()?);
    }
    Ok(io::stderr().lock().write_all(&fixes)?)
}

/// What was fixed, or would be.
fn write_fixes(
    options: &CheckOptions,
    inputs: &Inputs,
    checked: &[CheckedFile],
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let mut problems = inputs.problems();
    let reports = checked.iter().filter(|checked| checked.problem.is_none()).map(|checked| &checked.report);
    problems.extend(reports.filter_map(super::inputs::problem));
    write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    if options.fix.mode == FixMode::Diff {
        let mut out = io::BufWriter::new(io::stdout().lock());
        fix::show_all(&inputs.files, checked, &mut out, terminal.color_out, terminal.out)?;
    } else {
        print_text(inputs, checked)?;
    }
    let mut err = io::stderr().lock();
    if options.fix.show {
        fix::list_all(&inputs.files, checked, &mut err)?;
    }
    if let Some(applied) = options.fix.allowed().filter(|_| !global.quiet) {
        let counts = fix::counts(checked, inputs.errors.len(), options.fix.mode, applied);
        writeln!(err, "{}", fix_summary(&counts))?;
    }
    Ok(())
}

/// Prints the text of standard input, fixed or unchanged.
fn print_text(inputs: &Inputs, checked: &[CheckedFile]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (input, checked) in inputs.files.iter().zip(checked) {
        if input.path.is_none() {
            out.write_all(checked.report.source.bytes())?;
        }
    }
    out.flush()
}

/// Selectors on the command line that enable no rule for any file.
fn unused_selectors(selection: &Selection, inputs: &Inputs) -> Vec<Problem> {
    let runs = |selector: &&Selector| {
        let rules = |input: &Input| input.settings.lint.rules.iter().any(|(entry, _)| selector.fits(entry).is_some());
        inputs.files.iter().any(rules)
    };
    let selectors = selection.select.iter().flatten().chain(&selection.extend_select);
    let unused = selectors.filter(|selector| !inputs.files.is_empty() && !runs(selector));
    let problems = unused.filter_map(|selector| {
        let preview = inputs.files.iter().any(|input| input.settings.preview);
        let why = selector.idle(registry::all(), preview)?;
        Some(Problem::warning(format!("`{}` selects nothing: {why}", selector.text)))
    });
    problems.collect()
}

fn nothing(paths: &[PathBuf], inputs: &Inputs) -> Problem {
    let paths: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let problem = Problem::warning(format!("no Dockerfiles or Compose files found in {}", paths.join(", ")));
    let all_excluded = !inputs.skipped.is_empty() && inputs.skipped.iter().all(|(_, skip)| *skip == Skip::Excluded);
    problem.help(match all_excluded {
        true => "every file is excluded",
        false => "to check a file regardless of its name, pass it explicitly",
    })
}
