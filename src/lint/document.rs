//! What linting needs to know of a kind of document. Rules see the model of the document they are for; what is common to
//! all kinds (levels, ignore comments, planning of fixes, the fix loop) is written once, for this.

use super::ignore_comment::IgnoreComment;
use crate::finding::Diagnostic;

/// The model of a document.
pub trait Document {
    /// Its ignore comments, each with what it covers.
    fn comments(&self) -> Vec<IgnoreComment>;

    /// What the document itself says of levels.
    fn adjust(&self, found: &mut [Diagnostic]);

    /// Makes the fixes that findings only have a plan for, unless all that is wanted is to mark what is fixable; takes
    /// away those that must not be applied.
    fn plan_fixes(&self, mark_only: bool, found: &mut [Diagnostic]);
}
