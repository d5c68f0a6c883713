//! The arguments of `plimsoll config`.

use clap::Args;

use crate::command::args::values::one_of;
use crate::command::options::TextFormat;

#[derive(Debug, Args)]
pub(in crate::command) struct ConfigArgs {
    /// Key to explain
    #[arg(value_name = "KEY")]
    pub(in crate::command) key: Option<String>,
    /// Print the JSON Schema of plimsoll.toml
    #[arg(long, conflicts_with = "key")]
    pub(in crate::command) schema: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of::<TextFormat>())]
    pub(in crate::command) format: TextFormat,
}
