//! Arguments → command → exit code.

use plimsoll::cli::Cli;
use plimsoll::command::{self, Exit};

fn main() -> Exit {
    command::run(&Cli::read(std::env::args_os()))
}
