//! What nearly every rule uses.

pub use crate::finding::Cx;
pub use crate::finding::{Check, Fixable, Rule};
pub use crate::finding::{Diagnostic, Level};
pub use crate::finding::{Fix, NewFile, Order, Safety};
pub use crate::model::{Base, ImageRef, Model, Origin, ScriptView, Stage, Step};
pub use crate::shell::{Command, Script};
pub use crate::syntax::{Args, CommandLine, Instruction, Keyword, SyntaxErrorKind, Word};
pub use crate::text::Edit;
pub use crate::text::Span;
pub use crate::text::steps::Limit;
