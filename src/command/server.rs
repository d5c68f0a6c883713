//! `plimsoll server` and `plimsoll mcp`: servers for editors and agents.

use crate::command::options::GlobalOptions;
use crate::command::{Exit, Stop};
use crate::server;
use crate::text::Problem;

pub(super) fn run(global: &GlobalOptions) -> Result<Exit, Stop> {
    match server::serve(global.lookup.clone()) {
        Ok(()) => Ok(Exit::Clean),
        Err(error) => Err(Problem::error(error.to_string()).into()),
    }
}

#[cfg(feature = "mcp")]
pub(super) fn mcp() -> Result<Exit, Stop> {
    match server::mcp::serve() {
        Ok(()) => Ok(Exit::Clean),
        Err(error) => Err(Problem::error(error.to_string()).into()),
    }
}
