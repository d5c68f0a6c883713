//! Proof: builds and runs an image before and after its repairs, and tells what has changed.
//!
//! ```text
//! Project (a copy of the context) + a Dockerfile's text ─ trial ─► Side: built? facts, run ─┐
//!                                    and its repair's   ─ trial ─► Side ────────────────────┴ compare ─► Rows, Verdict
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

pub use compare::{Change, Comparison, Row, compare};
pub use normalize::normal;
pub use project::{Most, Project};
pub use run::{HttpSeen, Missing, Old, RunReport, Side, Trial, bases, build, foreign_frontend};
pub use search::{Fate, Lint, Repaired, SearchError, Unit, identity, search};
pub use spec::{VerifySettings, Wish};
