//! Verification: builds and runs an image before and after its fixes, and compares the two.
//!
//! ```text
//! Project (a copy of the context) + the Dockerfile before ─ Trial ─► ImageReport ─┐
//!                                 + the Dockerfile after  ─ Trial ─► ImageReport ─┴ compare ─► Comparison
//! behaviour: whether both did their job, or nothing is known of it
//! search: the largest set of fixes that holds, by trials
//! ```
//!
//! Nothing here starts a process; that is the engine's job.

mod behaviour;
mod build;
mod compare;
mod compose;
pub mod compose_report;
pub mod http;
mod image_report;
mod missing_files;
pub(crate) mod normalize;
mod ports;
mod profile;
mod project;
mod query;
pub mod report;
mod run;
mod search;
mod spec;
pub mod values;
mod verifier;
mod weight;

pub use behaviour::Behaviour;
pub use build::{bases, build, foreign_frontend, trusted_frontend};
pub use compare::{Comparison, ComparisonRow, Effect, compare};
pub use compose::{ProjectReport, ProjectSubject, ProjectVerification, ServicePort, ServiceReport};
pub use image_report::{HttpResult, ImageReport, MissingFile, RunReport};
pub use normalize::normal;
pub use ports::{PortReport, PortState};
pub use profile::Environment;
pub use project::{ContextLimits, Project};
pub use query::printed;
pub use run::{Reference, Trial};
pub use search::{FixGroup, FixOutcome, Lint, SearchError, SearchResult, diff, identity, search};
pub use spec::RunSpec;
pub use verifier::{Subject, TryLint, Verifier};
pub use weight::{LineWeight, WeightReport};
