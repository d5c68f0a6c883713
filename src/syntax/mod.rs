//! Dockerfile text → tree.
//!
//! Parsing never fails: whatever the bytes, there is a tree whose items cover every byte exactly
//! once, and a list of errors. Where a line begins and ends follows BuildKit's parser to the line,
//! oddities included, so that what is linted is what is built.

mod tree;

pub use tree::*;
