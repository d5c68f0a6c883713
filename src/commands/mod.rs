//! What well-known programs do: what they install, download, clean up and start.

pub mod chmod;
pub mod class;
pub mod cleanup;
pub mod credentials;
pub mod download;
pub mod effects;
mod facts;
pub mod helpers;
pub mod joined;
pub mod inputs;
pub mod opaque;
pub mod packages;
pub mod prompts;
pub mod r_packages;
mod requirement;
pub mod server;
pub mod service;
pub mod system_shell;
pub mod windows_download;
