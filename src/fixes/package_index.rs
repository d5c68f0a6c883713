//! Fetching a package index in the step that needs it.

use crate::model::{IndexUse, Model, Step};
use crate::shell::{Command, Link};
use crate::text::Edit;

/// Makes the RUN that needs the index fetch it first, by the same command. `None` where `&&` would mean something
/// else there.
pub fn fetch_index_there<'a>(
    model: &Model<'a>,
    step: &Step<'a>,
    update: &Command,
    later: &IndexUse<'_, 'a>,
) -> Option<Edit> {
    let text = model.source.slice(update.full_span());
    let plain = !text.contains(['\n', '#', '\\', '`']) && update.place.pipe_len <= 1 && !update.place.background;
    let same = step.state.shell == later.step.state.shell
        && step.state.user.as_ref().map(|user| user.span) == later.step.state.user.as_ref().map(|user| user.span);
    let script = later.script;
    let first = script.commands.first()?;
    let list = first.place.list;
    let outer = |command: &&Command| command.place.scope == 0;
    let single = script.commands.iter().filter(outer).all(|command| {
        command.place.depth == 0
            && command.place.list == list
            && command.place.link != Link::Or
            && !command.place.background
    });
    let whole = first.span.start() == script.span.start() && first.place.depth == 0 && first.place.scope == 0;
    let good = plain && same && single && whole && script.clean && !later.step.is_exec_form();
    let good = good && later.step.instruction.heredocs.is_empty() && first.place.pipe_len <= 1;
    good.then(|| Edit::insert(script.span.start(), format!("{text} && ")))
}
