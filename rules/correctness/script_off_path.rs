//! Scripts called by their bare name from a directory that is not on the `PATH`.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::finding::prelude::*;
use crate::knowledge::paths;
use crate::knowledge::programs;
use crate::knowledge::providers;
use crate::model::{MAX_LATER_STEPS, Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let before = Before { stage, cx, facts: OnceCell::new() };
    for step in stage.all(Keyword::Run).filter(|step| step.script.as_ref().is_some_and(|script| script.clean)) {
        for command in step.commands().iter().filter(|command| !command.place.conditional) {
            before.look_at(command, step);
        }
    }
    if !stage.is_final {
        return;
    }
    let start = stage.start_step(cx.model).filter(|_| !stage.base_completes_cmd(cx.model));
    if let Some((step, command)) = start.and_then(|step| Some((step, step.commands().first()?))) {
        before.look_at(command, step);
    }
}

/// The words after which a file may be somewhere else.
const MOVERS: [&str; 4] = ["ln ", "mv ", "cp ", "install "];

/// What the steps before a command do, collected once for a stage.
struct Before<'m, 'a> {
    stage: &'m Stage<'a>,
    cx: &'m Cx<'a>,
    facts: OnceCell<Facts<'m, 'a>>,
}

/// Steps are counted from the first one of the lowest stage.
#[derive(Default)]
struct Facts<'m, 'a> {
    /// Where the steps of the stage itself begin.
    own: usize,
    /// The COPY and ADD instructions that name a file, by its last part.
    copies: HashMap<&'m str, Vec<(usize, &'m Step<'a>)>>,
    /// The first step that names a word and may move or link it.
    moved: HashMap<&'m str, usize>,
    /// The first step that may move or link any script.
    all_moved: Option<usize>,
    /// The words of the ENV instructions that set `PATH`.
    on_path: HashSet<&'m str>,
    /// One of them uses `PWD`.
    uses_pwd: bool,
}

impl<'m, 'a> Before<'m, 'a> {
    fn facts(&self) -> &Facts<'m, 'a> {
        self.facts.get_or_init(|| {
            let model = self.cx.model;
            let mut facts = Facts::default();
            for (at, step) in self.stage.history(model).enumerate() {
                if step.stage != self.stage.index {
                    facts.own = at + 1;
                }
                let text = model.source.slice(step.instruction.span);
                match step.keyword() {
                    Keyword::Run => {
                        let moves = step.contains(model, &MOVERS);
                        let unknown = step.script.as_ref().is_none_or(|script| !script.clean);
                        if unknown || moves && text.contains("*.sh") {
                            facts.all_moved.get_or_insert(at);
                        }
                        for word in words(text).filter(|_| moves) {
                            facts.moved.entry(word).or_insert(at);
                        }
                    }
                    Keyword::Env if step.contains(model, &["PATH"]) => {
                        facts.uses_pwd |= text.contains("PWD");
                        facts.on_path.extend(words(text));
                    }
                    _ => {}
                }
                let Some(copy) = step.copy() else { continue };
                let last = |path: &'m str| path.rsplit('/').next().unwrap_or_default();
                let names = copy.sources.iter().map(|source| last(&source.text)).chain(step.copy_dest(model).map(last));
                for name in names.filter(|name| !name.is_empty()) {
                    facts.copies.entry(name).or_default().push((at, step));
                }
            }
            facts
        })
    }

    fn look_at(&self, command: &Command, step: &Step<'_>) {
        let (stage, cx) = (self.stage, self.cx);
        let name = command.path.as_str();
        let plain = !name.is_empty() && !name.contains('/') && command.name == name;
        if !plain || !command.wrappers.is_empty() || !programs::class(name).is_unknown() || providers::is_known(name) {
            return;
        }
        // Of a name without an end, another program may have been meant.
        let script = name.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "sh" | "bash" | "py" | "pl" | "rb"));
        if !script {
            return;
        }
        let facts = self.facts();
        // What starts the container is in the stage itself or below it; all of that comes before.
        let here = if step.stage == stage.index { facts.own + step.index } else { usize::MAX };
        let Some(copies) = facts.copies.get(name) else { return };
        let before = &copies[..copies.partition_point(|(at, _)| *at < here)];
        let place =
            before.iter().rev().take(MAX_LATER_STEPS).find_map(|(_, copy)| Some((copy, place_of(name, copy, cx)?)));
        let Some((copy, place)) = place else { return };
        let directory =
            place.rsplit_once('/').map_or("/", |(directory, _)| if directory.is_empty() { "/" } else { directory });
        let path = step.state.variables.get("PATH").map(|path| path.value.clone());
        let on_path =
            |path: &str| path.split(':').any(|part| part.trim_end_matches('/') == directory.trim_end_matches('/'));
        // Some ENV of the stage may put the directory on the `PATH`.
        let set = || facts.uses_pwd || facts.on_path.contains(directory.rsplit('/').next().unwrap_or(directory));
        let found = match path {
            Some(Some(path)) => on_path(&path),
            Some(None) => set() || paths::SEARCH_PATH.contains(&directory),
            None => paths::SEARCH_PATH.contains(&directory),
        };
        // A step may have moved or linked it.
        let moved = [facts.all_moved, facts.moved.get(name).copied()].into_iter().flatten().any(|at| at < here);
        let own = || {
            step.keyword() == Keyword::Run
                && step.contains_before(cx.model, command, &["ln ", "mv ", "cp ", "export PATH", "PATH="])
        };
        if found || moved || own() || cx.model.provides(step, Thing::Text(&["/etc/profile"])) != Tri::No {
            return;
        }
        let workdir = step.state.workdir.as_ref().and_then(|workdir| workdir.value.as_deref());
        let instead = if workdir == Some(directory) { format!("./{name}") } else { place.clone() };
        cx.report(command.name_span, format!("`{name}` is not found, because `{directory}` is not in `PATH`"))
            .label(copy.instruction.span, "the script is copied here")
            .help(format!("write `{instead}`, or copy it to `/usr/local/bin`"));
    }
}

/// The parts of a text that may be the last part of a path.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !(char.is_alphanumeric() || "._-+@".contains(char))).filter(|word| !word.is_empty())
}

/// Where a COPY puts the file, if it copies it by name.
fn place_of(name: &str, copy: &Step<'_>, cx: &Cx<'_>) -> Option<String> {
    let dest = copy.copy_dest(cx.model)?;
    if dest.ends_with(&format!("/{name}")) {
        return Some(dest.to_owned());
    }
    let named = |source: &Word| source.text.rsplit('/').next() == Some(name);
    let sources = &copy.copy()?.sources;
    let directory = dest.ends_with('/') || sources.len() > 1;
    (directory && sources.iter().any(named)).then(|| format!("{}/{name}", dest.trim_end_matches('/')))
}
