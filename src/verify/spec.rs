//! How an image is built and run, and what is expected of it: one set of settings for every command that starts an
//! engine.
//!
//! ```text
//! command line ─► RunSpec ┐
//! [verify]     ─► RunSpec ┴ merge ─► RunSpec ─► limits, and the engine's Build and Run
//! rubric       ─► RunSpec (a criterion's merged into that of `[engine]`)
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::engine::{BuildInputs, BuildLimits, EngineChoice, Facts, Kind, Network, Pull, Run, RunLimits};
use crate::text::units::{Size, Time};
use crate::verify::ContextLimits;
use crate::verify::http::Probe;
use crate::verify::values;

/// Every setting may be unset: then it is the image's own, or the default. The names are those of `[verify]` in
/// `plimsoll.toml` and of the command line's options.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct RunSpec {
    /// The engine that builds, and runs unless `run_on` says otherwise.
    pub engine: Option<EngineChoice>,
    /// The engine that runs what `engine` has built.
    #[serde(skip)]
    pub run_on: Option<Kind>,

    /// The stage to build.
    pub target: Option<String>,
    #[serde(skip)]
    pub build_args: BTreeMap<String, String>,
    /// A builder of buildx.
    pub builder: Option<String>,
    /// The platform to build for, such as `linux/arm64`.
    #[serde(skip)]
    pub platform: Option<String>,
    /// Secrets of the build, as of `docker build --secret`.
    #[serde(skip)]
    pub secrets: Vec<String>,
    /// SSH agents of the build, as of `docker build --ssh`.
    #[serde(skip)]
    pub ssh: Vec<String>,
    /// More build contexts, as of `docker build --build-context`.
    #[serde(skip)]
    pub build_contexts: Vec<String>,
    /// Every step is run, whatever the cache has.
    #[serde(skip)]
    pub no_cache: bool,
    pub pull: Option<Pull>,
    /// `RUN` gets no network. The builder still downloads base images and the URLs of `ADD`.
    pub offline: Option<bool>,
    /// Frontends other than Docker's own are allowed.
    #[serde(skip)]
    pub allow_frontend: Option<bool>,
    /// The image is built and not run.
    pub build_only: Option<bool>,
    /// The images are weighed, layer by layer.
    pub weigh: Option<bool>,

    /// Replaces CMD.
    pub args: Option<Vec<String>>,
    /// Replaces ENTRYPOINT.
    pub entrypoint: Option<String>,
    pub env: BTreeMap<String, String>,
    /// Replaces USER.
    #[serde(skip)]
    pub user: Option<String>,
    /// The bytes on standard input.
    #[serde(skip)]
    pub stdin: Option<Vec<u8>>,
    /// Capabilities to keep; all others are dropped.
    #[serde(deserialize_with = "values::capabilities")]
    pub cap_add: Vec<String>,
    /// The container gets the engine's default network.
    pub network: Option<bool>,
    pub read_only: Option<bool>,

    pub expect_exit: Option<i32>,
    /// Text that standard output contains.
    pub expect_stdout: Option<String>,
    /// What is asked by HTTP.
    pub http: Vec<Probe>,
    /// A port that must be open.
    pub port: Option<u16>,

    /// Limits of a build.
    pub build_timeout: Option<Time>,
    pub build_memory: Option<Size>,
    pub build_cpus: Option<f64>,
    /// The largest build context that is copied.
    pub max_context: Option<Size>,
    /// Limits of a container.
    pub run_timeout: Option<Time>,
    pub grace: Option<Time>,
    pub memory: Option<Size>,
    pub cpus: Option<f64>,
    pub pids: Option<u32>,
    pub disk: Option<Size>,
    /// How long trying the fixes of one file may take.
    pub timeout: Option<Time>,
}

/// A path from the root: engines are not started in the working directory.
fn absolute(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
}

impl RunSpec {
    /// These settings where they are set, else those of `base`. Lists replace, tables merge key by key.
    #[must_use]
    pub fn merge(self, base: Self) -> Self {
        fn list<T>(own: Vec<T>, base: Vec<T>) -> Vec<T> {
            if own.is_empty() { base } else { own }
        }
        let table =
            |own: BTreeMap<String, String>, base: BTreeMap<String, String>| base.into_iter().chain(own).collect();
        Self {
            engine: self.engine.or(base.engine),
            run_on: self.run_on.or(base.run_on),
            target: self.target.or(base.target),
            build_args: table(self.build_args, base.build_args),
            builder: self.builder.or(base.builder),
            platform: self.platform.or(base.platform),
            secrets: list(self.secrets, base.secrets),
            ssh: list(self.ssh, base.ssh),
            build_contexts: list(self.build_contexts, base.build_contexts),
            no_cache: self.no_cache || base.no_cache,
            pull: self.pull.or(base.pull),
            offline: self.offline.or(base.offline),
            allow_frontend: self.allow_frontend.or(base.allow_frontend),
            build_only: self.build_only.or(base.build_only),
            weigh: self.weigh.or(base.weigh),
            args: self.args.or(base.args),
            entrypoint: self.entrypoint.or(base.entrypoint),
            env: table(self.env, base.env),
            user: self.user.or(base.user),
            stdin: self.stdin.or(base.stdin),
            cap_add: list(self.cap_add, base.cap_add),
            network: self.network.or(base.network),
            read_only: self.read_only.or(base.read_only),
            expect_exit: self.expect_exit.or(base.expect_exit),
            expect_stdout: self.expect_stdout.or(base.expect_stdout),
            http: list(self.http, base.http),
            port: self.port.or(base.port),
            build_timeout: self.build_timeout.or(base.build_timeout),
            build_memory: self.build_memory.or(base.build_memory),
            build_cpus: self.build_cpus.or(base.build_cpus),
            max_context: self.max_context.or(base.max_context),
            run_timeout: self.run_timeout.or(base.run_timeout),
            grace: self.grace.or(base.grace),
            memory: self.memory.or(base.memory),
            cpus: self.cpus.or(base.cpus),
            pids: self.pids.or(base.pids),
            disk: self.disk.or(base.disk),
            timeout: self.timeout.or(base.timeout),
        }
    }

    /// What a build is given from outside of its context.
    pub fn build_inputs(&self) -> BuildInputs {
        let secret = |text: &String| {
            let words = text.split(',').map(|word| match word.split_once('=') {
                Some((key @ ("src" | "source"), path)) => format!("{key}={}", absolute(path)),
                _ => word.to_owned(),
            });
            words.collect::<Vec<_>>().join(",")
        };
        // A value that is no path here names an image or a URL.
        let named = |text: &String| match text.split_once('=') {
            Some((name, path)) if Path::new(path).exists() => format!("{name}={}", absolute(path)),
            _ => text.clone(),
        };
        BuildInputs {
            platform: self.platform.clone(),
            secrets: self.secrets.iter().map(secret).collect(),
            ssh: self.ssh.iter().map(named).collect(),
            contexts: self.build_contexts.iter().map(named).collect(),
        }
    }

    /// Whether something is expected of the run.
    pub fn expects(&self) -> bool {
        self.expect_exit.is_some() || self.expect_stdout.is_some() || self.needs_port()
    }

    /// Whether a port of the container is asked, so that it must be reachable.
    pub fn needs_port(&self) -> bool {
        !self.http.is_empty() || self.port.is_some()
    }

    /// Whether the container gets the engine's default network.
    pub fn has_network(&self) -> bool {
        self.network == Some(true)
    }

    pub fn build_limits(&self) -> BuildLimits {
        let usual = BuildLimits::default();
        BuildLimits {
            time: self.build_timeout.map_or(usual.time, |time| time.0),
            memory: self.build_memory.map_or(usual.memory, |size| size.0),
            cpus: self.build_cpus.unwrap_or(usual.cpus),
            ..usual
        }
    }

    pub fn run_limits(&self) -> RunLimits {
        let usual = RunLimits::default();
        RunLimits {
            time: self.run_timeout.map_or(usual.time, |time| time.0),
            grace: self.grace.map_or(usual.grace, |time| time.0),
            memory: self.memory.map_or(usual.memory, |size| size.0),
            cpus: self.cpus.unwrap_or(usual.cpus),
            pids: self.pids.unwrap_or(usual.pids),
            disk: self.disk.map_or(usual.disk, |size| size.0),
            ..usual
        }
    }

    pub fn context_limits(&self) -> ContextLimits {
        let usual = ContextLimits::default();
        ContextLimits { bytes: self.max_context.map_or(usual.bytes, |size| size.0), ..usual }
    }

    /// The run of an image, whose own configuration is `facts`.
    pub fn run(&self, image: &str, facts: &Facts) -> Run {
        Run {
            platform: self.platform.clone(),
            args: self.args.clone().unwrap_or_default(),
            entrypoint: self.entrypoint.clone(),
            env: self.env.clone().into_iter().collect(),
            user: self.user.clone(),
            stdin: self.stdin.clone(),
            network: if self.has_network() { Network::Usual } else { Network::None },
            caps: self.cap_add.clone(),
            read_only: self.read_only == Some(true),
            limits: self.run_limits(),
            facts: facts.clone(),
            ..Run::new(image)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_wins() {
        let base: RunSpec = toml::from_str(
            "engine = 'podman'\nmemory = '1g'\nrun-timeout = 20\nenv = { A = '1', B = '1' }\nhttp = [':80']\noffline = true",
        )
        .expect("it is a table of settings");
        let own: RunSpec = toml::from_str("memory = '64MB'\nenv = { B = '2' }\noffline = false").expect("so is this");
        let merged = own.merge(base);
        assert_eq!(merged.engine, Some(EngineChoice::One(Kind::Podman)));
        assert_eq!((merged.run_limits().memory, merged.run_limits().time.as_secs()), (64_000_000, 20));
        assert_eq!((merged.offline, merged.http.len(), merged.needs_port()), (Some(false), 1, true));
        assert_eq!(merged.env.into_iter().map(|(name, value)| name + &value).collect::<String>(), "A1B2");
        assert_eq!(RunSpec::default().build_limits().memory, BuildLimits::default().memory);
        assert!(toml::from_str::<RunSpec>("stdin = 'x'").is_err() && toml::from_str::<RunSpec>("memry = 1").is_err());
    }
}
