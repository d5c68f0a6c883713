//! Weighing: every byte of an image on the Dockerfile line that put it there.
//!
//! ```text
//! archive or OCI layout ─ archive ─► layers ─ tar ─► entries ─ census ─► Census ─┐
//! its configuration ─ manifest ─► history ─ history ─► lines of the Dockerfile ──┴ weigh ─► Weight ─► findings, report
//! ```
//!
//! Layers are streamed, within [`Limits`]; nothing is written to disk, and no path of a layer is ever opened.

mod accounts;
mod archive;
mod budget;
mod census;
mod content;
mod databases;
mod elf;
mod findings;
mod history;
mod html;
mod manifest;
mod packages;
pub mod report;
mod rows;
mod rpm;
mod sqlite;
mod start;
mod tar;
mod tree;
mod waste;
mod weight;

pub use archive::{Archive, WeighError};
pub use budget::Budget;
pub use findings::{Measured, differences, findings, measure};
pub use history::{Origin, history_source};
pub use html::html;
pub use manifest::Platform;
pub use packages::Package;
pub use tar::Limits;
pub use waste::{Waste, WasteKind};
pub use weight::{BuiltFrom, Line, Weight, weigh};
