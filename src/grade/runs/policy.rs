//! What submissions may do on an engine.

use crate::grade::rubric::EngineRules;
use crate::engine::Pull;
use crate::grade::rubric::values::TextPattern;
use crate::grade::runs::is_reference;
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

    /// The advice to use an allowed base image: those with a name first, which are certainly there.
    pub(super) fn allowed_images(&self) -> String {
        let (names, patterns): (Vec<_>, Vec<_>) =
            self.base_images.iter().map(|pattern| pattern.text.as_str()).partition(|text| is_reference(text));
        let list = |texts: &[&str]| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
        let which = if self.spec.pull == Some(Pull::Never) { "that is on the machine that grades, and whose" } else { "whose" };
        match (names.is_empty(), patterns.is_empty()) {
            (_, true) => format!("use one of these base images: {}", list(&names)),
            (true, false) => format!("use a base image {which} name matches one of these: {}", list(&patterns)),
            (false, false) => format!(
                "use one of these base images: {}; or another one {which} name matches one of these: {}",
                list(&names),
                list(&patterns)
            ),
        }
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
        assert_eq!(
            policy.allowed_images(),
            "use one of these base images: `debian:trixie-slim`, `busybox`; or another one whose name matches one of these: `python:*-slim*`"
        );
    }
}
