//! What nearly every rule uses.

pub use crate::diagnostic::{Diagnostic, Level};
pub use crate::fix::{Edit, Fix, NewFile, Safety};
pub use crate::lint::Cx;
pub use crate::model::{Base, ImageRef, Model, Origin, Stage, Step};
pub use crate::rule::{Check, Fixable, Rule};
pub use crate::shell::{Command, Script};
pub use crate::source::Span;
pub use crate::syntax::{Args, CommandLine, Instruction, Keyword, SyntaxErrorKind, Word};
