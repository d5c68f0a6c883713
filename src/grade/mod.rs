//! Grading: a rubric and a folder of submissions → a sheet of marks for each student.
//!
//! ```text
//! rubric.toml ─ rubric ─► Rubric ─┐
//! submissions/ ─ submissions ─► Submission ─┴ marking: rules, facts ─► Mark ─► Sheet ─► Class ─► export
//!                                           └ behaviour: an engine ─► Outcome ─┘
//! ```
//!
//! What counts is only what is in the rubric: no configuration and no comment of a submission has any effect, rules that
//! are newer than the rubric do not count, and nothing here knows the time. Same input, same bytes out.
//!
//! Engine trouble is never a student's loss: a criterion that could not be tried is [`sheet::Status::NotGraded`].

pub mod class;
pub mod export;
pub mod marking;
pub mod points;
pub mod rubric;
pub mod runs;
pub mod sheet;
pub mod submissions;

pub use points::Points;
