//! What is known of well-known images, operating systems and packages: dated tables that rules and fixes ask.
//!
//! Nothing here looks at a clock or a network. Everything is true as of [`DATE`]; what is not known is left out, and
//! a caller that gets `None` stays silent. To update: change the tables (one line a row, sorted, held so by test),
//! then `DATE`.
//!
//! Image names are familiar names as [`crate::model::ImageRef::familiar_name`] gives them; names of mirrors and
//! of single architectures (`amd64/debian`, `public.ecr.aws/docker/library/python`) are understood too.

pub mod bases;
pub mod current;
pub mod end_of_life;
mod name;
pub mod os;
pub mod packages;
pub mod services;
pub mod tag;
pub mod variants;

pub use name::canonical;

/// The day the tables were last brought up to date, `YYYY-MM-DD`.
pub const DATE: &str = "2026-11-24";
