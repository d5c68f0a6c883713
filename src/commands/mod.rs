//! What well-known programs do: what they install, download, clean up and start.

pub mod chmod;
pub mod class;
pub mod cleanup;
pub mod download;
mod facts;
mod managers;
pub mod opaque;
pub mod packages;
pub mod prompts;
mod requirement;
pub mod service;
