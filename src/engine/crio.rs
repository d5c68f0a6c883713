//! CRI-O, through `crictl`: known, so that `plimsoll engines` can tell of it. It runs pods, and takes images from a
//! registry only, so nothing is run on it.

use super::{Driver, Facility, Kind, Needs};
use crate::process::Argv;

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::CriO,
    program: "crictl",
    about: "Kubernetes' own runtime; takes images from a registry only, so nothing is run on it",
    version: || Argv::new("crictl").arg("version"),
    also: None,
    build: None,
    facts: None,
    verbs: None,
    run: None,
    facility: Facility::Container,
    needs: Needs::Image,
};
