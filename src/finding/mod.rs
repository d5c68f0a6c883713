//! What a rule is and what it returns.

pub mod compose;
mod context;
mod diagnostic;
mod fix;
mod level;
mod meta;
pub mod prelude;
mod rule;
mod target;

pub use context::{Cx, Report, Sink, in_script};
pub use diagnostic::is_shellcheck_code;
pub use diagnostic::{Diagnostic, Label, Plan, PlanFix, Text, sort};
pub use fix::{Fix, NewFile, Order, Safety, Taken, disjoint};
pub use level::Level;
pub use meta::{Fixable, Meta, scanner_of};
pub use rule::{Check, Entry, ReadOptions, Rule};
pub use target::Target;
