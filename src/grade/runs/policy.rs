//! What submissions may do on an engine.

use std::time::Duration;

use crate::engine::{BuildLimits, Pull, RunLimits};
use crate::grade::rubric::EngineRules;
use crate::grade::rubric::values::TextPattern;
use crate::verify::Most;

/// The default time limit for a container.
const DEFAULT_RUN_TIME: Duration = Duration::from_secs(10);

/// What submissions may do on an engine, from the rubric.
#[derive(Clone, Debug)]
pub(super) struct EnginePolicy {
    /// Whether `RUN` has a network.
    pub(super) network: bool,
    /// Whether containers have the engine's default network.
    pub(super) run_network: bool,
    pub(super) any_frontend: bool,
    pub(super) pull: Pull,
    /// The allowed base images; empty: any.
    pub(super) base_images: Vec<TextPattern>,
    pub(super) build_limits: BuildLimits,
    pub(super) run_limits: RunLimits,
    /// The limits for a build context.
    pub(super) context_limits: Most,
}

impl EnginePolicy {
    pub(super) fn of(rules: &EngineRules) -> Self {
        let (build, run, context) = (BuildLimits::default(), RunLimits::default(), Most::default());
        let cpus = rules.cpus.filter(|cpus| *cpus > 0.0);
        Self {
            network: rules.network,
            run_network: rules.run_network,
            any_frontend: rules.any_frontend,
            pull: rules.pull.unwrap_or_default(),
            base_images: rules.base_images.clone(),
            build_limits: BuildLimits {
                time: rules.build_timeout.map_or(build.time, |time| time.0),
                memory: rules.build_memory.map_or(build.memory, |bytes| bytes.0),
                ..build
            },
            run_limits: RunLimits {
                time: rules.run_timeout.map_or(DEFAULT_RUN_TIME, |time| time.0),
                memory: rules.memory.map_or(run.memory, |bytes| bytes.0),
                cpus: cpus.unwrap_or(run.cpus),
                pids: rules.pids.unwrap_or(run.pids),
                disk: rules.disk.map_or(run.disk, |bytes| bytes.0),
                ..run
            },
            context_limits: Most { bytes: rules.context.map_or(context.bytes, |bytes| bytes.0), ..context },
        }
    }

    /// Whether an image is allowed by its exact name, and whether by any pattern.
    pub(super) fn allow(&self, image: &str) -> (bool, bool) {
        let short = image.trim_start_matches("docker.io/").trim_start_matches("library/");
        let whole =
            if short.contains(':') || short.contains('@') { short.to_owned() } else { format!("{short}:latest") };
        let fits = |pattern: &TextPattern| [image, short, &whole].iter().any(|name| pattern.fits(name));
        let by_name = self.base_images.iter().any(|pattern| [image, short, &whole].contains(&pattern.text.as_str()));
        (by_name, self.base_images.is_empty() || self.base_images.iter().any(fits))
    }

    /// The allowed base images, as a list.
    pub(super) fn allowed_images(&self) -> String {
        let all: Vec<String> = self.base_images.iter().map(|pattern| format!("`{}`", pattern.text)).collect();
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_images() {
        let bases = ["python:*-slim*", "debian:trixie-slim", "busybox"]
            .map(|text| TextPattern::parse(text).expect("it is one"));
        let policy = EnginePolicy::of(&EngineRules { base_images: bases.to_vec(), ..EngineRules::default() });
        assert_eq!(policy.allow("python:3.99-slim"), (false, true));
        assert_eq!(policy.allow("docker.io/library/debian:trixie-slim"), (true, true));
        assert_eq!((policy.allow("python"), policy.allow("busybox:latest")), ((false, false), (false, false)));
        assert_eq!(policy.allow("busybox"), (true, true));
    }
}
