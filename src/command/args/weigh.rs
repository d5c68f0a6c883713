//! The arguments of `plimsoll weigh`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::command::args::selection::SelectionArgs;
use crate::command::args::values::{assignment, engine_choice, failing_level, limit, one_of};
use crate::command::options::{WeighOptions, WeighSort, WeighTo};
use crate::engine::{EngineChoice, Pull};
use crate::finding::Level;
use crate::text::units::{Size, Time};
use crate::verify::RunSpec;
use crate::weigh::Budget;

const WEIGH_EXIT_CODES: &str = "\
Exit codes:
  0  no findings at or above --fail-on
  1  findings at or above --fail-on, such as an exceeded budget, or a file does not build
  2  error: no engine, a damaged archive, bad usage, or bad configuration
  3  no Dockerfiles found";

#[derive(Debug, Args)]
#[command(after_help = WEIGH_EXIT_CODES)]
pub(in crate::command) struct WeighArgs {
    /// Dockerfiles or directories to build, local images, archives, or OCI layouts
    #[arg(value_name = "PATH|IMAGE|ARCHIVE", default_value = ".", value_hint = ValueHint::AnyPath)]
    targets: Vec<PathBuf>,
    /// Report format and, optionally, the file to write it to; can be repeated
    ///
    /// Formats: text, json, markdown, and html; for findings only: full, concise, jsonl, sarif, github, gitlab, junit,
    /// checkstyle, and rdjson.
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<WeighTo>,
    /// Dockerfile the image or archive was built from
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    dockerfile: Option<PathBuf>,
    /// Compare with this image or archive
    #[arg(long, value_name = "IMAGE|ARCHIVE")]
    compare: Option<PathBuf>,
    /// Build twice without a cache and report instructions that produce different files
    #[arg(long)]
    twice: bool,
    /// Sort findings by line or by weight
    #[arg(
        long, value_name = "ORDER", default_value = "line",
        value_parser = one_of::<WeighSort>(), hide_possible_values = true
    )]
    sort: WeighSort,
    /// Maximum size of the image, such as 200MB
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    max_size: Option<Size>,
    /// Maximum size of wasted files
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    max_wasted: Option<Size>,
    /// Maximum size that a single instruction may add
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    max_layer: Option<Size>,
    /// Minimum level that fails the run: note, warn, or error [default: error]
    #[arg(long, value_name = "LEVEL", value_parser = failing_level(), hide_possible_values = true)]
    fail_on: Option<Level>,
    /// Platform to build for, or to select from an OCI layout
    #[arg(long, value_name = "OS/ARCH", value_parser = crate::verify::values::platform)]
    platform: Option<String>,
    /// Secret for the build, as for `docker build`
    #[arg(long, value_name = "SECRET", value_parser = crate::verify::values::secret)]
    secret: Vec<String>,
    /// SSH agent or keys for the build, as for `docker build`
    #[arg(long, value_name = "SSH", value_parser = crate::verify::values::ssh)]
    ssh: Vec<String>,
    /// Named build context, as for `docker build`
    #[arg(long, value_name = "NAME=PATH", value_parser = assignment)]
    build_context: Vec<String>,
    #[command(flatten)]
    engine: BuildArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Build")]
struct BuildArgs {
    /// Engine to build with [default: auto]
    ///
    /// One of docker, docker-legacy, podman, buildah, nerdctl, or auto: the first one that responds.
    #[arg(long, value_name = "ENGINE", value_parser = engine_choice(), hide_possible_values = true)]
    engine: Option<EngineChoice>,
    /// When to pull base images: missing, never, or always [default: missing]
    #[arg(long, value_name = "WHEN", value_parser = one_of::<Pull>(), hide_possible_values = true)]
    pull: Option<Pull>,
    /// Run `RUN` steps without a network
    #[arg(long)]
    offline: bool,
    /// Stage to build
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// Buildx builder to use
    #[arg(long, value_name = "NAME")]
    builder: Option<String>,
    /// Allow a third-party `# syntax=` frontend (runs arbitrary code)
    #[arg(long)]
    allow_frontend: bool,
    /// Time limit per build, such as 90s or 10m [default: 10m]
    #[arg(long, value_name = "TIME")]
    build_timeout: Option<Time>,
    /// Memory limit for builds [default: 4g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    build_memory: Option<Size>,
}

impl WeighArgs {
    pub(in crate::command) fn options(self) -> WeighOptions {
        let on = |flag: bool| flag.then_some(true);
        let engine = self.engine;
        WeighOptions {
            targets: self.targets,
            reports: self.format,
            dockerfile: self.dockerfile,
            compare: self.compare,
            twice: self.twice,
            sort: self.sort,
            budget: Budget { max_size: self.max_size, max_wasted: self.max_wasted, max_layer: self.max_layer },
            fail_on: self.fail_on.unwrap_or(Level::Error),
            lint: self.selection.options(),
            spec: RunSpec {
                engine: engine.engine,
                pull: engine.pull,
                offline: on(engine.offline),
                target: engine.target,
                builder: engine.builder,
                allow_frontend: on(engine.allow_frontend),
                build_timeout: engine.build_timeout,
                build_memory: engine.build_memory,
                platform: self.platform,
                secrets: self.secret,
                ssh: self.ssh,
                build_contexts: self.build_context,
                ..RunSpec::default()
            },
        }
    }
}
