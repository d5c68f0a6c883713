//! Values of shell variables in a script.

use super::Step;
use crate::shell::Command;

/// How many commands before it are searched for an assignment.
const MAX_COMMANDS_BEFORE: usize = 200;

impl Step<'_> {
    /// The value of a word that is one variable (`$NAME`, `"${NAME}"`) where this command runs: as the script sets it,
    /// otherwise as an earlier instruction does.
    pub fn value_of(&self, command: &Command, word: &str) -> Option<String> {
        let bare = word.trim_matches('"').strip_prefix('$')?;
        let name = bare.strip_prefix('{').map_or(Some(bare), |rest| rest.strip_suffix('}'))?;
        if name.is_empty() || !name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
            return None;
        }
        let script = self.script.as_ref()?;
        let before = script.commands.partition_point(|other| other.span.start < command.span.start);
        let earlier = &script.commands[before.saturating_sub(MAX_COMMANDS_BEFORE)..before];
        let set = earlier.iter().rev().filter(|other| other.name.is_empty()).flat_map(|other| &other.assignments);
        match set.into_iter().find(|assignment| assignment.name == name) {
            Some(assignment) => assignment.value.clone(),
            None => self.state.variables.get(name)?.value.clone(),
        }
    }
}
