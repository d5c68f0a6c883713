//! Compose files: a project with its services, networks and volumes, each value with its place in the file that it is
//! written in. Reading never fails; what Compose would reject is a list beside it.

mod build;
pub mod edit;
pub mod env_file;
mod inline_dockerfile;
mod load;
mod merge;
mod mounts;
mod place;
mod ports;
mod problem;
mod project;
mod references;
pub mod scalar;
pub mod schema;
mod service;
mod validate;
pub mod variables;

pub use build::{BuildFacts, TOOLS};
pub use inline_dockerfile::{InlineDockerfile, MAX_EDITED};
pub use load::{BASE_NAMES, ProjectFile, VariableUse};
pub use mounts::{Mount, MountKind, read as read_mount};
pub use place::Place;
pub use ports::{Port, Range};
pub use problem::{Problem, ProblemKind};
pub use project::{Project, Resource};
pub use service::{Build, Condition, Dependency, Healthcheck, Image, Service, Test, Variable};
pub use variables::Fallback;
