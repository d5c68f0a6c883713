//! The arguments of `plimsoll verify`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::command::args::run::RunArgs;
use crate::command::args::selection::SelectionArgs;
use crate::command::args::values::one_of;
use crate::command::options::{FileOptions, VerifyFormat, VerifyOptions};
use crate::text::Problem;
use crate::verify::RunSpec;

const VERIFY_EXIT_CODES: &str = "\
Exit codes:
  0  the fixed image works like the original and meets all expectations
  1  the fixed image does not, it could not be verified, a safe fix was rejected, or the file does not build
  2  error: no engine, an unavailable base image, bad usage, or bad configuration
  3  no Dockerfiles found";

#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXIT_CODES)]
pub(in crate::command) struct VerifyArgs {
    /// Dockerfiles to verify, or directories that contain them
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Arguments for the container, instead of CMD
    #[arg(last = true, value_name = "ARG")]
    command: Vec<String>,
    /// Try unsafe fixes even if the original image is not shown to work
    #[arg(long)]
    unsafe_fixes: bool,
    /// Report format: text, json, markdown, or html
    #[arg(
        long, value_name = "FORMAT", default_value = "text",
        value_parser = one_of::<VerifyFormat>(), hide_possible_values = true
    )]
    format: VerifyFormat,
    #[command(flatten)]
    engine: RunArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

impl VerifyArgs {
    /// # Errors
    /// When a file that an option names cannot be read.
    pub(in crate::command) fn options(self) -> Result<VerifyOptions, Problem> {
        let args = Some(self.command).filter(|args| !args.is_empty());
        Ok(VerifyOptions {
            files: FileOptions { paths: self.paths, compose: true, ..FileOptions::default() },
            lint: self.selection.options(),
            unproved: self.unsafe_fixes,
            format: self.format,
            spec: RunSpec { args, ..self.engine.spec()? },
        })
    }
}
