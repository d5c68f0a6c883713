//! How an image is to be run, and what is expected of it.

use crate::engine::{BuildLimits, Pull, RunLimits};
use crate::text::units::{Size, Time};
use crate::verify::http::Probe;

/// From flags and from `[verify]` of plimsoll.toml; what is said nowhere is the image's own.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Given in place of CMD.
    pub args: Vec<String>,
    pub entrypoint: Option<String>,
    pub env: Vec<(String, String)>,
    pub stdin: Option<Vec<u8>>,
    pub expect_exit: Option<i32>,
    /// Text that is somewhere on standard output.
    pub expect_stdout: Option<String>,
    pub http: Vec<Probe>,
    /// A port that has to be open.
    pub port: Option<u16>,
    /// Capabilities that are kept.
    pub caps: Vec<String>,
    /// The container gets the usual network.
    pub run_network: bool,
    /// `RUN` gets no network.
    pub offline: bool,
    pub read_only: bool,
    pub pull: Pull,
    pub target: Option<String>,
    pub build_args: Vec<(String, String)>,
    pub builder: Option<String>,
    pub no_cache: bool,
    /// Whether the image is built only.
    pub build_only: bool,
    /// Frontends other than Docker's own are allowed.
    pub any_frontend: bool,
    pub build_limits: BuildLimits,
    pub run_limits: RunLimits,
}

impl Wish {
    /// What the run itself is held against.
    pub fn expects(&self) -> bool {
        self.expect_exit.is_some() || self.expect_stdout.is_some() || !self.http.is_empty() || self.port.is_some()
    }

    /// Whether a port is asked for, so that there has to be a network.
    pub(super) fn asks(&self) -> bool {
        !self.http.is_empty() || self.port.is_some()
    }
}

/// What `[verify]` of plimsoll.toml says.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct VerifySettings {
    pub engine: Option<String>,
    pub args: Option<Vec<String>>,
    #[serde(default)]
    pub env: std::collections::BTreeMap<String, String>,
    pub expect_exit: Option<i32>,
    pub expect_stdout: Option<String>,
    #[serde(default)]
    pub http: Vec<Probe>,
    pub port: Option<u16>,
    #[serde(default)]
    pub cap_add: Vec<String>,
    pub network: Option<bool>,
    pub offline: Option<bool>,
    pub read_only: Option<bool>,
    pub pull: Option<Pull>,
    pub build_timeout: Option<Time>,
    pub run_timeout: Option<Time>,
    pub memory: Option<Size>,
}

impl VerifySettings {
    /// This where it says something, else what it extends.
    pub fn over(self, base: Self) -> Self {
        let mut env = base.env;
        env.extend(self.env);
        let or = |own: Vec<String>, base: Vec<String>| if own.is_empty() { base } else { own };
        Self {
            engine: self.engine.or(base.engine),
            args: self.args.or(base.args),
            env,
            expect_exit: self.expect_exit.or(base.expect_exit),
            expect_stdout: self.expect_stdout.or(base.expect_stdout),
            http: if self.http.is_empty() { base.http } else { self.http },
            port: self.port.or(base.port),
            cap_add: or(self.cap_add, base.cap_add),
            network: self.network.or(base.network),
            offline: self.offline.or(base.offline),
            read_only: self.read_only.or(base.read_only),
            pull: self.pull.or(base.pull),
            build_timeout: self.build_timeout.or(base.build_timeout),
            run_timeout: self.run_timeout.or(base.run_timeout),
            memory: self.memory.or(base.memory),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Probe {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
