//! Text and what every layer needs for it: sources and spans, edits, escaping, suggestions, hashes, problems of a run.

mod edit;
pub mod escape;
pub mod hash;
mod memo;
pub mod parallel;
mod problem;
mod source;
pub mod suggest;

pub use edit::Edit;
pub(crate) use memo::Memo;
pub use problem::Problem;
pub use source::{MAX_LEN, Source, Span};
