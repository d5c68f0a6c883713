//! Which step installs packages from an index that an earlier one has fetched.

use super::{MAX_LATER_STEPS, Model, Step};
use crate::commands::packages::{Manager, fetches_packages, refreshes_index};
use crate::shell::{Command, Script};
use crate::syntax::Keyword;

/// A RUN that installs from the index that an earlier step has fetched.
pub struct IndexUse<'m, 'a> {
    pub step: &'m Step<'a>,
    pub script: &'m Script,
    pub install: &'m Command,
    /// No step between the two could change what is fetched or installed.
    pub next: bool,
}

impl<'a> Model<'a> {
    /// The first later RUN that installs with this manager, if it does not fetch an index itself; among the next
    /// [`MAX_LATER_STEPS`].
    pub fn needs_index<'m>(&'m self, step: &Step<'a>, manager: Manager) -> Option<IndexUse<'m, 'a>> {
        let mut next = true;
        for later in self.after(step).take(MAX_LATER_STEPS) {
            if later.keyword() == Keyword::Run {
                let script = later.script.as_ref()?;
                let mut uses = script.commands.iter().filter(|command| fetches_packages(command) == Some(manager));
                if let Some(install) = uses.next() {
                    let needs = refreshes_index(install).is_none();
                    return needs.then_some(IndexUse { step: later, script, install, next });
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
}
