//! What an engine reports about itself and the machine that it runs on, from one call of `info`.

use crate::process::Argv;

/// The fields of `docker info` and `podman info` that matter here, as they report them. Empty where they report nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HostInfo {
    /// `cgroupfs` or `systemd`.
    pub(super) cgroup_manager: String,
    /// Such as `[cpu memory pids]`, of Podman.
    pub(super) cgroup_controllers: Option<String>,
    /// The name and the kernel of Docker's machine.
    pub(super) machine: String,
    /// Whether Podman works on this machine.
    pub(super) is_local: bool,
    pub(super) storage: Option<Storage>,
}

/// Where images and containers are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub(super) root: String,
    pub(super) driver: String,
}

/// One field a line; the first one is the version.
pub(super) fn of_podman() -> Argv {
    let format = "{{.Version.Version}}\n{{.Host.CgroupManager}}\n{{.Host.CgroupControllers}}\n{{.Host.ServiceIsRemote}}\n\
                  {{.Store.GraphRoot}}\n{{.Store.GraphDriverName}}";
    Argv::new("podman").args(["info", "--format", format])
}

pub(super) fn of_docker() -> Argv {
    Argv::new("docker").args(["info", "--format", "{{.CgroupDriver}}\n{{.Name}} {{.KernelVersion}}"])
}

pub(super) fn of_buildah() -> Argv {
    Argv::new("buildah").args(["info", "--format", "{{.store.GraphRoot}}\n{{.store.GraphDriverName}}"])
}

impl HostInfo {
    /// Parses the output of [`of_podman`].
    pub(super) fn from_podman(said: &str) -> Self {
        let mut lines = said.lines().skip(1).map(|line| line.trim().to_owned());
        let mut next = || lines.next().unwrap_or_default();
        Self {
            cgroup_manager: next(),
            cgroup_controllers: Some(next()),
            is_local: next() == "false",
            machine: String::new(),
            storage: Storage::of(next(), next()),
        }
    }

    /// Parses the output of [`of_docker`].
    pub(super) fn from_docker(said: &str) -> Self {
        let mut lines = said.lines().map(|line| line.trim().to_owned());
        let mut next = || lines.next().unwrap_or_default();
        Self { cgroup_manager: next(), machine: next(), ..Self::default() }
    }

    /// With the storage in the output of [`of_buildah`], which reports nothing else.
    pub(super) fn with_buildah(self, said: &str) -> Self {
        let storage = said.trim().split_once('\n').and_then(|(root, driver)| Storage::of(root.to_owned(), driver.to_owned()));
        Self { storage, ..self }
    }
}

impl Storage {
    fn of(root: String, driver: String) -> Option<Self> {
        (!root.is_empty() && !driver.is_empty()).then_some(Self { root, driver })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let storage = |root: &str| Some(Storage { root: root.to_owned(), driver: "overlay".to_owned() });
        let podman = HostInfo::from_podman("5.4.2\ncgroupfs\n[cpu memory]\nfalse\n/var/lib/a b\noverlay\n");
        let expected = HostInfo {
            cgroup_manager: "cgroupfs".to_owned(),
            cgroup_controllers: Some("[cpu memory]".to_owned()),
            is_local: true,
            machine: String::new(),
            storage: storage("/var/lib/a b"),
        };
        assert_eq!(podman, expected);
        assert_eq!(podman.with_buildah("/x\noverlay\n").storage, storage("/x"));
        let docker = HostInfo::from_docker("systemd\nhost 6.1.0\n");
        assert_eq!((docker.cgroup_manager.as_str(), docker.machine.as_str()), ("systemd", "host 6.1.0"));
        assert_eq!(HostInfo::from_podman("5.4.2\n").storage, None);
    }
}
