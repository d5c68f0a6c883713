//! `plimsoll check`.

pub(super) mod fix;
mod prove;
mod settings;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use super::inputs::{Input, Inputs};
use super::output::Destinations;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::command::args::{Check, Global};
use crate::config::{Configs, Lookup, Overrides};
use crate::discover::Skip;
use crate::lint::registry;
use crate::lint::select::{Selection, Selector};
use crate::report::baseline::Baseline;
use crate::report::{Report, fix_summary, write_problems};
use crate::shellcheck::{Engine, external};
use crate::text::Problem;
use fix::{Checked, Mode};

pub(super) fn run(check: &Check, global: &Global, terminal: &Terminal) -> Result<Exit, Stop> {
    let destinations = Destinations::new(&check.output.format, terminal)?;
    if let Some(context) = check.selection.context.as_ref().filter(|context| !context.is_dir()) {
        return Err(Problem::error(format!("the build context `{}` is not a folder", context.display())).into());
    }
    let mut problems = Vec::new();
    let mut configs = Configs::new(lookup(global), overrides(check, &mut problems), registry::all());
    let inputs = super::inputs::inputs(check, &mut configs);
    problems.append(&mut configs.problems);
    if problems.iter().any(|problem| problem.fatal) {
        return Err(Stop::Problems(problems));
    }
    if inputs.files.is_empty() && inputs.errors.is_empty() {
        problems.push(nothing(check, &inputs));
    }
    problems.extend(idle(&configs.overrides.selection, &inputs));
    if !global.quiet {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    if global.verbose {
        inputs.explain(&mut io::stderr().lock())?;
    }
    if check.files.show_files || check.files.show_settings {
        let mut out = io::BufWriter::new(io::stdout().lock());
        if check.files.show_settings {
            settings::show(&inputs, &mut out)?;
        } else {
            inputs.files.iter().try_for_each(|input| writeln!(out, "{}", input.name))?;
        }
        out.flush()?;
        if inputs.errors.is_empty() {
            return Ok(inputs.nothing().unwrap_or(Exit::Clean));
        }
        return Err(Stop::Problems(inputs.problems()));
    }

    let external = inputs.files.iter().any(|input| input.settings.lint.shellcheck == Engine::External);
    if external && !external::is_there() {
        let problem = Problem::error("there is no program `shellcheck` in the folders of `PATH`");
        return Err(problem.help("install it, or use `--shellcheck builtin`").into());
    }
    if check.fixes.verify && Mode::of(&check.fixes) == Mode::Report {
        let problem = Problem::error("`--verify` goes with `--fix`, `--diff` or `--fix-only`");
        return Err(problem.help("`plimsoll verify` proves repairs and changes nothing").into());
    }
    // Before anything is changed.
    let baseline = check.output.baseline.as_ref().map(|path| {
        Baseline::read(path).map_err(|error| {
            let problem = Problem::error(format!("cannot read the baseline `{}`: {error}", path.display()));
            problem.help("`--write-baseline` writes one")
        })
    });
    let baseline = baseline.transpose()?;
    let mode = Mode::of(&check.fixes);
    let mut checked = super::linter::check_all(&inputs.files, check);
    if let Some(path) = &check.output.write_baseline {
        return write_baseline(path, &report(&checked));
    }
    if check.fixes.verify {
        checked = prove::all(&inputs.files, checked, check, global, terminal)?;
    }
    if mode.writes() {
        checked = fix::write_all(&inputs.files, checked);
    }
    if let Some(baseline) = baseline {
        let mut report = report(&checked);
        let known = baseline.apply(&mut report);
        for (checked, report) in checked.iter_mut().zip(report.files) {
            checked.report = report;
        }
        if global.verbose {
            writeln!(io::stderr().lock(), "{known} findings are in the baseline")?;
        }
    }
    let refused: Vec<_> = checked.iter().filter_map(|checked| checked.refused.clone()).collect();
    if !global.quiet || refused.iter().any(|problem| problem.fatal) {
        write_problems(&refused, &mut io::stderr().lock(), terminal.color_err)?;
    }
    let exit = exit(check, mode, &inputs, &checked);
    let written = match mode {
        Mode::Report | Mode::Fix => write_report(check, &inputs, checked, &destinations, global, terminal),
        Mode::FixOnly | Mode::Diff => write_fixes(check, mode, &inputs, &checked, global, terminal),
    };
    match written {
        // Whoever read us has seen enough, but the run has ended as it has.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(exit),
        written => written.map(|()| exit),
    }
}

/// The files that another command works on, chosen as `check` would choose them, and what was noticed on the way.
pub(super) fn inputs_of(check: &Check, global: &Global) -> Result<(Inputs, Vec<Problem>), Stop> {
    let mut problems = Vec::new();
    let mut configs = Configs::new(lookup(global), overrides(check, &mut problems), registry::all());
    let inputs = super::inputs::inputs(check, &mut configs);
    problems.append(&mut configs.problems);
    problems.extend(inputs.problems());
    if problems.iter().any(|problem| problem.fatal) {
        return Err(Stop::Problems(problems));
    }
    Ok((inputs, problems))
}

/// Of the files that could be looked at.
fn report(checked: &[Checked]) -> Report {
    Report { files: checked.iter().map(|checked| checked.report.clone()).collect(), applied: None }
}

/// Records what is found; with files that could not be read the record would be one of a part.
fn write_baseline(path: &Path, report: &Report) -> Result<Exit, Stop> {
    let unread = report.files.iter().filter_map(|file| {
        let error = file.error.as_deref()?;
        Some(Problem::error(format!("{}: {error}", file.source.name())))
    });
    let unread: Vec<_> = unread.collect();
    if !unread.is_empty() {
        return Err(Stop::Problems(unread));
    }
    let baseline = Baseline::of(report);
    let written = baseline.write(path);
    written.map_err(|error| Problem::error(format!("cannot write `{}`: {error}", path.display())))?;
    super::print(format!("wrote {} findings to {}\n", baseline.len(), path.display()).as_bytes())
}

fn exit(check: &Check, mode: Mode, inputs: &Inputs, checked: &[Checked]) -> Exit {
    let failed = !inputs.errors.is_empty() || checked.iter().any(|checked| checked.report.error.is_some());
    let is_failing = |(checked, input): (&Checked, &Input)| {
        checked.report.diagnostics.iter().any(|found| found.level >= input.settings.fail_on)
    };
    let failing = match mode {
        Mode::Report | Mode::Fix => checked.iter().zip(&inputs.files).any(is_failing),
        Mode::FixOnly => false,
        Mode::Diff => checked.iter().any(|checked| checked.repair.is_some()),
    };
    match inputs.nothing() {
        _ if failed => Exit::Failed,
        Some(nothing) => nothing,
        None if failing && !check.output.exit_zero => Exit::Findings,
        None => Exit::Clean,
    }
}

/// What was found, or is left.
fn write_report(
    check: &Check,
    inputs: &Inputs,
    checked: Vec<Checked>,
    destinations: &Destinations,
    global: &Global,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let applied = fix::allowed(&check.fixes);
    // Standard output is for the text then.
    let is_filter = applied.is_some() && inputs.files.iter().any(|input| input.path.is_none());
    let mut fixes = Vec::new();
    if applied.is_some() {
        print_text(inputs, &checked)?;
        if check.fixes.show_fixes {
            fix::list_all(&inputs.files, &checked, &mut fixes)?;
        }
    }
    let mut files: Vec<_> = checked.into_iter().map(|checked| checked.report).collect();
    files.extend(inputs.errors.iter().cloned());
    files.sort_by(|a, b| a.source.name().cmp(b.source.name()));
    let report = Report { files, applied };
    if is_filter {
        let mut err = io::stderr().lock();
        destinations.write(&report, check.output.statistics, global.quiet, &mut err, terminal.color_err)?;
        return Ok(err.write_all(&fixes)?);
    }
    let mut out = io::stdout().lock();
    destinations.write(&report, check.output.statistics, global.quiet, &mut out, terminal.color_out)?;
    if destinations.are_for_people() {
        out.write_all(&fixes)?;
        return Ok(out.flush()?);
    }
    Ok(io::stderr().lock().write_all(&fixes)?)
}

/// What was fixed, or would be.
fn write_fixes(
    check: &Check,
    mode: Mode,
    inputs: &Inputs,
    checked: &[Checked],
    global: &Global,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let mut problems = inputs.problems();
    let reports = checked.iter().filter(|checked| checked.refused.is_none()).map(|checked| &checked.report);
    problems.extend(reports.filter_map(super::inputs::problem));
    write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    if mode == Mode::Diff {
        let mut out = io::BufWriter::new(io::stdout().lock());
        fix::show_all(&inputs.files, checked, &mut out, terminal.color_out, terminal.out)?;
    } else {
        print_text(inputs, checked)?;
    }
    let mut err = io::stderr().lock();
    if check.fixes.show_fixes {
        fix::list_all(&inputs.files, checked, &mut err)?;
    }
    if let Some(applied) = fix::allowed(&check.fixes).filter(|_| !global.quiet) {
        let counts = fix::counts(checked, inputs.errors.len(), mode, applied);
        writeln!(err, "{}", fix_summary(&counts))?;
    }
    Ok(())
}

/// What standard input has become, or has remained.
fn print_text(inputs: &Inputs, checked: &[Checked]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (input, checked) in inputs.files.iter().zip(checked) {
        if input.path.is_none() {
            out.write_all(checked.report.source.bytes())?;
        }
    }
    out.flush()
}

pub(super) fn lookup(global: &Global) -> Lookup {
    match &global.config {
        Some(path) => Lookup::File(path.clone()),
        None if global.isolated => Lookup::Isolated,
        None => Lookup::Nearest,
    }
}

/// A pair of flags of which the later one counts: clap has made sure that only one is set.
fn flag(on: bool, off: bool) -> Option<bool> {
    (on || off).then_some(on)
}

pub(super) fn overrides(check: &Check, problems: &mut Vec<Problem>) -> Overrides {
    let given = &check.selection;
    let preview = flag(given.preview, given.no_preview);
    let mut selectors = |option: &str, texts: &[String]| {
        let mut selectors = Vec::new();
        for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
            match Selector::parse(text, registry::all()) {
                Ok(selector) if option == "ignore" && selector.is_empty(registry::all()) => {
                    problems.push(Problem::warning(format!("`--{option} {text}` ignores nothing: no rule fits it")));
                }
                Ok(selector) => selectors.push(selector),
                Err(unknown) => {
                    let problem = Problem::error(format!("`--{option}`: {}", unknown.message));
                    problems.push(problem.meant(unknown.meant.as_deref()).help("`plimsoll rule` lists all rules"));
                }
            }
        }
        selectors
    };
    let selection = Selection {
        select: given.select.as_ref().map(|texts| selectors("select", texts)),
        extend_select: selectors("extend-select", &given.extend_select),
        ignore: selectors("ignore", &given.ignore),
    };
    Overrides {
        profile: given.profile,
        preview,
        fail_on: check.output.fail_on,
        selection,
        build_args: build_args(&given.build_arg),
        shellcheck: given.shellcheck,
        mark_fixes: false,
    }
}

/// What is selected on the command line, and yet runs on no file.
fn idle(selection: &Selection, inputs: &Inputs) -> Vec<Problem> {
    let runs = |selector: &&Selector| {
        let rules = |input: &Input| input.settings.lint.rules.iter().any(|(entry, _)| selector.fits(entry).is_some());
        inputs.files.iter().any(rules)
    };
    let selectors = selection.select.iter().flatten().chain(&selection.extend_select);
    let idle = selectors.filter(|selector| !inputs.files.is_empty() && !runs(selector));
    let problems = idle.filter_map(|selector| {
        let preview = inputs.files.iter().any(|input| input.settings.preview);
        let why = selector.idle(registry::all(), preview)?;
        Some(Problem::warning(format!("`{}` selects nothing: {why}", selector.text)))
    });
    problems.collect()
}

/// As `docker build` has it: a name without a value takes it from the environment, and if it is not there
/// either, nothing is given.
fn build_args(given: &[String]) -> BTreeMap<String, String> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => Some((text.clone(), std::env::var(text).ok()?)),
    };
    given.iter().filter_map(pair).collect()
}

fn nothing(check: &Check, inputs: &Inputs) -> Problem {
    let paths: Vec<_> = check.paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let problem = Problem::warning(format!("there is nothing to check in {}", paths.join(", ")));
    let all_excluded = !inputs.skipped.is_empty() && inputs.skipped.iter().all(|(_, skip)| *skip == Skip::Excluded);
    match inputs.compose {
        _ if all_excluded => problem.help("every file is excluded"),
        0 => problem.help("a file of any name is checked if it is named itself"),
        _ => problem.help("there are Compose files, which are not checked yet"),
    }
}
