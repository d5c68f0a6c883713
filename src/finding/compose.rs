//! What nearly every rule for Compose files uses.

pub use crate::compose::{Place, ProblemKind, Project, Service};
pub use crate::finding::{Check, Fix, Fixable, Level, Rule, Safety};
pub use crate::text::yaml::{Node, Style};
pub use crate::text::{Edit, Span};

/// What a rule for Compose files is given.
pub type ComposeCx<'a> = crate::finding::Cx<'a, Project<'a>>;
