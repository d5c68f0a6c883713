//! CRI-O, through `crictl`: detected, so that `plimsoll engines` can list it. It runs pods, and takes images from
//! registries only, so nothing runs on it.

use super::{Driver, ImageForm, Kind, Lifecycle};
use crate::process::Argv;

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::CriO,
    program: "crictl",
    about: "a runtime of Kubernetes; takes images from registries only, so nothing runs on it",
    version: || Argv::new("crictl").arg("version"),
    also: None,
    build: None,
    facts: None,
    verbs: None,
    run: None,
    lifecycle: Lifecycle::Container,
    needs: ImageForm::Image,
};
