//! `plimsoll format`: lays files out without changing what they mean.

use std::io::{self, Write};
use std::sync::Arc;

use rayon::prelude::*;

use super::inputs::Input;
use super::overrides::inputs_of;
use super::save::save;
use super::terminal::Terminal;
use super::{Exit, Stop, read};
use crate::command::options::{FormatCommandOptions, GlobalOptions, LintOptions};
use crate::config::editor_config::EditorConfigs;
use crate::format::{Formatted, format};
use crate::report::{self, Change, write_problems};
use crate::text::escape::visible;
use crate::text::{Problem, Source};

pub(super) fn run(
    options: &FormatCommandOptions,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<Exit, Stop> {
    let (inputs, mut problems) = inputs_of(&options.files, &LintOptions::default(), global)?;
    if let Some(exit) = inputs.nothing(false) {
        write_problems(&[Problem::error("no Dockerfiles found")], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(exit);
    }
    if options.range.is_some() && inputs.files.len() > 1 {
        return Err(Problem::error("`--range` requires a single file").into());
    }
    let writes = !options.check && !options.diff;
    let editor_configs = EditorConfigs::default();
    let results: Vec<Result<_, String>> = inputs
        .files
        .par_iter()
        .map(|input| {
            let (source, result) = formatted(input, options, &editor_configs)?;
            if let (Some(path), Formatted::Changed(new), true) = (&input.path, &result, writes) {
                save(path, source.bytes(), new.as_bytes())?;
            }
            Ok((source, result))
        })
        .collect();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut changed, mut failed) = (0, 0);
    for (input, result) in inputs.files.iter().zip(results) {
        let name = visible(&input.name);
        let (source, result) = match result {
            Ok(result) => result,
            Err(error) => {
                failed += 1;
                problems.push(Problem::error(format!("{}: {error}", input.name)));
                continue;
            }
        };
        let is_stdin = input.path.is_none() && writes;
        let new = match result {
            Formatted::Changed(new) => new,
            Formatted::Refused(why) => {
                failed += 1;
                let problem = Problem::error(format!("{}: not formatted: {why}", input.name));
                problems.push(problem.help("the file is unchanged; please report this as a bug"));
                continue;
            }
            Formatted::Unchanged => {
                if is_stdin {
                    out.write_all(source.bytes())?;
                }
                continue;
            }
        };
        changed += 1;
        if options.diff {
            let shown = input.name.trim_start_matches("./").trim_start_matches('/').as_bytes();
            let change = Change { path: shown, old: source.bytes(), new: new.as_bytes(), is_new: false };
            report::write_diff(&change, &mut out, terminal.color_out, terminal.out)?;
        } else if options.check {
            writeln!(out, "would format {name}")?;
        } else if is_stdin {
            out.write_all(new.as_bytes())?;
        } else {
            writeln!(out, "formatted {name}")?;
        }
    }
    out.flush()?;
    if !global.quiet {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
        let verb = if options.check || options.diff { "would be formatted" } else { "formatted" };
        let files = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
        let unchanged = inputs.files.len() - changed - failed;
        writeln!(io::stderr().lock(), "{} {verb}, {} unchanged", files(changed), files(unchanged))?;
    }
    Ok(match () {
        () if failed > 0 => Exit::Failed,
        () if changed > 0 && (options.check || options.diff) => Exit::Findings,
        () => Exit::Clean,
    })
}

/// Reads a file and formats it. The error is a phrase that follows the file name.
fn formatted(
    input: &Input,
    options: &FormatCommandOptions,
    editor_configs: &EditorConfigs,
) -> Result<(Arc<Source>, Formatted), String> {
    let source = match &input.path {
        Some(path) => read::file(path)?,
        None => read::stdin(input.name.clone())?,
    };
    if source.is_utf16() || std::str::from_utf8(source.bytes()).is_err() {
        return Err("not UTF-8; not formatted".to_owned());
    }
    let settings = input.settings.format.clone();
    let settings = match &input.place {
        Some(place) => settings.merge(editor_configs.settings(place)),
        None => settings,
    };
    let result = format(&source, &settings.options(), options.range.clone());
    Ok((source, result))
}
