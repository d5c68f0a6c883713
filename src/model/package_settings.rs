//! What a file tells package managers for good, so that their commands need no flag for it.

use crate::syntax::{Args, Instruction};
use crate::text::Source;

/// Told by configuration files and commands, not by variables: those are in [`super::State::variables`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Configured {
    /// pip keeps no cache: `pip config set global.no-cache-dir true`, or a `pip.conf` that comes into the image.
    pub pip: bool,
    /// apt has a say of its own on recommended packages: `APT::Install-Recommends "false"` in `/etc/apt/apt.conf.d`, or
    /// files of that folder that are not seen.
    pub apt: bool,
}

impl Configured {
    /// Both of them.
    pub fn with(self, other: Self) -> Self {
        Self { pip: self.pip || other.pip, apt: self.apt || other.apt }
    }

    /// What this instruction tells.
    pub(super) fn by(instruction: &Instruction, source: &Source) -> Self {
        let text = source.slice(instruction.lines_span());
        let pip = text.contains("no-cache-dir") && text.contains("pip config") || text.contains("pip.conf");
        let other = ["sources.list", "preferences", "keyrings", "trusted.gpg", "auth.conf"];
        let brings = matches!(instruction.args, Args::Copy(_)) && text.contains("/etc/apt");
        let apt = text.contains("Install-Recommends") || brings && !other.iter().any(|part| text.contains(part));
        Self { pip, apt }
    }

    /// Whether any instruction of the file may tell something.
    pub(super) fn is_spoken_of(source: &Source) -> bool {
        ["pip config", "pip.conf", "Install-Recommends", "/etc/apt"].iter().any(|sign| source.text().contains(sign))
    }
}
