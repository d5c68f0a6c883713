//! `plimsoll pin`: tags of base images → their current digests; packages → the versions that a build installs.

mod packages;

use std::collections::BTreeMap;
use std::io::{self, Write};

use packages::Builds;

use super::overrides::inputs_of;
use super::progress::Progress;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::command::options::{GlobalOptions, PinOptions};
use crate::command::read;
use crate::command::save::save;
use crate::engine::EngineError;
use crate::engine::registry::RegistryClient;
use crate::model::{Base, BuildArgs, ImageRef, Model, Origin};
use crate::process;
use crate::report;
use crate::report::{Change, write_problems};
use crate::syntax;
use crate::text::Edit;
use crate::text::Problem;
use crate::text::{Source, Span};
use crate::text::steps;

pub(super) fn run(options: &PinOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    steps::stop_at(process::catch_signals());
    let (inputs, mut problems) = inputs_of(&options.files, &options.lint, global)?;
    if let Some(exit) = inputs.nothing(false) {
        write_problems(&[Problem::error("no Dockerfiles found")], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(exit);
    }
    let progress = Progress::new(global, terminal);
    let mut pinning = match options.packages {
        true => Pinning::Packages(Builds::new(options, &progress)),
        false => Pinning::Images(Registry::new(options)?),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut changed = false;
    for input in &inputs.files {
        let Some(path) = &input.path else { continue };
        let source = read::file(path).map_err(|error| Problem::error(format!("{}: {error}", input.name)))?;
        let (edits, notes) = match &mut pinning {
            Pinning::Packages(builds) => builds.pins(input, path, &source)?,
            Pinning::Images(registry) => registry.pins(&source, &input.settings.build_args)?,
        };
        for note in notes {
            problems.push(Problem::warning(format!("{}: {note}", input.name)));
        }
        let bytes = source.bytes();
        let new = Edit::apply_bytes(edits.iter().map(Edit::parts), bytes, Span::new(0, bytes.len()));
        let Some(new) = new.filter(|_| !edits.is_empty()) else { continue };
        changed = true;
        if options.fix {
            save(path, source.on_disk(), &new).map_err(|error| Problem::error(format!("{}: {error}", input.name)))?;
            let what = if options.packages { "package" } else { "image" };
            let end = if edits.len() == 1 { "" } else { "s" };
            writeln!(out, "{}: pinned {} {what}{end}", input.name, edits.len())?;
        } else {
            let shown = input.name.trim_start_matches("./").trim_start_matches('/').as_bytes();
            let change = Change { path: shown, old: source.bytes(), new: &new, is_new: false };
            report::write_diff(&change, &mut out, terminal.color_out, terminal.out)?;
        }
    }
    out.flush()?;
    if !global.quiet {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    Ok(if changed && !options.fix { Exit::Findings } else { Exit::Clean })
}

/// What is pinned.
enum Pinning<'a> {
    Images(Registry),
    Packages(Builds<'a>),
}

/// A registry that is asked once per image.
struct Registry {
    client: RegistryClient,
    insecure: bool,
    known: BTreeMap<String, String>,
}

impl Registry {
    fn new(options: &PinOptions) -> Result<Self, Problem> {
        let client = match options.with {
            Some(client) => client,
            None => RegistryClient::auto().map_err(|error| error.problem())?,
        };
        Ok(Self { client, insecure: options.insecure, known: BTreeMap::new() })
    }

    /// The edits that pin the images of a file, and notes on images that cannot be pinned.
    fn pins(&mut self, source: &Source, args: &BuildArgs) -> Result<(Vec<Edit>, Vec<String>), Problem> {
        let file = syntax::parse(source.text());
        let model = Model::build(source, &file, args, None);
        let mut images: Vec<&ImageRef> = Vec::new();
        for stage in &model.stages {
            if let Base::Image(image) = &stage.base {
                images.push(image);
            }
            images.extend(stage.imports.iter().filter_map(|import| match &import.origin {
                Origin::Image(image) => Some(&**image),
                _ => None,
            }));
        }
        let (mut edits, mut notes) = (Vec::new(), Vec::new());
        for image in images {
            if image.has_digest() || image.invalid.is_some() {
                continue;
            }
            let Some(value) = image.value.as_deref().filter(|value| *value == image.written) else {
                notes.push(format!("`{}` contains variables and was not pinned", image.written));
                continue;
            };
            let digest = self.digest(value)?;
            edits.push(Edit::insert(image.span.end(), format!("@{digest}")));
        }
        edits.sort_by_key(|edit| edit.span);
        edits.dedup();
        Ok((edits, notes))
    }

    fn digest(&mut self, image: &str) -> Result<String, Problem> {
        if let Some(digest) = self.known.get(image) {
            return Ok(digest.clone());
        }
        let full = full(image);
        let digest = self.client.digest(&full, self.insecure).map_err(|error: EngineError| error.problem())?;
        self.known.insert(image.to_owned(), digest.clone());
        Ok(digest)
    }
}

/// The image name with the registry that Docker would ask.
fn full(image: &str) -> String {
    let is_host = |part: &str| part.contains(['.', ':']) || part == "localhost";
    match image.split_once('/') {
        Some((host, _)) if is_host(host) => image.to_owned(),
        Some(_) => format!("docker.io/{image}"),
        None => format!("docker.io/library/{image}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_docker_would_ask() {
        assert_eq!(full("python:3"), "docker.io/library/python:3");
        assert_eq!(full("bitnami/redis"), "docker.io/bitnami/redis");
        assert_eq!(full("localhost:5000/a"), "localhost:5000/a");
    }
}
