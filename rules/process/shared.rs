//! Wording for what a container starts.

use crate::model::StartCommand;

/// `` in `start.sh` ``, or nothing if the command is in the Dockerfile.
pub(crate) fn in_script(start: &StartCommand<'_>) -> String {
    start.file.map(|file| format!(" in `{file}`")).unwrap_or_default()
}
