//! Plimsoll reads Dockerfiles, says what is wrong with them and why, and repairs them.

pub mod cli;
pub mod command;
pub mod context;
pub mod diagnostic;
pub mod discover;
pub mod fix;
pub mod knowledge;
pub mod lint;
pub mod model;
pub mod prelude;
pub mod report;
pub mod rule;
pub mod shell;
pub mod source;
pub mod suppress;
pub mod syntax;

#[path = "../rules/mod.rs"]
pub mod rules;
