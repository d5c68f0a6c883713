//! Text and what every layer needs for it: sources and spans, edits, escaping, units, suggestions, hashes, problems of
//! a run, and readers of TOML and YAML that know where each value is written.

mod date;
#[cfg(feature = "engine")]
pub mod diff;
mod edit;
pub mod escape;
pub mod hash;
mod memo;
#[cfg(feature = "engine")]
pub mod parallel;
mod problem;
mod seldom;
mod source;
pub mod steps;
pub mod suggest;
pub mod toml;
pub mod units;
mod url;
pub mod utf16;
pub mod variants;
pub mod yaml;

pub use date::Date;
pub use edit::Edit;
pub(crate) use memo::Memo;
pub use problem::Problem;
pub use seldom::Seldom;
pub use source::{BYTE_ORDER_MARK, MAX_LEN, Source, Span};
pub use url::Url;
pub use variants::Variants;
