//! `plimsoll weigh`: images on the scales, built from Dockerfiles, saved by an engine, or read from archives.

use std::cmp::Reverse;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::overrides::inputs_of;
use super::progress::Progress;
use super::terminal::Terminal;
use super::verify::spec;
use super::{Exit, Stop, build, read};
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::options::{FileOptions, GlobalOptions, WeighFormat, WeighOptions, WeighSort, WeighTo};
use crate::context::Contexts;
use crate::engine::Engine;
use crate::finding::Diagnostic;
use crate::lint;
use crate::model::Model;
use crate::process;
use crate::report::{self, FileReport, Format, Report, write_problems};
use crate::syntax;
use crate::text::{Problem, Source, steps};
use crate::verify::RunSpec;
use crate::weigh::report::Weighed;
use crate::weigh::{self, Archive, BuiltFrom, Limits, Platform, Weight};

/// An image that was weighed.
struct Weighing {
    weight: Weight,
    /// The Dockerfile, or the history in its place.
    source: Arc<Source>,
    findings: Vec<Diagnostic>,
    refuted: Vec<Diagnostic>,
}

impl Weighing {
    fn weighed<'a>(&'a self, other: Option<&'a Weight>) -> Weighed<'a> {
        Weighed { weight: &self.weight, source: &self.source, refuted: &self.refuted, other }
    }
}

/// What is on the command line.
enum Target {
    Archive(PathBuf),
    /// A Dockerfile, or a directory with some.
    File(PathBuf),
    Image,
}

impl Target {
    fn of(path: &Path) -> Self {
        let is_layout = path.join("index.json").is_file() || path.join("manifest.json").is_file() && path.join("blobs").is_dir();
        match path.metadata() {
            Err(_) => Target::Image,
            Ok(_) if is_layout => Target::Archive(path.to_path_buf()),
            Ok(known) if known.is_file() && is_archive(path) => Target::Archive(path.to_path_buf()),
            Ok(_) => Target::File(path.to_path_buf()),
        }
    }
}

/// Whether a file is a tar archive, or compressed.
fn is_archive(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, 512), &mut head));
    read.is_ok() && (head.get(257..262) == Some(b"ustar") || head.starts_with(&[0x1f, 0x8b]) || head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]))
}

pub(super) fn run(options: &WeighOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    steps::stop_at(process::catch_signals());
    let progress = Progress::new(global, terminal);
    let mut scales = Scales { options, global, terminal, progress, engine: None };
    let other = options.compare.as_ref().map(|path| scales.alone(path)).transpose()?;
    let mut found = Vec::new();
    let mut failed = Vec::new();
    let mut unbuilt = false;
    for path in &options.targets {
        match Target::of(path) {
            Target::File(path) => scales.files(path, &mut found, &mut failed, &mut unbuilt)?,
            Target::Archive(_) | Target::Image => match scales.finished(path) {
                Ok(weighing) => found.push(weighing),
                Err(problem) => failed.push(problem),
            },
        }
    }
    scales.progress.clear();
    if found.is_empty() && failed.is_empty() {
        let problem = Problem::error("no Dockerfiles found");
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(Exit::Nothing);
    }
    write(options, &found, other.as_ref(), terminal)?;
    let fails = found.iter().flat_map(|it| &it.findings).any(|it| it.level >= options.fail_on);
    match failed.is_empty() {
        true if fails => Ok(Exit::Findings),
        true => Ok(Exit::Clean),
        false if unbuilt && failed.len() == 1 => {
            write_problems(&failed, &mut io::stderr().lock(), terminal.color_err)?;
            Ok(Exit::Findings)
        }
        false => Err(Stop::Problems(failed)),
    }
}

struct Scales<'a> {
    options: &'a WeighOptions,
    global: &'a GlobalOptions,
    terminal: &'a Terminal,
    progress: Progress,
    engine: Option<Engine>,
}

impl Scales<'_> {
    fn platform(&self) -> Option<Platform> {
        self.options.spec.platform.as_deref().and_then(Platform::parse)
    }

    fn engine(&mut self, spec: &RunSpec) -> Result<&Engine, Problem> {
        if self.engine.is_none() {
            self.progress.tell("looking for an engine");
            self.engine = Some(spec.engine.unwrap_or_default().open().map_err(|error| error.problem())?);
        }
        self.engine.as_ref().ok_or_else(|| Problem::error("there is no engine"))
    }

    /// An image of the engine or of an archive.
    fn archive(&mut self, path: &Path) -> Result<(Archive, String), Problem> {
        let name = path.display().to_string();
        let about = |error: weigh::WeighError| Problem::error(format!("{name}: {error}"));
        let platform = self.platform();
        if let Target::Archive(path) = Target::of(path) {
            let archive = Archive::open(&path, platform.as_ref()).map_err(about)?;
            return Ok((archive, name));
        }
        let spec = self.options.spec.clone();
        self.engine(&spec)?;
        self.progress.tell(&format!("saving {name}"));
        let file = self.engine(&spec)?.save(&name).map_err(|error| error.problem())?;
        Ok((Archive::of_file(file, platform.as_ref()).map_err(about)?, name))
    }

    /// An image without its Dockerfile.
    fn alone(&mut self, path: &Path) -> Result<Weight, Problem> {
        let (archive, name) = self.archive(path)?;
        self.progress.tell(&format!("weighing {name}"));
        let weighed = weigh::weigh(&archive, &name, None, Limits::default());
        weighed.map_err(|error| Problem::error(format!("{name}: {error}")))
    }

    /// An image that is not built here, with its findings.
    fn finished(&mut self, path: &Path) -> Result<Weighing, Problem> {
        let (archive, name) = self.archive(path)?;
        if let Some(dockerfile) = &self.options.dockerfile {
            let files = FileOptions { paths: vec![dockerfile.clone()], ..FileOptions::default() };
            let inputs = inputs_of(&files, &self.options.lint, self.global);
            let Ok((inputs, _)) = inputs else {
                return Err(Problem::error(format!("{}: cannot be read", dockerfile.display())));
            };
            let Some(input) = inputs.files.first() else {
                return Err(Problem::error(format!("{}: not a Dockerfile", dockerfile.display())));
            };
            let source = read::file(dockerfile).map_err(|error| Problem::error(format!("{}: {error}", input.name)))?;
            return self.weighing(&archive, input, source, &name, None);
        }
        self.progress.tell(&format!("weighing {name}"));
        let about = |error: weigh::WeighError| Problem::error(format!("{name}: {error}"));
        let mut weight = weigh::weigh(&archive, &name, None, Limits::default()).map_err(about)?;
        let source = Arc::new(weigh::history_source(&mut weight));
        let found = weigh::findings(&weight, &self.options.budget);
        let mut found: Vec<_> = found.into_iter().map(|it| (it.bytes, it.finding)).collect();
        self.sort(&mut found);
        let findings = found.into_iter().map(|(_, finding)| finding).collect();
        Ok(Weighing { weight, source, findings, refuted: Vec::new() })
    }

    /// Builds and weighs the Dockerfiles at a path.
    fn files(
        &mut self,
        path: PathBuf,
        found: &mut Vec<Weighing>,
        failed: &mut Vec<Problem>,
        unbuilt: &mut bool,
    ) -> Result<(), Stop> {
        let files = FileOptions { paths: vec![path], ..FileOptions::default() };
        let (inputs, problems) = inputs_of(&files, &self.options.lint, self.global)?;
        if !self.global.quiet {
            write_problems(&problems, &mut io::stderr().lock(), self.terminal.color_err)?;
        }
        for input in inputs.files.iter().filter(|input| !input.is_compose) {
            match self.file(input, unbuilt) {
                Ok(weighing) => found.push(weighing),
                Err(problem) if process::cancelled() => return Err(problem.into()),
                Err(problem) => failed.push(problem),
            }
        }
        Ok(())
    }

    fn file(&mut self, input: &Input, unbuilt: &mut bool) -> Result<Weighing, Problem> {
        let name = &input.name;
        let Some(dockerfile) = &input.path else {
            return Err(Problem::error("standard input cannot be weighed: it has no build context"));
        };
        let source = read::file(dockerfile).map_err(|error| Problem::error(format!("{name}: {error}")))?;
        let contexts = Contexts::new();
        let linter = Linter { input, options: &self.options.lint, contexts: &contexts };
        let spec = spec(&self.options.spec, &linter);
        let about = |problem: Problem| Problem { message: format!("{name}: {}", problem.message), ..problem };
        self.progress.tell(&format!("copying the build context of {name}"));
        let project = build::project(&linter, dockerfile, &source, &spec)?;
        self.engine(&spec)?;
        self.progress.tell(&format!("building {name}"));
        let twice = self.options.twice;
        let engine = self.engine(&spec)?;
        let built = |spec: &RunSpec, unbuilt: &mut bool| -> Result<Archive, Problem> {
            let image = build::image(engine, &project, spec, &source).map_err(|none| {
                *unbuilt |= matches!(none, build::NoImage::Unbuilt(_));
                about(none.problem())
            })?;
            let file = engine.save(&image.tag).map_err(|error| about(error.problem()))?;
            Archive::of_file(file, None).map_err(|error| about(Problem::error(error.to_string())))
        };
        let spec = RunSpec { no_cache: twice, ..spec };
        let archive = built(&spec, unbuilt)?;
        let second = if twice { Some(built(&spec, unbuilt)?) } else { None };
        self.weighing(&archive, input, source, name, second.as_ref())
    }

    /// Weighs an image with its Dockerfile, and with a second image of the same.
    fn weighing(
        &self,
        archive: &Archive,
        input: &Input,
        source: Arc<Source>,
        name: &str,
        second: Option<&Archive>,
    ) -> Result<Weighing, Problem> {
        self.progress.tell(&format!("weighing {name}"));
        let settings = &input.settings;
        let file = syntax::parse(source.text());
        let model = Model::build(&source, &file, &settings.build_args, None);
        let from = BuiltFrom { model: &model, target: self.options.spec.target.as_deref().or(settings.verify.target.as_deref()) };
        let about = |error: weigh::WeighError| Problem::error(format!("{name}: {error}"));
        let weight = weigh::weigh(archive, name, Some(from), Limits::default()).map_err(about)?;
        let budget = self.options.budget.merge(settings.weigh);
        let mut measured = weigh::findings(&weight, &budget);
        if let Some(second) = second {
            let second = weigh::weigh(second, name, Some(from), Limits::default()).map_err(about)?;
            measured.extend(weigh::differences(&weight, &second));
        }
        let contexts = Contexts::new();
        let linter = Linter { input, options: &self.options.lint, contexts: &contexts };
        let predicted = linter.lint(&source).map_or_else(|_| Vec::new(), |(found, _)| found);
        let (predicted, refuted) = weigh::measure(&weight, &source, predicted);
        // One voice for the same bytes: lint's, which knows the command that causes them.
        measured.retain(|it| !predicted.iter().any(|prediction| prediction.covers(it)));
        let mut found = Vec::new();
        for it in measured {
            let kept = lint::select_measured(&model, &settings.lint, vec![it.finding]);
            found.extend(kept.into_iter().map(|finding| (it.bytes, finding)));
        }
        found.extend(predicted.into_iter().map(|it| (it.bytes, it.finding)));
        self.sort(&mut found);
        let findings = found.into_iter().map(|(_, finding)| finding).collect();
        Ok(Weighing { weight, source, findings, refuted })
    }

    fn sort(&self, found: &mut [(u64, Diagnostic)]) {
        match self.options.sort {
            WeighSort::Line => found.sort_by_key(|(_, finding)| (finding.span.start(), finding.span.end())),
            WeighSort::Weight => found.sort_by_key(|(bytes, _)| Reverse(*bytes)),
        }
    }
}

fn write(
    options: &WeighOptions,
    found: &[Weighing],
    other: Option<&Weight>,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let usual = [WeighTo { format: WeighFormat::Text, file: None }];
    let reports = if options.reports.is_empty() { &usual[..] } else { &options.reports };
    let mut problems = Vec::new();
    for to in reports {
        let color = to.file.is_none() && terminal.color_out;
        let bytes = rendered(to.format, found, other, terminal, color)?;
        match &to.file {
            None => {
                let mut out = io::stdout().lock();
                out.write_all(&bytes)?;
                out.flush()?;
            }
            Some(path) => {
                if let Err(error) = std::fs::write(path, &bytes) {
                    problems.push(Problem::error(format!("cannot write `{}`: {error}", path.display())));
                }
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Stop::Problems(problems)) }
}

fn rendered(
    format: WeighFormat,
    found: &[Weighing],
    other: Option<&Weight>,
    terminal: &Terminal,
    color: bool,
) -> Result<Vec<u8>, Stop> {
    let of = |it: &Weighing| FileReport::new(Arc::clone(&it.source), it.findings.clone());
    let report = Report { files: found.iter().map(of).collect(), applied: None };
    let weighed = |it: &'_ Weighing, write: fn(&Weighed<'_>) -> String| write(&it.weighed(other));
    let mut out = Vec::new();
    match format {
        WeighFormat::Findings(format) => report::write(format, &report, &mut out, color)?,
        WeighFormat::Text => {
            found.iter().for_each(|it| out.extend(weighed(it, weigh::report::text).into_bytes()));
            let format = if terminal.out { Format::Full } else { Format::Concise };
            report::write(format, &report, &mut out, color)?;
        }
        WeighFormat::Markdown => {
            found.iter().for_each(|it| out.extend(weighed(it, weigh::report::markdown).into_bytes()));
            out.push(b'\n');
            report::write(Format::Markdown, &report, &mut out, false)?;
        }
        WeighFormat::Json => {
            let mut findings = Vec::new();
            report::write(Format::Json, &report, &mut findings, false)?;
            let findings: serde_json::Value = serde_json::from_slice(&findings).unwrap_or_default();
            let images: Vec<_> = found.iter().map(|it| weigh::report::value(&it.weighed(other))).collect();
            let all = serde_json::json!({ "images": images, "report": findings });
            let text = serde_json::to_string_pretty(&all).map_err(io::Error::from)?;
            out.extend(text.into_bytes());
            out.push(b'\n');
        }
        WeighFormat::Html => {
            let images: Vec<_> = found.iter().map(|it| (it.weighed(other), &it.findings[..])).collect();
            out.extend(weigh::html(&images).into_bytes());
        }
    }
    Ok(out)
}
