//! CRI-O, through `crictl`: known, so that `plimsoll engines` can tell of it. It runs pods, and takes images from a
//! registry only, so nothing is run on it.

use super::argv::Argv;
use super::{Driver, ImageForm, Kind, Lifecycle};

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
    lifecycle: Lifecycle::Container,
    needs: ImageForm::Image,
};
