//! Dockerfile text → tree.
//!
//! Parsing never fails: whatever the bytes, there is a tree whose items cover every byte exactly
//! once, and a list of errors. Where a line begins and ends follows BuildKit's parser to the line,
//! oddities included, so that what is linted is what is built.
//!
//! Lines are joined first ([`parse()`]), each joined line is then split into keyword, flags and arguments, always by
//! BuildKit's rules, which differ from one instruction to the next. What only several instructions together make wrong
//! (no stage, an unknown one) is not this module's business.
//!
//! The parser is our own because no crate does this. `dockerfile-parser` is deprecated upstream (2026-07), stops at the
//! first error, rejects 8 % of the files that BuildKit builds (heredocs, `# escape=`, blank lines in continuations), has
//! no arguments for half of the instructions, and overflows the stack on a continuation of 20,000 lines. It is an independent
//! implementation all the same, so `tests/syntax.rs` compares the two where it does parse.

mod cause;
mod check;
mod directive;
mod dump;
pub(crate) mod expand;
mod flags;
mod heredoc;
mod instruction;
mod joint;
mod json;
mod lines;
mod missed_heredoc;
mod origin;
mod parse;
mod part;
mod tree;
mod view;

pub use dump::dump;
pub use flags::{FlagKind, known_flags};
pub use joint::{ends_as_drive_path, swallows};
pub use origin::WordOrigin;
pub use parse::parse;
pub use tree::*;
pub(crate) use view::without_joints_in_quotes;
pub use view::{ShellView, ViewKind, shell_views};
