//! What package managers leave in a layer.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Model, Stage, State, Step};
use crate::commands::cleanup::{Leftover, cleans, lies_in, normal_path, removes_paths};
use crate::shell::{Arg, Command, Script, rewrite};
use crate::syntax::Keyword;
use crate::text::Edit;

/// How many later steps are looked at for what takes something away again: with all of them, a file of many steps
/// would take time by their square.
const NEAR: usize = 64;

impl<'a> Model<'a> {
    /// The script of a RUN whose layer is part of the image that is shipped. `None` also when it does not parse, since
    /// what cannot be read may clean up.
    pub fn shipped_script<'m>(&'m self, step: &'m Step<'a>) -> Option<&'m Script> {
        let stage = self.stage(step.stage).filter(|stage| stage.is_shipped() && !stage.windows)?;
        let script = stage.steps.get(step.index)?.script.as_ref()?;
        (step.keyword() == Keyword::Run && script.clean).then_some(script)
    }

    /// The commands of a RUN of the shipped image for which `leaves` holds, and behind which nothing in the same RUN
    /// removes the leftover. Empty as well when it goes to a mount, or to a place that only a variable knows.
    pub fn left<'m>(
        &'m self,
        step: &'m Step<'a>,
        leftover: Leftover,
        leaves: impl Fn(&Command) -> bool,
    ) -> Vec<&'m Command> {
        let Some(script) = self.shipped_script(step) else { return Vec::new() };
        if !script.commands.iter().any(&leaves) {
            return Vec::new();
        }
        let Some(places) = places(leftover, &step.state) else { return Vec::new() };
        if places.iter().any(|place| step.is_mounted_over(self, place)) {
            return Vec::new();
        }
        let cleans = |command: &&Command| removes(command, leftover, &places);
        // What stands in a function may be called later than it is written.
        if script.commands.iter().filter(cleans).any(|command| command.place.conditional) {
            return Vec::new();
        }
        let cleaned = script.commands.iter().rposition(|command| cleans(&command)).map_or(0, |at| at + 1);
        script.commands[cleaned..].iter().filter(|command| leaves(command)).collect()
    }

    /// Lets a RUN clean up behind this command: see [`rewrite::append`].
    pub fn append_to_run(&self, step: &Step<'a>, command: &Command, what: &str) -> Option<Edit> {
        let script = self.shipped_script(step).filter(|_| !step.is_exec_form())?;
        rewrite::append(script, command, what, self.source)
    }

    /// Whether one of the next steps on top of this one removes a file or folder of that name: `late-removal` says so.
    pub fn is_removed_later(&self, step: &Step<'a>, path: &str) -> bool {
        let last =
            |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().replace(['"', '\''], "");
        let later = self.steps_on_top(step).take(NEAR).filter_map(|later| later.script.as_ref());
        let mut commands = later.flat_map(|script| &script.commands);
        commands.any(|command| {
            let takes = |arg: &Arg| last(arg.lexeme()) == last(path) || arg.lexeme().ends_with(['*', '/']);
            command.is("rm") && command.args.iter().any(takes)
        })
    }

    /// The steps that run on the layer of this one: behind it in its stage, and in the stages that are `FROM` that.
    pub fn steps_on_top<'m>(&'m self, step: &Step<'a>) -> impl Iterator<Item = &'m Step<'a>> {
        let own = self.stage(step.stage);
        let behind = own.into_iter().flat_map(move |stage| stage.steps.iter().skip(step.index + 1));
        let above = own.into_iter().flat_map(|stage| self.stages_on_top(stage)).flat_map(|stage| &stage.steps);
        behind.chain(above)
    }

    /// The stages that are `FROM` this one, directly or not, in file order.
    fn stages_on_top<'m>(&'m self, stage: &Stage<'a>) -> impl Iterator<Item = &'m Stage<'a>> {
        // A stage comes behind the one it is `FROM`: the smallest index that waits is next.
        let mut waiting: BinaryHeap<Reverse<usize>> = stage.on_top.iter().copied().map(Reverse).collect();
        std::iter::from_fn(move || {
            let Reverse(next) = waiting.pop()?;
            let stage = self.stages.get(next)?;
            waiting.extend(stage.on_top.iter().copied().map(Reverse));
            Some(stage)
        })
    }

    /// A later RUN of the shipped image that removes the leftover: too late, the layer that has it is there.
    pub fn cleaned_too_late<'m>(&'m self, step: &Step<'a>, leftover: Leftover) -> Option<&'m Command> {
        let places = places(leftover, &step.state)?;
        let later = self.steps_on_top(step).take(NEAR);
        let mut commands = later.filter_map(|later| self.shipped_script(later)).flat_map(|script| &script.commands);
        commands.find(|command| removes(command, leftover, &places) && !is_cleaning_script(command))
    }
}

fn removes(command: &Command, leftover: Leftover, places: &[String]) -> bool {
    cleans(command).contains(&leftover)
        || is_cleaning_script(command)
        || removes_paths(command).iter().any(|removed| places.iter().any(|place| removed.covers(place)))
}

/// `/usr/local/bin/cleanup.sh`, `apt-clean`, `setup --cleanup`, `curl …/clean_caches.sh | sh`: what it does is not known,
/// but it can be guessed.
fn is_cleaning_script(command: &Command) -> bool {
    let script = |arg: &Arg| arg.lexeme().contains("clean") && arg.lexeme().ends_with(".sh");
    command.name.contains("clean")
        || command.has_arg("--cleanup")
        || command.has_arg("cleanup")
        || command.is_any(&["curl", "wget"]) && command.args.iter().any(script)
}

/// Where a leftover lies: the places it has by default, or the one that a variable sets. `None`: not known.
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

impl Stage<'_> {
    /// Its layers are part of the image that is shipped: of the final image, unless this stage is the one behind it
    /// that only tests it.
    pub fn is_shipped(&self) -> bool {
        let tests = |name: &str| {
            name.split(['-', '_', '.']).any(|word| matches!(word, "test" | "tests" | "testing" | "verify"))
        };
        self.in_final && !self.name.is_some_and(|name| tests(&name.text.to_ascii_lowercase()))
    }
}

impl<'a> Step<'a> {
    /// Whether it stands in the last stage, and that one only tests the one below.
    pub fn tests_only(&self, model: &Model<'a>) -> bool {
        model.stage(self.stage).is_some_and(|stage| stage.in_final && !stage.is_shipped())
    }

    /// Whether what is written at `place` while the step runs goes to a mount, so not to the layer. `~` at its start
    /// is any home directory. True also when a mount's target is not known.
    pub fn is_mounted_over(&self, model: &Model<'a>, place: &str) -> bool {
        self.run_mounts().filter(|mount| !matches!(mount.kind(), "secret" | "ssh")).any(|mount| {
            let Some(target) = mount.target() else { return false };
            match model.expand(self, target).value {
                Some(target) => lies_in(place, &normal_path(&target)),
                None => true,
            }
        })
    }
}
