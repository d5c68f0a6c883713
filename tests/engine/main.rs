//! Engines, real ones: what is built, run, limited, compared, fixed and pinned.
//!
//! Where an engine is not here its tests say so and are passed over. `PLIMSOLL_REQUIRE_ENGINE=docker,podman` makes that a
//! failure: CI starts them by `.ci/engines`.

mod access;
mod argv;
mod behaviour;
mod course;
mod cri;
mod hostile;
mod hostile_class;
mod namespace;
mod pin;
mod proof;
#[path = "../support/skip.rs"]
mod skip;
mod support;
mod verify;
