//! Records what each step of a stage changes.

use super::{Change, Log, What, base, copy, effects};
use crate::model::{Model, Stage, State, Step};
use crate::syntax::Keyword;

/// The changes of a stage.
pub(super) fn stage<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Log {
    let mut log = Log::default();
    let triggers = stage.chain(model).next().is_some_and(|base| base.all(Keyword::Onbuild).next().is_some());
    if triggers {
        log.add("/", Change { when: (0, 0), what: What::Unseen { changes: true } });
    }
    for step in &stage.steps {
        match step.keyword() {
            Keyword::Copy | Keyword::Add => copy::record(step, stage, model, &mut log),
            Keyword::Run => effects::record(step, model, &mut log),
            Keyword::Workdir => workdir(step, stage, model, &mut log),
            _ => {}
        }
    }
    log
}

/// WORKDIR creates its directory, which belongs to the user in effect.
fn workdir<'a>(step: &Step<'a>, stage: &Stage<'a>, model: &Model<'a>, log: &mut Log) {
    let after: &State = stage.steps.get(step.index + 1).map_or(&stage.end, |next| &next.state);
    let Some(path) = after.workdir.as_deref().and_then(|workdir| workdir.value.as_deref()) else { return };
    let owner = base::user(step, stage, model);
    log.directories.insert(path.to_owned());
    log.add(path, Change { when: (step.index, 0), what: What::Directory { owner } });
}
