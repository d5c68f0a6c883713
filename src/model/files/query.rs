//! Questions about a path.

use std::sync::atomic::Ordering;

use super::pattern::{ancestors, below, join};
use super::{Change, Copied, FileOrigin, FileState, Files, Log, Source, What, When, base, record};
use crate::model::{Model, Stage, Step, Tri};

/// How many stages a question follows a file through.
const MAX_HOPS: usize = 16;

/// How many changes may be looked at for all questions of a file, besides some for each byte of it.
const BUDGET: usize = 400_000;

impl<'a> Model<'a> {
    /// What is known about an absolute path just before a step; with the index of a command, before that command of its
    /// script. What a mount of the step covers is not known.
    pub fn file_before(&self, step: &Step<'a>, command: Option<usize>, path: &str) -> FileState {
        let Some(stage) = self.stage(step.stage) else { return FileState::UNKNOWN };
        let covered = |mount: crate::model::Mount<'a>| match mount.target().map(|word| self.expand(step, word).value) {
            Some(Some(target)) => step.resolve(self, &target).is_none_or(|target| below(path, &target).is_some()),
            _ => true,
        };
        if step.run_mounts().any(covered) {
            return FileState::UNKNOWN;
        }
        self.look_up(stage, (step.index, command.map_or(0, |at| at + 1)), path, 0)
    }

    /// What is known about an absolute path after the last step of a stage.
    pub fn file_in(&self, stage: &Stage<'a>, path: &str) -> FileState {
        self.look_up(stage, (usize::MAX, 0), path, 0)
    }

    /// The step that a file comes from.
    pub fn origin_step(&self, origin: &FileOrigin) -> Option<&Step<'a>> {
        self.stage(origin.stage)?.steps.get(origin.step)
    }

    fn log(&self, stage: &Stage<'a>) -> Option<&Log> {
        let logs = self.files.logs.get_or_init(|| self.stages.iter().map(|stage| record::stage(stage, self)).collect());
        logs.get(stage.index)
    }

    fn look_up(&self, stage: &Stage<'a>, until: When, path: &str, hops: usize) -> FileState {
        if hops > MAX_HOPS {
            return FileState::UNKNOWN;
        }
        let Some(log) = self.log(stage) else { return FileState::UNKNOWN };
        let mut changes: Vec<(&str, &Change)> = Vec::new();
        for anchor in ancestors(path) {
            let own = log.changes.get(anchor).into_iter().flatten();
            changes.extend(own.filter(|change| change.when < until).map(|change| (anchor, change)));
        }
        if !self.files.spend(1 + changes.len(), self.source.text().len()) {
            return FileState::UNKNOWN;
        }
        changes.sort_by_key(|(_, change)| change.when);
        // What was there before does not matter once it is certainly replaced.
        let mut state = match stage.chain(self).next() {
            Some(base) => self.look_up(base, (usize::MAX, 0), path, hops + 1),
            None => base::state(stage, self, path),
        };
        for (anchor, change) in changes {
            let Some(rest) = below(path, anchor) else { continue };
            self.apply(&mut state, change, rest, stage, hops);
        }
        state
    }

    fn apply(&self, state: &mut FileState, change: &Change, rest: &str, stage: &Stage<'a>, hops: usize) {
        let step = change.when.0;
        let here = |heredoc| Some(FileOrigin { stage: stage.index, step, context: None, heredoc });
        match &change.what {
            What::Copy(copied) => self.copy(state, copied, rest, (stage, step), hops),
            What::File { heredoc, executable, owner } if rest.is_empty() => {
                *state = FileState {
                    presence: Tri::Yes,
                    directory: Tri::No,
                    executable: *executable,
                    owner: owner.clone(),
                    edited: Tri::No,
                    origin: here(*heredoc),
                };
            }
            What::Written if rest.is_empty() => {
                let known = state.exists();
                state.executable = match (state.presence, state.executable) {
                    (Tri::No, _) => Tri::No,
                    (Tri::Yes, executable) => executable,
                    _ => Tri::Unknown,
                };
                (state.presence, state.edited) = (Tri::Yes, Tri::Yes);
                state.directory = Tri::Unknown;
                if !known {
                    state.origin = here(None);
                }
            }
            What::Placed { names, into }
                if rest.is_empty() && *into != Tri::Yes
                    || *into != Tri::No && names.iter().any(|name| name == rest) =>
            {
                *state = FileState {
                    presence: Tri::Yes,
                    directory: Tri::Unknown,
                    executable: Tri::Unknown,
                    owner: None,
                    edited: Tri::Unknown,
                    origin: here(None),
                };
            }
            What::Placed { names, into } => {
                let first = rest.split('/').next().unwrap_or_default();
                if !rest.is_empty() && (*into != Tri::Yes || names.iter().any(|name| name == first)) {
                    unseen(state, true);
                }
            }
            What::Directory { owner } if rest.is_empty() => {
                if !state.exists() {
                    let owner = if state.is_absent() { owner.clone() } else { None };
                    *state = FileState { presence: Tri::Yes, owner, origin: here(None), ..FileState::ABSENT };
                }
                state.directory = Tri::Yes;
            }
            What::Removed { names } if names.include(rest) => *state = FileState::ABSENT,
            What::Mode { names, executable } if names.include(rest) => state.executable = *executable,
            What::Owner { names, owner } if names.include(rest) => state.owner.clone_from(owner),
            What::Text { names } if names.include(rest) => state.edited = Tri::Yes,
            What::Unseen { changes } => unseen(state, *changes),
            What::System if base::is_of_system(&format!("/{rest}")) => unseen(state, false),
            _ => {}
        }
    }

    /// Applies one source of a COPY.
    fn copy(
        &self,
        state: &mut FileState,
        copied: &Copied,
        rest: &str,
        (stage, step): (&Stage<'a>, usize),
        hops: usize,
    ) {
        match &copied.from {
            Source::Context { path, .. } => match copied.found(self) {
                Some(_) => self.take_context(state, copied, rest, (stage.index, step)),
                None => of_name(state, path, rest, copied, (stage.index, step)),
            },
            Source::Stage { stage: from, path } => {
                let Some(from) = self.stage(*from) else { return unseen(state, true) };
                let source = self.look_up(from, (usize::MAX, 0), path, hops + 1);
                let name = path.rsplit('/').next().unwrap_or_default();
                let is_own = rest.is_empty() && copied.into != Tri::Yes || rest == name && copied.into != Tri::No;
                let found = match source.directory {
                    Tri::No if is_own => source,
                    Tri::No => return,
                    // The contents of a directory are copied, not the directory.
                    _ => self.look_up(from, (usize::MAX, 0), &join(path, rest), hops + 1),
                };
                match found.presence {
                    Tri::Yes => put(state, copied, found, (stage.index, step)),
                    Tri::Unknown => unseen(state, true),
                    Tri::No => {}
                }
            }
            Source::Elsewhere { name } => of_name(state, name, rest, copied, (stage.index, step)),
            Source::Anything => unseen(state, true),
        }
    }

    fn take_context(&self, state: &mut FileState, copied: &Copied, rest: &str, (stage, step): (usize, usize)) {
        let (Some(context), Some(found)) = (self.context, copied.found(self)) else { return };
        if !self.files.spend(found.len(), self.source.text().len()) {
            return unseen(state, true);
        }
        // A source that is not there fails the build, or is created before it.
        if found.is_empty() && !matches!(&copied.from, Source::Context { pattern: true, .. }) {
            let Source::Context { path, .. } = &copied.from else { return };
            return of_name(state, path, rest, copied, (stage, step));
        }
        for source in found {
            let name = source.path.rsplit('/').next().unwrap_or_default();
            let path = match source.directory {
                true => join(&source.path, rest),
                false if rest.is_empty() && copied.into != Tri::Yes => source.path.clone(),
                false if rest == name && copied.into != Tri::No => source.path.clone(),
                false => continue,
            };
            if !(path.is_empty() || context.exists(&path)) || context.ignored(&path).is_some() && !context.is_dir(&path)
            {
                continue;
            }
            let directory = path.is_empty() || context.is_dir(&path);
            let executable = match context.is_executable(&path) {
                _ if directory => Tri::Unknown,
                Some(true) => Tri::Yes,
                Some(false) => Tri::No,
                None => Tri::Unknown,
            };
            let origin = Some(FileOrigin { stage, step, context: Some(path), heredoc: None });
            let is = if directory { Tri::Yes } else { Tri::No };
            let found = FileState { directory: is, executable, origin, presence: Tri::Yes, ..FileState::ABSENT };
            put(state, copied, found, (stage, step));
        }
    }
}

/// What a file is when a COPY has put it there.
fn put(state: &mut FileState, copied: &Copied, found: FileState, (stage, step): (usize, usize)) {
    // A directory that exists keeps its owner and its mode.
    if found.directory == Tri::Yes && state.directory == Tri::Yes && state.exists() {
        return;
    }
    let origin = found.origin.or(Some(FileOrigin { stage, step, context: None, heredoc: None }));
    *state = FileState {
        presence: Tri::Yes,
        directory: found.directory,
        executable: copied.executable.unwrap_or(found.executable),
        owner: copied.owner.clone(),
        edited: found.edited,
        origin,
    };
}

/// A source that is known by its name alone, which may be that of a file or of a directory.
fn of_name(state: &mut FileState, source: &str, rest: &str, copied: &Copied, at: (usize, usize)) {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_file =
        name.trim_start_matches('.').contains('.') && !source.ends_with('/') && !name.contains(['*', '?', '[']);
    let is_own = rest.is_empty() && copied.into != Tri::Yes || rest == name && copied.into != Tri::No;
    match (is_file, is_own) {
        (true, true) => {
            let found = FileState { presence: Tri::Yes, directory: Tri::No, edited: Tri::Unknown, ..FileState::ABSENT };
            put(state, copied, found, at);
        }
        (true, false) => {}
        _ => unseen(state, true),
    }
}

/// Something happens that the file does not show.
fn unseen(state: &mut FileState, changes: bool) {
    if state.is_absent() {
        *state = FileState::UNKNOWN;
    } else if changes {
        let origin = state.origin.take();
        *state = FileState { origin, ..FileState::UNKNOWN };
    }
}

impl Files {
    /// Pays for a question; `false` once too much has been spent.
    fn spend(&self, cost: usize, length: usize) -> bool {
        self.spent.fetch_add(cost, Ordering::Relaxed) < BUDGET + 64 * length
    }
}
