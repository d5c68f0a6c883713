//! Whether a file is for Linux.

use super::{Model, Stage, Step};
use crate::knowledge::paths::TOP_LEVEL;
use crate::knowledge::programs::Class;

/// Programs that only Linux images have, or that do nothing elsewhere.
const OF_LINUX: Class = Class::SYSTEM_MANAGER.or(Class::OWNER_OR_MODE).or(Class::ACCOUNT_TOOL);

impl<'a> Model<'a> {
    /// Whether anything in the file shows that its images are for Linux: a base image, a platform, a path, a user by number
    /// or a program. Otherwise they may be built for Windows as well.
    pub fn shows_linux(&self) -> bool {
        *self.linux.get_or_init(|| {
            let text = self.source.text();
            self.stages.iter().any(|stage| self.stage_shows_linux(stage)) || has_linux_path(text)
        })
    }

    fn stage_shows_linux(&self, stage: &Stage<'a>) -> bool {
        let base = stage.is_from_scratch(self) || stage.root_image(self).is_some_and(|image| image.is_linux());
        let platform = stage.platform.as_ref().and_then(|platform| platform.value.as_deref());
        base || platform.is_some_and(|value| value.starts_with("linux")) || stage.steps.iter().any(step_shows_linux)
    }
}

fn step_shows_linux(step: &Step<'_>) -> bool {
    let flags = step.flag("chown").is_some() || step.flag("chmod").is_some();
    let user = step.state.user.as_ref().and_then(|user| user.value.as_deref());
    let number = user.is_some_and(|user| user.starts_with(|char: char| char.is_ascii_digit()));
    flags || number || step.commands().iter().any(|command| command.class().is(OF_LINUX))
}

/// Whether a text contains an absolute path of a Linux system: `/usr`, `/etc/ssl`.
fn has_linux_path(text: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.' | '/' | '\\' | '}');
    text.match_indices('/').any(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(rest.len());
        !text[..at].ends_with(is_part) && TOP_LEVEL.contains(&&rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_linux() {
        for (text, want) in [
            ("WORKDIR /usr/src/app", true),
            ("CMD [\"/bin/sh\"]", true),
            ("ENV A=/etc", true),
            ("COPY --from=build /out/ .", false),
            ("COPY app/bin /app/bin", false),
            ("RUN curl https://example.com/usr", false),
        ] {
            assert_eq!(has_linux_path(text), want, "{text}");
        }
    }
}
