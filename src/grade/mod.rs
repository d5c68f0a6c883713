//! Grading: turns a rubric and a directory of submissions into a sheet of marks per student.
//!
//! ```text
//! rubric.toml ─ rubric ─► Rubric ─┐
//! submissions/ ─ submissions ─► Submission ─┴ marking: rules, files ─► Mark ─► Sheet ─► Class ─► export
//!                                             └ runs: an engine ─► Evaluation ─┘
//!
//! What is found in a submission is `evidence`, which is kept; what it is worth is computed from it each time. `overrides` are the
//! teacher's own marks, `totals` adds up, `similarity` compares submissions.
//! ```
//!
//! Only the rubric counts: configuration and comments in a submission have no effect, rules that are newer than the rubric do
//! not count, and nothing depends on the time. The same input gives the same bytes.
//!
//! An engine failure never costs a student points: the criterion is then [`sheet::MarkStatus::NotGraded`].

pub mod anonymous;
pub mod class;
pub mod details;
pub mod evidence;
mod device_name;
pub mod export;
pub mod language;
pub mod marking;
pub mod overrides;
pub mod points;
pub mod rubric;
pub mod runs;
pub mod sheet;
pub mod similarity;
pub mod submissions;
pub mod summary;
pub mod times;
pub mod totals;
pub mod workers;

pub use points::Points;
