//! Where an index of packages could be fetched instead.

use super::{Model, Step};
use crate::commands::packages::{Manager, fetches_packages, refreshes_index};
use crate::shell::{Command, Link, Script};
use crate::syntax::Keyword;
use crate::text::Edit;
use crate::text::Span;

/// The RUN behind a step that installs from the index which an `update` in it has fetched.
pub struct NeededLater<'m, 'a> {
    pub step: &'m Step<'a>,
    pub script: &'m Script,
    pub install: &'m Command,
    /// Nothing stands between the two that could change what is fetched or installed.
    pub next: bool,
}

impl<'a> Model<'a> {
    /// The first RUN on top of a step that installs with this manager, if it does not fetch an index itself.
    pub fn needs_index<'m>(&'m self, step: &Step<'a>, manager: Manager) -> Option<NeededLater<'m, 'a>> {
        let mut next = true;
        for later in self.steps_on_top(step) {
            if later.keyword() == Keyword::Run {
                let script = later.script.as_ref()?;
                let mut uses = script.commands.iter().filter(|command| fetches_packages(command) == Some(manager));
                if let Some(install) = uses.next() {
                    let needs = refreshes_index(install).is_none();
                    return needs.then_some(NeededLater { step: later, script, install, next });
                }
                next = false;
            } else if matches!(later.keyword(), Keyword::Onbuild | Keyword::Shell | Keyword::User) {
                return None;
            } else {
                next &=
                    matches!(later.keyword(), Keyword::Label | Keyword::Expose | Keyword::Cmd | Keyword::Maintainer);
            }
        }
        None
    }

    /// Lets the RUN that needs the index fetch it first, by the same command. `None` where `&&` would mean something
    /// else there.
    pub fn fetch_index_there(&self, step: &Step<'a>, update: &Command, later: &NeededLater<'_, 'a>) -> Option<Edit> {
        let text = self.source.slice(update.full_span());
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

    /// Takes a RUN away with its lines, if this is the only command in it.
    pub fn remove_run(&self, step: &Step<'a>, command: &Command) -> Option<Edit> {
        let script = step.script.as_ref().filter(|script| script.clean && script.commands.len() == 1)?;
        let span = step.instruction.lines_span();
        let alone = script.span == command.full_span() && step.instruction.span == span;
        let text = self.source.slice(span);
        let plain = alone && step.instruction.flags.is_empty() && !text.contains(['\n', '#']);
        plain.then(|| Edit::delete_lines(self.source, Span::new(span.start(), span.end())))
    }
}
