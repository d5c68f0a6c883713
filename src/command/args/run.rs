//! How images are built and run: for every command that verifies.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::command::args::values::{assignment, engine_choice, limit, one_of, pairs, positive, variable};
use crate::engine::{EngineChoice, Kind, Pull};
use crate::text::Problem;
use crate::text::units::{Size, Time};
use crate::verify::RunSpec;
use crate::verify::http::Probe;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Verification")]
pub(super) struct RunArgs {
    /// Engine to build and run with [default: auto]
    ///
    /// One of docker, docker-legacy, podman, buildah, nerdctl, or auto: the first one that responds.
    #[arg(long, value_name = "ENGINE", value_parser = engine_choice(), hide_possible_values = true)]
    engine: Option<EngineChoice>,
    /// Engine to run with, if different
    ///
    /// Also accepts containerd, cri, runc, crun, and lxc.
    #[arg(long, value_name = "ENGINE", value_parser = one_of::<Kind>(), hide_possible_values = true)]
    run_on: Option<Kind>,
    /// Set a variable in the container
    ///
    /// If you omit VALUE, the value is taken from the environment.
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = variable)]
    env: Vec<String>,
    /// Replace ENTRYPOINT
    #[arg(long, value_name = "PROGRAM")]
    entrypoint: Option<String>,
    /// File to use as the container's standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    stdin: Option<PathBuf>,
    /// Expected exit code of the container
    #[arg(long, value_name = "CODE")]
    expect_exit: Option<i32>,
    /// Text that standard output must contain
    #[arg(long, value_name = "TEXT")]
    expect_stdout: Option<String>,
    /// Poll this URL until it returns the expected status
    ///
    /// For example, `:8080/health=200`. If you omit STATUS, any status below 400 is accepted.
    #[arg(long, value_name = ":PORT[/PATH][=STATUS]")]
    http: Vec<Probe>,
    /// Wait until this port is open
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Build the image without running it
    #[arg(long)]
    build_only: bool,
    /// Also compare the layer sizes and wasted bytes of both images
    #[arg(long)]
    weigh: bool,
    /// When to pull base images: missing, never, or always [default: missing]
    #[arg(long, value_name = "WHEN", value_parser = one_of::<Pull>(), hide_possible_values = true)]
    pull: Option<Pull>,
    /// Run `RUN` steps without a network
    ///
    /// The builder itself can still download base images and `ADD` URLs.
    #[arg(long)]
    offline: bool,
    /// Use the engine's default network
    ///
    /// By default, the container has no network, or an internal one if you use --http or --port.
    #[arg(long)]
    network: bool,
    /// Keep a capability, such as NET_BIND_SERVICE
    ///
    /// All other capabilities are dropped.
    #[arg(long, value_name = "CAP", value_parser = crate::verify::values::capability)]
    cap_add: Vec<String>,
    /// Make the container's file system read-only, except for /tmp
    #[arg(long)]
    read_only: bool,
    /// Stage to build
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// Buildx builder to use
    #[arg(long, value_name = "NAME")]
    builder: Option<String>,
    /// Platform to build for, such as linux/arm64
    #[arg(long, value_name = "PLATFORM", value_parser = crate::verify::values::platform)]
    platform: Option<String>,
    /// Secret for the build, such as id=token,src=token.txt
    #[arg(long, value_name = "SECRET", value_parser = crate::verify::values::secret)]
    secret: Vec<String>,
    /// SSH agent or key for the build, such as default
    #[arg(long, value_name = "AGENT", value_parser = crate::verify::values::ssh)]
    ssh: Vec<String>,
    /// Additional build context
    #[arg(long, value_name = "NAME=PATH", value_parser = assignment)]
    build_context: Vec<String>,
    /// Allow a third-party `# syntax=` frontend (runs arbitrary code)
    #[arg(long)]
    allow_frontend: bool,
    /// Time limit per build, such as 90s or 10m [default: 10m]
    #[arg(long, value_name = "TIME")]
    build_timeout: Option<Time>,
    /// Time limit per file for trying fixes [default: 1h]
    ///
    /// Fixes that have not been tried by then are skipped.
    #[arg(long, value_name = "TIME")]
    timeout: Option<Time>,
    /// Time limit for the container [default: 10s]
    ///
    /// If the container is still running after that time, it is stopped, which does not count as a failure.
    #[arg(long, value_name = "TIME")]
    run_timeout: Option<Time>,
    /// Time to wait after the stop signal [default: 5s]
    #[arg(long, value_name = "TIME")]
    grace: Option<Time>,
    /// Memory limit for the container [default: 512m]
    ///
    /// As for all sizes, `m` and `MiB` are powers of 1024, and `MB` is a power of 1000.
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    memory: Option<Size>,
    /// Memory limit for builds [default: 4g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    build_memory: Option<Size>,
    /// Number of processors for the container [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = positive)]
    cpus: Option<f64>,
    /// Number of processors for builds [default: 2]
    #[arg(long, value_name = "COUNT", value_parser = positive)]
    build_cpus: Option<f64>,
    /// Maximum number of processes in the container [default: 128]
    #[arg(long, value_name = "COUNT")]
    pids: Option<u32>,
    /// Disk space limit for the container [default: 1g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    disk: Option<Size>,
    /// Maximum size of the build context [default: 1g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    max_context: Option<Size>,
}

impl RunArgs {
    /// # Errors
    /// When the file for standard input cannot be read.
    pub(super) fn spec(self) -> Result<RunSpec, Problem> {
        let read = |path: &PathBuf| {
            let failed =
                |error| Problem::error(format!("cannot read `{}`, given by `--stdin`: {error}", path.display()));
            std::fs::read(path).map_err(failed)
        };
        let on = |flag: bool| flag.then_some(true);
        Ok(RunSpec {
            engine: self.engine,
            run_on: self.run_on,
            target: self.target,
            build_args: BTreeMap::new(),
            builder: self.builder,
            platform: self.platform,
            secrets: self.secret,
            ssh: self.ssh,
            build_contexts: self.build_context,
            no_cache: false,
            pull: self.pull,
            offline: on(self.offline),
            allow_frontend: on(self.allow_frontend),
            build_only: on(self.build_only),
            weigh: on(self.weigh),
            args: None,
            entrypoint: self.entrypoint,
            env: pairs(self.env),
            user: None,
            stdin: self.stdin.as_ref().map(read).transpose()?,
            cap_add: self.cap_add,
            network: on(self.network),
            read_only: on(self.read_only),
            expect_exit: self.expect_exit,
            expect_stdout: self.expect_stdout,
            http: self.http,
            port: self.port,
            build_timeout: self.build_timeout,
            build_memory: self.build_memory,
            build_cpus: self.build_cpus,
            max_context: self.max_context,
            run_timeout: self.run_timeout,
            grace: self.grace,
            memory: self.memory,
            cpus: self.cpus,
            pids: self.pids,
            disk: self.disk,
            timeout: self.timeout,
        })
    }
}
