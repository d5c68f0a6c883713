//! Verification: builds and runs an image before and after its fixes, and compares the two.
//!
//! ```text
//! Project (a copy of the context) + the Dockerfile before ─ Trial ─► ImageReport ─┐
//!                                 + the Dockerfile after  ─ Trial ─► ImageReport ─┴ compare ─► Comparison
//! search: the largest set of fixes that holds, by trials
//! ```
//!
//! Nothing here starts a process; that is the engine's job.

mod compare;
pub mod http;
mod missing_files;
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
