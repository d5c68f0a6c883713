//! The arguments of `plimsoll init`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(in crate::command) struct InitArgs {
    /// Convert a hadolint configuration [default file: .hadolint.yaml]
    #[arg(long, value_name = "FILE", num_args = 0..=1, value_hint = ValueHint::FilePath)]
    pub(in crate::command) from_hadolint: Option<Option<PathBuf>>,
}
