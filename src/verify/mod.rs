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
mod missing;
mod normal;
mod project;
mod search;
mod trial;
mod wish;

pub use compare::{Change, Comparison, Row, compare};
pub use normal::normal;
pub use project::{Most, Project};
pub use search::{Fate, Lint, Repaired, SearchError, Unit, identity, search};
pub use trial::{HttpSeen, Missing, Old, RunReport, Side, Trial, bases, build, foreign_frontend};
pub use wish::{VerifySettings, Wish};
