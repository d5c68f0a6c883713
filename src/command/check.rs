//! `plimsoll check`: find the files, lint each, report.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Exit, complain, use_color};
use crate::cli::{Check, Color};
use crate::context::{Context, Contexts};
use crate::discover::{self, discover};
use crate::lint::{self, Settings};
use crate::model::{BuildArgs, Model};
use crate::report::{self, FileReport, Format, Report};
use crate::rule::Entry;
use crate::source::{MAX_LEN, Source};
use crate::syntax::{Args, Dockerfile, ItemKind};
use crate::{rules, suppress, syntax};

pub(super) fn run(options: &Check, color: Color) -> Exit {
    match Run::new(options).and_then(|run| run.check(options, color)) {
        Ok(exit) => exit,
        Err(message) => {
            complain(&message);
            Exit::Failed
        }
    }
}

/// What holds for every file of a run.
struct Run<'a> {
    settings: Settings,
    build_args: BuildArgs,
    outputs: Vec<(Format, Option<&'a str>)>,
    contexts: Contexts,
}

impl<'a> Run<'a> {
    fn new(options: &'a Check) -> Result<Self, String> {
        Ok(Self {
            settings: select(options)?,
            build_args: build_args(&options.build_arg),
            outputs: outputs(&options.format)?,
            contexts: Contexts::new(),
        })
    }

    fn check(&self, options: &Check, color: Color) -> Result<Exit, String> {
        let (stdin, paths): (Vec<_>, Vec<_>) = options.paths.iter().cloned().partition(|path| path == Path::new("-"));
        let found = if paths.is_empty() { Default::default() } else { discover(&paths, &discover::Options::default()) };
        let mut report = Report::default();
        for error in &found.errors {
            complain(&error.to_string());
        }
        if !stdin.is_empty() {
            report.files.push(match read(io::stdin().lock()) {
                Ok(bytes) => self.lint(Source::new(&options.stdin_filename, bytes), None, options),
                Err(error) => FileReport::unreadable(&options.stdin_filename, error),
            });
        }
        report.files.par_extend(found.files.par_iter().map(|path| self.file(path, options)));
        if report.files.is_empty() {
            if found.errors.is_empty() {
                complain("no Dockerfile or Containerfile found: name a file, or a folder that has one below it");
            }
            return Ok(if found.errors.is_empty() { Exit::Nothing } else { Exit::Failed });
        }
        self.write(&report, options, color)?;
        let unreadable = report.files.iter().any(|file| file.error.is_some());
        let fails = report.worst().is_some_and(|worst| worst >= options.fail_on);
        Ok(match () {
            () if unreadable || !found.errors.is_empty() => Exit::Failed,
            () if fails && !options.exit_zero => Exit::Findings,
            () => Exit::Clean,
        })
    }

    fn file(&self, path: &Path, options: &Check) -> FileReport {
        let name = path.to_string_lossy();
        match File::open(path).map_err(|error| error.to_string()).and_then(read) {
            Ok(bytes) => self.lint(Source::new(name, bytes), Some(path), options),
            Err(error) => FileReport::unreadable(name, error),
        }
    }

    fn lint(&self, source: Source, path: Option<&Path>, options: &Check) -> FileReport {
        let tree = syntax::parse(source.text());
        let context: Option<Context> = match (&options.context, path) {
            (Some(root), _) => Some(self.contexts.named(root, path)),
            (None, Some(path)) => Some(self.contexts.find(path, &local_sources(&tree))),
            (None, None) => None,
        };
        let model = Model::build(&source, &tree, &self.build_args, context.as_ref());
        let found = lint::lint(&model, &self.settings);
        let kept = if options.no_inline_ignore { found } else { suppress::apply(&model, &self.settings, found).kept };
        FileReport::new(Arc::new(source), kept)
    }

    fn write(&self, report: &Report, options: &Check, color: Color) -> Result<(), String> {
        for (format, file) in &self.outputs {
            let result = match file {
                Some(file) => File::create(file).and_then(|file| {
                    let mut file = BufWriter::new(file);
                    report::write(*format, report, &mut file, color == Color::Always)?;
                    file.flush()
                }),
                None if options.statistics => report::write_statistics(report, &mut io::stdout().lock()),
                None => report::write(*format, report, &mut io::stdout().lock(), use_color(color)),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) => return Err(format!("cannot write {}: {error}", file.unwrap_or("the report"))),
                Ok(()) => {}
            }
        }
        if self.outputs.iter().all(|(format, _)| *format != Format::Full) {
            complain(&report::summary(&report.counts()));
        }
        Ok(())
    }
}

/// The rules to run: those that are on by default, or the selected ones.
fn select(options: &Check) -> Result<Settings, String> {
    let named = options.select.iter().chain(&options.extend_select).chain(&options.ignore);
    for name in named.filter(|name| *name != "all") {
        if !rules::ALL.iter().any(|entry| entry.answers_to(name)) {
            let near = rules::closest(name).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no rule or practice called `{name}`{near}"));
        }
    }
    let in_list = |entry: &Entry, list: &[String]| list.iter().any(|name| name == "all" || entry.answers_to(name));
    let mut settings = Settings::standard();
    if !options.select.is_empty() {
        settings = Settings::of(rules::ALL.iter().filter(|entry| in_list(entry, &options.select)));
    }
    let extra = rules::ALL.iter().filter(|entry| in_list(entry, &options.extend_select));
    let extra = Settings::of(extra.filter(|entry| !settings.rules.iter().any(|(known, _)| known == entry)));
    settings.rules.extend(extra.rules);
    settings.options.extend(extra.options);
    settings.rules.retain(|(entry, _)| !in_list(entry, &options.ignore));
    Ok(settings)
}

fn build_args(given: &[String]) -> BuildArgs {
    let value = |name: &str| std::env::var(name).unwrap_or_default();
    let pair = |arg: &String| match arg.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        None => (arg.clone(), value(arg)),
    };
    given.iter().map(pair).collect()
}

fn outputs(given: &[String]) -> Result<Vec<(Format, Option<&str>)>, String> {
    if given.is_empty() {
        return Ok(vec![(if io::stdout().is_terminal() { Format::Full } else { Format::Concise }, None)]);
    }
    let output = |text: &'_ String| {
        let (format, file) =
            text.split_once('=').map_or((text.as_str(), None), |(format, file)| (format, Some(file.len())));
        let format = Format::from_str(format).map_err(|error| error.to_string())?;
        Ok((format, file))
    };
    let parsed: Result<Vec<_>, String> = given.iter().map(output).collect();
    Ok(parsed?
        .into_iter()
        .zip(given)
        .map(|((format, len), text)| (format, len.map(|len| &text[text.len() - len..])))
        .collect())
}

/// At most [`MAX_LEN`] bytes.
fn read(input: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    input.take(MAX_LEN as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > MAX_LEN {
        return Err(format!("larger than {} MiB, which no Dockerfile is", MAX_LEN >> 20));
    }
    Ok(bytes)
}

/// The sources that COPY and ADD take from the context, as written: they tell which folder that is.
fn local_sources(tree: &Dockerfile) -> Vec<&str> {
    let mut sources = Vec::new();
    for item in &tree.items {
        let ItemKind::Instruction(instruction) = &item.kind else { continue };
        if let Args::Copy(copy) = &instruction.args
            && instruction.flag("from").is_none()
        {
            let local = |text: &&str| !text.contains("://") && !text.contains('$') && !text.starts_with("git@");
            sources.extend(copy.sources.iter().map(|word| word.text.as_str()).filter(local));
        }
    }
    sources
}
