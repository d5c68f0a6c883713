//! Podman: builds and runs without a daemon, and without root.

use super::cli::{self, Verbs};
use super::request::{Build, Run};
use super::{Driver, Facts, ImageForm, Kind, Lifecycle, build_containers, host_info, limits};
use crate::process::Argv;

const VERBS: Verbs = Verbs { program: "podman" };

pub(super) const DRIVER: Driver = Driver {
    kind: Kind::Podman,
    program: "podman",
    about: "needs neither a daemon nor root",
    // The version with the rest that is asked of it.
    version: Some(host_info::of_podman),
    also: None,
    build: Some(build),
    facts: Some((|image| VERBS.image(image), Facts::from_inspect)),
    verbs: Some(VERBS),
    run: Some(run),
    lifecycle: Lifecycle::Container,
    needs: ImageForm::Image,
    leftovers: &[],
};

fn build(build: &Build) -> Argv {
    cli::build(buildah_flags(Argv::new("podman").arg("build"), build), build).arg(build.context.display().to_string())
}

/// Those of Buildah, which Podman builds with.
pub(super) fn buildah_flags(argv: Argv, build: &Build) -> Argv {
    // OCI's own format has no HEALTHCHECK, no SHELL and no ONBUILD.
    let argv = argv.opt("--format", "docker").arg("--layers").arg("--force-rm");
    let argv = cli::build_memory(cli::pull(argv, build.pull), &build.limits);
    let argv = argv.opt("--ulimit", cli::file_size(&build.limits)).opts("--ulimit", limits::ulimits());
    let argv = argv.maybe("--cgroup-parent", build.cgroup.as_ref().map(|group| format!("{group}/build")));
    build_containers::mark(argv, &build.tag)
}

fn run(run: &Run) -> Argv {
    cli::run("podman", run, &limits::ulimits())
}
