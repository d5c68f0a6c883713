//! The arguments of `plimsoll rule`.

use clap::Args;

use crate::command::args::values::one_of;
use crate::command::options::TextFormat;

#[derive(Debug, Args)]
pub(in crate::command) struct RuleArgs {
    /// Rule, practice, or another tool's code
    #[arg(value_name = "RULE")]
    pub(in crate::command) name: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of::<TextFormat>())]
    pub(in crate::command) format: TextFormat,
}
