//! The arguments of `plimsoll pin`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use crate::command::args::selection::SelectionArgs;
use crate::command::args::values::{engine_choice, one_of};
use crate::command::options::{FileOptions, PinOptions};
use crate::engine::registry::RegistryClient;
use crate::engine::{EngineChoice, Pull};
use crate::text::Variants;
use crate::text::units::Time;
use crate::verify::RunSpec;

#[derive(Debug, Args)]
pub(in crate::command) struct PinArgs {
    /// Dockerfiles to pin, or directories that contain them
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Write the files instead of printing a diff
    #[arg(long)]
    fix: bool,
    /// Program that looks up digests: docker, skopeo, or auto
    ///
    /// `auto` uses the first one found.
    #[arg(long, value_name = "PROGRAM", default_value = "auto", value_parser = registry_client(), hide_possible_values = true)]
    with: WithProgram,
    /// Use plain HTTP, or HTTPS without verifying certificates
    #[arg(long)]
    insecure: bool,
    /// Pin apt, apk, pip, npm, and gem packages instead, to the versions that a build installs
    ///
    /// Repositories drop old versions, so a pinned file eventually stops building. When that happens, pin the packages
    /// again, or use a snapshot of the repository.
    #[arg(long, conflicts_with_all = ["with", "insecure"])]
    packages: bool,
    #[command(flatten)]
    build: PinBuildArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Build, with --packages")]
struct PinBuildArgs {
    /// Engine to build with [default: auto]
    ///
    /// One of docker, docker-legacy, podman, buildah, nerdctl, or auto: the first one that responds.
    #[arg(long, value_name = "ENGINE", requires = "packages", value_parser = engine_choice(), hide_possible_values = true)]
    engine: Option<EngineChoice>,
    /// When to pull base images: missing, never, or always [default: missing]
    #[arg(long, value_name = "WHEN", requires = "packages", value_parser = one_of::<Pull>(), hide_possible_values = true)]
    pull: Option<Pull>,
    /// Allow a third-party `# syntax=` frontend (runs arbitrary code)
    #[arg(long, requires = "packages")]
    allow_frontend: bool,
    /// Time limit per build, such as 90s or 10m [default: 10m]
    #[arg(long, value_name = "TIME", requires = "packages")]
    build_timeout: Option<Time>,
}

/// `None` is `auto`.
#[derive(Clone, Copy, Debug)]
struct WithProgram(Option<RegistryClient>);

impl PinArgs {
    pub(in crate::command) fn options(self) -> PinOptions {
        PinOptions {
            files: FileOptions { paths: self.paths, ..FileOptions::default() },
            lint: self.selection.options(),
            fix: self.fix,
            with: self.with.0,
            insecure: self.insecure,
            packages: self.packages,
            spec: RunSpec {
                engine: self.build.engine,
                pull: self.build.pull,
                allow_frontend: self.build.allow_frontend.then_some(true),
                build_timeout: self.build.build_timeout,
                ..RunSpec::default()
            },
        }
    }
}

fn registry_client() -> impl TypedValueParser<Value = WithProgram> {
    let names = ["auto"].into_iter().chain(RegistryClient::names());
    PossibleValuesParser::new(names).map(|name| WithProgram(RegistryClient::from_name(&name)))
}
