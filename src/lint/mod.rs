//! Linting: which rules run, the walk that calls them, the fix loop, and what silences a finding.

mod compose;
mod covers;
mod dockerfile;
mod document;
pub mod fix_loop;
pub mod fix_selection;
mod ignore_comment;
mod inline_dockerfile;
pub mod profile;
pub mod registry;
mod run;
pub mod select;
pub mod suppress;
mod union;

pub use compose::{check_compose, check_compose_all};
pub use document::Document;
pub use inline_dockerfile::count_inline_errors;
pub use run::{Settings, check, check_all, count_ignore_comments, select_measured};
pub use union::union;
