//! What the image is built and run with.

use crate::text::Variants;

/// A builder or engine that a file is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Docker with BuildKit.
    Docker,
    Podman,
    Buildah,
    Kaniko,
    Kubernetes,
    Containerd,
    /// The engine of OpenShift and others.
    CriO,
    /// LXC and Incus, which can run such images.
    Lxc,
}

impl Target {
    pub fn name(self) -> &'static str {
        match self {
            Target::Docker => "Docker",
            Target::Podman => "Podman",
            Target::Buildah => "Buildah",
            Target::Kaniko => "Kaniko",
            Target::Kubernetes => "Kubernetes",
            Target::Containerd => "containerd",
            Target::CriO => "CRI-O",
            Target::Lxc => "LXC",
        }
    }

    /// Builds in the OCI's format, unless told otherwise, which has no place for some of Docker's.
    pub fn builds_oci(self) -> bool {
        matches!(self, Target::Podman | Target::Buildah)
    }

    /// Runs containers and ignores HEALTHCHECK.
    pub fn ignores_healthcheck(self) -> bool {
        matches!(self, Target::Kubernetes | Target::Containerd | Target::CriO | Target::Lxc)
    }

    /// Asks, or may refuse, when an image is named without its registry.
    pub fn wants_registry(self) -> bool {
        matches!(self, Target::Podman | Target::Buildah | Target::CriO | Target::Containerd)
    }
}

impl Variants for Target {
    const ALL: &'static [Self] = &[
        Self::Docker,
        Self::Podman,
        Self::Buildah,
        Self::Kaniko,
        Self::Kubernetes,
        Self::Containerd,
        Self::CriO,
        Self::Lxc,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Target::Docker => "docker",
            Target::Podman => "podman",
            Target::Buildah => "buildah",
            Target::Kaniko => "kaniko",
            Target::Kubernetes => "kubernetes",
            Target::Containerd => "containerd",
            Target::CriO => "cri-o",
            Target::Lxc => "lxc",
        }
    }
}
