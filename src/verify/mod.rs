//! Proof: builds and runs an image before and after its repairs, and tells what has changed.
//!
//! ```text
//! Project (a copy of the context) + a Dockerfile's text ─ trial ─► ImageReport: built? facts, run ─┐
//!                                    and its repair's   ─ trial ─► ImageReport ────────────────────┴ compare ─► Rows, Verdict
//! search: which fixes can be kept, by trials of sets of them
//! ```
//!
//! An engine is handed in; nothing here starts a process.

mod compare;
pub mod http;
mod missing;
pub(crate) mod normalize;
mod project;
pub mod report;
mod run;
mod search;
mod spec;
mod verifier;

pub use compare::{Comparison, ComparisonRow, Effect, compare};
pub use normalize::normal;
pub use project::{ContextLimits, Project};
pub use run::{HttpResult, ImageReport, MissingFile, Reference, RunReport, Trial, bases, build, foreign_frontend};
pub use search::{FixGroup, FixOutcome, Lint, SearchError, SearchResult, identity, search};
pub use spec::RunSpec;
pub use verifier::{Subject, TryLint, Verifier};
