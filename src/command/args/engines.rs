//! The arguments of `plimsoll engines`.

use clap::Args;

use crate::command::args::values::one_of;
use crate::command::options::TextFormat;

#[derive(Debug, Args)]
pub(in crate::command) struct EnginesArgs {
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of::<TextFormat>())]
    pub(in crate::command) format: TextFormat,
}
