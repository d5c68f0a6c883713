//! What submissions may do on an engine.

use crate::grade::rubric::EngineRules;
use crate::grade::rubric::values::TextPattern;
use crate::verify::RunSpec;

/// What submissions may do on an engine, from the rubric.
#[derive(Clone, Debug)]
pub(super) struct EnginePolicy {
    /// How images are built and run.
    pub(super) spec: RunSpec,
    /// The allowed base images; empty: any.
    pub(super) base_images: Vec<TextPattern>,
}

impl EnginePolicy {
    pub(super) fn of(rules: &EngineRules) -> Self {
        Self { spec: rules.spec(), base_images: rules.base_images.clone() }
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
