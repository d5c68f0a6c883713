//! How a file configures package managers, so that their commands need no flag for it.

use crate::syntax::{Args, Instruction};
use crate::text::Source;

/// Settings from configuration files and commands; those from variables are in [`super::State::variables`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackageSettings {
    /// pip keeps no cache: `pip config set global.no-cache-dir true`, or a `pip.conf` that is copied into the image.
    pub pip: bool,
    /// apt's configuration decides on recommended packages: `APT::Install-Recommends "false"` in `/etc/apt/apt.conf.d`, or
    /// unknown files in that directory.
    pub apt: bool,
}

impl PackageSettings {
    /// Both of them.
    pub fn with(self, other: Self) -> Self {
        Self { pip: self.pip || other.pip, apt: self.apt || other.apt }
    }

    /// What this instruction configures.
    pub(super) fn by(instruction: &Instruction, source: &Source) -> Self {
        let text = source.slice(instruction.lines_span());
        let pip = text.contains("no-cache-dir") && text.contains("pip config") || text.contains("pip.conf");
        let other = ["sources.list", "preferences", "keyrings", "trusted.gpg", "auth.conf"];
        let brings = matches!(instruction.args, Args::Copy(_)) && text.contains("/etc/apt");
        let apt = text.contains("Install-Recommends") || brings && !other.iter().any(|part| text.contains(part));
        Self { pip, apt }
    }

    /// Whether any instruction of the file may configure something.
    pub(super) fn is_spoken_of(source: &Source) -> bool {
        ["pip config", "pip.conf", "Install-Recommends", "/etc/apt"].iter().any(|sign| source.text().contains(sign))
    }
}
