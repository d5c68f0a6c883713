//! Buildah: builds; runs in a working container, whose limits are set when it is created.

use super::cli;
use super::request::{Build, Network, Run};
use super::{Driver, Facts, ImageForm, Kind, Leftovers, Lifecycle, limits, podman};
use crate::process::Argv;

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::Buildah,
    program: "buildah",
    about: "Podman's builder on its own; runs in a working container, without ports or health checks",
    version: Some(|| Argv::new("buildah").args(["version"])),
    also: None,
    build: Some(build),
    facts: Some((|image| Argv::new("buildah").args(["inspect", "--type", "image"]).arg(image), Facts::from_buildah)),
    verbs: None,
    run: Some(run),
    lifecycle: Lifecycle::Steps {
        prepare,
        signal: None,
        remove: |run| remove_container(&run.name),
    },
    needs: ImageForm::Image,
    leftovers: LEFTOVERS,
};

fn build(build: &Build) -> Argv {
    let argv = Argv::new("buildah").arg("build");
    cli::build(podman::buildah_flags(argv, build), build).arg(build.context.display().to_string())
}

fn remove_container(name: &str) -> Vec<Argv> {
    vec![Argv::new("buildah").arg("rm").arg(name)]
}

const LEFTOVERS: &[Leftovers] = &[
    Leftovers {
        list: || Argv::new("buildah").args(["containers", "--format", "{{.ContainerName}}"]),
        remove: remove_container,
    },
    Leftovers {
        list: || Argv::new("buildah").args(["images", "--format", "{{.Name}}:{{.Tag}}"]),
        remove: |name| vec![Argv::new("buildah").args(["rmi", "--force"]).arg(name)],
    },
];

fn prepare(run: &Run) -> Vec<Argv> {
    let limits = &run.limits;
    let argv = Argv::new("buildah").args(["from", "--pull-never"]).opt("--name", &run.name);
    let argv = argv
        .opt("--memory", limits.memory.to_string())
        .opt("--memory-swap", limits.memory.to_string())
        .opt("--cpu-period", "100000")
        .opt("--cpu-quota", ((limits.cpus * 100_000.0) as u64).to_string())
        .opt("--ulimit", "core=0")
        .opt("--ulimit", format!("fsize={}", limits.disk))
        .opts("--ulimit", limits::ulimits())
        .maybe("--cgroup-parent", run.cgroup.as_ref().map(|group| format!("{group}/run")));
    vec![argv.arg(&run.image)]
}

fn run(run: &Run) -> Argv {
    let argv = Argv::new("buildah").arg("run").opt("--hostname", "plimsoll").opt("--cap-drop", "all");
    let argv = argv.opts("--cap-add", run.caps.iter().cloned());
    let argv = argv.maybe("--network", (run.network != Network::Usual).then_some("none"));
    let argv = argv.maybe("--user", run.user.as_deref());
    let argv = argv.opts("--env", run.env.iter().map(|(name, value)| format!("{name}={value}")));
    argv.arg("--terminal=false").arg(&run.name).arg("--").args(run.command())
}
