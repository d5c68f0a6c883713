//! Grading: turns a rubric and a directory of submissions into a sheet of marks per student.
//!
//! ```text
//! rubric.toml ─ rubric ─► Rubric ─┐
//! submissions/ ─ submissions ─► Submission ─┴ marking: rules, files ─► Mark ─► Sheet ─► Class ─► export
//!                                             └ runs: an engine ─► Evaluation ─┘
//! ```
//!
//! Only the rubric counts: configuration and comments in a submission have no effect, rules that are newer than the rubric do
//! not count, and nothing depends on the time. The same input gives the same bytes.
//!
//! An engine failure never costs a student points: the criterion is then [`sheet::MarkStatus::NotGraded`].

pub mod class;
pub mod export;
pub mod marking;
pub mod points;
pub mod rubric;
pub mod runs;
pub mod sheet;
pub mod submissions;

pub use points::Points;
