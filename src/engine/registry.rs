//! The digest that a tag currently refers to: looked up in a registry by programs that know its protocol and the
//! user's credentials.

use std::time::Duration;

use super::error::{EngineError, last_lines};
use crate::process;
use crate::process::Argv;
use crate::process::{Bounds, Ended};
use crate::text::Variants;

/// A program that looks up digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryClient {
    /// `docker buildx imagetools`; needs no daemon.
    Buildx,
    Skopeo,
}

impl Variants for RegistryClient {
    const ALL: &'static [Self] = &[Self::Buildx, Self::Skopeo];

    fn as_str(self) -> &'static str {
        match self {
            RegistryClient::Buildx => "docker",
            RegistryClient::Skopeo => "skopeo",
        }
    }
}

impl RegistryClient {
    /// The command line that prints the digest, among other things.
    pub fn line(self, reference: &str, insecure: bool) -> Argv {
        match self {
            RegistryClient::Buildx => Argv::new("docker")
                .args(["buildx", "imagetools", "inspect", "--format", "{{json .Manifest}}"])
                .arg(reference),
            RegistryClient::Skopeo => Argv::new("skopeo")
                .args(["inspect", "--no-tags", "--format", "{{.Digest}}"])
                .when(insecure, "--tls-verify=false")
                .arg(format!("docker://{reference}")),
        }
    }

    fn is_installed(self) -> bool {
        let argv = match self {
            RegistryClient::Buildx => Argv::new("docker").args(["buildx", "version"]),
            RegistryClient::Skopeo => Argv::new("skopeo").arg("--version"),
        };
        process::run(&argv, None, Bounds::seconds(20)).is_ok_and(|output| output.ended.ok())
    }

    /// The first that is here.
    ///
    /// # Errors
    /// When there is none.
    pub fn auto() -> Result<Self, EngineError> {
        let none = || EngineError::NotInstalled("docker buildx` or `skopeo".to_owned());
        Self::ALL.iter().copied().find(|client| client.is_installed()).ok_or_else(none)
    }

    /// The digest of what a reference means now: of the list of platforms, where there is one.
    ///
    /// # Errors
    /// When the registry gives none.
    pub fn digest(self, reference: &str, insecure: bool) -> Result<String, EngineError> {
        let argv = self.line(super::image::operand(reference)?, insecure);
        let bounds = Bounds { time: Duration::from_secs(60), ..Bounds::seconds(60) };
        let output = process::run(&argv, None, bounds).map_err(|error| EngineError::of_start(&argv.program, &error))?;
        let said = output.stdout.text();
        match output.ended {
            Ended::Code(0) => {}
            Ended::Cancelled => return Err(EngineError::Cancelled),
            Ended::TimedOut => {
                return Err(EngineError::TimedOut { what: format!("the registry of `{reference}`"), seconds: 60 });
            }
            _ => {
                let said = last_lines(&output.stderr.text(), 3);
                return Err(EngineError::Other { what: format!("cannot look up the digest of `{reference}`"), said });
            }
        }
        digest_in(&said).ok_or_else(|| EngineError::Other {
            what: format!("no digest of `{reference}` in the output of {}", self.as_str()),
            said: last_lines(&said, 3),
        })
    }
}

/// The first digest in a text: of a manifest's own JSON that comes before those of its parts.
fn digest_in(text: &str) -> Option<String> {
    let own = serde_json::from_str::<serde_json::Value>(text).ok();
    let text = own.as_ref().and_then(|json| json.get("digest")?.as_str()).unwrap_or(text);
    let at = text.find("sha256:")?;
    let digest = text.get(at..at + 71)?;
    digest[7..].chars().all(|ch| ch.is_ascii_hexdigit()).then(|| digest.to_owned())
}
