//! CRI-O and containerd through the interface they share, the Container Runtime Interface of Kubernetes: gRPC on the
//! runtime's socket. It runs images that another engine built.
//!
//! Each container is the only one of a pod. The interface can neither build images nor take them from a file, so they are
//! imported by the tool of each runtime.

#[cfg(not(feature = "cri"))]
mod absent;
#[cfg(feature = "cri")]
mod config;
#[cfg(feature = "cri")]
mod connection;
#[cfg(feature = "cri")]
mod log;
#[cfg(feature = "cri")]
mod pod;

#[cfg(not(feature = "cri"))]
pub(super) use absent::{Connection, Pod};
#[cfg(feature = "cri")]
pub(super) use connection::Connection;
#[cfg(feature = "cri")]
pub(super) use pod::Pod;

use super::{Driver, ImageForm, Kind, Lifecycle};

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::Cri,
    program: "cri",
    about: "CRI-O or containerd, through the runtime interface of Kubernetes; needs root",
    version: None,
    also: None,
    build: None,
    facts: None,
    verbs: None,
    run: None,
    lifecycle: Lifecycle::Pod,
    needs: ImageForm::Archive,
    leftovers: &[],
};
