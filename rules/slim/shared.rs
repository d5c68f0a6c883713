//! What package managers leave in the layer of a RUN, shared by the `*_cache_left` rules.

use crate::commands::cleanup::{Leftover, cleans, normal_path, removes_paths};
use crate::commands::packages::{Manager, fetches_packages};
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;
use crate::model::{MAX_LATER_STEPS, State};
use crate::shell::Arg;

/// What one manager leaves behind, and how it is removed.
pub(super) struct Cache {
    pub(super) manager: Manager,
    pub(super) leftover: Leftover,
    /// Flags with which the manager leaves nothing, or leaves it elsewhere.
    pub(super) elsewhere: &'static [&'static str],
    /// In messages: `package index (often over 100 MB)`.
    pub(super) what: &'static str,
    /// The same in one word.
    pub(super) noun: &'static str,
    /// The arguments with which the program removes it.
    pub(super) clean: &'static str,
    /// Where to mount a cache instead; empty if that is not worthwhile.
    pub(super) mount: &'static str,
}

/// The flags of dnf, yum and zypper for another root or for cached packages only.
pub(super) const OTHER_ROOT: &[&str] = &["--installroot", "--root", "-R", "-C", "--cacheonly"];

impl Cache {
    /// Reports the first command of a RUN that leaves it in the layer.
    pub(super) fn report(&self, step: &Step<'_>, cx: &Cx<'_>) {
        let model = cx.model;
        let left = left(model, step, self.leftover, |command| {
            fetches_packages(command) == Some(self.manager) && !command.has_flag(self.elsewhere)
        });
        let Some(first) = left.first() else { return };
        let name = &first.name;
        let verb = first.subcommand().filter(|_| self.manager == Manager::Npm);
        let written = verb.map_or(name.clone(), |verb| format!("{name} {}", verb.lexeme()));
        let clean = format!("{name} {}", self.clean);
        let edit = left.last().and_then(|last| append_to_run(model, step, last, &clean));
        let mut found = cx.report(first.head_span(), format!("`{written}` leaves its {} in this layer", self.what));
        if let Some(late) = cleaned_too_late(model, step, self.leftover) {
            found.label(late.span, format!("too late: the earlier layer still contains the {}", self.noun));
        }
        found.help(format!("end the same `RUN` with `&& {clean}`"));
        if !self.mount.is_empty() {
            found.help(format!("or keep the cache in a mount: `RUN --mount=type=cache,target={} …`", self.mount));
        }
        found.fix(Fix::new(Safety::Safe, format!("end with `{clean}`"), edit));
    }
}

/// The commands of a RUN of the shipped image for which `leaves` holds and after which nothing in the same RUN removes
/// the leftover. Empty if the leftover goes to a mount or to a path that depends on an unknown variable.
pub(super) fn left<'m, 'a>(
    model: &'m Model<'a>,
    step: &'m Step<'a>,
    leftover: Leftover,
    leaves: impl Fn(&Command) -> bool,
) -> Vec<&'m Command> {
    let Some(script) = model.shipped_script(step) else { return Vec::new() };
    if !script.commands.iter().any(&leaves) {
        return Vec::new();
    }
    let Some(places) = places(leftover, &step.state) else { return Vec::new() };
    if places.iter().any(|place| step.is_mounted_over(model, place)) {
        return Vec::new();
    }
    let cleans = |command: &&Command| removes(command, leftover, &places);
    // A function body may run later than it is written.
    if script.commands.iter().filter(cleans).any(|command| command.place.conditional) {
        return Vec::new();
    }
    let cleaned = script.commands.iter().rposition(|command| cleans(&command)).map_or(0, |at| at + 1);
    script.commands[cleaned..].iter().filter(|command| leaves(command)).collect()
}

/// The command of a later RUN of the shipped image that removes the leftover, too late: the earlier layer keeps it.
pub(super) fn cleaned_too_late<'m, 'a>(
    model: &'m Model<'a>,
    step: &Step<'a>,
    leftover: Leftover,
) -> Option<&'m Command> {
    let places = places(leftover, &step.state)?;
    let later = model.after(step).limited(MAX_LATER_STEPS);
    let mut commands = later.filter_map(|later| model.shipped_script(later)).flat_map(|script| &script.commands);
    commands.find(|command| removes(command, leftover, &places) && !is_cleaning_script(command))
}

fn removes(command: &Command, leftover: Leftover, places: &[String]) -> bool {
    cleans(command).contains(&leftover)
        || is_cleaning_script(command)
        || removes_paths(command).iter().any(|removed| places.iter().any(|place| removed.covers(place)))
}

/// Whether a script's name says that it cleans up: `/usr/local/bin/cleanup.sh`, `apt-clean`, `setup --cleanup`,
/// `curl …/clean_caches.sh | sh`.
fn is_cleaning_script(command: &Command) -> bool {
    let script = |arg: &Arg| arg.lexeme().contains("clean") && arg.lexeme().ends_with(".sh");
    command.name.contains("clean")
        || command.has_arg("--cleanup")
        || command.has_arg("cleanup")
        || command.is_any(&["curl", "wget"]) && command.args.iter().any(script)
}

/// The paths of a leftover: the default ones, or the one that a variable sets. `None` if not known.
fn places(leftover: Leftover, state: &State) -> Option<Vec<String>> {
    let (own, below): (&[&str], &str) = match leftover {
        Leftover::Pip => (&["PIP_CACHE_DIR"], "pip"),
        Leftover::Uv => (&["UV_CACHE_DIR"], "uv"),
        Leftover::Npm => (&["npm_config_cache", "NPM_CONFIG_CACHE"], ""),
        Leftover::Yarn => (&["YARN_CACHE_FOLDER"], "yarn"),
        _ => (&[], ""),
    };
    for name in own {
        if let Some(variable) = state.variables.get(*name) {
            return Some(vec![normal_path(variable.value.as_deref()?)]);
        }
    }
    if !below.is_empty()
        && let Some(variable) = state.variables.get("XDG_CACHE_HOME")
    {
        return Some(vec![normal_path(&format!("{}/{below}", variable.value.as_deref()?))]);
    }
    Some(leftover.places().map(str::to_owned).collect())
}
