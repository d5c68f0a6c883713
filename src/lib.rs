//! Plimsoll reads Dockerfiles, says what is wrong with them and why, and repairs them.
//!
//! # The way of the data
//!
//! ```text
//! path ─ discover ─► Source ─ syntax ─► tree ─ model ─► Model ─ lint + rules ─► Diagnostics ─ suppress ─► report
//!                       ▲                                                          │ fixes
//!                       └─────────────── fix loop (apply, parse again) ◄───────────┘
//! ```
//!
//! One direction, no way back except the fix loop. A rule sees the tree and the model; it never sees
//! configuration, files, an engine, another rule, or how its findings are printed.
//!
//! # Invariants
//!
//! 1. Parsing never fails; errors are diagnostics; a broken file is still linted. Places are bytes;
//!    lines and columns exist only where something is shown.
//! 2. Lint is pure: no network, no clock, no engine. Same bytes in, same bytes out, on any number of
//!    threads. What another program finds is handed in; `shellcheck::external` is the one to start it.
//! 3. Input is hostile: no panic, no hang, no time beyond linear, no deep recursion.
//! 4. Exit codes: 0 clean, 1 findings, 2 could not do the job, 3 nothing to check.
//! 5. stdout is results, stderr is the rest; nothing prints but `report` and `command`.
//!
//! # Why the parser is our own
//!
//! The `dockerfile-parser` crate was declared deprecated by its authors in July 2026, gives no tree at
//! all after one bad line, knows no heredocs and no `# escape=`, and refuses 8 % of the files that
//! BuildKit builds. It is used where it is sound: as a second, independent reader in a differential
//! test (`tests/dockerfile_parser.rs`), with the known differences listed there.

pub mod command;
pub mod commands;
pub mod config;
pub mod context;
pub mod discover;
pub mod engine;
pub mod finding;
pub mod fixes;
pub mod grade;
pub mod knowledge;
pub mod lint;
pub mod model;
pub mod process;
pub mod report;
pub mod shell;
pub mod shellcheck;
pub mod syntax;
pub mod text;
pub mod verify;

#[path = "../rules/mod.rs"]
pub mod rules;
