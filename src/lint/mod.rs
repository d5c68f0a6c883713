//! Linting: which rules run, the walk that calls them, the fix loop, and what silences a finding.

mod dockerfile;
mod document;
pub mod fix_loop;
pub mod profile;
pub mod registry;
mod run;
pub mod select;
pub mod suppress;

pub use document::Document;
pub use run::{Settings, check, check_all, count_ignore_comments};
